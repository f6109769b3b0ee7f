import type { Format } from '../../model/report.js';
import { csvGroups } from './csv-groups.js';
import { csvHosts } from './csv-hosts.js';
import { csvSummary } from './csv-summary.js';
import { csv } from './csv.js';
import { github } from './github.js';
import { json } from './json.js';
import { jsonl } from './jsonl.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { TextFormatName } from './names.js';
import { prometheus } from './prometheus.js';
import { sarif } from './sarif.js';
import { tableFormat } from './table.js';

/**
 * Every format that is text, but the page: what draws it is as much code as all others together, and is loaded where a page
 * is asked for. A new format is a file in this folder, a line in this list and its name in `names.ts`.
 */
export const QUICK_FORMATS: Readonly<Record<Exclude<TextFormatName, 'html'>, Format>> = {
  table: tableFormat,
  json,
  jsonl,
  csv,
  'csv-hosts': csvHosts,
  'csv-summary': csvSummary,
  'csv-groups': csvGroups,
  junit,
  sarif,
  markdown,
  github,
  prometheus,
};
