import { Type } from 'typebox';
import { CONNECT_FAILURES } from '../model/outcome.js';
import { CHECKS, OWN_CODES, perCheck } from './checks.js';

const Count = Type.Integer({ minimum: 0 });
function Names(description: string) {
  return Type.Array(Type.String(), { description });
}
const StateSchema = Type.Enum(['ok', 'warning', 'failed', 'not-tried']);

const ProblemSchema = Type.Object({
  code: Type.Enum([...CONNECT_FAILURES, ...OWN_CODES], {
    description: 'docs/reference/failures.md, and doctor.md for the own ones',
  }),
  severity: Type.Enum(['error', 'warning'], { description: 'error: a scan would not read the host' }),
  check: Type.Optional(
    Type.Enum([...CHECKS], {
      description: 'where it was met; not there where it says nothing of any, as when the run was over',
    }),
  ),
  detail: Type.String({ description: 'one sentence: what happened' }),
  fix: Type.String({ description: 'what to do' }),
});

const LocalFindingSchema = Type.Object({
  about: Type.String({ description: 'open files, agent, keys, known hosts, ssh, ssh_config' }),
  state: Type.Enum(['ok', 'warning', 'error']),
  detail: Type.String(),
  fix: Type.Optional(Type.String({ description: 'what to do' })),
});

const ExaminationSchema = Type.Object({
  host: Type.String(),
  address: Type.String({ description: 'what was connected to; what the inventory says where nobody came so far' }),
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
  transport: Type.String({ description: 'what the host was really reached by; auto: it was not asked' }),
  via: Type.Optional(Names('the jump hosts, user@address:port each, the first connected to from here')),
  tookMs: Type.Number({ minimum: 0 }),
  attempts: Type.Optional(
    Type.Integer({ minimum: 1, description: 'how often the host was asked; not there where once was enough' }),
  ),
  checks: Type.Object(perCheck(() => StateSchema)),
  problems: Type.Array(ProblemSchema, { description: 'none: a scan would read the host' }),
});

/** `kernward doctor -o json`. Objects are open: a field may be added without raising `schema`. */
export const DoctorSchema = Type.Object(
  {
    kernward: Type.String({ description: 'its version' }),
    schema: Type.Literal(1, { description: 'version of this shape; raised when a field changes its meaning or goes' }),
    local: Type.Array(LocalFindingSchema, { description: 'the machine that kernward runs on' }),
    hosts: Type.Array(ExaminationSchema, { description: 'every selected host, in the order of the inventory' }),
    summary: Type.Object({
      hosts: Count,
      ready: Type.Integer({ minimum: 0, description: 'hosts that a scan would read' }),
      checks: Type.Object(
        perCheck(() => Type.Object({ ok: Count, warning: Count, failed: Count, 'not-tried': Count })),
      ),
      problems: Type.Array(Type.Object({ ...ProblemSchema.properties, hosts: Names('who has it') }), {
        description: 'equal problems together, errors first, then those of the most hosts; detail is of the first host',
      }),
      exitCode: Type.Enum([0, 3, 4]),
    }),
  },
  { title: 'What kernward doctor found' },
);
