import { defined } from '../language/defined.js';
import type { HostNews, News, Occasion, Remembered, RuleNews, WaiverNews } from '../model/news.js';
import type { HostReport, Report, ReportHeader, WaiverSummary } from '../model/report.js';
import { SEVERITIES, isAtGate, type Verdict } from '../model/verdict.js';
import { wayOut } from '../report/failure-help.js';
import { isUnwaivedFail, isUnwaivedUndecided } from '../report/phrases.js';
import { formatStatuses } from '../report/status-words.js';
import { withBreaths } from '../report/with-breaths.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { gateState } from './gate-state.js';

/** A message is to be read: of many alike the first are named, and the others counted. */
const MOST_HOSTS = 50;
const MOST_RULES = 20;
const MOST_WAIVERS = 20;
const MAX_NAME = 200;
const MAX_SENTENCE = 400;
const MAX_VERDICT = 2000;

/** A night may begin half a day earlier than the one a week before. */
const WEEK_MS = 6.5 * 24 * 3600 * 1000;

interface Gathered {
  total: number;
  readonly hosts: string[];
}

function add<Key>(into: Map<Key, Gathered>, key: Key, host: string): void {
  const found = into.get(key) ?? { total: 0, hosts: [] };
  into.set(key, found);
  found.total += 1;
  if (found.hosts.length < MOST_HOSTS) found.hosts.push(clean(host, MAX_NAME));
}

/** Fails by severity and rule: a profile may give one rule several severities. */
interface Findings {
  total: number;
  readonly rules: Map<string, Gathered & { readonly verdict: Verdict }>;
}

function addFinding(into: Findings, verdict: Verdict): void {
  const key = `${verdict.severity} ${verdict.rule}`;
  const found = into.rules.get(key) ?? { verdict, total: 0, hosts: [] };
  into.rules.set(key, found);
  into.total += 1;
  found.total += 1;
  if (found.hosts.length < MOST_HOSTS) found.hosts.push(clean(verdict.host, MAX_NAME));
}

function byWeight(a: RuleNews, b: RuleNews): number {
  const order = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  return order || b.total - a.total || (a.rule < b.rule ? -1 : Number(a.rule > b.rule));
}

function ruleNews({ total, rules }: Findings, header: ReportHeader): News['newFindings'] {
  const said = new Map(header.rules.map((rule) => [rule.id, rule]));
  const all = [...rules.values()].map(({ verdict: { rule, severity }, total: hosts, hosts: names }): RuleNews => {
    const { title = '', remediation = '' } = said.get(rule) ?? {};
    return {
      rule: clean(rule, MAX_NAME),
      severity,
      title: clean(title, MAX_SENTENCE),
      remediation: clean(remediation, MAX_SENTENCE),
      total: hosts,
      hosts: names,
    };
  });
  return { total, rules: all.sort(byWeight).slice(0, MOST_RULES) };
}

function hostNews(reasons: ReadonlyMap<string, Gathered>): News['unknownHosts'] {
  const all = [...reasons].map(([why, { total, hosts }]): HostNews => ({ why, total, hosts }));
  all.sort((a, b) => b.total - a.total || (a.why < b.why ? -1 : 1));
  return { total: all.reduce((sum, { total }) => sum + total, 0), reasons: all.slice(0, MOST_RULES) };
}

function whyUnknown({ failure }: HostReport, undecided: number): string {
  return failure === undefined
    ? `${count(undecided, 'result')} at the gate ${undecided === 1 ? 'is' : 'are'} undecided`
    : `${failure.code}: ${wayOut(failure).means}`;
}

function waiverNews({ id, rule, hosts, owner, expires, matches }: WaiverSummary): WaiverNews {
  return {
    id: clean(id, MAX_NAME),
    rule: clean(rule, MAX_NAME),
    hosts: clean(hosts, MAX_NAME),
    ...defined({ owner: owner === undefined ? undefined : clean(owner, MAX_NAME) }),
    expires,
    matches,
  };
}

