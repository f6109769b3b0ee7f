/** What a policy's author may have read on a host: everything else is refused when the policy is loaded. */

import {
  ALLOWED_SYSFS,
  REFUSED,
  SECRET_FOLDERS,
  SECRET_NAMES,
  SECRET_WAY,
  SECRET_WORD,
  SYSCTL_ROOTS,
} from './readable-paths.js';

/** A plain path in which a star stands for any run of characters within one part; nothing in it means anything to a shell. */
const PART = /^[A-Za-z0-9_+@*-][A-Za-z0-9_.+@*-]*$/;
const MAX_PATH = 200;
/** Parts that have a star, and stars in one of them. */
const MAX_STARS = 2;

const SYSFS_SHAPES = ALLOWED_SYSFS.flatMap(expand).map(partsOf);

function expand(text: string): readonly string[] {
  const [, before, words, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(text) ?? [];
  return words === undefined
    ? [text]
    : words.split(',').flatMap((word) => expand(`${before ?? ''}${word}${after ?? ''}`));
}

/** Whether some text is matched by both wildcards: a row for each letter of one, so that no pattern takes long. */
function mayMeet(a: string, b: string): boolean {
  if (!a.includes('*') && !b.includes('*')) return a === b;
  // Whether what was read of `a` may meet the first letters of `b`, by how many.
  let row = Array.from({ length: b.length + 1 }, (_, length) => /^\**$/.test(b.slice(0, length)));
  for (const letter of a) {
    const next: boolean[] = [];
    for (let length = 0; length <= b.length; length++) {
      const other = b[length - 1];
      const before = next[length - 1] ?? false;
      next.push(
        letter === '*' || other === '*'
          ? before || (row[length] ?? false)
          : letter === other && (row[length - 1] ?? false),
      );
    }
    row = next;
  }
  return row.at(-1) ?? false;
}

function partsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function partsMeet(mine: readonly string[], theirs: readonly string[]): boolean {
  return theirs.every((part, index) => mayMeet(mine[index] ?? '', part));
}

/** Whether two paths or patterns may name the same file. */
export function meets(path: string, other: string): boolean {
  const [mine, theirs] = [partsOf(path), partsOf(other)];
  return mine.length === theirs.length && partsMeet(mine, theirs);
}

/** What is refused, each with the parts of its path: a policy may name many thousand. */
const REFUSED_PARTS = REFUSED.map((each) => ({ ...each, parts: partsOf(each.path) }));

/** What is never read and what the path or pattern may name, or be below; undefined: nothing. */
function neverReadOf(path: string): (typeof REFUSED)[number] | undefined {
  const mine = partsOf(path);
  return REFUSED_PARTS.find(({ parts }) => mine.length >= parts.length && partsMeet(mine, parts));
}

function isCovered(mine: readonly string[], allowed: readonly string[]): boolean {
  return mine.length === allowed.length && allowed.every((part, index) => part === '*' || part === mine[index]);
}

interface Objection {
  readonly message: string;
  readonly help: string;
  /** It may be read where whoever runs kernward allows it. */
  readonly needsLeave?: string;
}

const ROOTS =
  'what may be read: /proc/sys, the attributes of /sys that docs/reference/declared-facts.md lists, and, with --allow-read, files below /etc';

function plainness(path: string): Objection | undefined {
  const parts = partsOf(path);
  if (path.length > MAX_PATH || !path.startsWith('/') || !parts.every((part) => PART.test(part)))
    return {
      message: `${JSON.stringify(path.slice(0, MAX_PATH))} is no plain path`,
      help: 'an absolute path of letters, digits and _ . + @ -, with * for any part of a name; nothing begins with a dot. A colon ends the name of a file in what is read, so that a name with one cannot be told',
    };
  if (parts.filter((part) => part.includes('*')).length > MAX_STARS)
    return { message: `${path} has stars in more than ${MAX_STARS} parts`, help: 'name the others' };
  if (parts.some((part) => part.includes('**') || part.split('*').length - 1 > MAX_STARS))
    return {
      message: `${path} has more than ${MAX_STARS} stars in one part, or two side by side`,
      help: 'one star stands for any run of letters within a part: *NAME* finds NAME anywhere in it',
    };
  return undefined;
}

function inSysctls(path: string): Objection | undefined {
  const [, , root = ''] = partsOf(path);
  if (SYSCTL_ROOTS.includes(root)) return undefined;
  return {
    message: `${path} is not in a directory of /proc/sys that the kernel makes by itself`,
    help: `these are ${SYSCTL_ROOTS.join(', ')}`,
  };
}

function inSysfs(path: string): Objection | undefined {
  const [, parameter] = /^\/sys\/module\/[^/]+\/parameters\/([^/]+)$/.exec(path) ?? [];
  if (parameter?.includes('*') === true)
    return {
      message: `${path} may name a parameter that holds a secret`,
      help: 'name the parameter: a star may stand for the module',
    };
  if (parameter !== undefined && SECRET_WORD.test(parameter))
    return { message: `the parameter ${parameter} may hold a secret, and never leaves a host`, help: ROOTS };
  const parts = partsOf(path);
  return SYSFS_SHAPES.some((shape) => isCovered(parts, shape))
    ? undefined
    : {
        message: `${path} is not among the attributes of /sys that are known to be read without harm`,
        help: ROOTS,
      };
}

function inEtc(path: string, allowed: readonly string[] | 'any'): Objection | undefined {
  const parts = partsOf(path);
  const folders = parts.slice(0, -1);
  const name = parts.at(-1) ?? '';
  if (
    parts.some((part) => SECRET_FOLDERS.includes(part.toLowerCase())) ||
    SECRET_NAMES.some((pattern) => isNamed(name, pattern))
  )
    return { message: `${path} may hold a secret, and is never read`, help: ROOTS };
  if (folders.some((folder) => folder.includes('*')))
    return {
      message: `${path} has a star in the name of a folder`,
      help: 'below /etc a star may only stand in the last part',
    };
  const folder = `/${folders.join('/')}`;
  if (allowed === 'any' || allowed.some((each) => path === each || folder === each || folder.startsWith(`${each}/`)))
    return undefined;
  return {
    message: `${path} is below /etc, and this run does not allow it to be read`,
    help: `whoever runs kernward allows it: --allow-read ${path.includes('*') || folders.length > 1 ? folder : path}`,
    needsLeave: folder,
  };
}

/** A name without a star that the pattern matches; one with a star is looked at on the host, name by name. */
function isNamed(name: string, pattern: string): boolean {
  return name.includes('*')
    ? name.replaceAll('*', '') !== '' && isNamed(name.replaceAll('*', ''), pattern)
    : mayMeet(name.toLowerCase(), pattern);
}

/**
 * Why a path may not be read; undefined where it may.
 *
 * @param allowed folders and files below /etc that this run allows; `any` where nothing is read of a host
 */
export function objectionTo(path: string, allowed: readonly string[] | 'any'): Objection | undefined {
  const unlikely = plainness(path);
  if (unlikely !== undefined) return unlikely;
  const refused = neverReadOf(path);
  if (refused !== undefined)
    return { message: `${path} is not read: ${refused.why}`, help: `known from ${refused.source}` };
  if (path.startsWith('/proc/sys/')) return inSysctls(path);
  if (path.startsWith('/sys/')) return inSysfs(path);
  if (path.startsWith('/etc/')) return inEtc(path, allowed);
  return { message: `${path} is not read`, help: ROOTS };
}

/** Why a boot parameter may not leave the host; undefined where it may. */
export function objectionToParameter(name: string): Objection | undefined {
  if (!/^[A-Za-z0-9_.]{1,64}$/.test(name))
    return {
      message: `${JSON.stringify(name.slice(0, 64))} is no name of a boot parameter`,
      help: 'letters, digits, _ and .; a dash is written _, as the kernel reads it',
    };
  return SECRET_WORD.test(name) || SECRET_WAY.test(name)
    ? { message: `the boot parameter ${name} may hold a secret, and never leaves a host`, help: ROOTS }
    : undefined;
}

/** Why an option of the kernel's build may not leave the host; undefined where it may. */
export function objectionToOption(name: string): Objection | undefined {
  return name.endsWith('CMDLINE')
    ? {
        message: `${name} is a whole command line, may hold a secret, and never leaves a host`,
        help: 'cmdline.NAME and boot.NAME read one parameter of the command line that the kernel was started with',
      }
    : undefined;
}

/** What `--allow-read` takes: a plain path below /etc. */
export function isReadable(path: string): boolean {
  return /^\/etc(?:\/|$)/.test(path) && plainness(path) === undefined && !path.includes('*');
}
