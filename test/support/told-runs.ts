import type { Remembered } from '../../src/model/news.js';
import type { Report, WaiverSummary } from '../../src/model/report.js';
import type { HostPlan } from './history/reports.js';
import { reportOf } from './history/reports.js';

export const RULES = ['panic-freezes', 'thp-always'];

/** A run of the night of this number. */
export function night(number: number, hosts: readonly HostPlan[], rules = RULES): Report {
  const startedAt = new Date(Date.UTC(2026, 10, number, 2, 15)).toISOString().replace('.000Z', 'Z');
  return reportOf({ runId: `night-${number}`, startedAt, rules, hosts });
}

/** What was told at a night whose report is here: what a history says of it. */
export function rememberedOf(
  { header, hosts }: Report,
  gate: Remembered['gate'],
  summaryAt = header.startedAt,
): Remembered {
  const then = new Map(
    [...hosts].flatMap(({ host, verdicts }) =>
      verdicts.map((verdict) => [`${host} ${verdict.rule}`, verdict] as const),
    ),
  );
  return {
    run: { runId: header.runId, startedAt: header.startedAt },
    gate,
    summaryAt,
    wasFailing: ({ host, rule }) => {
      const before = then.get(`${host} ${rule}`);
      return before?.result === 'fail' && before.waiver === undefined;
    },
    wasDecided: ({ host, rule }) => {
      const result = then.get(`${host} ${rule}`)?.result;
      return result === 'pass' || result === 'fail';
    },
  };
}

export function withWaivers(report: Report, waivers: readonly Partial<WaiverSummary>[]): Report {
  const whole = waivers.map((waiver, index): WaiverSummary => ({
    id: `W${index}`,
    rule: 'thp-always',
    hosts: 'all',
    justification: 'measured',
    expires: '2026-12-01T00:00:00Z',
    definedAt: { file: 'waivers.yaml', line: 1 },
    state: 'in-force',
    matches: 1,
    uses: 1,
    voided: 0,
    ...waiver,
  }));
  return { ...report, summary: { ...report.summary, waivers: whole } };
}
