import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackedFolder } from './debian-packages.js';
import { couldNotTest, isRoot } from './shells.js';

/** Debian's own changelog of linux, as one of the packages of its source has it. */
const DEBIAN_CHANGELOGS = ['linux-libc-dev', 'linux-doc', 'linux-perf'].map(
  (name) => `/usr/share/doc/${name}/changelog.Debian.gz`,
);

export function findDebianChangelog(): string | undefined {
  const unpacked = join(unpackedFolder('linux-libc-dev') ?? '/nonexistent', DEBIAN_CHANGELOGS[0] ?? '');
  return [...DEBIAN_CHANGELOGS, unpacked].find(existsSync);
}

const ENTER = isRoot
  ? ['unshare', '-m', '--propagation', 'private']
  : ['unshare', '-U', '-r', '-m', '--propagation', 'private'];
export const canBeAnotherHost =
  spawnSync(ENTER[0] ?? '', [...ENTER.slice(1), 'sh', '-c', 'mount --bind /dev/null /proc/sys/kernel/osrelease'])
    .status === 0;
if (!canBeAnotherHost) couldNotTest('a look at the packages of other hosts (no mount namespace)');

export interface OtherHost {
  /** `uname -r`. */
  readonly release: string;
  /** Files under /usr/share/doc, from a path below it to a file of this machine. */
  readonly doc?: Readonly<Record<string, string>>;
  /** The folder of an rpm database; without it the host is one of dpkg, with this machine's own packages. */
  readonly rpmDb?: string;
  /** Files that are there, empty, below /boot. */
  readonly boot?: readonly string[];
  /** Programs that are not there. */
  readonly without?: readonly string[];
}

/** A command that becomes that host in a mount namespace, and runs `argv` there with the stdin that it is given. */
export function asHost(
  { release, doc = {}, rpmDb, boot = [], without = [] }: OtherHost,
  argv: readonly string[],
  folder: string,
): readonly string[] {
  mkdirSync(join(folder, 'doc'), { recursive: true });
  mkdirSync(join(folder, 'boot'), { recursive: true });
  mkdirSync(join(folder, 'home'), { recursive: true });
  writeFileSync(join(folder, 'osrelease'), `${release}\n`);
  writeFileSync(join(folder, 'nothing'), '');
  for (const file of boot) writeFileSync(join(folder, 'boot', file), '');
  const lines = [
    'set -e',
    `mount --bind ${folder}/osrelease /proc/sys/kernel/osrelease`,
    ...Object.entries(doc).map(
      ([path, file]) =>
        `mkdir -p ${folder}/doc/${path.slice(0, path.lastIndexOf('/'))}; cp ${file} ${folder}/doc/${path}`,
    ),
    `mount --bind ${folder}/doc /usr/share/doc`,
    `mount --bind ${folder}/boot /boot`,
    ...(rpmDb === undefined
      ? []
      : [`mount --bind ${folder}/nothing /var/lib/dpkg/status`, `echo '%_dbpath ${rpmDb}' >${folder}/home/.rpmmacros`]),
    // What cannot be executed is not a command: a file without the mode, over the program and where a link leads.
    ...without.map(
      (name) => `for f in /usr/bin/${name} /bin/${name}; do test ! -e $f || mount --bind ${folder}/nothing $f; done`,
    ),
    `export HOME=${folder}/home`,
    `exec ${argv.map((word) => `'${word}'`).join(' ')}`,
  ];
  return [...ENTER, 'sh', '-c', lines.join('\n')];
}

export interface RpmPackage {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly files: readonly string[];
  /** Newest first; each in the form of a spec: `* Fri Sep 29 2023 A B <a@b.example> - 1-1`, then the lines. */
  readonly changelog: string;
}

export function haveRpmbuild(): boolean {
  const found = spawnSync('rpmbuild', ['--version']).status === 0;
  if (!found) couldNotTest('changelogs of rpm (no rpmbuild)');
  return found;
}

function run(...argv: readonly string[]): void {
  const { status, stderr } = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}

function build(folder: string, { name, version, release, files, changelog }: RpmPackage): void {
  const spec = join(folder, `${name}-${version}-${release}.spec`);
  writeFileSync(
    spec,
    `Name: ${name}\nVersion: ${version}\nRelease: ${release}\nSummary: For a test\nLicense: none\n%description\nFor a test.\n%install\n${files.map((file) => `mkdir -p %{buildroot}${file.slice(0, file.lastIndexOf('/'))}; echo x >%{buildroot}${file}`).join('\n')}\n%files\n${files.join('\n')}\n%changelog\n${changelog}\n`,
  );
  run(
    'rpmbuild',
    '-bb',
    '--quiet',
    '--target',
    'x86_64',
    '--define',
    `_topdir ${folder}`,
    '--define',
    '_build_id_links none',
    '--define',
    'debug_package %{nil}',
    '--define',
    '__strip /bin/true',
    spec,
  );
}

/** A real rpm database with these packages, made of real packages; the files themselves are nowhere. */
export function makeRpmDb(folder: string, packages: readonly RpmPackage[]): string {
  const db = join(folder, 'db');
  mkdirSync(db, { recursive: true });
  for (const one of packages) build(folder, one);
  const built = join(folder, 'RPMS', 'x86_64');
  const names = readdirSync(built).map((file) => join(built, file));
  run('rpm', '--dbpath', db, '--initdb');
  run('rpm', '--dbpath', db, '-i', '--justdb', '--nodeps', '--noscripts', '--force', '--ignorearch', ...names);
  return db;
}

export function scratchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-packages-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
