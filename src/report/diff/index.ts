import type { DiffFormat } from '../../model/diff.js';
import { diffCsv } from './csv.js';
import { diffJson } from './json.js';
import { diffMarkdown } from './markdown.js';
import { DIFF_FORMAT_NAMES, type DiffFormatName } from './names.js';
import { diffTable } from './table.js';

const BY_NAME: Readonly<Record<DiffFormatName, DiffFormat>> = {
  table: diffTable,
  json: diffJson,
  markdown: diffMarkdown,
  csv: diffCsv,
};

/** Every form of a comparison, by id. */
export const DIFF_FORMATS: ReadonlyMap<string, DiffFormat> = new Map(
  DIFF_FORMAT_NAMES.map((name) => [name, BY_NAME[name]]),
);
