import { ansible } from './ansible.js';
import { bash } from './bash.js';
import { sysctlD } from './sysctl-d.js';
import { tuned } from './tuned.js';
import type { RemediationFormat } from './format.js';

export type { RemediationFormat } from './format.js';

/** What `--as` takes. A new way is a file in this folder and a line in this list. */
export const REMEDIATION_FORMATS: ReadonlyMap<string, RemediationFormat> = new Map([
  ['sysctl.d', sysctlD],
  ['ansible', ansible],
  ['bash', bash],
  ['tuned', tuned],
]);
