import type { ExitFacts } from '../../src/verdict/exit-code.js';

/** A run of ten hosts that answered, of whom every rule passed. */
export const ALL_WELL: ExitFacts = {
  gate: { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false },
  hosts: 10,
  rules: 5,
  notJudged: undefined,
  coveredHosts: 10,
  unreachedHosts: 0,
  uncheckedHosts: 0,
  fails: 0,
  gateFails: 0,
  counting: { fails: 0, hosts: 0 },
  gateFailsOfNewRules: 0,
  limits: [],
  gateUndecided: 0,
  gateGroupFails: 0,
  gateGroupUndecided: 0,
  gateGroupFailsLetThrough: 0,
  internalErrors: 0,
  unwrittenOutputs: 0,
  interruptedBy: undefined,
};
