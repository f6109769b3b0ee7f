import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RefusalSchema, ResultSchema } from '../../src/exchange/commit-message.js';
import { TaskSchema } from '../../src/exchange/task-message.js';
import { PlanSchema, ShardSchema } from '../../src/plan/plan-schema.js';
import { TicketSchema } from '../../src/plan/ticket-schema.js';
import { HostReportSchema, ReportHeaderSchema, SummarySchema } from '../../src/report/schema.js';
import { CollectedEndSchema, CollectedHeaderSchema } from '../../src/run/collected-schema.js';
import { SavedHostSchema } from '../../src/run/saved-host-schema.js';
import { JSON_CHECKS } from '../../src/text/json-checks.js';

test('schemas that are compiled without a look at the meta-schema are schemas', () => {
  const ajv = new Ajv2020(JSON_CHECKS);
  for (const schema of [
    PlanSchema,
    ShardSchema,
    TicketSchema,
    TaskSchema,
    ResultSchema,
    RefusalSchema,
    CollectedHeaderSchema,
    CollectedEndSchema,
    SavedHostSchema,
    ReportHeaderSchema,
    HostReportSchema,
    SummarySchema,
  ])
    assert.equal(ajv.validateSchema(schema), true, JSON.stringify(ajv.errors));
  assert.equal(ajv.validateSchema({ type: 'sting' }), false);
});
