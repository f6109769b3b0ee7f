import type { Format } from '../../model/report.js';
import { TEXT_FORMAT_NAMES, type TextFormatName } from './names.js';
import { QUICK_FORMATS } from './quick.js';

/** A format that is text, with the code that it alone needs loaded now. */
export async function loadFormat(name: TextFormatName): Promise<Format> {
  return name === 'html' ? (await import('./html.js')).html : QUICK_FORMATS[name];
}

export function isTextFormat(name: string): name is TextFormatName {
  return TEXT_FORMAT_NAMES.some((known) => known === name);
}
