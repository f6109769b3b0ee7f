import * as fc from 'fast-check';
import { CONNECT_FAILURES } from '../../../src/model/outcome.js';
import { UNREADABLE_CAUSES } from '../../../src/model/reading.js';
import type { Reading, Value } from '../../../src/model/reading.js';
import { WAIVER_STATES } from '../../../src/model/report.js';
import type {
  Baseline,
  FailingLimit,
  Gate,
  HostReport,
  Report,
  ReportHeader,
  RuleSummary,
  TrendPoint,
  WaiverSummary,
} from '../../../src/model/report.js';
import { DRIFTS, RESULTS, SEVERITIES } from '../../../src/model/verdict.js';
import type { Verdict, WaiverUse } from '../../../src/model/verdict.js';
import { hostStatus } from '../../../src/verdict/host-status.js';
import { summarise } from '../../../src/verdict/summary.js';
import { HOSTILE } from './hostile.js';
import { codePoint } from '../code-point.js';

/** Any string at all: lone surrogates, controls, and the ones that have hurt somebody. */
export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: codePoint, maxLength: 12 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...Object.values(HOSTILE)),
);

/** Objects as JSON gives them back, never with a null prototype. */
function record<Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }): fc.Arbitrary<Fields> {
  return fc.record(fields, { noNullPrototype: true });
}

