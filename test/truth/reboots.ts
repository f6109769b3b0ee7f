import assert from 'node:assert/strict';
import type { UnpackedKernel } from '../support/debian-kernels.js';
import type { VirtualMachine } from '../support/virtual-machine.js';
import { within } from '../support/within.js';
import { bootedOf, type Booted } from './boots.js';
import type { DiskTree } from './disk-trees.js';
import { remedyFor, survived } from './heal.js';
import type { Judged, Laboratory } from './laboratory.js';
import type { Healed, Remedied } from './remedies.js';

/** A disk with Debian on it, and the machine that runs from it, which restarts as one that somebody restarts. */
export interface Disk {
  /** Removes what the tree before has written, and writes this. */
  readonly write: (tree: DiskTree) => Promise<void>;
  readonly scan: () => Promise<Judged>;
  /** With the command line that the boot loader has. */
  readonly restart: (boot?: string) => Promise<void>;
  readonly machine: () => VirtualMachine;
}

const TUNED_LOG = '/var/log/tuned/tuned.log';
/** All that starts has started, and tuned has applied its profile where it is enabled. */
const IS_UP = `for i in $(seq 600); do
  case $(systemctl is-system-running) in running|degraded) break ;; esac
  sleep 1
done
if systemctl -q is-enabled tuned; then
  for i in $(seq 600); do ! grep -q 'static tuning from profile' ${TUNED_LOG} || exit 0; sleep 1; done
  systemctl status tuned; tail ${TUNED_LOG}
  exit 1
fi
`;

async function ran(machine: VirtualMachine, script: string, seconds = 60): Promise<void> {
  const { status, stdout, stderr } = await machine.asRoot(script, within(seconds * 1000));
  assert.equal(status, 0, `${stdout}${stderr}`);
}

export async function openDisk(laboratory: Laboratory, kernel: UnpackedKernel): Promise<Disk> {
  const disk = laboratory.makeDisk(kernel);
  const start = async (boot: string): Promise<VirtualMachine> => {
    const started = await laboratory.bootDisk(kernel, disk, boot);
    await ran(started, IS_UP, 600);
    return started;
  };
  let machine = await start('');
  let written: readonly string[] = [];
  return {
    machine: () => machine,
    scan: () => laboratory.scan(machine),
    write: async ({ files, boot = '', profile, script = '' }) => {
      const all: Readonly<Record<string, readonly string[]>> = {
        ...files,
        '/boot/grub/grub.cfg': [
          'set default="0"',
          "menuentry 'Debian' {",
          `\tlinux /boot/vmlinuz root=/dev/vda ${boot}`,
          '}',
        ],
        '/etc/tuned/active_profile': profile === undefined ? [] : [profile],
        '/etc/tuned/profile_mode': ['manual'],
      };
      await ran(
        machine,
        [
          'set -e',
          ...written
            .filter((path) => path.endsWith('.service'))
            .map((path) => `systemctl -q disable ${path.slice(path.lastIndexOf('/') + 1)}`),
          ...written.map((path) => `rm -f ${path}`),
          "sed -i 's/^reapply_sysctl.*/reapply_sysctl = 1/' /etc/tuned/tuned-main.conf",
          ...Object.entries(all).flatMap(([path, lines]) => [
            `mkdir -p ${path.slice(0, path.lastIndexOf('/'))}`,
            `cat >${path} <<'END'\n${lines.map((line) => `${line}\n`).join('')}END`,
          ]),
          `systemctl -q ${profile === undefined ? 'disable' : 'enable'} tuned 2>/dev/null`,
          script,
        ].join('\n'),
      );
      written = Object.keys(files);
    },
    restart: async (boot = '') => {
      await machine.asRoot(`rm -f ${TUNED_LOG}; systemctl reboot`, within(60_000));
      assert.equal(await machine.downBecause(within(180_000)), 'guest-reset');
      await machine.stop();
      machine = await start(boot);
    },
  };
}

/** Writes a tree to the disk, has kernward look, restarts the machine, and reads its settings. */
export async function rebootTree(
  disk: Disk,
  tree: DiskTree,
  settings: readonly string[],
  inputs: readonly string[],
): Promise<Booted> {
  await disk.write(tree);
  const before = (await disk.scan()).readings;
  await disk.restart(tree.boot);
  return bootedOf(before, (await disk.scan()).readings, settings, inputs);
}

/** The remedy of kernward on a machine that systemd starts. */
export async function healDisk(laboratory: Laboratory, disk: Disk, remedied: Remedied): Promise<Healed> {
  const { rule, lines } = remedied;
  const files = { '/etc/sysctl.d/50-a.conf': lines };
  await disk.write({ name: rule, files });
  await disk.restart();
  const before = await disk.scan();
  const remedy = await remedyFor(laboratory, before, rule);
  const installed = Object.entries(remedy).map(([path, text]) => [path, text.trimEnd().split('\n')] as const);
  await disk.write({ name: rule, files: { ...files, ...Object.fromEntries(installed) } });
  await disk.restart();
  const after = await disk.scan();
  return survived(disk.machine(), { remedied, before, after, remedy });
}
