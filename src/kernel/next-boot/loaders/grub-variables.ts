import type { BootFiles } from '../boot-files.js';
import { inGrubEnv } from './grub-env.js';
import { allGrubLines } from './grub-lines.js';

/** `set tuned_params= panic=5`; `now` where it stands in no condition, `else` where it is for a variable that has nothing. */
const ASSIGNMENT = /^(set|now|else) ([a-z_]+)=(.*)$/;

/**
 * The words that a variable stands for when an entry starts: what grubenv has, and then what grub.cfg makes of it.
 *
 * GRUB's entries look when they start, those of the Boot Loader Specification when `blscfg` makes them; so what stands behind that
 * may come too late.
 *
 * @see 00_tuned of tuned, tuned_params; 10_linux.in of Fedora's GRUB, kernelopts; 10_linux of Debian's and Ubuntu's, vt_handoff
 * @returns undefined where it is not known, or not the same in all cases
 */
export function wordsOfVariable(files: BootFiles, name: string): readonly string[] | undefined {
  const [lines, another] = allGrubLines(files);
  // Where grub.cfg was not read, it has no say in kernelopts that grubenv has, and may have in all others.
  if (another !== undefined || (lines === undefined && name !== 'kernelopts')) return undefined;
  let values: readonly (string | undefined)[] = [inGrubEnv(files, name)?.join(' ')];
  let isLate = false;
  for (const { text } of lines ?? []) {
    if (text === 'blscfg') isLate = true;
    const [, how, of, words = ''] = ASSIGNMENT.exec(text) ?? [];
    if (of !== name) continue;
    const value = words.trim();
    if (how === 'else') values = values.map((each) => (each === '' ? value : each));
    else values = how === 'now' && !isLate ? [value] : [...values, value];
  }
  const [first] = values;
  const isKnown = first !== undefined && values.every((each) => each === first);
  // Whatever it has then is in a grub.cfg that was not read.
  if (!isKnown || (lines === undefined && first === '')) return undefined;
  return first.split(' ').filter((word) => word !== '');
}
