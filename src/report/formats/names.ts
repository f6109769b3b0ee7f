/** Every format of a report, in the order in which they are named: what the command line knows before it renders. */
export const FORMAT_NAMES = [
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
export type FormatName = (typeof FORMAT_NAMES)[number];
