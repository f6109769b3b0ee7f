import { Type } from 'typebox';
import type { Static, TSchema, TUnsafe } from 'typebox';
import { CONNECT_FAILURES } from '../model/outcome.js';
import { UNREADABLE_CAUSES } from '../model/reading.js';
import { HOST_STATUSES, RERUN_CHOICES, WAIVER_STATES } from '../model/report.js';
import { DRIFTS, RESULTS, SEVERITIES } from '../model/verdict.js';

// Objects are open: a newer kernward may add a field without raising `schema`, and an older one must still read the
// rest.

/** Any name to one kind of value. Not `Type.Record`: its pattern `^.*$` does not see a name that holds a line feed. */
function mapOf<Item extends TSchema>(item: Item, description: string): TUnsafe<Readonly<Record<string, Static<Item>>>> {
  return Type.Unsafe<Readonly<Record<string, Static<Item>>>>({
    type: 'object',
    additionalProperties: item,
    description,
  });
}

const Count = Type.Integer({ minimum: 0 });
const Strings = Type.Array(Type.String());

const SeveritySchema = Type.Enum([...SEVERITIES]);

const ValueSchema = Type.Union([
  Type.String(),
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
  Type.Boolean(),
  Strings,
  mapOf(Type.String(), 'a fact that is a map, e.g. huge-page size to mode'),
]);

export const ReadingSchema = Type.Union([
  Type.Object({
    state: Type.Literal('known'),
    value: ValueSchema,
    raw: Type.String({ description: 'the bytes it was parsed from, or how it was derived' }),
  }),
  Type.Object({
    state: Type.Literal('absent'),
    witness: Type.String({ description: 'what proves that the host has no such knob' }),
  }),
  Type.Object({ state: Type.Literal('unreadable'), cause: Type.Enum([...UNREADABLE_CAUSES]), detail: Type.String() }),
]);

const VerdictSchema = Type.Object({
  host: Type.String(),
  rule: Type.String(),
  severity: SeveritySchema,
  result: Type.Enum([...RESULTS], { description: "XCCDF 1.2's words" }),
  because: Type.String({ description: 'one sentence in plain words' }),
  evidence: Type.Array(Type.Object({ fact: Type.String(), reading: ReadingSchema })),
  digest: Type.Optional(Type.String({ description: 'sha256 of the evidence, to bind a waiver to it' })),
  nextBoot: Type.Optional(
    Type.Object(
      {
        result: Type.Enum(RESULTS.filter((result) => result !== 'error' && result !== 'notselected')),
        because: Type.Optional(Type.String({ description: 'why, where it is another than now or not known' })),
        by: Type.Optional(
          Type.Array(
            Type.Object({
              fact: Type.String(),
              value: Type.String(),
              place: Type.String({ description: 'who has the last word, and where: sysctl.d: FILE:LINE' }),
            }),
          ),
        ),
      },
      {
        description:
          'what the rule will say after the next boot, by all that was read of it; the result is about now, and nothing here changes it',
      },
    ),
  ),
  waiver: Type.Optional(
    Type.Object(
      {
        id: Type.String(),
        justification: Type.String(),
        expires: Type.String({ description: 'UTC; from then on it covers nothing' }),
        owner: Type.Optional(Type.String()),
        approvedBy: Type.Optional(Type.String()),
      },
      { description: 'a waiver in force for this verdict; it never changes the result' },
    ),
  ),
  drift: Type.Optional(Type.Enum([...DRIFTS], { description: 'what became of it since the baseline' })),
  flaps: Type.Optional(
    Type.Integer({
      minimum: 3,
      description: 'how often its decided result changed in 30 days, where that is flapping',
    }),
  ),
  since: Type.Optional(
    Type.String({ description: 'UTC: since when the host has this result for this rule, as far as the history knows' }),
  ),
});

export const CollectorSchema = Type.Object(
  {
    protocol: Type.Integer({ minimum: 0 }),
    sha256: Type.Optional(
      Type.String({ description: 'of its file, as the host says; not there where the host has no sha256sum' }),
    ),
    differs: Type.Boolean({ description: 'it is not the one that this kernward prints, or may not be' }),
  },
  {
    description: 'the collector that is installed on the host and answered; not there where kernward sent its scripts',
  },
);

