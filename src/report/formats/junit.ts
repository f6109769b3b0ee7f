import type { Format, HostReport, ReportHeader, RuleSummary } from '../../model/report.js';
import type { Result, Verdict } from '../../model/verdict.js';
import { epochSeconds } from '../time.js';
import { evidenceInWords, wayInWords } from '../words.js';
import { xmlAttributes, xmlText } from '../xml.js';

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

const skipped = (message: string): string => `<skipped${xmlAttributes({ message })}/>`;

const problem = (element: 'failure' | 'error', type: string, message: string, lines: readonly string[]): string =>
  `<${element}${xmlAttributes({ type, message })}>${[message, ...lines].map(xmlText).join('\n')}</${element}>`;

const helpOf = (rule: RuleSummary | undefined): readonly string[] =>
  rule === undefined ? [] : [`what to do: ${rule.remediation}`, ...(rule.settings === '' ? [] : [rule.settings]), ...rule.references];

const caseOf = (verdict: Verdict, rule: RuleSummary | undefined): Case | undefined => {
  const outcome = OUTCOME_OF_RESULT[verdict.result];
  if (outcome === undefined) return undefined;
  const named = { classname: rule?.policy ?? '', name: rule === undefined ? verdict.rule : `${verdict.rule}: ${rule.title}` };
  const { because, severity, waiver, result } = verdict;
  if (waiver !== undefined && (outcome === 'failures' || outcome === 'errors'))
    return { ...named, outcome: 'skipped', content: skipped(`${result}, waived until ${waiver.expires} (${waiver.id}): ${waiver.justification}`) };
  const lines = [...(verdict.evidence.length === 0 ? [] : [`evidence: ${evidenceInWords(verdict.evidence)}`]), ...helpOf(rule)];
  switch (outcome) {
    case 'passed':
      return { ...named, outcome, content: '' };
    case 'skipped':
      return { ...named, outcome, content: skipped(because) };
    case 'failures':
      return { ...named, outcome, content: problem('failure', severity, because, lines) };
    case 'errors':
      return { ...named, outcome, content: problem('error', result, because, lines) };
  }
};

/** Stands first in every suite, so that a server which compares two runs sees when a host stops to answer. */
const hostCase = ({ failure, status }: HostReport): Case => {
  const named = { classname: 'host', name: 'host is reached and checked' };
  if (failure !== undefined) return { ...named, outcome: 'errors', content: problem('error', failure.code, failure.detail, []) };
  if (status === 'unchecked') return { ...named, outcome: 'errors', content: problem('error', status, 'nothing was checked: no rule passed or failed', []) };
  return { ...named, outcome: 'passed', content: '' };
};

const casesOf = (host: HostReport, rules: ReadonlyMap<string, RuleSummary>): readonly Case[] => {
  const verdicts = host.status === 'unreachable' ? [] : host.verdicts;
  return [hostCase(host), ...verdicts.map((verdict) => caseOf(verdict, rules.get(verdict.rule))).filter((each) => each !== undefined)];
};

const NONE: Counts = { passed: 0, failures: 0, errors: 0, skipped: 0 };

const add = (counts: Counts, cases: readonly Case[]): Counts => {
  const sum = { ...counts };
  for (const { outcome } of cases) sum[outcome] += 1;
  return sum;
};

const countsAndTime = (counts: Counts, milliseconds: number): string =>
  xmlAttributes({
    tests: OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0),
    failures: counts.failures,
    errors: counts.errors,
    skipped: counts.skipped,
    time: (milliseconds / 1000).toFixed(3),
  });

/** Jenkins' schema has a time without its zone. */
const timestamp = ({ startedAt }: ReportHeader): Readonly<Record<string, string>> =>
  epochSeconds(startedAt) === undefined ? {} : { timestamp: startedAt.slice(0, -1) };

const suite = (host: HostReport, header: ReportHeader, cases: readonly Case[]): string => {
  const properties = Object.entries({ address: `${host.address} port ${host.port}`, transport: wayInWords(host), profile: host.profile, status: host.status, groups: host.groups.join(', ') });
  return [
    `<testsuite${xmlAttributes({ name: host.host })}${countsAndTime(add(NONE, cases), host.tookMs)}${xmlAttributes({ ...timestamp(header), hostname: host.address })}>`,
    `<properties>${properties.map(([name, value]) => `<property${xmlAttributes({ name, value })}/>`).join('')}</properties>`,
    ...cases.map(({ classname, name, content }) => {
      const attributes = xmlAttributes({ classname, name, time: '0' });
      return content === '' ? `<testcase${attributes}/>` : `<testcase${attributes}>${content}</testcase>`;
    }),
    '</testsuite>\n',
  ].join('\n');
};

/** A suite a host, a test case a rule; the totals stand first, so the hosts are walked twice. */
export const junit: Format = {
  id: 'junit',
  title: 'JUnit XML, a suite a host, for CI servers',
  extension: '.junit.xml',
  *render({ header, hosts, summary }) {
    const rules = new Map(header.rules.map((rule) => [rule.id, rule]));
    let totals = NONE;
    for (const host of hosts) totals = add(totals, casesOf(host, rules));
    yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kernward"${countsAndTime(totals, summary.tookMs)}>\n`;
    for (const host of hosts) yield suite(host, header, casesOf(host, rules));
    yield '</testsuites>\n';
  },
};
