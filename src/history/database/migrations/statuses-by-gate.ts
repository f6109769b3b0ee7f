import { sql, type Migration } from 'kysely';

const COLUMNS = ['lesser', 'clean'] as const;
const BY_WORST = ['worst_critical', 'worst_high', 'worst_medium', 'worst_low', 'worst_info'] as const;

/**
 * A host's status goes by the gate of its run. In the runs that are there any fail made a host failing, which is what the
 * gate `info` means; how many hosts would fail another gate is not known of them.
 */
export const statusesByGate: Migration = {
  up: async (db) => {
    await db.schema
      .alterTable('runs')
      .addColumn('fail_on', 'text', (column) => column.notNull().defaultTo('info'))
      .execute();
    for (const name of COLUMNS)
      await db.schema
        .alterTable('runs')
        .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    for (const name of BY_WORST) await db.schema.alterTable('runs').addColumn(name, 'integer').execute();
    await sql`update runs set clean = compliant`.execute(db);
  },
};
