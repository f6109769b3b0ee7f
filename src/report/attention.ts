import { defined } from '../language/defined.js';
import type { Gate, HostReport } from '../model/report.js';
import { SEVERITIES, isAtGate } from '../model/verdict.js';
import type { Drift, RuleId, Severity, Verdict } from '../model/verdict.js';
import { count } from '../text/count.js';
import { byUrgency, failureDetail, isUnwaivedFail, isUnwaivedUndecided, formatRoute } from './phrases.js';
import { append } from '../text/append.js';
import { withBreaths } from './with-breaths.js';

/** Rows of all sections together, and what each of the smaller ones may always have of it. */
const MAX_ROWS = 200;
const RESERVED = 50;
const SHOWN_COLLECTORS = 10;

export interface ProblemRow {
  readonly host: HostReport['host'];
  readonly severity: Severity | undefined;
  readonly rule: RuleId;
  readonly result: string;
  readonly because: string;
  readonly drift?: Drift;
}

interface UnreachableRow {
  readonly host: HostReport['host'];
  readonly address: string;
  readonly code: string;
  readonly detail: string;
}

/** Rows to show, and how many there are in all. */
interface AttentionList<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly hosts: number;
}

interface RuleCount {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly failing: number;
  readonly undecided: number;
}

export interface Attention {
  readonly unreachable: AttentionList<UnreachableRow>;
  /** Why hosts were not reached, the most frequent first. */
  readonly reasons: readonly (readonly [code: string, hosts: number])[];
  /** Fails that count at the gate, and those that do not. */
  readonly failing: AttentionList<ProblemRow>;
  readonly lesser: AttentionList<ProblemRow>;
  readonly undecided: AttentionList<ProblemRow>;
  /** Hosts whose collector is not this kernward's, as many as are shown, and how many there are in all. */
  readonly collectors: { readonly hosts: readonly HostReport['host'][]; readonly total: number };
  /** Rules that fail or are undecided on reached hosts, the worst severity and the most hosts first. */
  readonly rules: readonly RuleCount[];
}

function addressOf(host: HostReport): string {
  const { address, port, transportReason, via } = host;
  const plain = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return transportReason === undefined && via === undefined ? plain : `${plain} by ${formatRoute(host)}`;
}

function problemRow({ host, severity, rule, result, because, drift }: Verdict): ProblemRow {
  return {
    host,
    severity,
    rule,
    result,
    because,
    ...defined({ drift }),
  };
}

function uncheckedRow(host: HostReport): ProblemRow {
  return {
    host: host.host,
    severity: undefined,
    rule: '',
    result: 'unchecked',
    because: 'nothing was checked: no rule passed or failed',
  };
}

function byWeight(a: RuleCount, b: RuleCount): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.failing - a.failing ||
    b.undecided - a.undecided ||
    (a.rule < b.rule ? -1 : Number(a.rule > b.rule))
  );
}

/** One sentence on the collectors that are not this kernward's; empty where there are none. */
export function formatCollectors({ collectors }: Pick<Attention, 'collectors'>): string {
  const { hosts, total } = collectors;
  if (total === 0) return '';
  return `${count(total, 'host')} with another collector than this kernward prints (${hosts.join(', ')}${total > hosts.length ? ', …' : ''}): what it does not ask for is not-collected`;
}

/**
 * What a person should read first, out of one pass over the hosts. Keeps at most 200 rows a section and a count a
 * rule, however many hosts there are; which rows are kept goes by the severity of the host's worst fail, then by the
 * order of the inventory.
 */
