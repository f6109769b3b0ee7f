import { GRUB_CFGS, GRUB_ENVS } from '../../../facts/boot-files.js';
import type { BootFiles } from '../boot-files.js';
import type { ConfFile } from '../conf-files.js';
import { unreadDoubt, type BootDoubt } from '../boot-doubt.js';
import { doubtOfGrubEnv, inGrubEnv, isSetInGrubEnv } from './grub-env.js';
import { grubLines, type GrubLine } from './grub-lines.js';

interface Default {
  readonly name: string;
  readonly place: string;
}

/** What the default is set to: the last line that stands in no condition, and what comes after it. */
function defaultsOf(lines: readonly GrubLine[]): readonly Default[] {
  const from = lines.findLastIndex(({ text }) => text.startsWith('now default='));
  return lines.slice(Math.max(from, 0)).flatMap(({ path, line, text }) => {
    const name = /^(?:set|now) default=(.*)$/.exec(text)?.[1];
    return name === undefined ? [] : [{ name, place: `${path}:${line}` }];
  });
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
  const lines = grubLines(files, file);
  const odd = menuOf(lines).odd;
  if (odd !== undefined) return { doubt: odd };
  const names = defaultsOf(lines).map(({ name }) => name);
  const defaults = names.filter((text) => text !== '${next_entry}' && text !== '${saved_entry}');
  if (!names.includes('${saved_entry}') || defaults.some((text) => text !== FALLBACK))
    return { doubt: `${file.path} does not say that the saved entry is the default` };
  if (defaults.length > 0 && isSetInGrubEnv(files, 'boot_counter'))
    return { doubt: 'grubenv has boot_counter, which is not followed' };
  const own = lines.find(({ text }) => /^(?:menuentry|submenu|blscfg)/.test(text));
  return !isSetInGrubEnv(files, 'saved_entry') && own !== undefined && own.text !== 'blscfg'
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
  /** `/boot/grub/grub.cfg:120`. */
  readonly place: string;
}

interface MenuItem {
  readonly id: string;
  readonly title: string;
  /** Of a submenu. */
  readonly items: MenuItem[] | undefined;
  entry?: GrubEntry;
  /** Why it is not known what is in it. */
  odd?: string;
}

/** The menu as it stands there, all of it in one item; a `}` that closes no submenu or entry is a function's. */
function menuOf(lines: readonly GrubLine[]): MenuItem {
  const top: MenuItem = { id: '', title: '', items: [] };
  const open: MenuItem[] = [];
  for (const { path, line, text, odd } of lines) {
    const found = /^(menuentry|submenu) ?(\S*)(?: (.*))?$/.exec(text);
    const linux = /^linux (\S+)(.*)$/.exec(text);
    const inner = open.at(-1);
    const place = `${path}:${line}`;
    if (odd !== undefined) (inner ?? top).odd ??= odd;
    else if (found !== null) {
      // Readings of before tell of entries without their end.
      if (inner !== undefined && inner.items === undefined) open.pop();
      const item: MenuItem = {
        id: found[2] === '-' ? '' : (found[2] ?? ''),
        title: found[3] ?? '',
        items: found[1] === 'submenu' ? [] : undefined,
      };
      (open.at(-1)?.items ?? top.items)?.push(item);
      open.push(item);
    } else if (text === 'end') open.pop();
    else if (linux !== null && inner !== undefined && inner.items === undefined) {
      const [, kernel = '', parameters = ''] = linux;
      const before = inner.entry ?? { kernel, parameters, place };
      // Two of them, by a condition that is not read: `?` is nothing that is understood.
      inner.entry = {
        kernel: before.kernel === kernel ? kernel : '?',
        parameters: before.kernel === kernel && before.parameters === parameters ? parameters : ' ?',
        place: before.place,
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
function itemNamed(menu: MenuItem, wanted: string): MenuItem | BootDoubt | undefined {
  let found: MenuItem | undefined = menu;
  for (const part of wanted.split('>')) {
    const items: readonly MenuItem[] = found?.items ?? [];
    // GRUB reads 010 as 8.
    found = /^(?:0|[1-9]\d*)$/.test(part)
      ? items[Number(part)]
      : /^\d/.test(part) || part === ''
        ? undefined
        : items.find(({ id, title }) => id === part || title === part);
    if (found?.odd !== undefined) return { doubt: found.odd };
  }
  return found;
}

/**
 * Where a title is the default that stands in a menu within the menu, grub-mkconfig has GRUB put its whole path in its place.
 *
 * @see title_correction_code in util/grub.d/10_linux.in, GRUB 2.06
 */
function corrected(lines: readonly GrubLine[], wanted: string): string {
  return lines.reduce((name, { text }) => {
    const [, from, to] = /^swap ([^|]*)\|(.*)$/.exec(text) ?? [];
    return from === name && to !== undefined ? to : name;
  }, wanted);
}

/** Of a grub.cfg that leaves it to entries of the Boot Loader Specification: those that it has beside them, which start a Linux. */
export function ownEntries(files: BootFiles, file: ConfFile): readonly GrubEntry[] {
  const within = ({ items, entry }: MenuItem): readonly GrubEntry[] => [
    ...(entry === undefined ? [] : [entry]),
    ...(items ?? []).flatMap(within),
  ];
  return within(menuOf(grubLines(files, file)));
}

/** Where another file than grub.cfg sets the default. */
function elsewhere(said: readonly Default[], { path }: ConfFile): string {
  const other = said.find(({ place }) => !place.startsWith(`${path}:`));
  return other === undefined ? '' : `: ${other.place} has ${other.name}`;
}

/**
 * The entry of grub.cfg that is the default: the one that grubenv wants once, the saved one, or the first.
 *
 * @returns undefined where the file leaves it to entries of the Boot Loader Specification
 */
export function defaultOfGrubCfg(files: BootFiles, file: ConfFile): GrubEntry | BootDoubt | undefined {
  if (file.unread !== undefined) return unreadDoubt(file.path, file.unread);
  const lines = grubLines(files, file);
  const menu = menuOf(lines);
  if (menu.odd !== undefined) return { doubt: menu.odd };
  if (lines.some(({ text }) => text === 'blscfg')) return undefined;
  const saved = namedInGrubEnv(files, 'saved_entry');
  const said = defaultsOf(lines);
  const defaults = said.map(({ name }) => name);
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
    (isOther && (saved === '' || isSetInGrubEnv(files, 'boot_counter'))) ||
    (only === '?' && !isSaved);
  const closed = GRUB_ENVS.map((path) => files.files.get(path)).find((each) => each?.unread !== undefined);
  if (next === undefined && closed !== undefined) return unreadDoubt(closed.path, closed.unread);
  if (next === undefined && inGrubEnv(files, 'next_entry') !== undefined)
    return { doubt: 'grubenv wants once an entry that was not told' };
  if ((next === undefined || next === '') && isOpen)
    return { doubt: `${file.path} does not say which entry is the default${elsewhere(said, file)}` };
  const named = [next, isSaved ? saved : '', only].find((name) => name !== undefined && name !== '') ?? only;
  const wanted = corrected(lines, named);
  const item = itemNamed(menu, wanted);
  if (item !== undefined && 'doubt' in item) return item;
  if (item?.items !== undefined) return { doubt: `the default of ${file.path} is a menu within the menu, ${wanted}` };
  if (item?.id.startsWith('osprober-') === true)
    return { doubt: `the default of ${file.path} is another system, ${item.id}` };
  return item?.entry ?? { doubt: `${file.path} has no entry ${wanted}` };
}
