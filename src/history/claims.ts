import type { Kysely } from 'kysely';
import type { Tables } from './database/tables.js';
import { storable } from './row-ids.js';
import { scopeOf, type ToldRun } from './told.js';

/** Who tells a target, while it is being told: of runs at the same time one tells, and the others know by then what it told. */

/** Longer is no claim: it comes from a clock that was set. */
const MOST_CLAIM_MS = 3_600_000;

/** A process that has a history open, by a word that no other has. */
export interface Claimant {
  readonly owner: string;
  /** How long nobody else tells, if this one never says that it has. */
  readonly claimMs: number;
}

/**
 * Claims all of the targets, or none.
 *
 * @param nowMs the clock of this machine
 * @returns false: somebody else is telling one of them
 */
export async function claimTargets(
  db: Kysely<Tables>,
  run: ToldRun,
  targets: readonly string[],
  { owner, claimMs }: Claimant,
  nowMs: number,
): Promise<boolean> {
  const scope = scopeOf(run);
  const names = targets.map(storable);
  return db.transaction().execute(async (trx) => {
    await trx
      .deleteFrom('claims')
      .where((is) => is.or([is('until_ms', '<=', nowMs), is('until_ms', '>', nowMs + MOST_CLAIM_MS)]))
      .execute();
    const others = await trx
      .selectFrom('claims')
      .select('target')
      .where('scope', '=', scope)
      .where('owner', '!=', owner)
      .execute();
    const theirs = new Set(others.map(({ target }) => target));
    if (names.some((name) => theirs.has(name))) return false;
    const until_ms = nowMs + Math.min(claimMs, MOST_CLAIM_MS);
    for (const target of names)
      await trx
        .insertInto('claims')
        .values({ target, scope, owner, until_ms })
        .onConflict((conflict) => conflict.columns(['target', 'scope']).doUpdateSet({ until_ms }))
        .execute();
    return true;
  });
}

/** Gives back what was claimed: others may tell now. */
export async function releaseTargets(db: Kysely<Tables>, owner: string): Promise<void> {
  await db.deleteFrom('claims').where('owner', '=', owner).execute();
}
