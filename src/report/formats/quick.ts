import type { Format } from '../../model/report.js';
import { json } from './json.js';
import { jsonl } from './jsonl.js';
import { tableFormat } from './table.js';

/** The formats that are loaded with every run. */
export const QUICK_FORMATS = { table: tableFormat, json, jsonl } satisfies Readonly<Record<string, Format>>;
