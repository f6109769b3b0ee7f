import { explainOutcome, renderChain, TRIGGERS, type Trigger } from '../kernel/outcome/index.js';
import type { HostReport, ReportHeader, RuleSummary } from '../model/report.js';
import type { Reading } from '../model/reading.js';
import { SEVERITIES, type Verdict } from '../model/verdict.js';
import { clean } from '../text/clean.js';

const TRIGGER_WORDS: Readonly<Record<Trigger, string>> = {
  hung_task: 'a task hangs',
  oops: 'the kernel oopses',
  soft_lockup: 'a CPU locks up softly',
  hard_lockup: 'a CPU locks up hard',
  oom: 'memory runs out',
  rcu_stall: 'RCU stalls',
  warn: 'the kernel warns',
};

const inWords = (reading: Reading): string => {
  switch (reading.state) {
    case 'known':
      return typeof reading.value === 'object' ? JSON.stringify(reading.value) : String(reading.value);
    case 'absent':
      return `absent (${reading.witness})`;
    case 'unreadable':
      return `unreadable (${reading.cause}: ${reading.detail})`;
  }
};

const ruleLines = (verdict: Verdict, rule: RuleSummary | undefined): readonly string[] => [
  `${verdict.result.toUpperCase()} ${verdict.severity} ${verdict.rule}${rule === undefined ? '' : `: ${rule.title}`}`,
  `  ${verdict.because}`,
  ...verdict.evidence.map(({ fact, reading }) => `  ${fact} = ${inWords(reading)}`),
  ...(rule === undefined || verdict.result !== 'fail'
    ? []
    : [...(rule.remediation === '' ? [] : [`  to do: ${rule.remediation}${rule.settings === '' ? '' : ` (${rule.settings})`}`]), ...(rule.mayBreak === '' ? [] : [`  may break: ${rule.mayBreak}`])]),
];

const chainLines = (trigger: Trigger, host: HostReport): readonly string[] => [
  `If ${TRIGGER_WORDS[trigger]}: ${inWords(host.readings.get(`${trigger}.outcome`) ?? { state: 'absent', witness: 'not derived' })}`,
  ...renderChain(explainOutcome(trigger, host.readings)).map((line) => `  ${line}`),
];

const isConcern = ({ result }: Verdict): boolean => result === 'fail' || result === 'unknown' || result === 'error' || result === 'informational';

const ORDER = ['fail', 'error', 'unknown', 'informational'];
const byUrgency = (a: Verdict, b: Verdict): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || ORDER.indexOf(a.result) - ORDER.indexOf(b.result) || (a.rule < b.rule ? -1 : 1);

/** Which outcome facts a rule stands on: its chains are the ones to show. */
const triggersOf = (verdicts: readonly Verdict[]): readonly Trigger[] => {
  const facts = verdicts.flatMap(({ evidence }) => evidence.map(({ fact }) => fact));
  return TRIGGERS.filter((trigger) => facts.some((fact) => fact.startsWith(`${trigger}.`)));
};

/**
 * The chain of causes on one host, in plain words: what was found, with the evidence, then for every event that a finding
 * speaks of what the machine does, link by link, and what breaks the chain.
 *
 * @param only one rule, whatever its result; otherwise every rule that is not at rest
 */
export const explainHost = (host: HostReport, header: ReportHeader, only: string | undefined): readonly string[] => {
  const rules = new Map(header.rules.map((rule) => [rule.id, rule]));
  const title = `${host.host} (${host.address}:${host.port}), profile ${host.profile}: ${host.status}`;
  if (host.failure !== undefined && host.readings.size === 0) return [title, `  not reached: ${host.failure.code}: ${host.failure.detail}`].map((line) => clean(line));
  const shown = host.verdicts.filter((verdict) => (only === undefined ? isConcern(verdict) : verdict.rule === only)).toSorted(byUrgency);
  const machine = ['os.pretty_name', 'uname.release', 'boot.uptime'].flatMap((fact) => {
    const reading = host.readings.get(fact);
    return reading?.state === 'known' ? [`${fact} = ${inWords(reading)}`] : [];
  });
  return [
    title,
    ...machine.map((line) => `  ${line}`),
    ...(shown.length === 0 ? ['', 'Nothing to explain: no rule failed and none is undecided.'] : []),
    ...shown.flatMap((verdict) => ['', ...ruleLines(verdict, rules.get(verdict.rule))]),
    ...triggersOf(shown).flatMap((trigger) => ['', ...chainLines(trigger, host)]),
  ].map((line) => clean(line));
};
