import { isMapping } from '../language/is-mapping.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { HostReport, ReportHeader, Summary } from '../model/report.js';
import { count } from '../text/count.js';
import { JSON_CHECKS } from '../text/json-checks.js';
import { parseStrictJson } from '../text/strict-json.js';
import { memoize } from '../language/memoize.js';
import type { HostJson } from './host-json.js';
import { HostReportSchema, ReportHeaderSchema, SummarySchema } from './schema.js';

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export function parseJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, value: parseStrictJson(text) };
  } catch (thrown) {
    return { ok: false, why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

export function own(value: unknown, name: string): unknown {
  return isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function withoutKind(value: Readonly<Record<string, unknown>>): unknown {
  const { kind: _, ...fields } = value;
  return fields;
}

interface Validators {
  readonly header: ValidateFunction<ReportHeader>;
  readonly host: ValidateFunction<HostJson>;
  readonly summary: ValidateFunction<Summary>;
}

/** Compiled when the first report is read: it takes longer than starting up, and most commands read none. */
export const compiled = memoize((): Validators => {
  const ajv = new Ajv2020(JSON_CHECKS);
  return {
    header: ajv.compile<ReportHeader>(ReportHeaderSchema),
    host: ajv.compile<HostJson>(HostReportSchema),
    summary: ajv.compile<Summary>(SummarySchema),
  };
});

/** Conservation: in a whole report every host has exactly one verdict, its own, for every rule. */
export function missingVerdicts(host: HostReport, header: ReportHeader): string | undefined {
  const rules = new Set(host.verdicts.map(({ rule }) => rule));
  const missing = header.rules.filter(({ id }) => !rules.has(id)).length;
  if (missing > 0) return `${host.host} has no verdict for ${count(missing, 'rule')} of the header`;
  if (host.verdicts.length !== header.rules.length)
    return `${host.host} has ${count(host.verdicts.length, 'verdict')} for ${count(header.rules.length, 'rule')}`;
  if (host.verdicts.some((verdict) => verdict.host !== host.host))
    return `${host.host} holds a verdict of another host`;
  return undefined;
}