export const HostReportSchema = Type.Object({
  host: Type.String({ description: 'the name in the inventory' }),
  address: Type.String(),
  port: Type.Integer({ minimum: 0, maximum: 65535 }),
  groups: Strings,
  labels: mapOf(Type.String(), 'the labels of the inventory, inherited ones too'),
  profile: Type.String(),
  transport: Type.String({ description: 'what the host was really reached by; auto: it was not asked' }),
  transportReason: Type.Optional(Type.String({ description: 'why not ssh2, where kernward chose' })),
  via: Type.Optional(
    Type.Array(Type.String(), {
      description: "the jump hosts, user@address:port each, the first connected to from kernward's machine",
    }),
  ),
  definedAt: Type.Optional(
    Type.Object(
      { file: Type.String(), line: Type.Integer({ minimum: 1 }) },
      { description: 'where the inventory defines the host' },
    ),
  ),
  status: Type.Enum([...HOST_STATUSES], { description: 'what the gate makes of the host' }),
  tookMs: Type.Number({ minimum: 0, description: 'milliseconds' }),
  attempts: Type.Optional(
    Type.Integer({ minimum: 1, description: 'how often the host was asked; not there where once was enough' }),
  ),
  collector: Type.Optional(CollectorSchema),
  fromRun: Type.Optional(Type.String({ description: 'the run that asked the host, where it was an earlier one' })),
  failure: Type.Optional(
    Type.Object(
      {
        code: Type.Enum([...CONNECT_FAILURES]),
        detail: Type.String(),
        toDo: Type.Optional(Type.String({ description: 'the way out, in a sentence or two' })),
      },
      { description: 'set exactly when the host was not reached' },
    ),
  ),
  isNew: Type.Optional(Type.Literal(true, { description: 'the baseline does not have this host' })),
  readings: mapOf(ReadingSchema, 'by fact id; empty when the host was not reached'),
  verdicts: Type.Array(VerdictSchema, { description: 'one per rule of the header, sorted by rule id' }),
});

const SettingsSchema = Type.Array(
  Type.Object({
    name: Type.String(),
    value: Type.String(),
    accepts: Type.Array(Type.String(), { description: 'other values with which the rule passes too' }),
  }),
);

const RuleSchema = Type.Object({
  id: Type.String(),
  policy: Type.String(),
  title: Type.String(),
  severity: SeveritySchema,
  rationale: Type.String(),
  remediation: Type.String({ description: 'what to do, in a sentence' }),
  settings: Type.String({ description: 'the settings, parameters, commands and packages of it' }),
  remediationSettings: Type.Optional(
    Type.Object(
      { sysctl: SettingsSchema, sysfs: SettingsSchema, bootParameters: Strings, commands: Strings, packages: Strings },
      { description: 'the same as settings, one by one' },
    ),
  ),
  mayBreak: Type.String({ description: 'what the remediation may break' }),
  references: Strings,
  conflicts: Type.Optional(
    Type.Array(
      Type.Object({
        with: Type.String({ description: 'a benchmark or component' }),
        says: Type.String({ description: 'what it asks for' }),
        profile: Type.Optional(Type.String({ description: 'the profile that agrees with it' })),
        source: Type.String(),
      }),
      { description: 'what asks for the opposite of the rule' },
    ),
  ),
});

const FailingLimitSchema = Type.Object({
  rule: Type.Optional(Type.String()),
  group: Type.Optional(Type.String()),
  percent: Type.Number({ minimum: 0, maximum: 100 }),
});

const GroupRuleSchema = Type.Object({
  id: Type.String(),
  policy: Type.String(),
  title: Type.String(),
  severity: SeveritySchema,
  about: Type.String({ description: 'which groups it is about, in words' }),
  asks: Type.String({ description: 'what it asks of them, in words' }),
  rationale: Type.String(),
  remediation: Type.String(),
  references: Strings,
});

