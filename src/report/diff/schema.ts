import { Type } from 'typebox';
import { DRIFTS, RESULTS, SEVERITIES } from '../../model/verdict.js';
import { ReportHeaderSchema, SummarySchema } from '../schema.js';

function Names(description: string) {
  return Type.Array(Type.String(), { description });
}
const SeveritySchema = Type.Enum([...SEVERITIES]);
const ResultSchema = Type.Enum([...RESULTS]);
const ReportRefSchema = Type.Object({
  runId: Type.String(),
  startedAt: Type.String(),
  from: Type.String({ description: 'the file' }),
  hosts: Type.Integer({ minimum: 0 }),
});

/** `kernward diff -o json`: two reports compared. */
export const DiffSchema = Type.Object(
  {
    kernward: Type.String(),
    schema: Type.Literal(1, { description: 'version of this shape; raised when a field changes its meaning or goes' }),
    old: ReportRefSchema,
    new: ReportRefSchema,
    gate: ReportHeaderSchema.properties.gate,
    hosts: Type.Object({
      new: Names('hosts that only the later report has'),
      gone: Type.Array(
        Type.Object({ host: Type.String(), fails: Type.Integer({ minimum: 0, description: 'rules that failed' }) }),
        { description: 'hosts that only the earlier report has' },
      ),
      silent: Names('hosts that answered then and do not now'),
      answering: Names('hosts that did not answer then and do now'),
    }),
    rules: Type.Object({
      new: Names('rules that only the later report has'),
      gone: Names('rules that only the earlier report has'),
    }),
    profiles: Type.Array(Type.Object({ host: Type.String(), before: Type.String(), now: Type.String() })),
    severities: Type.Array(
      Type.Object({
        rule: Type.String(),
        before: SeveritySchema,
        now: SeveritySchema,
        hosts: Type.Integer({ minimum: 1 }),
      }),
    ),
    changes: Type.Array(
      Type.Object({
        drift: Type.Enum([...DRIFTS]),
        host: Type.String(),
        rule: Type.String(),
        severity: SeveritySchema,
        before: Type.Optional(ResultSchema),
        now: ResultSchema,
        because: Type.String(),
        flaps: Type.Optional(
          Type.Integer({ minimum: 3, description: 'how often its result changed in 30 days, where that is flapping' }),
        ),
        waiver: Type.Optional(Type.String({ description: 'the id of the waiver that covers it now' })),
      }),
      { description: 'every verdict that is not what it was, and every fail that stayed one' },
    ),
    summary: SummarySchema,
  },
  { title: 'Two kernward reports compared' },
);
