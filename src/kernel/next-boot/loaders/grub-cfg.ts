import { GRUB_CFGS, GRUB_ENVS } from '../../../facts/boot-files.js';
import type { BootFiles } from '../boot-files.js';
import type { ConfFile } from '../conf-files.js';
import { unreadDoubt, type BootDoubt } from '../boot-doubt.js';

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

function isSet(files: BootFiles, name: string): boolean {
  return (inGrubEnv(files, name)?.length ?? 0) > 0;
}

/**
 * Why the variables of grubenv may not be those that GRUB goes by: they may stand outside of the file, or another takes their place.
 *
 * @see grub-editenv(1) of openSUSE and Fedora, env_block; 00_header.in of GRUB 2.06, prev_saved_entry
 */
function doubtOfGrubEnv(files: BootFiles): BootDoubt | undefined {
  const other = ['env_block', 'prev_saved_entry'].find((name) => isSet(files, name));
  return other === undefined ? undefined : { doubt: `grubenv has ${other}, which is not followed` };
}

function defaultsOf({ lines }: ConfFile): readonly string[] {
  return lines.flatMap(({ text }) => /^set default=(.*)$/.exec(text)?.[1] ?? []);
}

/** What Fedora's and RHEL's take where an update was tried too often, by boot_counter. */
const FALLBACK = '1';

/**
 * Why the entry that grubenv saves, or the first, may not be the default among entries of the Boot Loader Specification: a grub.cfg
 * of Fedora and RHEL says `set default="${saved_entry}"`, which nobody has to leave so.
 */
export function doubtOfSavedEntry(files: BootFiles): BootDoubt | undefined {
  const cfgs = GRUB_CFGS.flatMap((path) => files.files.get(path) ?? []);
  const [file] = cfgs;
  if (file === undefined) return { doubt: 'no grub.cfg was found that says that the saved entry is the default' };
  if (cfgs.length > 1) return { doubt: `${GRUB_CFGS.join(' and ')} are both there` };
  const defaults = defaultsOf(file).filter((text) => text !== '${next_entry}' && text !== '${saved_entry}');
  if (!defaultsOf(file).includes('${saved_entry}') || defaults.some((text) => text !== FALLBACK))
    return { doubt: `${file.path} does not say that the saved entry is the default` };
  if (defaults.length > 0 && isSet(files, 'boot_counter'))
    return { doubt: 'grubenv has boot_counter, which is not followed' };
  const own = file.lines.findIndex(({ text }) => /^(?:menuentry|submenu|blscfg)/.test(text));
  return !isSet(files, 'saved_entry') && own >= 0 && file.lines[own]?.text !== 'blscfg'
    ? { doubt: `${file.path} has an entry before those of its own files` }
    : doubtOfGrubEnv(files);
}

/** What a variable names, which may be a title with spaces; undefined: it was not read, or names something that was not told. */
function namedInGrubEnv(files: BootFiles, name: string): string | undefined {
  const words = inGrubEnv(files, name);
  return words === undefined || words[0] === '?' ? undefined : words.join(' ');
}

/** The entry that starts by itself. */
export interface GrubEntry {
  /** `/boot/vmlinuz-6.1.0-50-amd64`. */
  readonly kernel: string;
  readonly parameters: string;
  readonly line: number;
}

interface MenuItem {
  readonly id: string;
  readonly title: string;
  /** Of a submenu. */
  readonly items: MenuItem[] | undefined;
  entry?: GrubEntry;
}

