import { defined } from '../../language/defined.js';
import { toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { HostId } from '../../model/host.js';
import type { Gate, HostReport, WaiverState, WaiverSummary } from '../../model/report.js';
import type { RuleId, Verdict, WaiverUse } from '../../model/verdict.js';
import { matchesWildcard } from '../../text/wildcard.js';
import { nearOr } from '../../text/suggest.js';
import { hostStatus } from '../host-status.js';
import { daysAfter } from './time.js';
import type { Waiver } from './waiver.js';

/** A waiver that ends within so many days is said to be expiring. */
const EXPIRING_DAYS = 30;

export interface WaiverSurroundings {
  readonly rules: readonly RuleId[];
  /** The hosts that a pattern names, of the whole inventory; a pattern that cannot be read is an error, one that names none is not. */
  readonly hostsNamed: (pattern: string) => Loaded<ReadonlySet<HostId>>;
  /** The hosts of the run. */
  readonly selected: ReadonlySet<HostId>;
  /** When the run started: UTC, ISO 8601 with seconds. */
  readonly now: string;
}

/** How many verdicts of the run a waiver names, covers, and covers no more. */
interface Counts {
  matches: number;
  uses: number;
  voided: number;
}

/** A waiver as it stands in one run. */
interface ResolvedWaiver {
  readonly waiver: Waiver;
  /** The rules and the hosts that it names. */
  readonly rules: ReadonlySet<RuleId>;
  readonly hosts: ReadonlySet<HostId>;
  /** Why it covers nothing, whatever the verdicts are. */
  readonly closed: WaiverState | undefined;
}

/** The waivers of one run, in the order of their files. */
export interface ResolvedWaivers {
  readonly waivers: readonly ResolvedWaiver[];
  /** When the run started: UTC, ISO 8601 with seconds. */
  readonly now: string;
}

interface OpenWaiver extends ResolvedWaiver {
  readonly use: WaiverUse;
  readonly counts: Counts;
}

export interface Waivers {
  /** The host with the waivers that are in force beside its verdicts; counts them when asked to. The same host gives the same. */
  readonly waive: (host: HostReport, options?: { readonly count: boolean }) => HostReport;
  /** What became of every waiver, by what was counted so far; in the order of their files. */
  readonly summaries: () => readonly WaiverSummary[];
}

function useOf({ id, justification, expires, owner, approvedBy }: Waiver): WaiverUse {
  return {
    id,
    justification,
    expires,
    ...defined({ owner, approvedBy }),
  };
}

function isDisjoint(some: ReadonlySet<HostId>, others: ReadonlySet<HostId>): boolean {
  return ![...some].some((name) => others.has(name));
}

/** In order of precedence; the words are explained at `WaiverState`. */
function closedBecause(
  { starts, expires }: Waiver,
  rules: ReadonlySet<RuleId>,
  hosts: ReadonlySet<HostId>,
  { selected, now }: WaiverSurroundings,
): WaiverState | undefined {
  if (now >= expires) return 'expired';
  if (starts !== undefined && now < starts) return 'not-yet-valid';
  if (rules.size === 0) return 'no-rule';
  if (hosts.size === 0) return 'no-host';
  return isDisjoint(hosts, selected) ? 'not-selected' : undefined;
}

function stateOf({ waiver, closed, counts }: OpenWaiver, now: string): WaiverState {
  if (closed !== undefined) return closed;
  if (counts.uses > 0) return waiver.expires <= daysAfter(now, EXPIRING_DAYS) ? 'expiring' : 'in-force';
  return counts.voided > 0 ? 'void' : 'unused';
}

/** A waiver can stand beside what fails or is undecided. Of a host that was not reached nothing is known that it could be about. */
function canBeWaived({ result }: Verdict): boolean {
  return result === 'fail' || result === 'error' || result === 'unknown';
}

/** Of several that cover one verdict the one that holds longest is shown; of these the first by id. */
function byEnd(a: OpenWaiver, b: OpenWaiver): number {
  return a.waiver.expires === b.waiver.expires
    ? a.waiver.id < b.waiver.id
      ? -1
      : 1
    : a.waiver.expires > b.waiver.expires
      ? -1
      : 1;
}

function noRule(waiver: Waiver, rules: readonly RuleId[]): Diagnostic {
  return {
    code: 'waiver/no-rule',
    severity: 'warning',
    message: `the waiver ${waiver.id} names no rule: ${waiver.rule}`,
    at: { ...waiver.definedAt, column: 1 },
    help: nearOr(waiver.rule, rules, '`kernward policy list` has the rules'),
  };
}

/** The verdict with the first of the candidates that covers it; those that name it are counted. */
function waiveVerdict(verdict: Verdict, candidates: readonly OpenWaiver[], isCounting: boolean): Verdict {
  const { waiver: _, ...bare } = verdict;
  let use: WaiverUse | undefined;
  for (const { waiver, rules, closed, use: own, counts } of candidates) {
    if (!rules.has(verdict.rule)) continue;
    const holds = closed === undefined;
    const isVoid = holds && waiver.digest !== undefined && waiver.digest !== verdict.digest;
    if (isCounting) {
      counts.matches += 1;
      counts.uses += Number(holds && !isVoid);
      counts.voided += Number(isVoid);
    }
    if (holds && !isVoid) use ??= own;
  }
  return use === undefined ? bare : { ...bare, waiver: use };
}

/**
 * Finds out which rules and hosts each waiver names, and whether it is in force.
 *
 * @returns no value where a pattern of hosts cannot be read
 */
export function resolveWaivers(waivers: readonly Waiver[], surroundings: WaiverSurroundings): Loaded<ResolvedWaivers> {
  const diagnostics: Diagnostic[] = [];
  const resolved = waivers.map((waiver): ResolvedWaiver => {
    const rules = new Set(surroundings.rules.filter((rule) => matchesWildcard(waiver.rule, rule)));
    if (rules.size === 0) diagnostics.push(noRule(waiver, surroundings.rules));
    const named = surroundings.hostsNamed(waiver.hosts);
    for (const each of named.diagnostics)
      diagnostics.push({
        ...each,
        at: { ...waiver.definedAt, column: 1 },
        message: `the waiver ${waiver.id}: ${each.message}`,
      });
    const hosts = named.value ?? new Set();
    return { waiver, rules, hosts, closed: closedBecause(waiver, rules, hosts, surroundings) };
  });
  return toLoaded({ waivers: resolved, now: surroundings.now }, diagnostics);
}

/**
 * Opens the waivers of a run: none of their verdicts is counted yet.
 *
 * @param gate what the status of a host goes by
 */
export function openWaivers({ waivers, now }: ResolvedWaivers, gate: Pick<Gate, 'failOn'>): Waivers {
  const opened = waivers.map((each): OpenWaiver => ({
    ...each,
    use: useOf(each.waiver),
    counts: { matches: 0, uses: 0, voided: 0 },
  }));
  const inOrder = opened.toSorted(byEnd);
  return {
    waive: (host, { count } = { count: false }) => {
      const candidates = inOrder.filter(({ hosts }) => hosts.has(host.host));
      if (
        host.status === 'unreachable' ||
        (candidates.length === 0 && host.verdicts.every(({ waiver }) => waiver === undefined))
      )
        return host;
      const verdicts = host.verdicts.map((verdict) =>
        canBeWaived(verdict) ? waiveVerdict(verdict, candidates, count) : verdict,
      );
      return { ...host, status: hostStatus(verdicts, true, gate), verdicts };
    },
    summaries: () =>
      opened.map((each) => {
        const { digest: _, ...written } = each.waiver;
        return { ...written, state: stateOf(each, now), ...each.counts };
      }),
  };
}
