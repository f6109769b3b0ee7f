export { unsettledLines } from './by-hand.js';
export { planRemedies } from './plan-remedies.js';
export { REMEDIATION_FORMATS, type RemediationFormat } from './formats/index.js';
export type { Plan, RemedyFile } from './remedy.js';
export { settingsOfPolicies } from './settings-of-policies.js';
