import type { Gate } from '../model/report.js';
import { CONNECT_TERMS, type ConnectTerms } from '../transports/connect-terms.js';
import type { AskTerms, OutputPlan, Pacing } from './scan-plan.js';
import { retryTerms } from './schedule/retry.js';

/** What holds where nobody says otherwise, in the library as on the command line. */
export const DEFAULTS = {
  pacing: { forks: 64, workers: 1, serial: [], deadlineMs: undefined },
  terms: {
    deadlines: { probeMs: 30_000, packagesMs: 20_000, hostMs: 60_000 },
    retry: retryTerms(1),
    maxBytes: 1024 * 1024,
    become: false,
  },
  connect: CONNECT_TERMS,
  gate: { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false },
  /** Hours that may lie between the collections that are judged together: a night's, and the next night's are not one. */
  maxApartHours: 24,
  output: { outputs: [{ format: 'table', file: undefined }], includePasses: false, csvBom: false },
} as const satisfies {
  readonly pacing: Omit<Pacing, 'groupForks'>;
  readonly terms: AskTerms;
  readonly connect: ConnectTerms;
  readonly gate: Gate;
  readonly maxApartHours: number;
  readonly output: OutputPlan;
};
