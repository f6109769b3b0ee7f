/** Every form of a comparison, in the order in which they are named. */
export const DIFF_FORMAT_NAMES = ['table', 'json', 'markdown', 'csv'] as const;
export type DiffFormatName = (typeof DIFF_FORMAT_NAMES)[number];
