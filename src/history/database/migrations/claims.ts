import type { Migration } from 'kysely';

/** Which run is telling a target right now, of an inventory and limit, and until when nobody else does. */
export const claims: Migration = {
  up: async (db) => {
    await db.schema
      .createTable('claims')
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('claims_key', ['target', 'scope'])
      .execute();
  },
};
