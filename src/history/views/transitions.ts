import type { Kysely } from 'kysely';
import type { Drift, Result, Severity } from '../../model/verdict.js';
import type { Tables } from '../database/tables.js';

/** Where an interval began: what a rule gave on a host turned into something else, or was seen for the first time. */
export interface Transition {
  readonly host: string;
  readonly groups: readonly string[];
  readonly rule: string;
  readonly result: Result;
  readonly severity: Severity;
  readonly waiver: string;
  readonly atMs: number;
  /** The decided result before it; undefined: there was none, or it is not known any more. */
  readonly before: Result | undefined;
  readonly beforeSinceMs: number | undefined;
  readonly sinceMs: number;
  readonly because: string;
}

export interface TurnFilter {
  readonly host?: string | undefined;
  readonly rule?: string | undefined;
  readonly group?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly run?: { readonly run: number; readonly ms: number } | undefined;
  /** Leaves out what was seen for the first time and does not fail: nearly everything of the first run. */
  readonly onlyTurns?: boolean;
}

function selected(db: Kysely<Tables>, { host, rule, fromMs, run, onlyTurns }: TurnFilter) {
  let query = db
    .selectFrom('verdicts')
    .innerJoin('hosts', 'hosts.host', 'verdicts.host')
    .innerJoin('rules', 'rules.rule', 'verdicts.rule')
    .leftJoin('texts', 'texts.text', 'verdicts.because_text');
  if (host !== undefined) query = query.where('hosts.name', '=', host);
  if (rule !== undefined) query = query.where('rules.id', '=', rule);
  if (fromMs !== undefined) query = query.where('verdicts.from_ms', '>=', fromMs);
  if (run !== undefined) query = query.where('verdicts.from_ms', '=', run.ms).where('verdicts.from_run', '=', run.run);
  if (onlyTurns === true)
    query = query.where((is) =>
      is.or([is('verdicts.held_result', 'is not', null), is('verdicts.result', '=', 'fail')]),
    );
  return query;
}

/** In the order of time. */
export async function turnsIn(db: Kysely<Tables>, filter: TurnFilter): Promise<readonly Transition[]> {
  const rows = await selected(db, filter)
    .select(['hosts.name as host', 'hosts.member_of', 'rules.id as rule', 'texts.body'])
    .select([
      'verdicts.result',
      'verdicts.severity',
      'verdicts.waiver',
      'verdicts.from_ms',
      'verdicts.since_ms',
      'verdicts.held_result',
      'verdicts.held_since_ms',
    ])
    .orderBy('verdicts.from_ms')
    .orderBy('hosts.name')
    .orderBy('rules.id')
    .orderBy('verdicts.from_run')
    .execute();
  const transitions = rows.map((row): Transition => {
    const groups: readonly string[] = JSON.parse(row.member_of);
    return {
      host: row.host,
      groups,
      rule: row.rule,
      result: row.result,
      severity: row.severity,
      waiver: row.waiver,
      atMs: Number(row.from_ms),
      before: row.held_result ?? undefined,
      beforeSinceMs: row.held_result === null ? undefined : Number(row.held_since_ms),
      sinceMs: Number(row.since_ms),
      because: row.body ?? '',
    };
  });
  const { group } = filter;
  return group === undefined ? transitions : transitions.filter(({ groups }) => groups.includes(group));
}

const RESOLVES: ReadonlySet<Result> = new Set(['pass', 'notapplicable']);

export function isNewFail({ result, before }: Transition): boolean {
  return result === 'fail' && before !== undefined && before !== 'fail';
}
/** It failed when it was seen for the first time: how long before, nobody knows. */
export function isFirstSeenFailing({ result, before }: Transition): boolean {
  return result === 'fail' && before === undefined;
}
/** It failed, and passes or does not apply. A host that does not answer resolves nothing. */
export function isResolved({ result, before }: Transition): boolean {
  return before === 'fail' && RESOLVES.has(result);
}

/** One decided result after another: what flaps. Not to be known for a while is no change. */
export function isChange({ result, before }: Transition): boolean {
  return before !== undefined && before !== result && result !== 'error' && result !== 'unknown';
}

/** In the words of a comparison with a baseline; `changed`: in severity, waiver or applicability. */
export function transitionDrift(turn: Transition): Drift | 'first-seen-failing' | 'changed' {
  if (isNewFail(turn)) return 'newly-failing';
  if (isFirstSeenFailing(turn)) return 'first-seen-failing';
  if (isResolved(turn)) return 'resolved';
  if (turn.result === 'fail') return 'still-failing';
  const isHidden = turn.result === 'error' || turn.result === 'unknown';
  return (isHidden && (turn.before === 'fail' || turn.before === 'pass')) || turn.before === 'fail'
    ? 'no-longer-known'
    : 'changed';
}
