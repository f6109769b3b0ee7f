import type { KnownFix } from '../kernel/fix-schema.js';
import { TRIGGERS, type Trigger } from '../kernel/outcome/index.js';
import type { Reading } from '../model/reading.js';
import type { HostReport, ReportHeader } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { chainLines } from './chain-lines.js';
import { concernsOf, findingLines, findingTitles, ruleLines, type Rules } from './findings.js';
import { INCIDENT_RULE, incidentLines, TOLD } from './incident.js';
import { wayInWords } from '../report/words.js';
import { at, BLANK, layOut, section, type Line } from './layout.js';
import { goesDown, outcomeLines } from './outcomes.js';

export interface ExplainOptions {
  /** One rule, whatever its result; undefined: the whole machine. */
  readonly rule?: string;
  /** Of the terminal; lines end before it, and at 120 in any case. */
  readonly columns: number;
}

const KHUGEPAGED_FIX = 'khugepaged-trylock';

const shown = (reading: Reading | undefined): string | undefined => (reading?.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined);

const uptime = (seconds: number): string => (seconds >= 172_800 ? `${Math.floor(seconds / 86_400)} days` : seconds >= 7200 ? `${Math.floor(seconds / 3600)} hours` : seconds >= 120 ? `${Math.floor(seconds / 60)} minutes` : `${seconds} s`);

const machineText = ({ readings }: HostReport): string => {
  const seconds = readings.get('boot.uptime');
  const kernel = shown(readings.get('uname.release'));
  return [
    shown(readings.get('os.pretty_name')) ?? shown(readings.get('os.id')) ?? '',
    kernel === undefined ? '' : `kernel ${kernel}`,
    seconds?.state === 'known' && typeof seconds.value === 'number' ? `up ${uptime(seconds.value)}` : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
};

/** They change the kernel and not its release, so whoever reads on must know of them. */
const livePatchText = ({ readings }: HostReport): string => {
  const patches = readings.get('kernel.livepatches');
  return patches?.state === 'known' && Array.isArray(patches.value) && patches.value.length > 0 ? `live patches in force: ${patches.value.join(', ')}` : '';
};

/** Which events a verdict speaks of: the derived facts that it read. */
const triggersOf = (verdicts: readonly Verdict[]): readonly Trigger[] => {
  const facts = verdicts.flatMap(({ evidence }) => evidence.map(({ fact }) => fact));
  return TRIGGERS.filter((trigger) => facts.some((fact) => fact.startsWith(`${trigger}.`)));
};

const isDecisive = ({ result }: Verdict): boolean => result === 'fail' || result === 'unknown';

const wholeMachine = (host: HostReport, rules: Rules, fix: KnownFix | undefined): readonly Line[] => {
  const concerns = concernsOf(host);
  const incident = concerns.find(({ rule, result }) => rule === INCIDENT_RULE && result === 'fail');
  const others = incident === undefined ? concerns : concerns.filter(({ rule }) => !TOLD.has(rule));
  const triggers = triggersOf(others.filter(isDecisive)).filter((trigger) => goesDown(trigger, host.readings) && !(incident !== undefined && trigger === 'hung_task'));
  return [
    ...(incident === undefined ? section('What this machine does if', outcomeLines(host.readings)) : incidentLines(host, incident, rules, fix)),
    ...(concerns.length === 0 ? [BLANK, at(0, 'Nothing to explain: no rule failed and none is undecided.')] : []),
    ...(incident === undefined ? section('Findings', findingLines(others, rules)) : section(`Further findings (kernward explain ${host.host} RULE says more)`, findingTitles(others, rules))),
    ...(incident === undefined ? triggers.flatMap((trigger) => chainLines(trigger, host.readings)) : []),
  ];
};

const oneRule = (host: HostReport, verdict: Verdict, rules: Rules, fix: KnownFix | undefined): readonly Line[] => {
  if (verdict.rule === INCIDENT_RULE && verdict.result === 'fail') return incidentLines(host, verdict, rules, fix);
  const triggers = isDecisive(verdict) || verdict.result === 'informational' ? triggersOf([verdict]).filter((trigger) => goesDown(trigger, host.readings)) : [];
  return [...ruleLines(verdict, rules.get(verdict.rule), host.readings), ...triggers.flatMap((trigger) => chainLines(trigger, host.readings))];
};

/** How the host was reached, where that is worth a word. */
const way = (host: HostReport): string => (host.transportReason === undefined && host.via === undefined ? '' : `, by ${wayInWords(host)}`);

/**
 * The chain of causes on one host, in plain words, for somebody who is woken by it: what will happen and why, link by
 * link with its evidence, what breaks the chain, what that does not cure. Pure: the same host gives the same lines.
 *
 * @param fixes the known fixes that the host was judged with
 */
export const explainHost = (host: HostReport, header: ReportHeader, fixes: readonly KnownFix[], { rule, columns }: ExplainOptions): readonly string[] => {
  const rules: Rules = new Map(header.rules.map((summary) => [summary.id, summary]));
  const title = at(0, `${host.host} (${host.address}:${host.port}${way(host)}), profile ${host.profile}: ${host.status}`);
  if (host.failure !== undefined && host.readings.size === 0)
    return layOut([title, at(2, `Not reached (${host.failure.code}): ${host.failure.detail}`), at(2, 'Nothing is known of this machine: every rule is an error.')], columns);
  const fix = fixes.find((each) => each.fix === KHUGEPAGED_FIX);
  const verdict = host.verdicts.find((each) => each.rule === rule);
  const machine = [machineText(host), livePatchText(host)].filter((text) => text !== '');
  return layOut(
    [title, ...machine.map((text) => at(2, text)), ...(verdict === undefined ? wholeMachine(host, rules, fix) : oneRule(host, verdict, rules, fix))],
    columns,
  );
};
