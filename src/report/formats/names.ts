/** The formats that are text, in the order in which they are named. */
export const TEXT_FORMAT_NAMES = [
  'table',
  'html',
  'json',
  'jsonl',
  'csv',
  'csv-hosts',
  'csv-summary',
  'csv-groups',
  'junit',
  'sarif',
  'markdown',
  'github',
  'prometheus',
] as const;
export type TextFormatName = (typeof TEXT_FORMAT_NAMES)[number];

/** A workbook, which is bytes and goes to a file. */
export const XLSX = 'xlsx';

/** Every format of a report: what the command line knows before it renders. */
export const FORMAT_NAMES = [...TEXT_FORMAT_NAMES, XLSX] as const;
