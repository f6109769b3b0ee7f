import type { Migration } from 'kysely';

/** What each target was told last, of each inventory and limit: the run, and what its gate said. `run` may be pruned: no foreign key. */
export const told: Migration = {
  up: async (db) => {
    await db.schema
      .createTable('told')
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('started_ms', 'bigint', (column) => column.notNull())
      .addColumn('gate', 'text', (column) => column.notNull())
      .addColumn('summary_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('told_key', ['target', 'scope'])
      .execute();
  },
};
