import assert from 'node:assert/strict';
import test from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Static } from 'typebox';
import type { HostJson } from '../../src/report/host-json.js';
import type { ReportHeader, Summary } from '../../src/model/report.js';
import { ReportSchema } from '../../src/report/schema.js';
import type { HostReportSchema, ReportHeaderSchema, SummarySchema } from '../../src/report/schema.js';

/** Read-only and with every optional field there, so that a field which one side lacks is seen. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]-?: Whole<T[Name]> }
    : T;
type Same<A, B> = [Whole<A>] extends [Whole<B>] ? ([Whole<B>] extends [Whole<A>] ? true : false) : false;

// These do not compile when the schema and the type that flows say different things.
const header: Same<Static<typeof ReportHeaderSchema>, ReportHeader> = true;
const host: Same<Static<typeof HostReportSchema>, HostJson> = true;
const summary: Same<Static<typeof SummarySchema>, Summary> = true;

test('the schema describes the types that flow', () => assert.ok(header && host && summary));

test('the schema is JSON Schema 2020-12 that survives being written as JSON', () => {
  const written: unknown = JSON.parse(JSON.stringify(ReportSchema));
  assert.ok(typeof written === 'object' && written !== null);
  assert.ok(new Ajv2020({ strict: true }).compile(written));
  assert.doesNotMatch(JSON.stringify(written), /"~/);
});
