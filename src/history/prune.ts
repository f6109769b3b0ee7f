import type { Kysely } from 'kysely';
import type { Tables } from './database/tables.js';
import { notePruned, prunedBeforeMs } from './metadata.js';

export interface Pruned {
  readonly runs: number;
  readonly intervals: number;
  readonly texts: number;
}

function runsBefore(db: Kysely<Tables>, beforeMs: number) {
  return db.selectFrom('runs').where('started_ms', '<', beforeMs);
}

/** Over before the first run that is kept: no run that is kept saw it. An open one never is. */
function intervalsBefore(db: Kysely<Tables>, beforeMs: number) {
  return db.selectFrom('verdicts').where('to_ms', 'is not', null).where('to_ms', '<', beforeMs);
}

async function remove(db: Kysely<Tables>, beforeMs: number, nowMs: number): Promise<Pruned> {
  const runs = await runsBefore(db, beforeMs)
    .select((is) => is.fn.countAll().as('many'))
    .executeTakeFirstOrThrow();
  const intervals = await intervalsBefore(db, beforeMs)
    .select((is) => is.fn.countAll().as('many'))
    .executeTakeFirstOrThrow();
  await db.deleteFrom('runs').where('started_ms', '<', beforeMs).execute();
  await db.deleteFrom('verdicts').where('to_ms', 'is not', null).where('to_ms', '<', beforeMs).execute();
  const texts = await db
    .deleteFrom('texts')
    .where((is) =>
      is.not(
        is.exists(
          is.selectFrom('verdicts').select('verdicts.host').whereRef('verdicts.because_text', '=', 'texts.text'),
        ),
      ),
    )
    .where((is) =>
      is.not(is.exists(is.selectFrom('runs').select('runs.run').whereRef('runs.groups_text', '=', 'texts.text'))),
    )
    .executeTakeFirst();
  const noted = await prunedBeforeMs(db);
  // What was pruned by a clock in the future would refuse every run until then.
  await notePruned(db, noted > nowMs ? beforeMs : Math.max(beforeMs, noted));
  return { runs: Number(runs.many), intervals: Number(intervals.many), texts: Number(texts.numDeletedRows) };
}

/**
 * What age is counted from: when the newest run began that is not of the future, which a clock that was wrong leaves; where
 * there is none, now.
 */
export async function pruneFromMs(db: Kysely<Tables>, nowMs: number): Promise<number> {
  const { most } = await db
    .selectFrom('runs')
    .select(({ fn }) => fn.max('started_ms').as('most'))
    .where('started_ms', '<=', nowMs)
    .executeTakeFirstOrThrow();
  return most === null ? nowMs : Number(most);
}

/** Thrown to undo what a dry run did; nobody else sees it. */
class Undo extends Error {}

/**
 * Takes away runs that started before a time, and what only they saw. What is open stays, and since when: an interval
 * carries it with it, so nothing is younger afterwards.
 */
export async function prune(
  db: Kysely<Tables>,
  beforeMs: number,
  isDryRun: boolean,
  nowMs = Date.now(),
): Promise<Pruned> {
  let pruned: Pruned | undefined;
  try {
    await db.transaction().execute(async (trx) => {
      pruned = await remove(trx, beforeMs, nowMs);
      if (isDryRun) throw new Undo();
    });
  } catch (thrown) {
    if (!(thrown instanceof Undo)) throw thrown;
  }
  if (pruned === undefined) throw new Error('nothing was counted');
  return pruned;
}
