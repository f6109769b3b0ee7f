import { KERNEL_SYSCTLS, SYSCTL_CONF, SYSCTL_DIRECTORIES, UNIT_DIRECTORY } from '../../facts/boot-files.js';
import { unreadDoubt, type BootDoubt } from './boot-doubt.js';
import type { BootFiles } from './boot-files.js';
import { baseName, filesInOrder, type ConfFile, type ConfTree } from './conf-files.js';
import { expandBraces, globMatches } from './glob.js';

/**
 * Who applies sysctl.d at boot. They read the same files and are two programs: systemd-sysctl keeps one assignment for each
 * key and then writes, `sysctl --system` of procps writes all of them one after the other, /etc/sysctl.conf last.
 *
 * @see systemd's src/sysctl/sysctl.c and src/basic/sysctl-util.c (252), procps' src/sysctl.c (4.0.2)
 */
export type SysctlProgram = 'systemd-sysctl' | 'procps';

/** What is written to a key, and where that is said. */
export interface Write {
  readonly value: string;
  readonly file: string;
  readonly line: number;
  /** The key as it stands there, where that is a pattern. */
  readonly pattern?: string;
}

/** What becomes of one key. */
export interface KeyHistory {
  /** In the order in which they count: the last wins. What the kernel refuses is among them. */
  readonly writes: readonly Write[];
  /** What stands in files and is never written, since the same program takes another in its place. */
  readonly overruled?: readonly Write[];
  /** Why something else may win that could not be read; undefined: nothing can. */
  readonly doubt?: string;
}

interface Option {
  /** `kernel/panic`, or a pattern. */
  readonly key: string;
  /** undefined: patterns must leave the key alone. */
  readonly value: string | undefined;
  readonly file: string;
  readonly line: number;
}

const GLOB = /[*?[]/;

/** The first separator says which is meant: a slash leaves all as it is, a dot swaps dots and slashes. */
function swapped(key: string): string {
  return /[./]/.exec(key)?.[0] === '.' ? key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.')) : key;
}

/** Directories of every kernel's /proc/sys. */
const ROOTS: ReadonlySet<string> = new Set(['debug', 'dev', 'fs', 'kernel', 'net', 'vm']);

/** Of `//` and `/./` one slash is left; procps leaves `kernel/../vm` to the kernel, which follows it where there is a kernel/. */
function simplified(path: string, followsUp: boolean): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (followsUp && part === '..' && parts.length === 1 && ROOTS.has(parts[0] ?? '')) parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}

/** `kernel/panic` of `kernel.panic`. */
function toSysctlPath(name: string): string {
  return simplified(swapped(name), false);
}

type ParseLine = (text: string) => { readonly key: string; readonly value: string | undefined } | undefined;

const parseOfSystemd: ParseLine = (text) => {
  const line = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (line === '' || line.startsWith('#') || line.startsWith(';')) return undefined;
  const equals = line.indexOf('=');
  if (equals < 0 && !line.startsWith('-')) return undefined;
  const key = (equals < 0 ? line : line.slice(0, equals)).replace(/^-/, '').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  return {
    key: toSysctlPath(key),
    value: equals < 0 ? undefined : line.slice(equals + 1).replace(/^[ \t\r\n]+/, ''),
  };
};

function trimmed(part: string): string {
  return part.replace(/[ \t\r\n\v\f]+$/, '');
}

const parseOfProcps: ParseLine = (text) => {
  const line = text.replace(/^[ \t\r\n\v\f]+/, '');
  // The end of the line counts there.
  if (line.length < 1 || line.startsWith('#') || line.startsWith(';')) return undefined;
  const equals = line.indexOf('=');
  if (equals < 0 && !line.startsWith('-')) return undefined;
  const key = trimmed((equals < 0 ? line : line.slice(0, equals)).replace(/^-/, '')).replace(/^-/, '');
  return {
    key: swapped(key),
    value: equals < 0 ? undefined : trimmed(line.slice(equals + 1).replace(/^[ \t\r\n\v\f]+/, '')),
  };
};

const PARSE = { 'systemd-sysctl': parseOfSystemd, procps: parseOfProcps } as const satisfies Record<
  SysctlProgram,
  ParseLine
>;

function optionsOf(program: SysctlProgram, { path, lines }: ConfFile): readonly Option[] {
  return lines.flatMap(({ line, text }) => {
    const parsed = PARSE[program](text);
    return parsed === undefined ? [] : [{ ...parsed, file: path, line }];
  });
}

/** The order in which systemd-sysctl comes to write: an assignment of another value goes to the end, the same one stays. */
function inOrderOfSystemd(options: readonly Option[]): Pick<SysctlPlan, 'options' | 'replaced'> {
  const byKey = new Map<string, Option>();
  const replaced: Option[] = [];
  for (const option of options) {
    const before = byKey.get(option.key);
    if (before !== undefined) replaced.push(before);
    if (before !== undefined && before.value !== option.value) byKey.delete(option.key);
    byKey.set(option.key, option);
  }
  return { options: [...byKey.values()], replaced };
}

/** `unclear`: a pattern that stands for too many. */
function isMatch(path: string, pattern: string, program: SysctlProgram): boolean | 'unclear' {
  if (program === 'procps') return globMatches(path, pattern);
  const patterns = expandBraces(pattern);
  return patterns === undefined ? 'unclear' : patterns.some((each) => globMatches(path, each));
}

