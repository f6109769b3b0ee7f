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
import { prometheus } from './prometheus.js';
import { sarif } from './sarif.js';
import { tableFormat } from './table.js';

/** Every format there is, by id. A new one is a file in this folder and a word in this list. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(
  [
    tableFormat,
    html,
    json,
    jsonl,
    csv,
    csvHosts,
    csvSummary,
    csvGroups,
    junit,
    sarif,
    markdown,
    github,
    prometheus,
  ].map((format) => [format.id, format]),
);
