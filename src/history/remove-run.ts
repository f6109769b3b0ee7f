import type { Kysely } from 'kysely';
import type { Tables } from './database/tables.js';
import { notePruned, prunedBeforeMs } from './metadata.js';
import { storable } from './row-ids.js';
import { inSeconds } from './since-times.js';

export type Removed =
  | { readonly kind: 'removed'; readonly startedAt: string; readonly intervals: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-newest'; readonly newest: string };

/**
 * Takes the newest run out, with the intervals that it began; those that it ended are open again, and who was told of it was told
 * nothing. No run comes after it, so that the intervals are those that the others made.
 *
 * @param runId the whole id
 */
export async function removeRun(
  db: Kysely<Tables>,
  runId: string,
  isDryRun: boolean,
  nowMs = Date.now(),
): Promise<Removed> {
  return db.transaction().execute(async (trx): Promise<Removed> => {
    const runs = trx.selectFrom('runs').select(['run', 'run_id', 'started_ms']);
    const found = await runs.where('run_id', '=', storable(runId)).executeTakeFirst();
    if (found === undefined) return { kind: 'missing' };
    const newest = await runs.orderBy('started_ms', 'desc').orderBy('run_id', 'desc').executeTakeFirstOrThrow();
    if (newest.run !== found.run) return { kind: 'not-newest', newest: newest.run_id };
    const { many } = await trx
      .selectFrom('verdicts')
      .select((is) => is.fn.countAll().as('many'))
      .where('from_run', '=', found.run)
      .executeTakeFirstOrThrow();
    if (!isDryRun) {
      await trx.deleteFrom('verdicts').where('from_run', '=', found.run).execute();
      await trx.updateTable('verdicts').set({ to_run: null, to_ms: null }).where('to_run', '=', found.run).execute();
      await trx.deleteFrom('told').where('run_id', '=', found.run_id).execute();
      await trx.deleteFrom('runs').where('run', '=', found.run).execute();
      // What was pruned up to the future, by a run such as this one, would refuse every run until then.
      if ((await prunedBeforeMs(trx)) > nowMs) await notePruned(trx, 0);
    }
    return { kind: 'removed', startedAt: inSeconds(Number(found.started_ms)), intervals: Number(many) };
  });
}