const HostSetFields = {
  group: Type.String({ description: 'a group of the inventory, all, or the value of the label' }),
  label: Type.Optional(Type.String({ description: 'set where the hosts share a value of this label' })),
};

const BlastSchema = Type.Object({
  ...HostSetFields,
  hosts: Count,
  unreachable: Count,
  exposures: Type.Array(
    Type.Object({ trigger: Type.String(), reboots: Count, freezes: Count, staysUp: Count, unknown: Count }),
    {
      description: 'what becomes of the reached hosts when the same thing happens to each of them',
    },
  ),
});

const GroupVerdictSchema = Type.Object({
  ...HostSetFields,
  rule: Type.String(),
  severity: SeveritySchema,
  result: Type.Enum([...RESULTS]),
  because: Type.String({ description: 'one sentence in plain words' }),
  hosts: Count,
  unreachable: Count,
  notSelected: Type.Optional(Type.Integer({ minimum: 0, description: 'hosts of the group that the run did not ask' })),
  unknown: Count,
  matching: Count,
});

const GateSchema = Type.Object({
  failOn: Type.Enum([...SEVERITIES, 'never']),
  minCoverage: Type.Number({ minimum: 0, maximum: 100, description: 'percent of selected hosts' }),
  allowEmpty: Type.Boolean(),
  exitZero: Type.Boolean(),
  flapping: Type.Optional(Type.Literal('ignore', { description: 'fails that flap do not fail the run' })),
  failOnNew: Type.Optional(Type.Boolean({ description: 'only fails that are new since the baseline fail the run' })),
  maxFailing: Type.Optional(
    Type.Array(FailingLimitSchema, { description: 'what share of hosts may fail: of a rule, of a group, or of all' }),
  ),
});

const BaselineSchema = Type.Object(
  {
    runId: Type.String(),
    startedAt: Type.String(),
    from: Type.String({ description: 'the file' }),
    gone: Type.Array(Type.String(), { description: 'hosts that the inventory does not have any more' }),
    notSelected: Type.Integer({ minimum: 0, description: 'hosts that the inventory has and the run did not ask' }),
    newRules: Strings,
    goneRules: Strings,
  },
  { description: 'the earlier report that this one was compared with' },
);

const FactTypeSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('int'),
    min: Type.Optional(Type.Integer()),
    max: Type.Optional(Type.Integer()),
  }),
  Type.Object({ kind: Type.Literal('enum'), values: Strings }),
  Type.Object({ kind: Type.Literal('bool') }),
  Type.Object({ kind: Type.Literal('string') }),
  Type.Object({ kind: Type.Literal('list') }),
  Type.Object({ kind: Type.Literal('map') }),
]);

