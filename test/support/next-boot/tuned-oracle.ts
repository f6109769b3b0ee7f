import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TUNED_DIRECTORIES } from '../../../src/facts/boot-files.js';
import { BOOT_AWK } from '../../../src/probe/boot/boot-awk.js';
import { settingNames } from '../../../src/probe/boot/boot-script.js';
import { unpackedFolder } from '../debian-packages.js';
import { canBeScratch, inScratch } from '../remediation/scratch-host.js';
import { couldNotTest, isRoot } from '../shells.js';
import { within } from '../within.js';
import { TUNED_FILES, TUNED_SYSCTLS, type TunedTree } from './tuned-trees.js';

const TUNED = unpackedFolder('tuned');
export const hasTuned = canBeScratch && TUNED !== undefined && existsSync('/usr/bin/python3');
if (!hasTuned) couldNotTest('what tuned makes of its profiles', isRoot);

/** The profiles of Debian's package, by name. */
export function shippedProfiles(): readonly { readonly name: string; readonly text: string }[] {
  const folder = join(TUNED ?? '', 'usr', 'lib', 'tuned');
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name, 'tuned.conf');
    return existsSync(file) ? [{ name, text: readFileSync(file, 'utf8') }] : [];
  });
}

/** /usr/lib is needed: its profiles stand here in the scratch root. */
const LIBRARY = '/run/usr-lib-tuned';

export interface TunedAnswer {
  /** What the probe tells of the files. */
  readonly told: readonly string[];
  /** By the path of the kernel's file: what tuned wrote to it. */
  readonly values: Readonly<Record<string, string>>;
  /** Why it applied nothing. */
  readonly failed: string | null;
}

function moved(text: string, from: string, to: string): string {
  return text.replaceAll(from, to);
}

/** What tuned of Debian makes of each tree, in a mount namespace of its own. */
export function applyTuned(trees: readonly TunedTree[]): readonly TunedAnswer[] {
  return inScratch((folder) => {
    const [input, cmdline] = [join(folder, 'trees.json'), join(folder, 'cmdline')];
    writeFileSync(cmdline, '\n');
    const settings = [...TUNED_SYSCTLS.map((name) => `/proc/sys/${name.replaceAll('.', '/')}`), ...TUNED_FILES];
    const awk = [
      'awk',
      '-v',
      `keys=${settingNames().join(' ')}`,
      '-v',
      'allowed=transparent_hugepage',
      '-v',
      `tuned=${TUNED_DIRECTORIES.join(' ').replace(/\/usr\/lib\/tuned$/, LIBRARY)}`,
      BOOT_AWK,
    ];
    const given = trees.map(({ nodes, cmdline: line }) => ({
      cmdline: line,
      nodes: nodes.map(({ path, text }) => ({ path: moved(path, '/usr/lib/tuned', LIBRARY), text })),
    }));
    writeFileSync(
      input,
      JSON.stringify({ trees: given, settings, awk, cmdline, directories: [LIBRARY, '/etc/tuned'] }),
    );
    const script = [
      'set -e',
      ...['/proc/sys', '/sys/kernel/mm', '/run', '/etc'].map((path) => `mount -t tmpfs none ${path}`),
      // Where awk is a link of Debian's alternatives.
      'mkdir -p /etc/alternatives',
      'ln -s "$(command -v mawk || command -v gawk || echo /usr/bin/original-awk)" /etc/alternatives/awk',
      `mount --bind ${cmdline} /proc/cmdline`,
      'exec "$@"',
    ].join('\n');
    const driver = join(process.cwd(), 'test', 'support', 'next-boot', 'apply-tuned.py');
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', '/usr/bin/python3', driver, input],
      {
        encoding: 'utf8',
        maxBuffer: 512 * 1024 * 1024,
        timeout: within(120_000 + trees.length * 200),
        env: {
          PATH: process.env['PATH'],
          PYTHONPATH: `${TUNED}/usr/lib/python3/dist-packages`,
          PYTHONDONTWRITEBYTECODE: '1',
        },
      },
    );
    if (status !== 0) throw new Error(`tuned could not be run: ${stderr}`);
    return moved(stdout, LIBRARY, '/usr/lib/tuned')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): TunedAnswer => JSON.parse(line));
  });
}
