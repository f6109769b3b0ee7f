import type { DiffFormat } from '../../model/diff.js';
import { diffCsv } from './csv.js';
import { diffJson } from './json.js';
import { diffMarkdown } from './markdown.js';
import { diffTable } from './table.js';

/** Every form of a comparison, by id. */
export const DIFF_FORMATS: ReadonlyMap<string, DiffFormat> = new Map(
  [diffTable, diffJson, diffMarkdown, diffCsv].map((format) => [format.id, format]),
);
