import type { Recorded } from './record-run.js';

/** Why a run is not in the history, for a person. */
export const WHY_NOT: Readonly<Record<Exclude<Recorded['kind'], 'recorded'>, string>> = {
  'already-there': 'it has a run of this id already',
  'too-old': 'retention has taken away what is older than this run',
  'no-time': 'the run does not say when it started',
};
