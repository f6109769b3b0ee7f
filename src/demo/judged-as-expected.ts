import type { HostReport } from '../model/report.js';
import { atLeast } from '../model/verdict.js';
import type { DemoHost } from './fleet.js';

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.toSorted().join(', ');
}

/** What is otherwise than expected, one sentence each; empty: the host was judged as it must be. */
export function deviations({ name, expected }: DemoHost, host: HostReport | undefined): readonly string[] {
  if (host === undefined) return [`${name} is not in the report`];
  const found: string[] = [];
  const differ = (what: string, wanted: string, got: string): void => {
    if (wanted !== got) found.push(`${name}: ${what} is ${got}, expected ${wanted}`);
  };
  differ('status', expected.status, host.status);
  differ('failure', expected.failure ?? 'none', host.failure?.code ?? 'none');
  if (expected.hungTask !== undefined) {
    const outcome = host.readings.get('hung_task.outcome');
    differ(
      'hung_task.outcome',
      JSON.stringify(expected.hungTask),
      outcome?.state === 'known' ? JSON.stringify(outcome.value) : (outcome?.state ?? 'not there'),
    );
  }
  if (expected.fails !== undefined) {
    const fails = host.verdicts
      .filter(({ result, severity }) => result === 'fail' && atLeast('medium', severity))
      .map(({ rule }) => rule);
    differ('failing at medium or above', list(expected.fails), list(fails));
  }
  for (const rule of expected.unknown ?? [])
    differ(rule, 'unknown', host.verdicts.find((verdict) => verdict.rule === rule)?.result ?? 'not there');
  return found;
}
