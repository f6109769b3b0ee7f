import type { Report } from '../../../src/model/report.js';
import type { Result } from '../../../src/model/verdict.js';
import { reportOf } from './reports.js';

const RULES = ['kdump-not-armed', 'thp-always'];

/** What three hosts give in a run that changes something of each kind: a new host, an interval that ends, one that stays. */
export const UNDECIDED: readonly Result[] = ['fail', 'unknown'];
export const DECIDED: readonly Result[] = ['pass', 'fail', 'unknown'];

/** Of each host the first rule gives what stands here, the second always fails. */
export function fewHosts(run: number, results: readonly Result[]): Report {
  return reportOf({
    runId: `run-${run}`,
    startedAt: new Date(Date.UTC(2026, 9, 1 + run)).toISOString().replace('.000Z', 'Z'),
    rules: RULES,
    hosts: results.map((result, host) => ({
      host: `host${host}.example.com`,
      groups: ['all'],
      judged: Object.fromEntries(
        RULES.map((rule, index) => {
          const given: Result = index === 0 ? result : 'fail';
          return [rule, { result: given, severity: 'high', because: `run ${run} saw ${given}` }];
        }),
      ),
    })),
  });
}
