import type { Kysely } from 'kysely';
import type { HostId } from '../model/host.js';
import type { Result, RuleId, Severity } from '../model/verdict.js';
import { isBefore, type Moment } from './intervals.js';
import type { Tables } from './database/tables.js';
import { idsIn } from './id-ranges.js';
import { runTime, momentsIn } from './run-times.js';
import { batches } from './row-ids.js';

/** What a run saw, as far as the history keeps it. */
interface SeenVerdict {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly result: Result;
  /** Id of the waiver in force; empty: none. */
  readonly waiver: string;
}

export interface SeenHost {
  readonly host: HostId;
  /** One for each rule of the run, sorted by rule id. */
  readonly verdicts: readonly SeenVerdict[];
}

function byRule(a: SeenVerdict, b: SeenVerdict): number {
  return a.rule < b.rule ? -1 : Number(a.rule > b.rule);
}

/** A run had back out of the intervals: every host that it asked, with what each of its rules gave. */
export async function* verdictsOfRun(
  db: Kysely<Tables>,
  run: Moment & { readonly asked: string; readonly judged: string },
): AsyncGenerator<SeenHost> {
  const moments = await momentsIn(db);
  const judged = idsIn(run.judged);
  for (const hosts of batches([...idsIn(run.asked)])) {
    const rows = await db
      .selectFrom('verdicts')
      .innerJoin('hosts', 'hosts.host', 'verdicts.host')
      .innerJoin('rules', 'rules.rule', 'verdicts.rule')
      .select([
        'verdicts.host',
        'verdicts.rule',
        'hosts.name',
        'rules.id',
        'severity',
        'result',
        'waiver',
        'from_run',
        'from_ms',
        'to_run',
        'to_ms',
      ])
      .where('verdicts.host', 'in', hosts)
      .where('from_ms', '<=', run.ms)
      .where((is) => is.or([is('to_ms', 'is', null), is('to_ms', '>=', run.ms)]))
      .execute();
    const found = new Map<number, { host: HostId; verdicts: SeenVerdict[] }>();
    for (const { host, rule, name, id, severity, result, waiver, from_run, from_ms, to_run, to_ms } of rows) {
      const isOver = to_run !== null && !isBefore(run, runTime(moments, to_run, to_ms ?? 0));
      if (!judged.has(rule) || isOver || isBefore(run, runTime(moments, from_run, from_ms))) continue;
      const seen = found.get(host) ?? { host: name, verdicts: [] };
      seen.verdicts.push({ rule: id, severity, result, waiver });
      found.set(host, seen);
    }
    for (const host of hosts) {
      const seen = found.get(host);
      if (seen !== undefined) yield { host: seen.host, verdicts: seen.verdicts.sort(byRule) };
    }
  }
}
