import type { Kysely, Migration } from 'kysely';

function createRuns(db: Kysely<unknown>): Promise<void> {
  const counts = [
    'hosts',
    'compliant',
    'failing',
    'undecided',
    'unchecked',
    'unreachable',
    'critical',
    'high',
    'medium',
    'low',
    'info',
    'waived',
    'groups_text',
  ];
  const table = db.schema
    .createTable('runs')
    .addColumn('run', 'integer', (column) => column.primaryKey())
    .addColumn('run_id', 'text', (column) => column.notNull().unique())
    .addColumn('started_ms', 'bigint', (column) => column.notNull())
    .addColumn('took_ms', 'bigint', (column) => column.notNull())
    .addColumn('kernward', 'text', (column) => column.notNull())
    .addColumn('inventory', 'text', (column) => column.notNull())
    .addColumn('host_limit', 'text')
    .addColumn('exit_code', 'integer', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('interrupted', 'integer', (column) => column.notNull())
    .addColumn('asked', 'text', (column) => column.notNull())
    .addColumn('judged', 'text', (column) => column.notNull());
  return counts
    .reduce((built, name) => built.addColumn(name, 'integer', (column) => column.notNull()), table)
    .execute();
}

async function createNames(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('hosts')
    .addColumn('host', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('member_of', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('profile', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('rules')
    .addColumn('rule', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('policy', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('texts')
    .addColumn('text', 'integer', (column) => column.primaryKey())
    .addColumn('digest', 'text', (column) => column.notNull().unique())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('notes')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

/** `from_run` and `to_run` name runs that retention may have taken away: no foreign keys. */
async function createVerdicts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('verdicts')
    .addColumn('host', 'integer', (column) => column.notNull().references('hosts.host'))
    .addColumn('rule', 'integer', (column) => column.notNull().references('rules.rule'))
    .addColumn('from_run', 'integer', (column) => column.notNull())
    .addColumn('from_ms', 'bigint', (column) => column.notNull())
    .addColumn('to_run', 'integer')
    .addColumn('to_ms', 'bigint')
    .addColumn('result', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('waiver', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'bigint', (column) => column.notNull())
    .addColumn('held_result', 'text')
    .addColumn('held_since_ms', 'bigint')
    .addColumn('because_text', 'integer')
    .addPrimaryKeyConstraint('verdicts_key', ['host', 'rule', 'from_run'])
    .execute();
  await db.schema.createIndex('verdicts_by_time').on('verdicts').column('from_ms').execute();
}

export const runsAndIntervals: Migration = {
  up: async (db) => {
    await createRuns(db);
    await createNames(db);
    await createVerdicts(db);
  },
};
