import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readings } from '../../src/model/reading.js';
import type { UnpackedKernel } from '../support/debian-kernels.js';
import { environmentOf, type Ended } from '../support/kernward.js';
import { buildImages, buildImagesForDisk, withFiles, type Images } from '../support/real-kernel.js';
import { buildDisk } from '../support/systemd-disk.js';
import { makeKey } from '../support/sshd.js';
import { startMachine, type VirtualMachine } from '../support/virtual-machine.js';
import { runCommand } from '../support/warm/commands.js';
import { secondsWithin, within } from '../support/within.js';
import type { Row } from './rows.js';

const MACHINE = { memoryMiB: 384 } as const;
/** Room for a crash kernel is left in every machine, loaded or not. */
const BOOT = 'crashkernel=128M';
const WATCHDOG = ['-device', 'i6300esb', '-watchdog-action', 'reset'];

export interface Judged {
  readonly ended: Ended;
  /** Empty where the machine did not answer. */
  readonly readings: Readings;
  readonly tookMs: number;
  readonly reportFile: string;
}

/** Machines to which things happen, and kernward beside them. */
export interface Laboratory {
  readonly folder: string;
  /** A machine of its own for a row, as it was right after its boot. */
  readonly boot: (kernel: UnpackedKernel, row?: Pick<Row, 'boot' | 'has'>) => Promise<VirtualMachine>;
  /** A machine whose disk has these files, started with this command line. */
  readonly bootWith: (
    kernel: UnpackedKernel,
    files: Parameters<typeof withFiles>[2],
    boot: string,
  ) => Promise<VirtualMachine>;
  /** A machine on whose disk Debian is, its own systemd the first process; what is written there is there at the next start. */
  readonly bootDisk: (kernel: UnpackedKernel, disk: string, boot: string) => Promise<VirtualMachine>;
  readonly makeDisk: (kernel: UnpackedKernel) => string;
  /** What kernward says of it, as anybody would ask: a login that is not root, its host key known. */
  readonly scan: (machine: VirtualMachine, connectSecs?: number) => Promise<Judged>;
  readonly stop: () => Promise<void>;
}

interface LaboratoryOptions {
  /** Command lines of which a machine is taken up more than once, so that it is booted once: emulation is slow to boot. */
  readonly keptBoots?: readonly (string | undefined)[];
  /** Machines that apply sysctl.d and tmpfiles.d when they start. */
  readonly withBootTools?: boolean;
}

export function openLaboratory(
  folder: string,
  { keptBoots = [undefined], withBootTools = false }: LaboratoryOptions = {},
): Laboratory {
  const key = makeKey(join(folder, 'key'));
  const hostKey = makeKey(join(folder, 'host_key'));
  const machines: VirtualMachine[] = [];
  let count = 0;
  const images = new Map<string, Images>();
  const saved = new Map<string, Promise<string>>();

  const imagesOf = (kernel: UnpackedKernel): Images => {
    const built =
      images.get(kernel.name) ??
      buildImages(
        join(folder, kernel.name),
        { hostKeyFile: hostKey.file, authorizedKey: key.publicKey },
        kernel,
        withBootTools,
      );
    images.set(kernel.name, built);
    return built;
  };
  const start = async (kernel: UnpackedKernel, { boot, has }: Pick<Row, 'boot' | 'has'>, from?: string) => {
    const machine = await startMachine(imagesOf(kernel), {
      ...MACHINE,
      boot: boot === undefined ? BOOT : `${BOOT} ${boot}`,
      folder,
      name: `vm${(count += 1)}`,
      keyFile: key.file,
      ...(has === 'hardware watchdog' ? { devices: WATCHDOG } : {}),
      ...(from === undefined ? {} : { from }),
    });
    machines.push(machine);
    return machine;
  };
  const bootedOnce = (kernel: UnpackedKernel, row: Pick<Row, 'boot' | 'has'>): Promise<string> => {
    const name = `${kernel.name} ${row.boot ?? ''}`;
    const before = saved.get(name);
    if (before !== undefined) return before;
    const made = (async () => {
      const first = await start(kernel, row);
      const file = join(folder, `booted-${saved.size}`);
      await first.saveTo(file);
      return file;
    })();
    saved.set(name, made);
    return made;
  };
  const boot: Laboratory['boot'] = async (kernel, row = {}) =>
    row.has === 'hardware watchdog' || !keptBoots.includes(row.boot)
      ? start(kernel, row)
      : start(kernel, row, await bootedOnce(kernel, row));
  const scan: Laboratory['scan'] = async ({ port }, connectSecs = 60) => {
    const file = (name: string): string => join(folder, `${port}-${name}`);
    writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
    writeFileSync(
      file('inventory.yaml'),
      `hosts:\n  - { name: vm, address: 127.0.0.1, port: ${port}, user: audit, identityFile: ${key.file} }\n`,
    );
    const timeouts = Object.entries({ connect: connectSecs, auth: 60, probe: 60, host: 120 }).flatMap(
      ([name, seconds]) => [`--${name}-timeout`, secondsWithin(seconds)],
    );
    const begun = performance.now();
    const args = [
      'scan',
      '-i',
      file('inventory.yaml'),
      '--host-keys',
      `file:${file('known_hosts')}`,
      '-o',
      `json:${file('report.json')}`,
      '--retries',
      '0',
      ...timeouts,
    ];
    const ended = await runCommand({ folder, args, env: environmentOf(folder) }, within(300_000));
    const tookMs = performance.now() - begun;
    const { hosts }: { readonly hosts: readonly { readonly readings?: Readonly<Record<string, never>> }[] } =
      JSON.parse(readFileSync(file('report.json'), 'utf8'));
    return {
      ended,
      readings: new Map(Object.entries(hosts[0]?.readings ?? {})),
      tookMs,
      reportFile: file('report.json'),
    };
  };
  const bootWith: Laboratory['bootWith'] = async (kernel, files, line) => {
    const machine = await startMachine(withFiles(imagesOf(kernel), folder, files), {
      ...MACHINE,
      boot: `${BOOT} ${line}`,
      folder,
      name: `vm${(count += 1)}`,
      keyFile: key.file,
    });
    machines.push(machine);
    return machine;
  };
  const toDisk = new Map<string, Images>();
  const bootDisk: Laboratory['bootDisk'] = async (kernel, disk, line) => {
    const ours = toDisk.get(kernel.name) ?? buildImagesForDisk(join(folder, kernel.name), kernel);
    toDisk.set(kernel.name, ours);
    const machine = await startMachine(ours, {
      memoryMiB: 768,
      boot: `root=/dev/vda ${line}`,
      folder,
      name: `vm${(count += 1)}`,
      keyFile: key.file,
      devices: ['-drive', `file=${disk},if=virtio,format=raw,cache=unsafe`],
    });
    machines.push(machine);
    return machine;
  };
  const makeDisk: Laboratory['makeDisk'] = (kernel) =>
    buildDisk(join(folder, kernel.name), { hostKeyFile: hostKey.file, authorizedKey: key.publicKey }, kernel);
  return {
    folder,
    boot,
    bootWith,
    bootDisk,
    makeDisk,
    scan,
    stop: async () => {
      for (const machine of machines) await machine.stop();
    },
  };
}