export const ReportHeaderSchema = Type.Object({
  kernward: Type.String({ description: 'the version that made the report' }),
  schema: Type.Enum([1, 2], {
    description:
      'version of this shape; raised when a field changes its meaning or goes. kernward writes 2; in 1 a host was failing by any fail, whatever the gate',
  }),
  runId: Type.String(),
  startedAt: Type.String({ description: 'UTC, ISO 8601 with seconds' }),
  inventory: Strings,
  limit: Type.Optional(Type.String()),
  profileOverride: Type.Optional(Type.String()),
  gate: GateSchema,
  probe: Type.Object({ protocol: Type.Integer(), sha256: Type.String() }),
  policies: Type.Array(
    Type.Object({ id: Type.String(), title: Type.String(), file: Type.String(), sha256: Type.String() }),
  ),
  rules: Type.Array(RuleSchema),
  declaredFacts: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        from: Type.String({ description: 'where it is read, in words' }),
        edition: Type.String({ description: 'another one where it is declared differently' }),
        setting: Type.Optional(
          Type.Object(
            { path: Type.String(), type: FactTypeSchema },
            { description: 'not there where no file is known to set it at a boot' },
          ),
        ),
      }),
      { description: 'facts that the policies declared, sorted by id' },
    ),
  ),
  notJudged: Type.Optional(
    Type.Object(
      {
        notLoaded: Type.Integer({ minimum: 0, description: 'shipped rules that --no-shipped left out' }),
        notSelected: Type.Integer({
          minimum: 0,
          description: 'own rules, and rules of the default profile, that no profile of the hosts selects',
        }),
      },
      { description: 'rules that judged no host; not there where there is none to speak of' },
    ),
  ),
  groupRules: Type.Optional(Type.Array(GroupRuleSchema, { description: 'rules over groups, sorted by id' })),
  baseline: Type.Optional(BaselineSchema),
  rerun: Type.Optional(
    Type.Object(
      {
        which: Type.Array(Type.Enum([...RERUN_CHOICES])),
        asked: Type.Integer({ minimum: 0, description: 'how many hosts were to be asked again' }),
        gone: Type.Array(Type.String(), {
          description: 'hosts that the inventory had no more; what was known of them was carried',
        }),
        added: Type.Optional(
          Type.Array(Type.String(), {
            description:
              'hosts that the inventory has and the saved reports do not, of those that their own limit names: nobody asked them',
          }),
        ),
        limit: Type.Optional(Type.String({ description: 'the pattern that chose who might be asked again' })),
        maxApartHours: Type.Optional(
          Type.Number({ minimum: 0, description: 'so many hours before this run what is carried may have been asked' }),
        ),
        runs: Type.Array(Type.Object({ runId: Type.String(), startedAt: Type.String() }), {
          description: 'the runs whose reports went into this one, the earliest first',
        }),
      },
      {
        description: 'set where only some of the hosts were asked in this run, and the others come from saved reports',
      },
    ),
  ),
  collected: Type.Optional(
    Type.Object(
      {
        completeness: Type.Enum(['complete', 'incomplete', 'not-known'], {
          description: 'not-known: some readings stand below no header, and nobody knows how many there were to be',
        }),
        missing: Type.Array(
          Type.Object({
            plan: Type.String({ description: 'the digest that all shards of the run have in common' }),
            shards: Type.Integer({ minimum: 1, description: 'how many there were to be' }),
            missing: Type.Array(Type.Integer({ minimum: 1 }), { description: 'those that did not come' }),
            hosts: Type.Integer({ minimum: 0, description: 'how many hosts they have' }),
          }),
          { description: 'shards whose hosts no file and no plan names; hosts that are named stand among the hosts' },
        ),
        added: Type.Optional(
          Type.Array(Type.String(), {
            description:
              'hosts that the inventory had when some were asked again, and the collection had not: nobody asked them',
          }),
        ),
        times: Type.Optional(
          Type.Object(
            { oldest: Type.String(), firstRun: Type.Optional(Type.String()), newest: Type.String() },
            {
              description:
                'when the first and the last of the collections began: UTC, ISO 8601 with seconds; not there where none says so; firstRun: when the run began that wrote the one file that was judged, where a rerun carried older answers into it',
            },
          ),
        ),
        maxApartHours: Type.Optional(
          Type.Number({ minimum: 0, description: 'so many hours may lie between the runs that wrote the files' }),
        ),
      },
      { description: 'set where the readings come from files of collect' },
    ),
  ),
});

const StatusCountsSchema = Type.Object({
  unreachable: Count,
  failing: Count,
  undecided: Count,
  unchecked: Count,
  lesser: Type.Integer({ minimum: 0, description: 'only below the gate something fails or is undecided' }),
  clean: Count,
});
const SeverityCountsSchema = Type.Object({ critical: Count, high: Count, medium: Count, low: Count, info: Count });
const HostsByWorstFailSchema = Type.Optional(
  Type.Object(SeverityCountsSchema.properties, { description: 'hosts by the severity of their worst unwaived fail' }),
);
const ResultCountsSchema = Type.Object({
  pass: Count,
  fail: Count,
  error: Count,
  unknown: Count,
  notapplicable: Count,
  notselected: Count,
  informational: Count,
});

