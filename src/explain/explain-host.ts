import type { KnownFix } from '../kernel/fixes/schema.js';
import type { Reading } from '../model/reading.js';
import type { HostReport, ReportHeader } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { formatRoute } from '../report/phrases.js';
import { causesLines } from './causes-lines.js';
import { toChains, toIncident, isDecisive, isIncident, summariesByRule } from './causes-of-host.js';
import { toConcerns, findingLines, findingTitles, ruleLines, type RuleSummaries, waiverLines } from './findings.js';
import { TOLD } from './founding-incident.js';
import { at, BLANK, layOut, section, type TextLine } from './layout.js';
import { nextBootLines } from './next-boot.js';
import { outcomeLines } from './outcomes.js';
import { nextBootText } from '../report/next-boot-words.js';
import { sentence } from '../text/sentence.js';
import { historyLines } from './value-history.js';
import { formatGate, STATUS_WORDS } from '../report/status-words.js';

export interface ExplainOptions {
  /** One rule, whatever its result; undefined: the whole machine. */
  readonly rule?: string;
  /** The width of the terminal; lines end before it, and at 120 in any case. */
  readonly columns: number;
}

function shown(reading: Reading | undefined): string | undefined {
  return reading?.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;
}

function uptime(seconds: number): string {
  return seconds >= 172_800
    ? `${Math.floor(seconds / 86_400)} days`
    : seconds >= 7200
      ? `${Math.floor(seconds / 3600)} hours`
      : seconds >= 120
        ? `${Math.floor(seconds / 60)} minutes`
        : `${seconds} s`;
}

function machineText({ readings }: HostReport): string {
  const seconds = readings.get('boot.uptime');
  const kernel = shown(readings.get('uname.release'));
  return [
    shown(readings.get('os.pretty_name')) ?? shown(readings.get('os.id')) ?? '',
    kernel === undefined ? '' : `kernel ${kernel}`,
    seconds?.state === 'known' && typeof seconds.value === 'number' ? `up ${uptime(seconds.value)}` : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** They change the kernel and not its release, so whoever reads on must know of them. */
function livePatchText({ readings }: HostReport): string {
  const patches = ['kernel.livepatches', 'kernel.kpatches'].flatMap((id) => {
    const found = readings.get(id);
    return found?.state === 'known' && Array.isArray(found.value) ? found.value : [];
  });
  return patches.length > 0 ? `live patches in force: ${patches.join(', ')}` : '';
}

function wholeMachine(
  host: HostReport,
  rules: RuleSummaries,
  fixes: readonly KnownFix[],
  gate: ReportHeader['gate'],
): readonly TextLine[] {
  const concerns = toConcerns(host);
  const incident = concerns.find(isIncident);
  if (incident !== undefined)
    return [
      ...causesLines(toIncident(host, incident, rules, fixes)),
      ...section(
        `Further findings (kernward explain ${host.host} RULE says more)`,
        findingTitles(
          concerns.filter(({ rule }) => !TOLD.has(rule)),
          rules,
          gate,
        ),
      ),
      ...nextBootLines(host, rules),
    ];
  return [
    ...section('What this machine does if', outcomeLines(host.readings)),
    ...(concerns.length === 0 ? [BLANK, at(0, 'Nothing to explain: no rule failed and none is undecided.')] : []),
    ...section('Findings', findingLines(concerns, rules, gate)),
    ...nextBootLines(host, rules),
    ...toChains(concerns.filter(isDecisive), host).flatMap(causesLines),
  ];
}

function oneRule(
  host: HostReport,
  verdict: Verdict,
  rules: RuleSummaries,
  fixes: readonly KnownFix[],
  { gate, declaredFacts }: Pick<ReportHeader, 'gate' | 'declaredFacts'>,
): readonly TextLine[] {
  const ofBoot = [
    ...section(
      'After the next boot',
      [nextBootText(verdict), verdict.nextBoot?.result === 'unknown' ? undefined : verdict.nextBoot?.because].flatMap(
        (text) => (text === undefined ? [] : [at(2, sentence(text))]),
      ),
    ),
    ...historyLines(verdict, rules.get(verdict.rule), host, declaredFacts),
  ];
  if (isIncident(verdict))
    return [...causesLines(toIncident(host, verdict, rules, fixes)), ...ofBoot, ...waiverLines(verdict)];
  const chains = isDecisive(verdict) || verdict.result === 'informational' ? toChains([verdict], host) : [];
  return [
    ...ruleLines(verdict, rules.get(verdict.rule), host.readings, gate, declaredFacts),
    ...ofBoot,
    ...chains.flatMap(causesLines),
    ...waiverLines(verdict),
  ];
}

/** How the host was reached, where that is worth a word. */
function route(host: HostReport): string {
  return host.transportReason === undefined && host.via === undefined ? '' : `, by ${formatRoute(host)}`;
}

/**
 * The chain of causes on one host, in plain words, for somebody who is woken by it: what will happen and why, link by
 * link with its evidence, what breaks the chain, what that does not cure. Pure: the same host gives the same lines.
 *
 * @param fixes the known fixes that the host was judged with
 */
export function explainHost(
  host: HostReport,
  header: ReportHeader,
  fixes: readonly KnownFix[],
  { rule, columns }: ExplainOptions,
): readonly string[] {
  const rules = summariesByRule(header);
  const title = at(
    0,
    `${host.host} (${host.address}:${host.port}${route(host)}), profile ${host.profile}: ${STATUS_WORDS[host.status]} (the gate: ${formatGate(header.gate) || 'none'})`,
  );
  if (host.failure !== undefined && host.readings.size === 0)
    return layOut(
      [
        title,
        at(2, `Not reached (${host.failure.code}): ${host.failure.detail}`),
        at(2, 'Nothing is known of this machine: every rule is an error.'),
      ],
      columns,
    );
  const verdict = host.verdicts.find((each) => each.rule === rule);
  const machine = [machineText(host), livePatchText(host)].filter((text) => text !== '');
  return layOut(
    [
      title,
      ...machine.map((text) => at(2, text)),
      ...(verdict === undefined
        ? wholeMachine(host, rules, fixes, header.gate)
        : oneRule(host, verdict, rules, fixes, header)),
    ],
    columns,
  );
}
