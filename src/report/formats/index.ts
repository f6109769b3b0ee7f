import type { Format } from '../../model/report.js';
import { html } from './html.js';
import { TEXT_FORMAT_NAMES, type TextFormatName } from './names.js';
import { PIPELINE_FORMATS } from './pipeline.js';
import { QUICK_FORMATS } from './quick.js';
import { SPREADSHEET_FORMATS } from './spreadsheet.js';

const BY_NAME: Readonly<Record<TextFormatName, Format>> = {
  ...QUICK_FORMATS,
  ...SPREADSHEET_FORMATS,
  ...PIPELINE_FORMATS,
  html,
};

/** Every format that is text, by id, in the order in which they are named. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(TEXT_FORMAT_NAMES.map((name) => [name, BY_NAME[name]]));