/** Waivers that were in force when somebody was told last. What nothing needs any more is no news. */
function endedSince(waivers: readonly WaiverSummary[], since: string | undefined): readonly WaiverNews[] {
  return waivers
    .filter(
      ({ state, expires, matches }) => state === 'expired' && matches > 0 && (since === undefined || expires > since),
    )
    .slice(0, MOST_WAIVERS)
    .map(waiverNews);
}

function isWeekOver(summaryAt: string | undefined, now: string): boolean {
  return summaryAt !== undefined && Date.parse(now) - Date.parse(summaryAt) >= WEEK_MS;
}

/**
 * What is to be told of a run to somebody who was told of an earlier one. All of it is seen through the gate of now, so that
 * another `--fail-on` makes no old finding a new one. A rule that was not loaded then has new findings.
 *
 * @param before undefined: nobody was told anything yet; what is open is told instead of what is new
 * @yields between hosts, for others to have their turn
 */
export function* newsOfRun(
  { header, hosts, summary }: Report,
  before: Remembered | undefined,
): Generator<string, News> {
  const { failOn } = header.gate;
  const isWeekly = isWeekOver(before?.summaryAt, header.startedAt);
  const fresh: Findings = { total: 0, rules: new Map() };
  const open: Findings = { total: 0, rules: new Map() };
  const lost = new Map<string, Gathered>();
  const unknown = new Map<string, Gathered>();
  yield* withBreaths(hosts, (host) => {
    const gated = host.verdicts.filter(({ severity }) => isAtGate(failOn, severity));
    for (const verdict of gated.filter(isUnwaivedFail)) {
      addFinding(open, verdict);
      const isQuiet = header.gate.flapping === 'ignore' && verdict.flaps !== undefined;
      if (before !== undefined && !isQuiet && !before.wasFailing(verdict)) addFinding(fresh, verdict);
    }
    // Where nothing counts at the gate, a host that does not answer is missed all the same.
    const undecided = (host.failure === undefined ? gated : host.verdicts).filter(isUnwaivedUndecided);
    if (undecided.length === 0) return;
    const why = whyUnknown(host, undecided.length);
    add(unknown, why, host.host);
    if (before !== undefined && undecided.some(before.wasDecided)) add(lost, why, host.host);
  });
  const now = gateState(summary);
  const newFindings = ruleNews(fresh, header);
  const unknownHosts = hostNews(lost);
  const endedWaivers = before === undefined ? [] : endedSince(summary.waivers ?? [], before.run.startedAt);
  const occasions: readonly (Occasion | false)[] = [
    before === undefined && 'first',
    before?.gate !== undefined && before.gate !== now && 'gate',
    newFindings.total > 0 && 'new-findings',
    unknownHosts.total > 0 && 'unknown-hosts',
    endedWaivers.length > 0 && 'ended-waivers',
    isWeekly && 'weekly',
  ];
  return {
    occasions: occasions.filter((each) => each !== false),
    run: {
      runId: header.runId,
      startedAt: header.startedAt,
      kernward: header.kernward,
      inventory: header.inventory.map((file) => clean(file, MAX_SENTENCE)),
      ...defined({ limit: header.limit === undefined ? undefined : clean(header.limit, MAX_SENTENCE) }),
    },
    ...defined({ since: before?.run }),
    gate: {
      now,
      ...defined({ before: before?.gate }),
      failOn,
      exitCode: summary.exitCode,
      verdict: clean(summary.verdict, MAX_VERDICT),
    },
    hosts: `${summary.hosts}: ${formatStatuses(summary.statuses, header.gate)}`,
    newFindings,
    unknownHosts,
    endedWaivers,
    ...(before === undefined || isWeekly
      ? {
          open: {
            findings: ruleNews(open, header),
            unknown: hostNews(unknown),
            groupFails: (summary.groupVerdicts ?? []).filter(
              ({ result, severity }) => result === 'fail' && isAtGate(failOn, severity),
            ).length,
            endingWaivers: (summary.waivers ?? [])
              .filter(({ state }) => state === 'expiring')
              .slice(0, MOST_WAIVERS)
              .map(waiverNews),
          },
        }
      : {}),
  };
}
