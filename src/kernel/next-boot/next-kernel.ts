import { BOOT_ENTRIES, GRUB_CFGS } from '../../facts/boot-files.js';
import { identifyKernel } from '../release.js';
import type { Order } from '../versions/order.js';
import { compareRpm } from '../versions/rpm.js';
import type { BootFiles } from './boot-files.js';
import { unreadDoubt, type BootDoubt } from './boot-doubt.js';
import { defaultOfExtlinux, releaseOf, releaseOfEntry } from './loaders/extlinux.js';
import { defaultOfGrubCfg, doubtOfSavedEntry } from './loaders/grub-cfg.js';
import { inGrubEnv } from './loaders/grub-env.js';
import { defaultOfSystemdBoot, doubtOfCount, isBySystemdBoot } from './loaders/systemd-boot.js';
import { doubtOfUnfollowed } from './loaders/unfollowed.js';
import type { ConfFile } from './conf-files.js';

/** Which kernel the next boot starts. */
export interface NextKernel {
  /** `uname -r` of it; undefined: not known, by `doubt`. */
  readonly release: string | undefined;
  /** `/boot/grub/grub.cfg:120`. */
  readonly place: string;
  readonly doubt?: string;
  /** Kernels in /boot, rescue images not; undefined: it could not be listed. */
  readonly installed: readonly string[] | undefined;
}

/** Which of two releases, or names of entries, is the newer: segment by segment as rpm compares, dashes no boundary. */
export function compareReleases(a: string, b: string): Order {
  return compareRpm(a.replaceAll('-', '.'), b.replaceAll('-', '.'));
}

type Found = { readonly release: string; readonly place: string } | BootDoubt;

function ofGrub(files: BootFiles): Found | undefined {
  const found = GRUB_CFGS.flatMap((path): readonly Found[] => {
    const file = files.files.get(path);
    const entry = file === undefined ? undefined : defaultOfGrubCfg(files, file);
    if (file === undefined || entry === undefined) return [];
    if ('doubt' in entry) return [entry];
    const release = releaseOf(entry.kernel);
    const { place } = entry;
    return [
      release === undefined ? { doubt: `${place} starts ${entry.kernel}, which names no release` } : { release, place },
    ];
  });
  const [first] = found;
  return first === undefined || GRUB_CFGS.some((path) => !files.files.has(path))
    ? first
    : { doubt: `${GRUB_CFGS.join(' and ')} are both there` };
}

interface Entry {
  readonly id: string;
  readonly release: string | undefined;
  readonly place: string;
}

function startsOf({ release, place }: Entry): Found {
  return release === undefined ? { doubt: `${place} does not say which kernel it starts` } : { release, place };
}

function entryOf({ path, lines }: ConfFile): Entry {
  const version = lines.find(({ text }) => text.startsWith('version '));
  const linux = lines.findLast(({ text }) => text.startsWith('linux '))?.text.slice('linux '.length);
  return {
    id: path.slice(path.lastIndexOf('/') + 1).replace(/\.conf$/, ''),
    release: releaseOfEntry(version?.text.slice('version '.length).trim(), linux),
    place: `${path}${version === undefined ? '' : `:${version.line}`}`,
  };
}

function ofSystemdBoot(files: BootFiles): Found | undefined {
  const file = defaultOfSystemdBoot(files);
  return file === undefined || 'doubt' in file ? file : startsOf(entryOf(file));
}

function ofExtlinux(files: BootFiles): Found | undefined {
  const entry = defaultOfExtlinux(files);
  if (entry === undefined || 'doubt' in entry) return entry;
  const release = releaseOf(entry.kernel);
  return release === undefined
    ? { doubt: `${entry.place} starts ${entry.kernel}, which names no release` }
    : { release, place: entry.place };
}

