import type { Format } from '../../model/report.js';
import { TEXT_FORMAT_NAMES, type TextFormatName } from './names.js';
import type { PIPELINE_FORMATS } from './pipeline.js';
import { QUICK_FORMATS } from './quick.js';
import type { SPREADSHEET_FORMATS } from './spreadsheet.js';

type PipelineFormatName = keyof typeof PIPELINE_FORMATS;

const pipeline = (name: PipelineFormatName) => async (): Promise<Format> =>
  (await import('./pipeline.js')).PIPELINE_FORMATS[name];

const spreadsheet = (name: keyof typeof SPREADSHEET_FORMATS) => async (): Promise<Format> =>
  (await import('./spreadsheet.js')).SPREADSHEET_FORMATS[name];

/**
 * What few runs ask for, and much code alone: what draws the page is as much as all others together. A new format is a file in this
 * folder, its name in `names.ts`, and a line in `quick.ts`, or in `pipeline.ts` or `spreadsheet.ts`, and here.
 */
const LATE: Readonly<Record<Exclude<TextFormatName, keyof typeof QUICK_FORMATS>, () => Promise<Format>>> = {
  csv: spreadsheet('csv'),
  'csv-hosts': spreadsheet('csv-hosts'),
  'csv-summary': spreadsheet('csv-summary'),
  'csv-groups': spreadsheet('csv-groups'),
  html: async () => (await import('./html.js')).html,
  junit: pipeline('junit'),
  sarif: pipeline('sarif'),
  markdown: pipeline('markdown'),
  github: pipeline('github'),
  prometheus: pipeline('prometheus'),
};

function isLate(name: TextFormatName): name is keyof typeof LATE {
  return Object.hasOwn(LATE, name);
}

/** A format that is text, with the code that it alone needs loaded now. */
export async function loadFormat(name: TextFormatName): Promise<Format> {
  return isLate(name) ? LATE[name]() : QUICK_FORMATS[name];
}

export function isTextFormat(name: string): name is TextFormatName {
  return TEXT_FORMAT_NAMES.some((known) => known === name);
}