export function* collectAttention(
  hosts: Iterable<HostReport>,
  { failOn }: Pick<Gate, 'failOn'>,
): Generator<string, Attention> {
  const unreachable: UnreachableRow[] = [];
  const reasons = new Map<string, number>();
  const failing = new Map<Severity, ProblemRow[]>();
  const lesser: ProblemRow[] = [];
  const undecided: ProblemRow[] = [];
  const rules = new Map<string, { rule: RuleId; severity: Severity; failing: number; undecided: number }>();
  const otherCollectors: string[] = [];
  const totals = {
    collectors: 0,
    unreachable: 0,
    failing: 0,
    failingHosts: 0,
    lesser: 0,
    lesserHosts: 0,
    undecided: 0,
    undecidedHosts: 0,
  };

  const countRule = (verdict: Verdict, what: 'failing' | 'undecided'): void => {
    const key = `${verdict.severity} ${verdict.rule}`;
    const counted = rules.get(key) ?? { rule: verdict.rule, severity: verdict.severity, failing: 0, undecided: 0 };
    counted[what] += 1;
    rules.set(key, counted);
  };

  yield* withBreaths(hosts, (host) => {
    if (host.failure !== undefined) {
      totals.unreachable += 1;
      reasons.set(host.failure.code, (reasons.get(host.failure.code) ?? 0) + 1);
      if (unreachable.length < MAX_ROWS)
        unreachable.push({
          host: host.host,
          address: addressOf(host),
          code: host.failure.code,
          detail: failureDetail(host),
        });
      return;
    }
    if (host.collector?.differs === true) {
      totals.collectors += 1;
      if (otherCollectors.length < SHOWN_COLLECTORS) otherCollectors.push(host.host);
    }
    const fails = host.verdicts.filter(isUnwaivedFail).sort(byUrgency);
    const open = host.verdicts.filter(isUnwaivedUndecided).sort(byUrgency);
    for (const verdict of fails) countRule(verdict, 'failing');
    for (const verdict of open) countRule(verdict, 'undecided');
    const gated = fails.filter(({ severity }) => isAtGate(failOn, severity));
    const [worst] = gated;
    if (worst !== undefined) {
      totals.failing += gated.length;
      totals.failingHosts += 1;
      const rows = failing.get(worst.severity) ?? [];
      append(rows, gated.slice(0, MAX_ROWS - Math.min(rows.length, MAX_ROWS)).map(problemRow));
      failing.set(worst.severity, rows);
    }
    if (gated.length < fails.length) {
      totals.lesser += fails.length - gated.length;
      totals.lesserHosts += 1;
      append(lesser, fails.slice(gated.length, gated.length + MAX_ROWS - lesser.length).map(problemRow));
    }
    const openRows = host.status === 'unchecked' ? [uncheckedRow(host)] : open.map(problemRow);
    if (openRows.length > 0) {
      totals.undecided += openRows.length;
      totals.undecidedHosts += 1;
      append(undecided, openRows.slice(0, MAX_ROWS - undecided.length));
    }
  });

  const failingRows = SEVERITIES.flatMap((severity) => failing.get(severity) ?? []).slice(0, MAX_ROWS);
  const forUnreachable = Math.min(unreachable.length, RESERVED);
  const forUndecided = Math.min(undecided.length, RESERVED);
  const forLesser = Math.min(lesser.length, RESERVED);
  const shownFailing = Math.min(failingRows.length, MAX_ROWS - forUnreachable - forUndecided - forLesser);
  const shownUnreachable = Math.min(unreachable.length, MAX_ROWS - shownFailing - forUndecided - forLesser);
  const shownUndecided = Math.min(undecided.length, MAX_ROWS - shownFailing - shownUnreachable - forLesser);
  const shownLesser = Math.min(lesser.length, MAX_ROWS - shownFailing - shownUnreachable - shownUndecided);
  return {
    unreachable: { rows: unreachable.slice(0, shownUnreachable), total: totals.unreachable, hosts: totals.unreachable },
    reasons: [...reasons].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    failing: { rows: failingRows.slice(0, shownFailing), total: totals.failing, hosts: totals.failingHosts },
    lesser: { rows: lesser.slice(0, shownLesser), total: totals.lesser, hosts: totals.lesserHosts },
    undecided: { rows: undecided.slice(0, shownUndecided), total: totals.undecided, hosts: totals.undecidedHosts },
    collectors: { hosts: otherCollectors, total: totals.collectors },
    rules: [...rules.values()].sort(byWeight),
  };
}
