import { GRUB_ENVS } from '../../../facts/boot-files.js';
import type { BootFiles } from '../boot-files.js';
import type { BootDoubt } from '../boot-doubt.js';

/** The words of a variable of grubenv; undefined: it was not read. An unset variable has none. */
export function inGrubEnv(files: BootFiles, name: string): readonly string[] | undefined {
  const file = GRUB_ENVS.map((path) => files.files.get(path)).find((each) => each !== undefined);
  if (file === undefined || file.unread !== undefined) return undefined;
  const line = file.lines.find(({ text }) => text.startsWith(`${name}=`));
  return line === undefined
    ? []
    : line.text
        .slice(name.length + 1)
        .split(' ')
        .filter((word) => word !== '');
}

export function isSetInGrubEnv(files: BootFiles, name: string): boolean {
  return (inGrubEnv(files, name)?.length ?? 0) > 0;
}

/**
 * Why the variables of grubenv may not be those that GRUB goes by: they may stand outside of the file, or another takes their place.
 *
 * @see grub-editenv(1) of openSUSE and Fedora, env_block; 00_header.in of GRUB 2.06, prev_saved_entry
 */
export function doubtOfGrubEnv(files: BootFiles): BootDoubt | undefined {
  const other = ['env_block', 'prev_saved_entry'].find((name) => isSetInGrubEnv(files, name));
  return other === undefined ? undefined : { doubt: `grubenv has ${other}, which is not followed` };
}
