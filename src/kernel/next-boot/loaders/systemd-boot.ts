import { EFI_VARIABLES, ENTRY_DIRECTORIES, ESP_MOUNTS, GRUB_CFGS, LOADER_CONFS } from '../../../facts/boot-files.js';
import type { BootFiles } from '../boot-files.js';
import { baseName, type ConfFile } from '../conf-files.js';
import { unreadDoubt, type BootDoubt } from '../boot-doubt.js';
import { globMatches } from '../glob.js';
import { isNamedBy, releaseOfEntry } from './extlinux.js';

/**
 * Did systemd-boot, or a boot loader with its interface, start this system? It leaves the list of its entries in the firmware, as
 * Limine, steamcl of SteamOS and sprout do; GRUB does not. So it is systemd-boot's only where its loader.conf is there as well.
 *
 * @see systemd-boot(7), LoaderEntries; of GRUB its manual, on the module bli: LoaderInfo and LoaderDevicePartUUID
 */
export function isBySystemdBoot({ firmware }: BootFiles): boolean {
  return firmware.has('LoaderEntries');
}

const DIGITS = /^\d*/;
const LETTERS = /^[A-Za-z]*/;

function ordered(a: string | number | boolean, b: string | number | boolean): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * Versions as systemd-boot compares them, and bootctl.
 *
 * @see strverscmp_improved() in src/fundamental/string-util-fundamental.c, systemd 252
 */
function compareEntryVersions(one: string, other: string): number {
  let [a, b] = [one, other];
  for (;;) {
    [a, b] = [a.replace(/^[^A-Za-z0-9~^.-]+/, ''), b.replace(/^[^A-Za-z0-9~^.-]+/, '')];
    for (const sign of ['~', '', '-', '^', '.']) {
      if (sign === '' && (a === '' || b === '')) return ordered(a !== '', b !== '');
      if (sign === '' || (!a.startsWith(sign) && !b.startsWith(sign))) continue;
      if (a.startsWith(sign) !== b.startsWith(sign)) return a.startsWith(sign) ? -1 : 1;
      [a, b] = [a.slice(1), b.slice(1)];
    }
    const isNumber = /^\d/.test(a) || /^\d/.test(b);
    const [left, right] = [a, b].map((text) => (isNumber ? DIGITS : LETTERS).exec(text)?.[0] ?? '');
    if (left === undefined || right === undefined) return 0;
    if (isNumber) {
      if ((left === '') !== (right === '')) return left === '' ? -1 : 1;
      const [low, high] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
      const order = ordered(low.length, high.length) || ordered(low, high);
      if (order !== 0) return order;
    } else {
      const order = ordered(left, right);
      if (order !== 0) return order;
    }
    [a, b] = [a.slice(left.length), b.slice(right.length)];
  }
}

interface Entry {
  readonly file: ConfFile;
  /** The name of the file, in small letters, as the loader has it before it sorts. */
  readonly id: string;
  readonly sortKey: string | undefined;
  readonly machineId: string | undefined;
  readonly version: string | undefined;
  readonly linux: string | undefined;
  /** Something other than a kernel with its release, or for another kind of machine. */
  readonly other: string | undefined;
}

function entryOf(file: ConfFile): Entry {
  const said = (key: string): string | undefined =>
    file.lines
      .findLast(({ text }) => text.startsWith(`${key} `))
      ?.text.slice(key.length + 1)
      .trim();
  return {
    file,
    id: baseName(file.path).toLowerCase(),
    sortKey: said('sort-key'),
    machineId: said('machine-id'),
    version: said('version'),
    linux: said('linux'),
    other: ['efi', 'uki', 'architecture'].find((key) => said(key) !== undefined),
  };
}

/** Why the loader may pass over an entry, or start something else than its version says. */
function doubtOfEntry({ file, version, linux, other }: Entry, entries: readonly Entry[]): string | undefined {
  if (other !== undefined) return `${file.path} has ${other}, which is not followed`;
  if (linux !== undefined)
    return version === undefined || isNamedBy(linux, version) || releaseOfEntry(version, linux) !== undefined
      ? undefined
      : `${file.path} says version ${version}, and starts ${linux}`;
  // Readings of before tell of no entry what it starts.
  return entries.some((each) => each.linux !== undefined || each.other !== undefined)
    ? `${file.path} does not say what it starts`
    : undefined;
}

function startedOf(entry: Entry, entries: readonly Entry[]): ConfFile | BootDoubt {
  const doubt = doubtOfEntry(entry, entries);
  return doubt === undefined ? entry.file : { doubt };
}

/** @see config_entry_compare() in src/boot/efi/boot.c, systemd 252 */
function compareEntries(a: Entry, b: Entry): number {
  if ((a.sortKey === undefined) !== (b.sortKey === undefined)) return a.sortKey === undefined ? 1 : -1;
  const bySortKey =
    a.sortKey === undefined
      ? 0
      : ordered(a.sortKey, b.sortKey ?? '') ||
        ordered(a.machineId ?? '', b.machineId ?? '') ||
        -compareEntryVersions(a.version ?? '', b.version ?? '');
  return bySortKey || -compareEntryVersions(a.id, b.id);
}

