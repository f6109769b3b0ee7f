import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errorText } from '../../src/transports/error-detail.js';
import { CACHE } from './debian-packages.js';
import { within } from './within.js';

const execute = promisify(execFile);

/** A file that the tests need of an npm package, which is no dependency: downloaded by name, and kept from one run to the next. */
export interface FromNpm {
  /** `name@version`. */
  readonly package: string;
  /** Its path in the package. */
  readonly member: string;
  /** Its path below the folder of what is kept. */
  readonly keptAs: string;
}

/** Where it is; undefined: the set-up could not have it. */
export function keptOfNpm({ keptAs }: FromNpm): string | undefined {
  const file = join(CACHE, keptAs);
  return existsSync(file) ? file : undefined;
}

/** @returns the archives that npm has put into the folder, in the order of the packages */
async function pack(packages: readonly string[], folder: string): Promise<readonly string[]> {
  const args = ['pack', '--silent', '--pack-destination', folder, ...packages];
  const { stdout } = await execute('npm', args, { timeout: within(300_000) });
  const archives = stdout.trim().split('\n').slice(-packages.length);
  if (archives.length < packages.length) throw new Error(`npm did not pack ${packages.join(' and ')}`);
  return archives.map((name) => join(folder, name));
}

async function keep({ member, keptAs }: FromNpm, archive: string, folder: string): Promise<void> {
  await execute('tar', ['-xzf', archive, '-C', folder, `package/${member}`], { timeout: within(300_000) });
  const [from, to] = [join(folder, 'package', member), join(CACHE, keptAs)];
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

/**
 * Fetches what is not here: all by one npm, which begins slowly, and each by itself where one of them is not to be had.
 *
 * @returns for each that could not be had why, or nothing
 */
export async function fetchOfNpm(all: readonly FromNpm[]): Promise<ReadonlyMap<FromNpm, string>> {
  const wanted = all.filter((each) => keptOfNpm(each) === undefined);
  if (wanted.length === 0) return new Map();
  mkdirSync(CACHE, { recursive: true });
  const fetchAll = async (some: readonly FromNpm[]): Promise<void> => {
    const folder = mkdtempSync(join(CACHE, 'half-'));
    try {
      const archives = await pack(
        some.map((each) => each.package),
        folder,
      );
      for (const [index, each] of some.entries()) await keep(each, archives[index] ?? '', folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    await fetchAll(wanted);
    return new Map();
  } catch {
    const lacking = new Map<FromNpm, string>();
    for (const each of wanted.filter((one) => keptOfNpm(one) === undefined))
      await fetchAll([each]).catch((error: unknown) => lacking.set(each, errorText(error)));
    return lacking;
  }
}