const textMap = fc
  .array(fc.tuple(arbitraryText, arbitraryText), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

const arbitraryValue: fc.Arbitrary<Value> = fc.oneof(
  arbitraryText,
  // JSON has no −0, and no fact has one.
  fc.maxSafeInteger().map((value) => value + 0),
  fc.boolean(),
  fc.array(arbitraryText, { maxLength: 3 }),
  textMap,
);

const arbitraryReading: fc.Arbitrary<Reading> = fc.oneof(
  record({ state: fc.constant('known' as const), value: arbitraryValue, raw: arbitraryText }),
  record({ state: fc.constant('absent' as const), witness: arbitraryText }),
  record({
    state: fc.constant('unreadable' as const),
    cause: fc.constantFrom(...UNREADABLE_CAUSES),
    detail: arbitraryText,
  }),
);

const arbitraryLimit: fc.Arbitrary<FailingLimit> = fc.record(
  { rule: arbitraryText, group: arbitraryText, percent: fc.integer({ min: 0, max: 100 }) },
  { requiredKeys: ['percent'], noNullPrototype: true },
);

export const arbitraryGate: fc.Arbitrary<Gate> = fc.record(
  {
    failOn: fc.constantFrom(...SEVERITIES, 'never' as const),
    minCoverage: fc.integer({ min: 0, max: 100 }),
    allowEmpty: fc.boolean(),
    exitZero: fc.boolean(),
    failOnNew: fc.boolean(),
    maxFailing: fc.array(arbitraryLimit, { maxLength: 2 }),
  },
  { requiredKeys: ['failOn', 'minCoverage', 'allowEmpty', 'exitZero'], noNullPrototype: true },
);

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** With conflicts or without: the field is not there where there are none. */
function withConflicts(rule: RuleSummary): fc.Arbitrary<RuleSummary> {
  return fc
    .array(
      fc.record(
        { with: arbitraryText, says: arbitraryText, profile: arbitraryText, source: arbitraryText },
        { requiredKeys: ['with', 'says', 'source'], noNullPrototype: true },
      ),
      { maxLength: 2 },
    )
    .map((conflicts) => (conflicts.length === 0 ? rule : { ...rule, conflicts }));
}

const arbitraryRules: fc.Arbitrary<readonly RuleSummary[]> = fc
  .uniqueArray(arbitraryText, { minLength: 1, maxLength: 4 })
  .chain((ids) =>
    fc.tuple(
      ...ids.sort(byCodeUnit).map((id) =>
        record({
          id: fc.constant(id),
          policy: arbitraryText,
          title: arbitraryText,
          severity: fc.constantFrom(...SEVERITIES),
          rationale: arbitraryText,
          remediation: arbitraryText,
          settings: arbitraryText,
          mayBreak: arbitraryText,
          references: fc.array(arbitraryText, { maxLength: 2 }),
        }).chain(withConflicts),
      ),
    ),
  );

const arbitraryWaiver: fc.Arbitrary<WaiverSummary> = fc.record(
  {
    id: arbitraryText,
    rule: arbitraryText,
    hosts: arbitraryText,
    justification: arbitraryText,
    owner: arbitraryText,
    approvedBy: arbitraryText,
    starts: arbitraryText,
    expires: arbitraryText,
    definedAt: record({ file: arbitraryText, line: fc.integer({ min: 1, max: 1_000_000 }) }),
    state: fc.constantFrom(...WAIVER_STATES),
    matches: fc.nat(),
    uses: fc.nat(),
    voided: fc.nat(),
  },
  {
    requiredKeys: [
      'id',
      'rule',
      'hosts',
      'justification',
      'expires',
      'definedAt',
      'state',
      'matches',
      'uses',
      'voided',
    ],
    noNullPrototype: true,
  },
);

const arbitraryBaseline: fc.Arbitrary<Baseline> = record({
  runId: arbitraryText,
  startedAt: arbitraryText,
  from: arbitraryText,
  gone: fc.array(arbitraryText, { maxLength: 3 }),
  notSelected: fc.nat(),
  newRules: fc.array(arbitraryText, { maxLength: 2 }),
  goneRules: fc.array(arbitraryText, { maxLength: 2 }),
});

const arbitraryHeader: fc.Arbitrary<ReportHeader> = fc.record(
  {
    kernward: arbitraryText,
    schema: fc.constant(2 as const),
    runId: arbitraryText,
    startedAt: arbitraryText,
    inventory: fc.array(arbitraryText, { maxLength: 2 }),
    limit: arbitraryText,
    profileOverride: arbitraryText,
    gate: arbitraryGate,
    probe: record({ protocol: fc.nat(), sha256: arbitraryText }),
    policies: fc.array(
      record({ id: arbitraryText, title: arbitraryText, file: arbitraryText, sha256: arbitraryText }),
      { maxLength: 2 },
    ),
    rules: arbitraryRules,
    baseline: arbitraryBaseline,
    groupRules: fc.uniqueArray(
      record({
        id: arbitraryText,
        policy: arbitraryText,
        title: arbitraryText,
        severity: fc.constantFrom(...SEVERITIES),
        about: arbitraryText,
        asks: arbitraryText,
        rationale: arbitraryText,
        remediation: arbitraryText,
        references: fc.array(arbitraryText, { maxLength: 2 }),
      }),
      { maxLength: 2, selector: ({ id }) => id },
    ),
  },
  {
    requiredKeys: ['kernward', 'schema', 'runId', 'startedAt', 'inventory', 'gate', 'probe', 'policies', 'rules'],
    noNullPrototype: true,
  },
);

const arbitraryWaiverUse: fc.Arbitrary<WaiverUse> = fc.record(
  {
    id: arbitraryText,
    justification: arbitraryText,
    expires: arbitraryText,
    owner: arbitraryText,
    approvedBy: arbitraryText,
  },
  { requiredKeys: ['id', 'justification', 'expires'], noNullPrototype: true },
);

function arbitraryVerdict(host: string, rule: RuleSummary, isReached: boolean): fc.Arbitrary<Verdict> {
  return fc.record(
    {
      host: fc.constant(host),
      rule: fc.constant(rule.id),
      severity: fc.constantFrom(...SEVERITIES),
      result: isReached ? fc.constantFrom(...RESULTS) : fc.constantFrom('error' as const, 'notselected' as const),
      because: arbitraryText,
      evidence: fc.array(record({ fact: arbitraryText, reading: arbitraryReading }), { maxLength: 2 }),
      digest: arbitraryText,
      waiver: arbitraryWaiverUse,
      drift: fc.constantFrom(...DRIFTS),
      since: arbitraryText,
    },
    { requiredKeys: ['host', 'rule', 'severity', 'result', 'because', 'evidence'], noNullPrototype: true },
  );
}

function arbitraryHost(name: string, { rules, gate }: ReportHeader): fc.Arbitrary<HostReport> {
  return fc.boolean().chain((isReached) =>
    record({
      host: fc.constant(name),
      address: arbitraryText,
      port: fc.integer({ min: 1, max: 65535 }),
      groups: fc.array(arbitraryText, { maxLength: 3 }),
      labels: fc.oneof(
        textMap,
        arbitraryText.map((owner) => ({ owner })),
      ),
      profile: arbitraryText,
      transport: arbitraryText,
      transportReason: fc.option(arbitraryText, { nil: undefined }),
      via: fc.option(fc.array(arbitraryText, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      isNew: fc.boolean(),
      definedAt: fc.option(record({ file: arbitraryText, line: fc.integer({ min: 1, max: 1_000_000 }) }), {
        nil: undefined,
      }),
      tookMs: fc.nat(),
      failure: record({ code: fc.constantFrom(...CONNECT_FAILURES), detail: arbitraryText }),
      readings: fc
        .array(
          fc.tuple(fc.oneof(arbitraryText, fc.constantFrom('uname.release', 'os.pretty_name')), arbitraryReading),
          { maxLength: isReached ? 4 : 0 },
        )
        .map((entries) => new Map(entries)),
      verdicts: fc.tuple(...rules.map((rule) => arbitraryVerdict(name, rule, isReached))),
    }).map(({ failure, definedAt, isNew, transportReason, via, ...host }) => ({
      ...host,
      ...(isNew ? { isNew } : {}),
      ...(definedAt === undefined ? {} : { definedAt }),
      ...(transportReason === undefined ? {} : { transportReason }),
      ...(via === undefined ? {} : { via }),
      status: hostStatus(host.verdicts, isReached, gate),
      ...(isReached ? {} : { failure }),
    })),
  );
}

const arbitrarySeverities = record({
  critical: fc.nat(),
  high: fc.nat(),
  medium: fc.nat(),
  low: fc.nat(),
  info: fc.nat(),
});

const arbitraryTrendPoint: fc.Arbitrary<TrendPoint> = record({
  runId: arbitraryText,
  at: arbitraryText,
  hosts: fc.nat(),
  compliant: fc.nat(),
  failing: fc.nat(),
  unreachable: fc.nat(),
  fails: arbitrarySeverities,
  hostsByWorstFail: arbitrarySeverities,
});

/** A report that a run could have made, with any text wherever there is text. */
export const arbitraryReport: fc.Arbitrary<Report & { readonly hosts: readonly HostReport[] }> = arbitraryHeader.chain(
  (header) =>
    fc
      .uniqueArray(arbitraryText, { maxLength: 4 })
      .chain((names) => fc.tuple(...names.map((name) => arbitraryHost(name, header))))
      .chain((hosts) =>
        fc.tuple(
          fc.constant(hosts),
          fc.option(fc.array(arbitraryWaiver, { maxLength: 3 }), { nil: undefined }),
          fc.option(fc.array(arbitraryTrendPoint, { maxLength: 3 }), { nil: undefined }),
        ),
      )
      .map(([hosts, waivers, trend]) => {
        const { gate, rules, baseline } = header;
        const summary = summarise(hosts, {
          gate,
          rules: rules.length,
          tookMs: 1,
          ...(waivers === undefined ? {} : { waivers }),
          ...(baseline === undefined ? {} : { baseline }),
        });
        return { header, hosts, summary: trend === undefined ? summary : { ...summary, trend } };
      }),
);
