import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was downloaded for the tests and is installed nowhere. Kept from one run to the next. */
export const CACHE = join(process.cwd(), 'node_modules', '.cache', 'kernward-test');

const FIVE_MINUTES_MS = 300_000;

/** What makes apt speak of another release: see `aptOf`. */
type Apt = Readonly<Record<string, string>>;

/**
 * Where apt keeps what it has read of the lists of packages. In Debian's images for containers /etc/apt/apt.conf.d/docker-clean
 * tells it to keep nothing, and then each call reads the lists anew, for half a second of CPU.
 * @see apt.conf(5): options of the command line come after all files
 */
const KEEPING = [`Dir::Cache=${join(CACHE, 'apt')}`, 'Dir::Cache::pkgcache=pkgcache.bin', 'Dir::Cache::srcpkgcache='];

/** The options for a call of apt; another release has a folder of its own. */
function aptOptions(apt: Apt): readonly string[] {
  mkdirSync(join(CACHE, 'apt', 'archives', 'partial'), { recursive: true });
  const keeping = Object.keys(apt).length === 0 ? KEEPING : KEEPING.slice(1);
  return keeping.flatMap((option) => ['-o', option]);
}

function succeeds(command: string, args: readonly string[], cwd = '/', apt: Apt = {}): boolean {
  const env = { ...process.env, ...apt };
  return spawnSync(command, args, { cwd, env, stdio: 'ignore', timeout: FIVE_MINUTES_MS }).status === 0;
}

/** The folder of a package that the set-up has unpacked; undefined: it has not. */
export function unpackedFolder(name: string): string | undefined {
  const folder = join(CACHE, name);
  return existsSync(folder) ? folder : undefined;
}

/** The packages that those of these names cannot do without, one step far. */
export function dependenciesOf(names: readonly string[], apt: Apt = {}): readonly string[] {
  if (names.length === 0) return [];
  const { stdout } = spawnSync('apt-cache', [...aptOptions(apt), 'depends', '--important', ...names], {
    encoding: 'utf8',
    env: { ...process.env, ...apt },
  });
  return [...(stdout ?? '').matchAll(/^ [ |](?:Pre)?Depends: ([^<\s]+)$/gmu)].map(([, found = '']) => found);
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}', name], { encoding: 'utf8' });
  return (stdout ?? '').startsWith('ii');
}

/** Downloads packages and unpacks them into a folder that is there. */
export function extract(names: readonly string[], into: string, apt: Apt = {}): void {
  const scratch = mkdtempSync(join(tmpdir(), 'kernward-package-'));
  try {
    if (!succeeds('apt-get', [...aptOptions(apt), 'download', '-q', ...names], scratch, apt))
      throw new Error(`apt-get could not download ${names.join(' ')}`);
    for (const file of readdirSync(scratch))
      if (!succeeds('dpkg-deb', ['--extract', join(scratch, file), into]))
        throw new Error(`${file} of Debian's could not be unpacked`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Where the libraries of an unpacked package are. */
function libraryFolders(folder: string): readonly string[] {
  return ['lib', 'usr/lib'].flatMap((name) => {
    const here = join(folder, name);
    if (!existsSync(here)) return [];
    const byArchitecture = readdirSync(here).filter((entry) => entry.endsWith('-linux-gnu'));
    return [here, ...byArchitecture.map((entry) => join(here, entry))];
  });
}

interface Linked {
  /** The files of libraries, of this machine or of the folder. */
  readonly found: readonly string[];
  /** The names of those that are nowhere. */
  readonly missing: readonly string[];
}

function linkedWith(program: string, folder?: string): Linked {
  const path = folder === undefined ? [] : libraryFolders(folder);
  const { stdout } = spawnSync('ldd', [program], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', ...(path.length > 0 && { LD_LIBRARY_PATH: path.join(':') }) },
  });
  const lines = (stdout ?? '').split('\n').map((line) => line.trim());
  return {
    // `name => file (address)`, or `file (address)` of the loader.
    found: lines.flatMap((line) => /(?:^|=> )(?<file>\/\S+) \(0x/u.exec(line)?.groups?.['file'] ?? []),
    missing: lines.flatMap((line) => /^(?<name>\S+) => not found$/u.exec(line)?.groups?.['name'] ?? []),
  };
}

export interface Library {
  readonly file: string;
  /** Where the loader looks for it when the program runs. */
  readonly runsAs: string;
}

/**
 * What a program is linked with, through all its libraries, out of this machine and of the folder that it was unpacked in.
 *
 * @param debianPackage whose program it is, for the message
 * @throws where a library is missing, with its name and the package's
 */
export function librariesOf(program: string, debianPackage: string, folder?: string): readonly Library[] {
  const { found, missing } = linkedWith(program, folder);
  if (missing.length > 0)
    throw new Error(
      `${program} of the Debian package ${debianPackage} is linked with ${missing.join(', ')}, which neither this machine nor what was unpacked has`,
    );
  return found.map((file) => ({
    file,
    runsAs: folder !== undefined && file.startsWith(`${folder}/`) ? file.slice(folder.length) : file,
  }));
}

/** Fills a folder of what is kept where that was not done yet; what has begun and did not end leaves nothing. */
export function fillOnce(name: string, isWhole: (folder: string) => boolean, fill: (folder: string) => void): string {
  const folder = join(CACHE, name);
  if (existsSync(folder) && isWhole(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const half = mkdtempSync(join(CACHE, 'half-'));
  try {
    fill(half);
    rmSync(folder, { recursive: true, force: true });
    renameSync(half, folder);
  } catch (error) {
    // Another run of the tests may have been faster.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

export function unpack(name: string): string {
  return fillOnce(
    name,
    () => true,
    (folder) => extract([name], folder),
  );
}

/**
 * Unpacks a package and, into the same folder, whatever it depends on and this machine has not installed, until a program of
 * it finds every library that it is linked with.
 */
export function unpackWithLibraries(name: string, program: string): string {
  const lacking = (folder: string): readonly string[] => linkedWith(join(folder, program), folder).missing;
  return fillOnce(
    name,
    (folder) => lacking(folder).length === 0,
    (folder) => {
      extract([name], folder);
      const seen = new Set([name]);
      let step: readonly string[] = [name];
      while (lacking(folder).length > 0) {
        step = [...new Set(dependenciesOf(step))].filter((found) => !seen.has(found) && !isInstalled(found));
        if (step.length === 0)
          throw new Error(
            `${program} of the Debian package ${name} is linked with ${lacking(folder).join(', ')}, which no package has that it depends on`,
          );
        for (const found of step) seen.add(found);
        extract(step, folder);
      }
    },
  );
}