/** The menu as it stands there; a `}` that closes no submenu or entry is a function's. */
function menuOf({ lines }: ConfFile): readonly MenuItem[] {
  const top: MenuItem[] = [];
  const open: MenuItem[] = [];
  for (const { line, text } of lines) {
    const found = /^(menuentry|submenu) ?(\S*)(?: (.*))?$/.exec(text);
    const linux = /^linux (\S+)(.*)$/.exec(text);
    const inner = open.at(-1);
    if (found !== null) {
      // Readings of before tell of entries without their end.
      if (inner !== undefined && inner.items === undefined) open.pop();
      const item: MenuItem = {
        id: found[2] === '-' ? '' : (found[2] ?? ''),
        title: found[3] ?? '',
        items: found[1] === 'submenu' ? [] : undefined,
      };
      (open.at(-1)?.items ?? top).push(item);
      open.push(item);
    } else if (text === 'end') open.pop();
    else if (linux !== null && inner !== undefined && inner.items === undefined) {
      const [, kernel = '', parameters = ''] = linux;
      const before = inner.entry ?? { kernel, parameters, line };
      // Two of them, by a condition that is not read: `?` is nothing that is understood.
      inner.entry = {
        kernel: before.kernel === kernel ? kernel : '?',
        parameters: before.kernel === kernel && before.parameters === parameters ? parameters : ' ?',
        line: before.line,
      };
    }
  }
  return top;
}

/**
 * The entry that a value of `default` names: each part between `>` by its number, its title or its id, in its own menu alone.
 *
 * @see get_entry_number() and menuentry_eq() in grub-core/normal/menu.c, GRUB 2.06
 */
function itemNamed(menu: readonly MenuItem[], wanted: string): MenuItem | undefined {
  let items: readonly MenuItem[] = menu;
  let found: MenuItem | undefined;
  for (const part of wanted.split('>')) {
    // GRUB reads 010 as 8.
    found = /^(?:0|[1-9]\d*)$/.test(part)
      ? items[Number(part)]
      : /^\d/.test(part) || part === ''
        ? undefined
        : items.find(({ id, title }) => id === part || title === part);
    items = found?.items ?? [];
  }
  return found;
}

/**
 * The entry of grub.cfg that is the default: the one that grubenv wants once, the saved one, or the first.
 *
 * @returns undefined where the file leaves it to entries of the Boot Loader Specification
 */
export function defaultOfGrubCfg(files: BootFiles, file: ConfFile): GrubEntry | BootDoubt | undefined {
  if (file.unread !== undefined) return unreadDoubt(file.path, file.unread);
  if (file.lines.some(({ text }) => text === 'blscfg')) return undefined;
  const saved = namedInGrubEnv(files, 'saved_entry');
  const defaults = defaultsOf(file);
  const odd = defaults.some((text) => text.startsWith('${')) ? doubtOfGrubEnv(files) : undefined;
  if (odd !== undefined) return odd;
  const next = defaults.includes('${next_entry}') ? namedInGrubEnv(files, 'next_entry') : '';
  const chosen = defaults.filter((text) => text !== '${next_entry}');
  const isSaved = chosen.includes('${saved_entry}');
  const [only = '0', ...others] = [...new Set(chosen.filter((text) => text !== '${saved_entry}'))];
  // What else stands there is for a case that is not read: it holds where nothing is saved, or tries are counted.
  const isOther = isSaved && chosen.some((text) => text !== '${saved_entry}');
  const isOpen =
    others.length > 0 ||
    (isSaved && saved === undefined) ||
    (isOther && (saved === '' || isSet(files, 'boot_counter'))) ||
    (only === '?' && !isSaved);
  const closed = GRUB_ENVS.map((path) => files.files.get(path)).find((each) => each?.unread !== undefined);
  if (next === undefined && closed !== undefined) return unreadDoubt(closed.path, closed.unread);
  if (next === undefined && inGrubEnv(files, 'next_entry') !== undefined)
    return { doubt: 'grubenv wants once an entry that was not told' };
  if ((next === undefined || next === '') && isOpen)
    return { doubt: `${file.path} does not say which entry is the default` };
  const wanted = [next, isSaved ? saved : '', only].find((name) => name !== undefined && name !== '') ?? only;
  const item = itemNamed(menuOf(file), wanted);
  if (item?.items !== undefined) return { doubt: `the default of ${file.path} is a menu within the menu, ${wanted}` };
  if (item?.id.startsWith('osprober-') === true)
    return { doubt: `the default of ${file.path} is another system, ${item.id}` };
  return item?.entry ?? { doubt: `${file.path} has no entry ${wanted}` };
}
