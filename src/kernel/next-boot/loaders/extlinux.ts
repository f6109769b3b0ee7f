import { EXTLINUX_CONFS, EXTLINUX_DIRECTORIES } from '../../../facts/boot-files.js';
import { append } from '../../../text/append.js';
import type { BootFiles } from '../boot-files.js';
import type { ConfFile, ConfLine } from '../conf-files.js';
import { unreadDoubt, type BootDoubt } from '../boot-doubt.js';

/** What one label starts. */
export interface ExtlinuxEntry {
  readonly kernel: string;
  readonly parameters: string;
  /** `/boot/extlinux/extlinux.conf:7`. */
  readonly place: string;
}

/** `6.1.0-50-amd64` of `/boot/vmlinuz-6.1.0-50-amd64`. */
export function releaseOf(path: string): string | undefined {
  return /(?:^|\/)(?:vmlinu[xz]|[Ii]mage)-(\d[^/]*)$/.exec(path)?.[1];
}

/** `6.1.0-9` of `/token/6.1.0-9/linux`, and of `/token/6.1.0-9/linux-HASH` (kernel-install(8); sdbootutil of openSUSE). */
const IN_FOLDER = /(?:^|\/)(\d+\.\d[^/]*)\/(?:linux|vmlinu[xz])(?:-[0-9a-f]+)?$/;

/** Has the path of a kernel the version for a part, or behind a dash? */
export function isNamedBy(linux: string, version: string): boolean {
  return linux.split('/').some((part) => part === version || part.endsWith(`-${version}`));
}

/**
 * The release of what an entry of the Boot Loader Specification starts. What it starts says it: `version` is for people, and is
 * the number of the deployment with ostree, and says `-debug` once more in entries of kernels for debugging.
 *
 * @see install_deployment_kernel() in ostree-sysroot-deploy.c, ostree 46204655 (2026.4); generate_bls_conf.sh of RHEL 8 and Oracle Linux 8
 * @param linux undefined: readings of before do not tell it
 */
export function releaseOfEntry(version: string | undefined, linux: string | undefined): string | undefined {
  const inPath = linux === undefined ? undefined : (releaseOf(linux) ?? IN_FOLDER.exec(linux)?.[1]);
  if (inPath !== undefined || version === undefined || !/^\d+\.\d/.test(version)) return inPath;
  return linux === undefined || isNamedBy(linux, version) ? version : undefined;
}

type Read = readonly (ConfLine & { readonly path: string })[];

const MOST_FILES = 16;

/** The lines of a file with those of the files that it includes in their place; a name is below the file's own folder. */
function linesOf(files: BootFiles, file: ConfFile, depth = 0): Read | BootDoubt {
  if (file.unread !== undefined) return unreadDoubt(file.path, file.unread);
  const all: (ConfLine & { path: string })[] = [];
  for (const { line, text } of file.lines) {
    const included = /^include (\S+)/.exec(text)?.[1];
    if (included === undefined) {
      all.push({ path: file.path, line, text });
      continue;
    }
    const folder = file.path.slice(0, file.path.lastIndexOf('/'));
    const other = files.files.get(included.startsWith('/') ? `/boot${included}` : `${folder}/${included}`);
    if (other === undefined || depth >= MOST_FILES)
      return { doubt: `${file.path}:${line} includes ${included}, which was not read` };
    const within = linesOf(files, other, depth + 1);
    if ('doubt' in within) return within;
    append(all, within);
  }
  return all;
}

interface Label {
  readonly name: string;
  isMenuDefault: boolean;
  kernel?: string;
  append?: string;
  place: string;
  /** Something other than a Linux kernel starts. */
  isOther: boolean;
}

/**
 * The label that extlinux or syslinux, or U-Boot with their file, starts by itself: `default`, or the one that `menu default` marks.
 *
 * @see parse_label_menu() and label_create() in boot/pxe_utils.c, U-Boot 2023.01; https://wiki.syslinux.org/wiki/index.php?title=Config, https://docs.u-boot.org/en/latest/develop/distro.html
 * @returns undefined where there is no such file
 */
export function defaultOfExtlinux(files: BootFiles): ExtlinuxEntry | BootDoubt | undefined {
  for (const path of EXTLINUX_DIRECTORIES) {
    const why = files.unread.get(path);
    if (why !== undefined && why !== 'is on a file system that is not known to be local, and was not looked at')
      return unreadDoubt(path, why);
  }
  const found = EXTLINUX_CONFS.flatMap((path) => files.files.get(path) ?? []);
  const [file, another] = found;
  if (file === undefined) return undefined;
  if (another !== undefined) return { doubt: `${file.path} and ${another.path} are both there` };
  const lines = linesOf(files, file);
  if ('doubt' in lines) return lines;
  const labels: Label[] = [];
  let wanted: string | undefined;
  for (const { path, line, text } of lines) {
    const [word = '', ...rest] = text.split(' ');
    const argument = rest.join(' ');
    const label = labels.at(-1);
    if (argument === '?' && word !== 'append') return { doubt: `${path}:${line} is not understood` };
    if (word === 'default') wanted = argument;
    else if (word === 'label')
      labels.push({ name: argument, isMenuDefault: false, place: `${path}:${line}`, isOther: false });
    else if (word === 'ontimeout') return { doubt: `${path}:${line} starts another where nobody chooses` };
    else if (word === 'ui' || word === 'fdt' || word === 'allowoptions') continue;
    else if (label === undefined) return { doubt: `${path}:${line} stands before the first label` };
    else if (word === 'menu') label.isMenuDefault = true;
    else if (word === 'linux' || word === 'kernel') {
      label.kernel = argument;
      label.place = `${path}:${line}`;
    } else if (word === 'append') label.append = argument;
    else label.isOther = true;
  }
  const marked = labels.filter(({ isMenuDefault }) => isMenuDefault);
  const named = labels.filter(({ name }) => name === wanted);
  // An unknown name is taken as a kernel.
  if (wanted !== undefined && named.length === 0)
    return { doubt: `${file.path} does not say which label is the default: it has no ${wanted}` };
  const [only] = labels.length === 1 ? labels : marked.length > 0 ? marked : named;
  if (only === undefined || marked.length > 1 || named.length > 1 || (marked[0] && named[0] && marked[0] !== named[0]))
    return { doubt: `${file.path} does not say which label is the default` };
  // U-Boot goes by the name of the one that is marked, and takes the last that has it.
  if (labels.some((label) => label !== only && label.name === only.name))
    return { doubt: `${file.path} has two labels ${only.name}` };
  if (only.isOther || only.kernel === undefined)
    return { doubt: `the default of ${file.path} is no kernel: ${only.name}` };
  return { kernel: only.kernel, parameters: only.append ?? '', place: only.place };
}