/** Everything that is applied, in its order, for one program; read once for all keys. */
export interface SysctlPlan {
  readonly program: SysctlProgram;
  readonly options: readonly Option[];
  /** What another assignment of the same key takes the place of. */
  readonly replaced: readonly Option[];
  readonly files: readonly ConfFile[];
  readonly doubts: readonly string[];
}

/** The files that the program reads, and what it makes of them, before any key is looked at. */
export function planSysctls(program: SysctlProgram, tree: ConfTree): SysctlPlan {
  // systemd passes over names that begin with a dot (FOREACH_DIRENT), procps does not.
  const seen = program === 'procps' ? tree.files : tree.files.filter(({ path }) => !baseName(path).startsWith('.'));
  const inDirectories = filesInOrder({ ...tree, files: seen }, SYSCTL_DIRECTORIES);
  const last = program === 'procps' ? tree.files.filter(({ path }) => path === SYSCTL_CONF) : [];
  const files = [...inDirectories, ...last];
  const options = files.flatMap((file) => optionsOf(program, file));
  const names = (directory: string): readonly string[] =>
    tree.files.flatMap(({ path }) => (path === `${directory}/${baseName(path)}` ? [baseName(path)] : []));
  const inBoth =
    program === 'procps' ? names('/etc/sysctl.d').find((name) => names('/run/sysctl.d').includes(name)) : undefined;
  const odd = inDirectories.find(
    (file) => file.isOdd && seen.some((other) => other !== file && baseName(other.path) === baseName(file.path)),
  );
  return {
    program,
    ...(program === 'procps' ? { options, replaced: [] } : inOrderOfSystemd(options)),
    files,
    doubts: [
      ...tree.unlisted.map(({ path, unread }) => `${path} ${unread}`),
      // procps 4 lets that of /etc win, procps 3.3 that of /run.
      ...(inBoth === undefined
        ? []
        : [`${inBoth} is in /etc/sysctl.d and in /run/sysctl.d, and versions of procps differ in which counts`]),
      ...(odd === undefined
        ? []
        : [`${odd.path} is no file, and whether it hides a file of its name depends on the version of ${program}`]),
    ],
  };
}

/** Units of suse-module-tools that apply the file of the kernel, by which one applies it; of /etc they would be somebody else's. */
const OF_SUSE = [
  [KERNEL_SYSCTLS.modules, `${UNIT_DIRECTORY}/kernel-sysctl.service`],
  [KERNEL_SYSCTLS.boot, `${UNIT_DIRECTORY}/boot-sysctl.service`],
] as const;

/**
 * What the package of SUSE's kernel brings for itself (`sysctl/defaults` of openSUSE/kernel-source) and systemd-sysctl applies by
 * itself before sysctl.d: the file beside the modules, or else the one in /boot.
 *
 * @see kernel-sysctl.service and boot-sysctl.service, suse-module-tools 16.1.6; before d473332 (2021) 50-kernel-uname_r.conf, by which systemd-sysctl.service itself does
 */
export function planSysctlsOfKernel({ files }: BootFiles, release: string | undefined): SysctlPlan | BootDoubt {
  if (release === undefined) return { doubt: "which kernel's sysctl file SUSE applies is not known" };
  for (const [pathOfRelease, unit] of OF_SUSE) {
    const file = files.get(pathOfRelease(release));
    if (file === undefined) continue;
    if (files.has(unit)) return { doubt: `${unit} stands in the place of the unit that applies ${file.path}` };
    if (file.unread !== undefined) return unreadDoubt(file.path, file.unread);
    const program = 'systemd-sysctl';
    return { program, ...inOrderOfSystemd(optionsOf(program, file)), files: [file], doubts: [] };
  }
  return {
    doubt: `the sysctl file of SUSE's kernel (${KERNEL_SYSCTLS.boot(release)}, or sysctl.conf in /usr/lib/modules) was not seen`,
  };
}

function assigns(option: Option): option is Option & { readonly value: string } {
  return option.value !== undefined;
}

/**
 * What is written to a key, in the order that decides.
 *
 * @param name as the kernel has it, e.g. `kernel.panic`
 */
export function historyOfSysctl({ program, options, replaced, files, doubts }: SysctlPlan, name: string): KeyHistory {
  const path = toSysctlPath(name);
  // procps compares what the pattern found with the key as it was written.
  const isExplicit = options.some(({ key }) => key === path && (program === 'procps' || !GLOB.test(key)));
  let unclear: Option | undefined;
  const overruled: Write[] = replaced
    .filter(assigns)
    .flatMap(({ key, value, file, line }) => (key === path ? [{ value, file, line }] : []));
  const writes = options.filter(assigns).flatMap((option): readonly Write[] => {
    const { key, value, file, line } = option;
    if (!GLOB.test(key)) return simplified(key, program === 'procps') === path ? [{ value, file, line }] : [];
    const matches = isMatch(path, key, program);
    if (isExplicit) {
      if (matches === true) overruled.push({ value, file, line, pattern: key });
      return [];
    }
    if (matches === 'unclear') unclear ??= option;
    return matches === true ? [{ value, file, line, pattern: key }] : [];
  });
  const winner = writes.at(-1);
  const from =
    winner === undefined || winner.pattern !== undefined ? 0 : files.findIndex((file) => file.path === winner.file);
  const unread = files.slice(from).find((file) => file.unread !== undefined);
  const doubt =
    doubts[0] ??
    (unread === undefined ? undefined : `${unread.path} ${unread.unread}`) ??
    (unclear === undefined ? undefined : `${unclear.file}:${unclear.line} is a pattern that stands for too many keys`);
  return {
    writes,
    ...(overruled.length === 0 ? {} : { overruled }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}
