import {
  PACKAGED_UNITS,
  UDEV_DIRECTORIES,
  UNIT_DIRECTORY,
  MODPROBE_DIRECTORIES,
  SYSCTL_CONF,
  SYSCTL_DIRECTORIES,
  SYSFS_DIRECTORY,
  TMPFILES_DIRECTORIES,
} from '../../facts/boot-files.js';
import type { ConfFile, ConfLine, ConfTree } from './conf-files.js';
import type { SysctlProgram } from './sysctl-d.js';

/** What the probe found of what the next boot reads. */
export interface BootFiles {
  /** undefined: it is not known who applies sysctl.d. */
  readonly program: SysctlProgram | undefined;
  readonly hasSystemd: boolean;
  /** What will stand in the place of all that was read, /usr and the kernel among it; undefined: nothing does. */
  readonly staged: string | undefined;
  /** Directories of which what is written to them is kept in memory. */
  readonly volatile: readonly string[];
  readonly enabled: ReadonlySet<string>;
  /** Files that were written after what belongs to them. */
  readonly newer: ReadonlySet<string>;
  /** Names that were looked for in sysctl.d, tuned and scripts beside those of the catalogue. */
  readonly asked: ReadonlySet<string>;
  readonly sysctls: ConfTree;
  readonly tmpfiles: ConfTree;
  readonly modprobe: ConfTree;
  readonly udev: ConfTree;
  /** The name of the machine, where something that is read goes by it. */
  readonly node: string | undefined;
  /** Variables of the firmware that a boot loader has left, by name: they are not read. */
  readonly firmware: ReadonlySet<string>;
  /** Directories with images that hold kernel and command line in one. */
  readonly unified: ReadonlySet<string>;
  /** Files of boot loaders that are not followed. */
  readonly loaders: readonly string[];
  /** Modules that were loaded, of those that are asked for; what is in /sys/module beside them is part of the kernel. */
  readonly loaded: ReadonlySet<string> | undefined;
  /** Kernels in /boot by their release, rescue images not; undefined: it was not listed. */
  readonly kernels: readonly string[] | undefined;
  /** Every file of which something is known, by its path. */
  readonly files: ReadonlyMap<string, ConfFile>;
  /** Why a file or directory could not be read, by its path. */
  readonly unread: ReadonlyMap<string, string>;
}

const WHY: Readonly<Record<string, string>> = {
  cut: 'was not read to its end',
  denied: 'may not be read',
  remote: 'is on a file system that is not known to be local, and was not looked at',
  strange: 'holds a file of a name that was not read',
  many: 'holds too many files to be read',
};

/** Copies that somebody keeps, and images for rescue. */
const NO_KERNEL = /rescue|\.(?:old|bak|orig|save|rpmsave|rpmnew|dpkg-[a-z]+|sig|signed|hmac)$/;

const IN_DIRECTORY = new Set(['strange', 'many']);

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

interface Growing {
  readonly path: string;
  readonly lines: ConfLine[];
  unread?: string;
  isOdd?: true;
}

function treeOf(
  files: ReadonlyMap<string, ConfFile>,
  unread: ReadonlyMap<string, string>,
  directories: readonly string[],
  more: readonly string[] = [],
): ConfTree {
  return {
    files: [...files.values()].filter(({ path }) => directories.includes(parentOf(path)) || more.includes(path)),
    unlisted: directories.flatMap((path) => {
      const why = unread.get(path);
      return why === undefined ? [] : [{ path, unread: why }];
    }),
  };
}

/** @param told the value of `next_boot.files` */
export function readBootFiles(told: readonly string[]): BootFiles {
  const files = new Map<string, Growing>();
  const unread = new Map<string, string>();
  const words = new Set<string>();
  const enabled = new Set<string>();
  const newer = new Set<string>();
  const asked = new Set<string>();
  const kernels: string[] = [];
  const unified = new Set<string>();
  const firmware = new Set<string>();
  const loaders: string[] = [];
  let loaded: ReadonlySet<string> | undefined;
  let node: string | undefined;
  let staged: string | undefined;
  const volatile: string[] = [];
  let isListed = false;
  const fileAt = (path: string): Growing => {
    const file = files.get(path) ?? { path, lines: [] };
    files.set(path, file);
    return file;
  };
  for (const line of told) {
    const content = /^(\/[^:]*):(\d+):([\s\S]*)$/.exec(line);
    if (content !== null) {
      fileAt(content[1] ?? '').lines.push({ line: Number(content[2]), text: content[3] ?? '' });
      continue;
    }
    const space = line.indexOf(' ');
    const [word, path] = [line.slice(0, space < 0 ? undefined : space), line.slice(space + 1)];
    if (word === 'enabled') enabled.add(path);
    else if (word === 'asked') for (const name of path.split(' ')) asked.add(name);
    else if (word === 'newer') newer.add(path);
    else if (word === 'volatile') volatile.push(path);
    else if (word === 'kernel') kernels.push(path);
    else if (word === 'node') node = path;
    else if (word === 'staged') staged = `${path} is there: what boots next takes the place of what was read`;
    else if (word === 'unified') unified.add(path);
    else if (word === 'firmware') firmware.add(path);
    else if (word === 'loader') loaders.push(path);
    else if (word === 'loaded') loaded = new Set(space < 0 ? [] : path.split(' '));
    else if (word === 'listed') isListed = true;
    else if (!path.startsWith('/')) words.add(line);
    else if (word === 'file' || word === 'null') fileAt(path);
    else if (word === 'odd') fileAt(path).isOdd = true;
    else {
      const why = WHY[word] ?? 'was not read';
      unread.set(path, why);
      if (!IN_DIRECTORY.has(word)) fileAt(path).unread = why;
    }
  }
  if (volatile.includes('/'))
    staged ??= '/ is kept in memory, or what is written to it is: what boots next takes the place of what was read';
  // A directory is no file of the one above it.
  for (const directory of [
    ...SYSCTL_DIRECTORIES,
    ...TMPFILES_DIRECTORIES,
    ...MODPROBE_DIRECTORIES,
    ...UDEV_DIRECTORIES,
    SYSFS_DIRECTORY,
    UNIT_DIRECTORY,
    ...PACKAGED_UNITS,
  ])
    files.delete(directory);
  const hasSystemd = words.has('systemd');
  return {
    program: !hasSystemd
      ? words.has('program procps')
        ? 'procps'
        : undefined
      : words.has('program systemd-sysctl') && !words.has('masked systemd-sysctl')
        ? 'systemd-sysctl'
        : undefined,
    hasSystemd,
    staged,
    volatile,
    enabled,
    newer,
    asked,
    kernels: isListed ? kernels.filter((release) => !NO_KERNEL.test(release)) : undefined,
    sysctls: treeOf(files, unread, SYSCTL_DIRECTORIES, [SYSCTL_CONF]),
    // Packages bring them to hosts on which nobody reads them.
    tmpfiles: hasSystemd ? treeOf(files, unread, TMPFILES_DIRECTORIES) : { files: [], unlisted: [] },
    modprobe: treeOf(files, unread, MODPROBE_DIRECTORIES),
    udev: treeOf(files, unread, UDEV_DIRECTORIES),
    loaders,
    loaded,
    node,
    firmware,
    unified,
    files,
    unread,
  };
}