/** Of two boot loaders of which it is not known which one starts the machine: what both say. */
function agreed(one: Found | undefined, other: Found | undefined): Found | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if ('doubt' in one && 'doubt' in other) return one.isUnread === true ? other : one;
  // What the one says that was read may be wrong, and so may be what /boot has.
  if ('doubt' in one || 'doubt' in other)
    return { doubt: 'doubt' in one ? one.doubt : 'doubt' in other ? other.doubt : '' };
  return one.release === other.release ? one : { doubt: `${one.place} and ${other.place} start different kernels` };
}

/** The default among entries of the Boot Loader Specification: what grubenv has saved, or the only one. */
function ofEntries(files: BootFiles): Found | undefined {
  const own = [...files.files.values()].filter(
    ({ path }) => path.startsWith(`${BOOT_ENTRIES}/`) && !path.includes('rescue'),
  );
  const unread = own.find((file) => file.unread !== undefined);
  if (unread !== undefined) return unreadDoubt(unread.path, unread.unread);
  const counted = doubtOfCount(own);
  if (counted !== undefined) return counted;
  const entries = own.map(entryOf);
  const [only, ...others] = entries;
  if (only === undefined) return undefined;
  const saved = inGrubEnv(files, 'saved_entry');
  const wanted = inGrubEnv(files, 'next_entry')?.[0] ?? saved?.[0];
  const hasCfg = GRUB_CFGS.some((path) => files.files.has(path));
  if (others.length === 0 && wanted === undefined && !hasCfg) return startsOf(only);
  const doubt = saved === undefined && others.length > 0 ? undefined : doubtOfSavedEntry(files);
  if (doubt !== undefined) return doubt;
  if (wanted !== undefined) {
    const entry = entries.find(({ id }) => id === wanted);
    return entry === undefined
      ? { doubt: `grubenv wants ${wanted}, which is no entry in ${BOOT_ENTRIES}` }
      : startsOf(entry);
  }
  return saved === undefined && others.length > 0
    ? { doubt: `there are ${entries.length} entries in ${BOOT_ENTRIES}, and which is the default was not read` }
    : // Nothing is saved, and GRUB takes the one that sorts first, by version from the newest on.
      startsOf(entries.reduce((best, each) => (compareReleases(each.id, best.id) === 1 ? each : best), only));
}

function closed(files: BootFiles): string {
  const unread = [BOOT_ENTRIES, ...GRUB_CFGS, '/boot'].flatMap((path) => {
    const why = files.unread.get(path);
    return why === undefined ? [] : [`${path} ${why}`];
  });
  return unread[0] ?? 'no configuration of a boot loader was found';
}

/**
 * Which kernel the boot loader starts next; where its files may not be read, or none was found, the only one that is there. What
 * was read and leaves it open is no such case: it may start what is not in /boot, or no Linux at all.
 */
export function nextKernel(files: BootFiles): NextKernel {
  const installed = files.kernels;
  if (files.staged !== undefined) return { release: undefined, place: '', doubt: files.staged, installed };
  const found = doubtOfUnfollowed(files) ??
    ofSystemdBoot(files) ??
    agreed(ofGrub(files) ?? ofEntries(files), ofExtlinux(files)) ?? { doubt: closed(files), isUnread: true };
  if ('release' in found) return { ...found, installed };
  const [only, ...others] = installed ?? [];
  if (only !== undefined && others.length === 0 && found.isUnread === true && !isBySystemdBoot(files))
    return { release: only, place: `/boot, which holds no other kernel (${found.doubt})`, installed };
  return { release: undefined, place: '', doubt: found.doubt, installed };
}

/** The newest in /boot of the same builder and flavour: what a boot loader takes unless it is told otherwise. */
export function newestOf(installed: readonly string[], like: string): string | undefined {
  const { vendor, flavour } = identifyKernel({ release: like });
  return installed
    .filter((release) => {
      const kernel = identifyKernel({ release });
      return kernel.vendor.id === vendor.id && kernel.flavour === flavour;
    })
    .reduce<string | undefined>(
      (best, release) => (best === undefined || compareReleases(release, best) === 1 ? release : best),
      undefined,
    );
}
