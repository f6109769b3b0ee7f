import type { GateState, Remembered } from '../model/news.js';
import type { ReportHeader } from '../model/report.js';

/**
 * A report's own baseline as what was told last, where no history remembers. Nobody counts weeks then, and the same is told
 * again for as long as the baseline is the same.
 *
 * @param gate what the gate said of the baseline, where that is known
 * @returns undefined where the report has no baseline
 */
export function rememberedBaseline(
  { baseline }: Pick<ReportHeader, 'baseline'>,
  gate: GateState | undefined,
): Remembered | undefined {
  if (baseline === undefined) return undefined;
  return {
    run: { runId: baseline.runId, startedAt: baseline.startedAt },
    gate,
    summaryAt: undefined,
    wasFailing: ({ drift }) => drift === 'still-failing',
    wasDecided: ({ drift }) => drift === 'no-longer-known',
  };
}
