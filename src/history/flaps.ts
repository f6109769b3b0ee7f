import type { Kysely } from 'kysely';
import type { HostId } from '../model/host.js';
import { FLAPPING, type Result, type RuleId } from '../model/verdict.js';
import type { Tables } from './database/tables.js';

/** A rule on a host that nearly flaps, or does. */
export interface FlapsOfRule {
  readonly host: HostId;
  readonly rule: RuleId;
  /** How often its decided result changed in the days before. */
  readonly changes: number;
  /** The decided result that was known last. */
  readonly last: Result;
}

const DAY_MS = 24 * 3600 * 1000;

/** What flaps before a run, or will where the run sees one change more. A result that is not known for a while is no change. */
export async function flapsBefore(db: Kysely<Tables>, nowMs: number): Promise<readonly FlapsOfRule[]> {
  const changed = await db
    .selectFrom('verdicts as v')
    .select(['v.host', 'v.rule'])
    .select((is) => is.fn.countAll().as('changes'))
    .where('v.from_ms', '>=', nowMs - FLAPPING.days * DAY_MS)
    .where('v.from_ms', '<', nowMs)
    .where('v.held_result', 'is not', null)
    .whereRef('v.held_result', '!=', 'v.result')
    .where('v.result', 'not in', ['error', 'unknown'])
    .groupBy(['v.host', 'v.rule'])
    .having((is) => is.fn.countAll(), '>=', FLAPPING.changes - 1)
    .execute();
  if (changed.length === 0) return [];
  const counts = new Map(changed.map(({ host, rule, changes }) => [`${host} ${rule}`, Number(changes)]));
  const hosts = [...new Set(changed.map(({ host }) => host))];
  const found: FlapsOfRule[] = [];
  for (let at = 0; at < hosts.length; at += 200) {
    const rows = await db
      .selectFrom('verdicts as v')
      .innerJoin('hosts as h', 'h.host', 'v.host')
      .innerJoin('rules as r', 'r.rule', 'v.rule')
      .select(['v.host', 'v.rule', 'h.name', 'r.id', 'v.result', 'v.held_result'])
      .where('v.to_run', 'is', null)
      .where('v.host', 'in', hosts.slice(at, at + 200))
      .execute();
    for (const { host, rule, name, id, result, held_result } of rows) {
      const changes = counts.get(`${host} ${rule}`);
      const last = result === 'error' || result === 'unknown' ? held_result : result;
      if (changes !== undefined && last !== null) found.push({ host: name, rule: id, changes, last });
    }
  }
  return found;
}
