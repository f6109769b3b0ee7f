import { defined } from '../language/defined.js';
import type { Report } from '../model/report.js';
import type { SummaryOptions } from './summary.js';

/**
 * What a saved report says of its run beside the hosts, so that they can be counted again: by its own gate, against
 * its own baseline.
 */
export function savedRun({ header, summary }: Report): SummaryOptions {
  return {
    gate: header.gate,
    rules: header.rules.length,
    tookMs: summary.tookMs,
    ...defined({
      baseline: header.baseline,
      collected: header.collected,
      rerun: header.rerun,
      startedAt: header.startedAt,
      notJudged: header.notJudged,
      groupVerdicts: summary.groupVerdicts,
      waivers: summary.waivers,
    }),
    ...(summary.interrupted ? { interruptedBy: summary.exitCode === 143 ? 'SIGTERM' : 'SIGINT' } : {}),
  };
}
