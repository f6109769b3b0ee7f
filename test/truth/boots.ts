import assert from 'node:assert/strict';
import type { Readings } from '../../src/model/reading.js';
import type { UnpackedKernel } from '../support/debian-kernels.js';
import type { VirtualMachine } from '../support/virtual-machine.js';
import type { Laboratory } from './laboratory.js';
import type { Tree } from './trees.js';

/** What was predicted of a machine before it was started again, and what it read then. */
export interface Booted {
  readonly release: string;
  /** Everything that the prediction was made from. */
  readonly told: readonly string[];
  readonly now: Readonly<Record<string, unknown>>;
  /** By fact, of every setting that the machine has. */
  readonly after: Readonly<Record<string, unknown>>;
}

const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/etc/tmpfiles.d'];
const BY = {
  systemd: `mkdir -p /run/systemd/system
/usr/lib/systemd/systemd-sysctl
systemd-tmpfiles --create --remove --boot --exclude-prefix=/dev
`,
  // As /etc/init.d/procps of Debian has it.
  procps: '/usr/sbin/sysctl -q --system\n',
} as const;

/** Where the tree stands on the disk of its machine. */
export function filesOf({
  files,
  boot = '',
  program,
}: Tree): Readonly<Record<string, { text: string; mode?: number }>> {
  return {
    ...Object.fromEntries(Object.entries(files).map(([path, lines]) => [path, { text: `${lines.join('\n')}\n` }])),
    '/boot/grub/grub.cfg': {
      text: `set default="0"\nmenuentry 'Debian' {\n\tlinux /boot/vmlinuz root=/dev/vda ${boot}\n}\n`,
    },
    ...(program === 'procps' ? { '/etc/rcS.d/S01procps': { text: `#!/bin/sh\n${BY.procps}`, mode: 0o755 } } : {}),
    '/etc/boot-tools': { text: `#!/bin/sh\n${BY[program]}`, mode: 0o755 },
  };
}

function valuesOf(readings: Readings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...readings].flatMap(([id, reading]) => (reading.state === 'known' ? [[id, reading.value]] : [])),
  );
}

function only(values: Readonly<Record<string, unknown>>, ids: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(ids.flatMap((id) => (id in values ? [[id, values[id]]] : [])));
}

/** What was read of a machine before it was started again, and after. */
export function bootedOf(
  before: Readings,
  after: Readings,
  settings: readonly string[],
  inputs: readonly string[],
): Booted {
  const told = before.get('next_boot.files');
  const release = before.get('uname.release');
  assert.ok(told?.state === 'known' && Array.isArray(told.value), JSON.stringify(told));
  assert.ok(release?.state === 'known' && typeof release.value === 'string', JSON.stringify(release));
  return {
    release: release.value,
    told: told.value.map(String),
    now: only(
      valuesOf(before),
      [...inputs, ...settings].filter((id) => id !== 'next_boot.files'),
    ),
    after: only(valuesOf(after), settings),
  };
}

/** Has kernward look at a machine to which somebody wrote these files, starts it again with them, and reads its settings. */
export async function bootTree(
  laboratory: Laboratory,
  kernel: UnpackedKernel,
  machine: VirtualMachine,
  tree: Tree,
  settings: readonly string[],
  inputs: readonly string[],
): Promise<Booted> {
  const files = filesOf(tree);
  const written = await machine.asRoot(
    [
      'set -e',
      ...FOLDERS.map((path) => `rm -rf ${path}; mkdir -p ${path}`),
      'rm -rf /usr/lib/tmpfiles.d /run/tmpfiles.d /etc/rcS.d /etc/sysctl.conf /run/systemd/system',
      ...(tree.program === 'systemd' ? ['mkdir -p /run/systemd/system'] : []),
      ...Object.entries(files).flatMap(([path, { text, mode }]) => [
        `mkdir -p ${path.slice(0, path.lastIndexOf('/'))}`,
        `cat >${path} <<'END'\n${text}END`,
        ...(mode === undefined ? [] : [`chmod ${mode.toString(8)} ${path}`]),
      ]),
    ].join('\n'),
  );
  assert.equal(written.status, 0, written.stderr);
  const before = (await laboratory.scan(machine)).readings;
  const again = await laboratory.bootWith(kernel, files, tree.boot ?? '');
  try {
    return bootedOf(before, (await laboratory.scan(again)).readings, settings, inputs);
  } finally {
    await again.stop();
  }
}
