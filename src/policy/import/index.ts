import type { ImportKind } from './kinds.js';
import { fromGoss } from './goss.js';
import { fromInspec } from './inspec.js';
import type { Imported } from './comparison.js';
import { fromSysctlConf } from './sysctl-conf.js';

/** The files of other tools that are read. */
export const IMPORTS: Readonly<Record<ImportKind, (text: string, file: string) => Imported>> = {
  'sysctl.conf': fromSysctlConf,
  goss: fromGoss,
  inspec: fromInspec,
};