/** Variables that say which entry starts. */
const CHOOSERS = EFI_VARIABLES.filter((name) => name.startsWith('LoaderEntry'));

/** Names that carry how often they may be tried: which is left for the last goes by that. */
const COUNTED = /\+\d+(?:-\d+)?\.conf$/;

/** Why an entry may be passed over by its name. @see https://systemd.io/AUTOMATIC_BOOT_ASSESSMENT/ */
export function doubtOfCount(own: readonly ConfFile[]): BootDoubt | undefined {
  const counted = own.find(({ path }) => COUNTED.test(path));
  return counted === undefined
    ? undefined
    : { doubt: `${counted.path} counts how often it is tried, which is not followed` };
}

/** Why the entry may be another than its files say, whichever that is. @param own the files of its entries */
function whyOpen(files: BootFiles, own: readonly ConfFile[]): BootDoubt | undefined {
  for (const path of [...ENTRY_DIRECTORIES, ...LOADER_CONFS, ...ESP_MOUNTS.map((mount) => `${mount}/EFI/Linux`)]) {
    const why = files.unread.get(path);
    if (why !== undefined) return unreadDoubt(path, why);
  }
  // Nothing is known of a variable but that it is there.
  const chosen = CHOOSERS.find((name) => files.firmware.has(name));
  if (chosen !== undefined)
    return { doubt: `the firmware has ${chosen}, which goes before, and is not read: that would call the firmware` };
  const grub = GRUB_CFGS.find((path) => files.files.has(path));
  if (grub !== undefined) return { doubt: `${grub} and a list of entries of systemd-boot are both there` };
  for (const path of files.unified) return { doubt: `images in ${path} are entries as well, and are not looked into` };
  const unread = own.find((file) => file.unread !== undefined);
  if (unread !== undefined) return unreadDoubt(unread.path, unread.unread);
  const counted = doubtOfCount(own);
  if (counted !== undefined) return counted;
  const odd = own.find(({ lines }) => lines.some(({ text }) => text.endsWith(' ?') && !text.startsWith('options')));
  return odd === undefined ? undefined : { doubt: `${odd.path} has a key that was not told` };
}

/** What loader.conf names, as a pattern; undefined: it names nothing. */
function namedByLoaderConf(files: BootFiles): string | BootDoubt | undefined {
  const confs = LOADER_CONFS.flatMap((path) => files.files.get(path) ?? []);
  const [conf, another] = confs;
  if (another !== undefined) return { doubt: `${confs.map(({ path }) => path).join(' and ')} are both there` };
  if (conf === undefined || conf.isOdd === true)
    return {
      doubt: 'the firmware has a list of entries, which other boot loaders leave as well, and no loader.conf was read',
    };
  const preferred = conf.lines.find(({ text }) => text.startsWith('preferred '));
  if (preferred !== undefined) return { doubt: `${conf.path}:${preferred.line} is not followed` };
  const named = conf.lines.findLast(({ text }) => text.startsWith('default '))?.text.slice('default '.length);
  if (named === undefined || named === '') return undefined;
  return /[?[]|^@/.test(named) ? { doubt: `systemd-boot wants ${named}, which is not followed` } : named;
}

/**
 * The entry that systemd-boot starts by itself: what loader.conf names, or the first in its order, where nothing is wanted once
 * and nothing was chosen in its menu.
 *
 * @see loader.conf(5); config_select_default_entry() in src/boot/efi/boot.c, systemd 252
 * @returns undefined where systemd-boot is not known to start the system
 */
export function defaultOfSystemdBoot(files: BootFiles): ConfFile | BootDoubt | undefined {
  if (!isBySystemdBoot(files)) return undefined;
  const own = [...files.files.values()].filter(
    ({ path }) =>
      ENTRY_DIRECTORIES.some((directory) => path.startsWith(`${directory}/`)) && !/^(?:\.|auto-)/.test(baseName(path)),
  );
  const open = whyOpen(files, own);
  if (open !== undefined) return open;
  const named = namedByLoaderConf(files);
  if (typeof named === 'object') return named;
  const entries = own.map(entryOf).sort(compareEntries);
  if (named !== undefined) {
    const pattern = named.toLowerCase();
    const found = entries.find(({ id }) => globMatches(id, pattern));
    if (found !== undefined) return startedOf(found, entries);
    if (entries.some(({ id }) => id === `${pattern}.conf`))
      return { doubt: `systemd-boot wants ${named}, which is an entry for old ones of it, that leave off the ending` };
    // Windows, the firmware's own set-up and others that it finds by itself.
    if (pattern.startsWith('auto-')) return { doubt: `systemd-boot wants ${named}, which is no entry in a file` };
  }
  const [first] = entries;
  return first === undefined ? { doubt: 'systemd-boot has no entry in a file' } : startedOf(first, entries);
}
