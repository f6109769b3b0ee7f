import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FACTS, type FactDefinition } from '../../../src/facts/index.js';
import type { Reading, Readings } from '../../../src/model/reading.js';
import type { RemedyFile } from '../../../src/remediation/index.js';
import { couldNotTest, isRoot } from '../shells.js';
import { within } from '../within.js';

const PRIVATE = ['-m', '--propagation', 'private'];

export const canBeScratch =
  isRoot &&
  spawnSync('unshare', [...PRIVATE, 'sh', '-c', 'mount -t tmpfs none /etc/sysctl.d && mount -t tmpfs none /proc/sys'])
    .status === 0;
if (!canBeScratch)
  couldNotTest('remedies on a scratch root (no mount namespace: root with CAP_SYS_ADMIN is needed)', isRoot);

/** A folder that goes when `use` has ended. */
export function inScratch<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-remedy-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the settings of the scratch host stand, by the path that they have on a host. */
const MOUNTS = { '/proc/sys': 'proc-sys', '/sys/kernel/mm': 'sys-mm' } as const;

function standsAt(folder: string, path: string): string | undefined {
  const found = Object.entries(MOUNTS).find(([mount]) => path.startsWith(`${mount}/`));
  return found === undefined ? undefined : join(folder, found[1], path.slice(found[0].length));
}

const FILES = FACTS.flatMap((fact) =>
  fact.origin.via === 'file' && fact.origin.paths[0] !== undefined ? [{ fact, path: fact.origin.paths[0] }] : [],
);

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Runs a script as root of a host whose /proc/sys, /sys/kernel/mm and configuration folders are scratch; nothing of this
 * machine can be written through them.
 */
export function onScratchHost(
  folder: string,
  script: string,
): { readonly status: number | null; readonly output: string } {
  const places = Object.entries({
    ...MOUNTS,
    '/etc/sysctl.d': 'etc/sysctl.d',
    '/etc/tmpfiles.d': 'etc/tmpfiles.d',
    '/var/lib/kernward': 'var-lib-kernward',
  });
  for (const [, name] of places) mkdirSync(join(folder, name), { recursive: true });
  // The one place that a machine without kernward does not have.
  mkdirSync('/var/lib/kernward', { recursive: true });
  // All of them by one program: a test of every rule starts hundreds.
  const table = join(folder, 'fstab');
  writeFileSync(table, places.map(([mount, name]) => `${join(folder, name)} ${mount} none bind 0 0\n`).join(''));
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [...PRIVATE, 'sh', '-c', `set -e\nmount --all --fstab ${table}\n${script}`],
    { encoding: 'utf8', timeout: within(120_000) },
  );
  return { status, output: `${stdout}${stderr}` };
}

/** What a kernel shows of a choice that a word was written to; scratch files show the word. */
function shown(fact: FactDefinition, text: string): string {
  return fact.type.kind === 'enum' && !text.includes('[') ? `[${text.trim()}]\n` : text;
}

/**
 * A host with these readings, after somebody installed the files of a remedy and applied them with the real tools, as an
 * administrator does (`sysctl -p`, `systemd-tmpfiles --create`) or as a boot does (`systemd-sysctl`).
 */
export function applied(readings: Readings, files: readonly RemedyFile[], by: 'administrator' | 'boot'): Readings {
  return inScratch((folder) => {
    // Empty at first: systemd-tmpfiles writes from the start of a file and leaves the rest, which no file of a kernel keeps.
    for (const { fact, path } of FILES) {
      const file = standsAt(folder, path);
      if (file !== undefined && readings.get(fact.id)?.state !== 'absent') write(file, '');
    }
    const installed = files.flatMap(({ path, text }) => {
      const place = path.replace(/^[^/]*/, '');
      if (!place.startsWith('/etc/')) return [];
      write(join(folder, place), text);
      return [place];
    });
    const commands = installed.map((place) =>
      place.startsWith('/etc/sysctl.d/')
        ? by === 'boot'
          ? '/usr/lib/systemd/systemd-sysctl'
          : `sysctl -p ${place}`
        : `systemd-tmpfiles --create ${place}`,
    );
    const { status, output } = onScratchHost(folder, commands.join('\n'));
    assert.equal(status, 0, output);
    return new Map([
      ...readings,
      ...FILES.flatMap(({ fact, path }): readonly (readonly [string, Reading])[] => {
        const file = standsAt(folder, path);
        if (file === undefined || readings.get(fact.id)?.state === 'absent') return [];
        const now = readFileSync(file, 'utf8');
        return now === '' ? [] : [[fact.id, fact.parse(shown(fact, now))]];
      }),
    ]);
  });
}
