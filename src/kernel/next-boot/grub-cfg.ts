import { GRUB_ENVS } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import type { ConfFile } from './conf-files.js';

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

/** The entry that starts by itself. */
export interface GrubEntry {
  /** `/boot/vmlinuz-6.1.0-50-amd64`. */
  readonly kernel: string;
  readonly parameters: string;
  readonly line: number;
}

/**
 * The entry of grub.cfg that is the default: the one that grubenv wants once, the saved one, or the first.
 *
 * @returns undefined where the file leaves it to entries of the Boot Loader Specification
 */
export function defaultOfGrubCfg(files: BootFiles, file: ConfFile): GrubEntry | { readonly doubt: string } | undefined {
  if (file.unread !== undefined) return { doubt: `${file.path} ${file.unread}` };
  if (file.lines.some(({ text }) => text === 'blscfg')) return undefined;
  const saved = inGrubEnv(files, 'saved_entry');
  const defaults = file.lines.flatMap(({ text }) => /^set default=(.*)$/.exec(text)?.[1] ?? []);
  const once = defaults.includes('${next_entry}') ? inGrubEnv(files, 'next_entry')?.[0] : undefined;
  const chosen = defaults.filter((text) => text !== '${next_entry}');
  const isSaved = chosen.includes('${saved_entry}');
  const [only = '0', ...others] = [...new Set(chosen.filter((text) => text !== '${saved_entry}'))];
  if (once === undefined && (others.length > 0 || (isSaved && saved === undefined)))
    return { doubt: `${file.path} does not say which entry is the default` };
  const wanted = once ?? (isSaved ? saved?.[0] : undefined) ?? only;
  let id = '';
  for (const { line, text } of file.lines) {
    const entry = /^(?:menuentry|submenu) ?(.*)$/.exec(text);
    if (entry !== null) id = entry[1] ?? '';
    const linux = /^linux (\S+)(.*)$/.exec(text);
    if (linux !== null && (wanted === '0' || wanted.split('>').at(-1) === id))
      return { kernel: linux[1] ?? '', parameters: linux[2] ?? '', line };
  }
  return { doubt: `${file.path} has no entry ${wanted}` };
}
