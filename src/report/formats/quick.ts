import type { Format } from '../../model/report.js';
import { csvGroups } from './csv-groups.js';
import { csvHosts } from './csv-hosts.js';
import { csvSummary } from './csv-summary.js';
import { csv } from './csv.js';
import { json } from './json.js';
import { jsonl } from './jsonl.js';
import { tableFormat } from './table.js';

/** The formats that are loaded with every run. */
export const QUICK_FORMATS = {
  table: tableFormat,
  json,
  jsonl,
  csv,
  'csv-hosts': csvHosts,
  'csv-summary': csvSummary,
  'csv-groups': csvGroups,
} satisfies Readonly<Record<string, Format>>;
