import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** OASIS publishes the schema without a licence under which it could be kept here; Microsoft's package (MIT) carries it. */
const PACKAGE = '@microsoft/jest-sarif@1.0.0-beta.0';
const MEMBER = 'package/lib/schemas/sarif-2.1.0-rtm.5.json';
const SHA256 = '2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8';
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'kernward-test', 'sarif-2.1.0.json');

function kept(): string | undefined {
  try {
    return readFileSync(CACHE, 'utf8');
  } catch {
    return undefined;
  }
}

function fetched(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-sarif-'));
  try {
    const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder, PACKAGE], {
      encoding: 'utf8',
      timeout: 120_000,
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

/**
 * The official JSON schema of SARIF 2.1.0, fetched once by the package's name and known by its digest.
 *
 * @returns undefined where it cannot be had; then it has said so, and with CI=true it throws
 */
export function sarifSchema(): string | undefined {
  const text = kept() ?? fetched();
  if (text === undefined) {
    if (process.env['CI'] === 'true')
      throw new Error(`CI must validate SARIF against the official schema: npm pack ${PACKAGE}`);
    console.error(`NOT TESTED: SARIF against the official schema: npm pack ${PACKAGE} did not work`);
    return undefined;
  }
  if (createHash('sha256').update(text).digest('hex') !== SHA256)
    throw new Error(`${PACKAGE} does not hold the schema that it held`);
  mkdirSync(dirname(CACHE), { recursive: true });
  writeFileSync(CACHE, text);
  return text;
}
