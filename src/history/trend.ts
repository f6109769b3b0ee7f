import type { Kysely, Selectable } from 'kysely';
import type { ReportHeader, TrendPoint } from '../model/report.js';
import type { RunRow, Tables } from './database/tables.js';
import { defined } from '../language/defined.js';
import { storable } from './row-ids.js';
import { worstOfRun } from './run-row.js';
import { inSeconds } from './since-times.js';

/** Points of a line: a year of weeks, or two months of nights. */
const MOST_POINTS = 60;

/** Runs that can be compared: of the same inventory, asked for the same hosts. */
interface Scope {
  readonly inventory: string;
  readonly limit: string | null;
}

function toScope({ inventory, limit }: Pick<ReportHeader, 'inventory' | 'limit'>): Scope {
  return {
    inventory: storable(JSON.stringify(inventory)),
    limit: limit === undefined ? null : storable(limit),
  };
}

function toPoint(row: Selectable<RunRow>): TrendPoint {
  return {
    runId: row.run_id,
    at: inSeconds(Number(row.started_ms)),
    hosts: row.hosts,
    compliant: row.compliant,
    failing: row.failing,
    unreachable: row.unreachable,
    fails: { critical: row.critical, high: row.high, medium: row.medium, low: row.low, info: row.info },
    ...defined({ hostsByWorstFail: worstOfRun(row) }),
  };
}

/** The runs of a scope up to a run, that one included; those that were interrupted are no points of a line. */
export async function trendUpTo(
  db: Kysely<Tables>,
  { startedAt, ...header }: Pick<ReportHeader, 'runId' | 'startedAt' | 'inventory' | 'limit'>,
): Promise<readonly TrendPoint[]> {
  const { inventory, limit } = toScope(header);
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('inventory', '=', inventory)
    .where('host_limit', limit === null ? 'is' : '=', limit)
    .where('started_ms', '<=', Date.parse(startedAt))
    .where((is) => is.or([is('interrupted', '=', 0), is('run_id', '=', storable(header.runId))]))
    .orderBy('started_ms', 'desc')
    .orderBy('run_id', 'desc')
    .limit(MOST_POINTS)
    .execute();
  return rows.map(toPoint).reverse();
}
