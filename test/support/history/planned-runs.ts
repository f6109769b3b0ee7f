import type { RunPlan } from './reports.js';

const RULES = Array.from({ length: 8 }, (_, index) => `rule-${String(index).padStart(2, '0')}`);
/** More than are written at once twice (record-run.ts). */
export const PLANNED_HOSTS = 410;

function resultOf(run: number, host: number, rule: number) {
  return (run * 31 + host * 7 + rule * 3) % 5 === 0 ? ('fail' as const) : ('pass' as const);
}

/** Runs of a middling fleet in which a third of the verdicts changes every time: long to write, whole or not at all. */
export function plannedRun(run: number): RunPlan {
  return {
    runId: `run-${String(run).padStart(4, '0')}`,
    startedAt: new Date(Date.UTC(2026, 0, 1) + run * 3_600_000).toISOString().replace('.000Z', 'Z'),
    rules: RULES,
    hosts: Array.from({ length: PLANNED_HOSTS }, (_, host) => ({
      host: `host-${host}`,
      judged: Object.fromEntries(
        RULES.map((rule, index) => [
          rule,
          { result: resultOf(run, host, index), because: `${rule} of host ${host} in run ${run}` },
        ]),
      ),
    })),
  };
}