const WaiverSummarySchema = Type.Object({
  id: Type.String(),
  rule: Type.String(),
  hosts: Type.String(),
  justification: Type.String(),
  owner: Type.Optional(Type.String()),
  approvedBy: Type.Optional(Type.String()),
  starts: Type.Optional(Type.String()),
  expires: Type.String(),
  definedAt: Type.Object({ file: Type.String(), line: Type.Integer({ minimum: 1 }) }),
  state: Type.Enum([...WAIVER_STATES]),
  matches: Type.Integer({
    minimum: 0,
    description: 'fails and undecided verdicts of reached hosts that it names, whatever its state',
  }),
  uses: Type.Integer({ minimum: 0, description: 'verdicts that it covers' }),
  voided: Type.Integer({
    minimum: 0,
    description: 'verdicts that it does not cover because their evidence has changed',
  }),
});

const DriftSummarySchema = Type.Object({
  verdicts: Type.Object({ 'newly-failing': Count, 'still-failing': Count, resolved: Count, 'no-longer-known': Count }),
  gateNewFails: Count,
  failsOfNewRules: Count,
  newHosts: Count,
  goneHosts: Count,
});

const TrendPointSchema = Type.Object({
  runId: Type.String(),
  at: Type.String({ description: 'when it started, UTC' }),
  hosts: Count,
  compliant: Type.Integer({ minimum: 0, description: 'by the gate that the run had: lesser and clean' }),
  failing: Type.Integer({ minimum: 0, description: 'by the gate that the run had' }),
  unreachable: Count,
  fails: Type.Object(SeverityCountsSchema.properties, { description: 'unwaived fails by severity' }),
  hostsByWorstFail: HostsByWorstFailSchema,
});

export const SummarySchema = Type.Object({
  hosts: Count,
  statuses: StatusCountsSchema,
  results: ResultCountsSchema,
  fails: Type.Object(SeverityCountsSchema.properties, { description: 'unwaived fails by severity' }),
  hostsByWorstFail: HostsByWorstFailSchema,
  waived: Count,
  flappingFails: Type.Optional(
    Type.Object(SeverityCountsSchema.properties, { description: 'unwaived fails that flap, by severity' }),
  ),
  waivedFails: Type.Optional(Type.Object(SeverityCountsSchema.properties, { description: 'waived fails by severity' })),
  coveredHosts: Count,
  gateFails: Count,
  gateUndecided: Count,
  internalErrors: Count,
  interrupted: Type.Boolean(),
  groups: Type.Array(
    Type.Object({
      group: Type.String(),
      hosts: Count,
      statuses: StatusCountsSchema,
      fails: SeverityCountsSchema,
      hostsByWorstFail: HostsByWorstFailSchema,
    }),
  ),
  blast: Type.Optional(Type.Array(BlastSchema, { description: 'what the hosts of a group do on the same trigger' })),
  groupVerdicts: Type.Optional(
    Type.Array(GroupVerdictSchema, { description: 'one for each group and each rule over groups' }),
  ),
  waivers: Type.Optional(Type.Array(WaiverSummarySchema, { description: 'every waiver that the run was given' })),
  drift: Type.Optional(DriftSummarySchema),
  limits: Type.Optional(
    Type.Array(Type.Object({ limit: FailingLimitSchema, hosts: Count, judgedHosts: Count, failingHosts: Count }), {
      description: 'what became of each limit of the gate',
    }),
  ),
  trend: Type.Optional(
    Type.Array(TrendPointSchema, {
      description:
        'the whole runs of the same inventory and limit that the history has, the oldest first, this one last',
    }),
  ),
  tookMs: Type.Number({ minimum: 0, description: 'milliseconds' }),
  exitCode: Type.Integer({ minimum: 0, maximum: 255 }),
  insteadOf: Type.Optional(
    Type.Union([Type.Literal(1), Type.Literal(3)], { description: 'what --exit-zero gave 0 in place of' }),
  ),
  verdict: Type.String({ description: 'one sentence: which condition gave the exit code' }),
});

/** The `json` format: one document. */
export const ReportSchema = Type.Object(
  { header: ReportHeaderSchema, hosts: Type.Array(HostReportSchema), summary: SummarySchema },
  { title: 'A kernward report' },
);
