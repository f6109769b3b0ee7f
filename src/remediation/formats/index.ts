import { ansible } from './ansible.js';
import { bash } from './bash.js';
import { sysctlD } from './sysctl-d.js';
import { tuned } from './tuned.js';
import type { RemediationFormat } from './format.js';
import type { Way } from './ways.js';

export type { RemediationFormat } from './format.js';

const BY_WAY: Readonly<Record<Way, RemediationFormat>> = { 'sysctl.d': sysctlD, ansible, bash, tuned };

/** By what `--as` takes. A new way is a file in this folder, a word in this list and its title in `ways.ts`. */
export const REMEDIATION_FORMATS: ReadonlyMap<string, RemediationFormat> = new Map(Object.entries(BY_WAY));
