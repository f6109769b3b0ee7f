import { wayOut } from '../failure-help.js';
import type {
  Format,
  Gate,
  GroupRuleSummary,
  GroupVerdict,
  HostReport,
  Report,
  ReportHeader,
  RuleSummary,
  WaiverSummary,
} from '../../model/report.js';
import { isAtGate, type Result, type Severity, type Verdict } from '../../model/verdict.js';
import { count } from '../../text/count.js';
import { formatSet } from '../blast-radius.js';
import { GONE_MEANS, WAIVER_MEANS } from '../drift-and-waivers.js';
import { formatGate } from '../status-words.js';
import { epochSeconds } from '../time.js';
import { formatEvidence, formatRoute } from '../phrases.js';
import { withBreaths } from '../with-breaths.js';
import { xmlAttributes, xmlText } from '../../render/xml.js';

const OUTCOMES = ['passed', 'failures', 'errors', 'skipped'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface Case {
  readonly outcome: Outcome;
  readonly classname: string;
  readonly name: string;
  /** What stands in the element; empty for a pass. */
  readonly content: string;
}

type Counts = Readonly<Record<Outcome, number>>;

/** A rule that is not in the host's profile was not asked of it: no test case. */
const OUTCOME_OF_RESULT = {
  pass: 'passed',
  informational: 'passed',
  fail: 'failures',
  error: 'errors',
  unknown: 'errors',
  notapplicable: 'skipped',
  notselected: undefined,
} as const satisfies Record<Result, Outcome | undefined>;

function skipped(message: string): string {
  return `<skipped${xmlAttributes({ message })}/>`;
}

function problem(element: 'failure' | 'error', type: string, message: string, lines: readonly string[]): string {
  return `<${element}${xmlAttributes({ type, message })}>${[message, ...lines].map(xmlText).join('\n')}</${element}>`;
}

function helpOf(rule: RuleSummary | undefined): readonly string[] {
  return rule === undefined
    ? []
    : [`what to do: ${rule.remediation}`, ...(rule.settings === '' ? [] : [rule.settings]), ...rule.references];
}

/** What else is known of a result; a message stays as it is, since servers compare runs by it. */
function output(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<system-out>${lines.map(xmlText).join('\n')}</system-out>`;
}

function sinceOf({ drift, since }: Verdict, lines: readonly string[] = []): string {
  return output([
    ...lines,
    ...(drift === undefined ? [] : [`since the baseline: ${drift}`]),
    ...(since === undefined ? [] : [`${drift === 'resolved' ? 'in order' : 'like this'} since ${since}`]),
  ]);
}

/** What does not fail the gate fails no pipeline: a server makes a build red of each failure. */
function belowGate(result: Result, severity: Severity, because: string, gate: Pick<Gate, 'failOn'>): string {
  const at = formatGate(gate);
  return skipped(`${result} of severity ${severity}, below the gate${at === '' ? '' : ` (${at})`}: ${because}`);
}

function caseOf(verdict: Verdict, rule: RuleSummary | undefined, gate: Pick<Gate, 'failOn'>): Case | undefined {
  const outcome = OUTCOME_OF_RESULT[verdict.result];
  if (outcome === undefined) return undefined;
  const named = {
    classname: rule?.policy ?? '',
    name: rule === undefined ? verdict.rule : `${verdict.rule}: ${rule.title}`,
  };
  const { because, severity, waiver, result } = verdict;
  if (waiver !== undefined && (outcome === 'failures' || outcome === 'errors'))
    return {
      ...named,
      outcome: 'skipped',
      content: `${skipped(`${result}, waived until ${waiver.expires} (${waiver.id}): ${waiver.justification}`)}${sinceOf(verdict)}`,
    };
  const lines = [
    ...(verdict.evidence.length === 0 ? [] : [`evidence: ${formatEvidence(verdict.evidence)}`]),
    ...helpOf(rule),
  ];
  if ((outcome === 'failures' || outcome === 'errors') && !isAtGate(gate.failOn, severity))
    return {
      ...named,
      outcome: 'skipped',
      content: `${belowGate(result, severity, because, gate)}${sinceOf(verdict, lines)}`,
    };
  switch (outcome) {
    case 'passed':
      return { ...named, outcome, content: sinceOf(verdict) };
    case 'skipped':
      return { ...named, outcome, content: `${skipped(because)}${sinceOf(verdict)}` };
    case 'failures':
      return { ...named, outcome, content: `${problem('failure', severity, because, lines)}${sinceOf(verdict)}` };
    case 'errors':
      return { ...named, outcome, content: `${problem('error', result, because, lines)}${sinceOf(verdict)}` };
  }
}

/** On a host that was not reached no rule has a test case. */
function notKnown(verdicts: readonly Verdict[]): string {
  const { length } = verdicts.filter(({ drift }) => drift === 'no-longer-known');
  return length === 0 ? '' : output([`since the baseline: ${count(length, 'result')} no-longer-known`]);
}

/** Stands first in every suite of a host, so that a server which compares two runs sees when a host stops to answer. */
function hostCase({ failure, status, verdicts }: HostReport): Case {
  const named = { classname: 'host', name: 'host is reached and checked' };
  if (failure !== undefined)
    return {
      ...named,
      outcome: 'errors',
      content: `${problem('error', failure.code, failure.detail, [wayOut(failure).toDo])}${notKnown(verdicts)}`,
    };
  if (status === 'unchecked')
    return {
      ...named,
      outcome: 'errors',
      content: problem('error', status, 'nothing was checked: no rule passed or failed', []),
    };
  return { ...named, outcome: 'passed', content: '' };
}

function casesOf(
  host: HostReport,
  rules: ReadonlyMap<string, RuleSummary>,
  gate: Pick<Gate, 'failOn'>,
): readonly Case[] {
  const verdicts = host.status === 'unreachable' ? [] : host.verdicts;
  return [
    hostCase(host),
    ...verdicts.map((verdict) => caseOf(verdict, rules.get(verdict.rule), gate)).filter((each) => each !== undefined),
  ];
}

const NONE: Counts = { passed: 0, failures: 0, errors: 0, skipped: 0 };

function add(counts: Counts, cases: readonly Case[]): Counts {
  const sum = { ...counts };
  for (const { outcome } of cases) sum[outcome] += 1;
  return sum;
}

function countsAndTime(counts: Counts, milliseconds: number): string {
  return xmlAttributes({
    tests: OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0),
    failures: counts.failures,
    errors: counts.errors,
    skipped: counts.skipped,
    time: (milliseconds / 1000).toFixed(3),
  });
}

/** Jenkins' schema has a time without its zone. */
function timestamp({ startedAt }: ReportHeader): Readonly<Record<string, string>> {
  return epochSeconds(startedAt) === undefined ? {} : { timestamp: startedAt.slice(0, -1) };
}

interface Suite {
  readonly name: string;
  readonly milliseconds: number;
  readonly hostname: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

function suiteOf(host: HostReport, rules: ReadonlyMap<string, RuleSummary>, gate: Pick<Gate, 'failOn'>): Suite {
  return {
    name: host.host,
    milliseconds: host.tookMs,
    hostname: host.address,
    properties: {
      address: `${host.address} port ${host.port}`,
      transport: formatRoute(host),
      profile: host.profile,
      status: host.status,
      groups: host.groups.join(', '),
      ...(host.isNew === true ? { baseline: 'does not have this host' } : {}),
    },
    cases: casesOf(host, rules, gate),
  };
}

function groupCaseOf(
  { rule, severity, result, because }: GroupVerdict,
  summary: GroupRuleSummary | undefined,
  gate: Pick<Gate, 'failOn'>,
): Case | undefined {
  const outcome = OUTCOME_OF_RESULT[result];
  if (outcome === undefined) return undefined;
  const named = {
    classname: summary?.policy ?? '',
    name: summary === undefined ? rule : `${rule}: ${summary.title}`,
    outcome,
  };
  if ((outcome === 'failures' || outcome === 'errors') && !isAtGate(gate.failOn, severity))
    return { ...named, outcome: 'skipped', content: belowGate(result, severity, because, gate) };
  const help = summary === undefined ? [] : [`what to do: ${summary.remediation}`, ...summary.references];
  const CONTENT = {
    passed: () => '',
    skipped: () => skipped(because),
    failures: () => problem('failure', severity, because, help),
    errors: () => problem('error', result, because, help),
  } as const satisfies Record<Outcome, () => string>;
  return { ...named, content: CONTENT[outcome]() };
}

/** A suite a group that a rule over groups is about. */
function groupSuites({ header, summary }: Report): readonly Suite[] {
  const rules = new Map(header.groupRules?.map((rule) => [rule.id, rule]));
  const bySet = new Map<string, { readonly first: GroupVerdict; readonly cases: Case[] }>();
  for (const verdict of summary.groupVerdicts ?? []) {
    const made = groupCaseOf(verdict, rules.get(verdict.rule), header.gate);
    if (made === undefined) continue;
    const key = JSON.stringify([verdict.group, verdict.label ?? null]);
    const found = bySet.get(key) ?? { first: verdict, cases: [] };
    bySet.set(key, found);
    found.cases.push(made);
  }
  return [...bySet.values()].map(({ first, cases }) => ({
    name: `group ${formatSet(first)}`,
    milliseconds: 0,
    hostname: '',
    properties: { hosts: String(first.hosts), unreachable: String(first.unreachable) },
    cases,
  }));
}

function waiverCase({
  id,
  rule,
  hosts,
  state,
  expires,
  owner,
  approvedBy,
  matches,
  uses,
  justification,
  definedAt,
}: WaiverSummary): Case {
  const known = output([
    `${definedAt.file}:${definedAt.line}, until ${expires}${owner === undefined ? '' : `, owner ${owner}`}${approvedBy === undefined ? '' : `, approved by ${approvedBy}`}: ${justification}`,
    `covers ${uses} of the ${count(matches, 'result')} that it names`,
  ]);
  const named = { classname: 'waiver', name: `${id}: ${rule} on ${hosts}` };
  if (state === 'in-force') return { ...named, outcome: 'passed', content: known };
  return { ...named, outcome: 'skipped', content: `${skipped(`${WAIVER_MEANS[state]} (until ${expires})`)}${known}` };
}

/**
 * What is said of the run as a whole, and of no host: its waivers, and hosts that only the baseline has. None of it is
 * a failure, for none of it changes the exit code.
 */
function runSuites({ header: { baseline }, summary: { waivers = [] } }: Report): readonly Suite[] {
  return [
    {
      name: 'waivers of the run',
      milliseconds: 0,
      hostname: '',
      properties: { waivers: String(waivers.length) },
      cases: waivers.map(waiverCase),
    },
    {
      name: 'hosts gone since the baseline',
      milliseconds: 0,
      hostname: '',
      properties: {
        baseline: `${baseline?.from ?? ''}, started ${baseline?.startedAt ?? ''}`,
        'not asked': String(baseline?.notSelected ?? 0),
      },
      cases: (baseline?.gone ?? []).map((host): Case => ({
        classname: 'baseline',
        name: host,
        outcome: 'skipped',
        content: skipped(GONE_MEANS),
      })),
    },
  ].filter(({ cases }) => cases.length > 0);
}

function suite({ name, milliseconds, hostname, properties, cases }: Suite, header: ReportHeader): string {
  return [
    `<testsuite${xmlAttributes({ name })}${countsAndTime(add(NONE, cases), milliseconds)}${xmlAttributes({ ...timestamp(header), hostname })}>`,
    `<properties>${Object.entries(properties)
      .map(([property, value]) => `<property${xmlAttributes({ name: property, value })}/>`)
      .join('')}</properties>`,
    ...cases.map(({ classname, name: title, content }) => {
      const attributes = xmlAttributes({ classname, name: title, time: '0' });
      return content === '' ? `<testcase${attributes}/>` : `<testcase${attributes}>${content}</testcase>`;
    }),
    '</testsuite>\n',
  ].join('\n');
}

/**
 * A suite a host and one a group, a test case a rule, then what is said of the run; the totals stand first, so the
 * hosts are walked twice.
 */
export const junit: Format = {
  id: 'junit',
  title: 'JUnit XML, a suite a host, for CI servers',
  extension: '.junit.xml',
  *render(report) {
    const { header, hosts, summary } = report;
    const others = [...groupSuites(report), ...runSuites(report)];
    const rules = new Map(header.rules.map((rule) => [rule.id, rule]));
    let totals = NONE;
    yield* withBreaths(hosts, (host) => {
      totals = add(totals, casesOf(host, rules, header.gate));
    });
    for (const { cases } of others) totals = add(totals, cases);
    yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kernward"${countsAndTime(totals, summary.tookMs)}>\n`;
    for (const host of hosts) yield suite(suiteOf(host, rules, header.gate), header);
    for (const other of others) yield suite(other, header);
    yield '</testsuites>\n';
  },
};
