import type { Format } from '../../model/report.js';
import { csvGroups } from './csv-groups.js';
import { csvHosts } from './csv-hosts.js';
import { csvSummary } from './csv-summary.js';
import { csv } from './csv.js';
import { github } from './github.js';
import { html } from './html.js';
import { json } from './json.js';
import { jsonl } from './jsonl.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { TEXT_FORMAT_NAMES, type TextFormatName } from './names.js';
import { prometheus } from './prometheus.js';
import { sarif } from './sarif.js';
import { tableFormat } from './table.js';

const BY_NAME: Readonly<Record<TextFormatName, Format>> = {
  table: tableFormat,
  html,
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

/** Every format that is text, by id. A new one is a file in this folder, a line in this list and its name in `names.ts`. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(TEXT_FORMAT_NAMES.map((name) => [name, BY_NAME[name]]));
