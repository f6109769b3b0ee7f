import type { Kysely } from 'kysely';
import type { Result, Severity } from '../../model/verdict.js';
import type { Tables } from '../database/tables.js';

/** What is known now of a rule on a host. */
export interface OpenVerdict {
  readonly hostNumber: number;
  readonly host: string;
  /** The groups of the host in the newest run. */
  readonly groups: readonly string[];
  readonly owner: string;
  readonly rule: string;
  readonly result: Result;
  readonly severity: Severity;
  readonly waiver: string;
  /** Of the result. */
  readonly sinceMs: number;
  /** Since when it has failed: where it fails, or failed when that was last known. */
  readonly failingSinceMs: number | undefined;
  readonly because: string;
}

export interface Filter {
  readonly host?: string;
  readonly rule?: string;
  /** Only what fails, or failed when that was last known. */
  readonly failing?: boolean;
}

function selected(db: Kysely<Tables>, { host, rule, failing }: Filter) {
  const all = db
    .selectFrom('verdicts')
    .innerJoin('hosts', 'hosts.host', 'verdicts.host')
    .innerJoin('rules', 'rules.rule', 'verdicts.rule')
    .leftJoin('texts', 'texts.text', 'verdicts.because_text')
    .where('verdicts.to_run', 'is', null);
  const ofHost = host === undefined ? all : all.where('hosts.name', '=', host);
  const ofRule = rule === undefined ? ofHost : ofHost.where('rules.id', '=', rule);
  return failing === true
    ? ofRule.where((is) =>
        is.or([
          is('verdicts.result', '=', 'fail'),
          is.and([is('verdicts.held_result', '=', 'fail'), is('verdicts.result', 'in', ['error', 'unknown'])]),
        ]),
      )
    : ofRule;
}

/** By host and rule. A host that did not answer failed when that was last known: it is not resolved. */
export async function openVerdicts(db: Kysely<Tables>, filter: Filter): Promise<readonly OpenVerdict[]> {
  const rows = await selected(db, filter)
    .select([
      'hosts.host as hostNumber',
      'hosts.name as host',
      'hosts.member_of',
      'hosts.owner',
      'rules.id as rule',
      'texts.body',
    ])
    .select([
      'verdicts.result',
      'verdicts.severity',
      'verdicts.waiver',
      'verdicts.since_ms',
      'verdicts.held_result',
      'verdicts.held_since_ms',
    ])
    .orderBy('hosts.name')
    .orderBy('rules.id')
    .execute();
  return rows.map((row) => {
    const groups: readonly string[] = JSON.parse(row.member_of);
    const isHidden = (row.result === 'error' || row.result === 'unknown') && row.held_result === 'fail';
    return {
      hostNumber: row.hostNumber,
      host: row.host,
      groups,
      owner: row.owner,
      rule: row.rule,
      result: row.result,
      severity: row.severity,
      waiver: row.waiver,
      sinceMs: Number(row.since_ms),
      failingSinceMs: row.result === 'fail' ? Number(row.since_ms) : isHidden ? Number(row.held_since_ms) : undefined,
      because: row.body ?? '',
    };
  });
}
