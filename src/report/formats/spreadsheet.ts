import type { Format } from '../../model/report.js';
import { csvGroups } from './csv-groups.js';
import { csvHosts } from './csv-hosts.js';
import { csvSummary } from './csv-summary.js';
import { csv } from './csv.js';

/** The formats that a spreadsheet reads: loaded where they are asked for. */
export const SPREADSHEET_FORMATS = {
  csv,
  'csv-hosts': csvHosts,
  'csv-summary': csvSummary,
  'csv-groups': csvGroups,
} satisfies Readonly<Record<string, Format>>;
