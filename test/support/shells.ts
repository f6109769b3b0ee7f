import { existsSync } from 'node:fs';

/** A shell that the probe must work under: how to start it so that it reads a script from stdin. */
export interface Shell {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly debianPackage: string;
}

const SHELLS: readonly Shell[] = [
  { name: 'dash', argv: ['dash', '-s'], debianPackage: 'dash' },
  { name: 'bash', argv: ['bash', '-s'], debianPackage: 'bash' },
  { name: 'bash --posix', argv: ['bash', '--posix', '-s'], debianPackage: 'bash' },
  { name: 'busybox ash', argv: ['busybox', 'ash', '-s'], debianPackage: 'busybox' },
  { name: 'mksh', argv: ['mksh', '-s'], debianPackage: 'mksh' },
  { name: 'ksh93', argv: ['ksh93', '-s'], debianPackage: 'ksh93u+m' },
];

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Where a program is; undefined when it is nowhere. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
}

export const isRoot = process.getuid?.() === 0;

/** In CI nothing may be left out. */
export const mustHaveAll = process.env['CI'] === 'true';

/** The shells of this machine, and those that it does not have. */
export function shellsHere(): { readonly shells: readonly Shell[]; readonly missing: readonly Shell[] } {
  const isThere = ({ argv }: Shell): boolean => findProgram(argv[0]) !== undefined;
  return { shells: SHELLS.filter(isThere), missing: SHELLS.filter((shell) => !isThere(shell)) };
}

/** Says loudly what could not be tested on this machine; in CI that is a failure, unless CI cannot help it. */
export function couldNotTest(what: string, canBeHelped = true): void {
  if (mustHaveAll && canBeHelped) throw new Error(`CI must test this, and this machine cannot: ${what}`);
  console.error(`\n*** NOT TESTED on this machine: ${what}\n`);
}
