import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CACHE } from './debian-packages.js';
import { couldNotTest } from './shells.js';
import { within } from './within.js';

/** OASIS publishes the schema without a licence under which it could be kept here; Microsoft's package (MIT) carries it. */
export const PACKAGE_WITH_SARIF_SCHEMA = '@microsoft/jest-sarif@1.0.0-beta.0';
const MEMBER = 'package/lib/schemas/sarif-2.1.0-rtm.5.json';
const SHA256 = '2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8';
const FILE = join(CACHE, 'sarif-2.1.0.json');

export function keptSarifSchema(): string | undefined {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return undefined;
  }
}

function fetched(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-sarif-'));
  try {
    const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder, PACKAGE_WITH_SARIF_SCHEMA], {
      encoding: 'utf8',
      timeout: within(120_000),
    });
    const file = packed.stdout.trim().split('\n').at(-1) ?? '';
    if (packed.status !== 0 || file === '') return undefined;
    const { status, stdout } = spawnSync('tar', ['-xzOf', join(folder, file), MEMBER], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    return status === 0 ? stdout : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For the set-up of the tests, by the package's name. */
export function fetchSarifSchema(): boolean {
  const text = fetched();
  if (text === undefined) return false;
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, text);
  return true;
}

/**
 * The official JSON schema of SARIF 2.1.0, known by its digest.
 *
 * @returns undefined where the set-up could not have it; then it has said so, and with CI=true it throws
 */
export function sarifSchema(): string | undefined {
  const text = keptSarifSchema();
  if (text === undefined) {
    couldNotTest(`SARIF against the official schema (npm pack ${PACKAGE_WITH_SARIF_SCHEMA} did not work)`);
    return undefined;
  }
  if (createHash('sha256').update(text).digest('hex') !== SHA256)
    throw new Error(`${PACKAGE_WITH_SARIF_SCHEMA} does not hold the schema that it held`);
  return text;
}
