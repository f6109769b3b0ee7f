import {
  LATER_DIRECTORIES,
  LATER_FILES,
  PACKAGED_UNITS,
  RC_LOCALS,
  UDEV_DIRECTORIES,
  UNIT_DIRECTORY,
} from '../../facts/boot-files.js';
import type { FactId } from '../../model/reading.js';
import type { BootFiles } from './boot-files.js';
import { filesInOrder, type ConfFile } from './conf-files.js';

/** Somebody who writes a setting while the machine runs, after everything that a boot applies. */
export interface LaterWriter {
  readonly tool: 'the kubelet' | 'kdump-tools' | 'kdump' | 'another';
  /** undefined: it is not known what. */
  readonly value?: string;
  readonly place: string;
  /** Why it is not known what is there in the end. */
  readonly doubt: string;
  /** It may not be there at all. */
  readonly isPerhaps?: true;
}

export interface LaterWriters {
  /** By fact, or by the last part of what is written. */
  readonly byName: ReadonlyMap<string, readonly LaterWriter[]>;
  /** What may write anything, since it was not read. */
  readonly doubt: string | undefined;
}

/** setupKernelTunables in pkg/kubelet/cm/container_manager_linux.go; with protectKernelDefaults it refuses to start instead. */
export const KUBELET_SETS: Readonly<Record<FactId, string>> = {
  'sysctl.vm.overcommit_memory': '1',
  'sysctl.vm.panic_on_oom': '0',
  'sysctl.kernel.panic': '10',
  'sysctl.kernel.panic_on_oops': '1',
};

/**
 * Services that start a kubelet, which is the same code wherever it is built in: NewKubeletCommand in pkg/daemons/executor/embed.go
 * of k3s; a process of its own of rke2 and k0s (pkg/component/worker/kubelet.go); kubelite of microk8s, pkg/node/kubelet.go of MicroShift.
 */
const KUBELETS = /^(?:kubelet|k3s.*|rke2-.*|k0s.*|snap\.microk8s\.daemon-kubel(?:et|ite)|microshift)$/;

/** Runs a kubelet only where it was told to be a worker as well. */
const MAY_HAVE_KUBELET = /^k0scontroller/;

function kubelet(value: string, unit: string): LaterWriter {
  const where = unit === 'kubelet' ? '' : `, in ${unit}.service`;
  return {
    tool: 'the kubelet',
    value,
    place: `setupKernelTunables, as ${unit}.service starts`,
    doubt: `the kubelet sets it to ${value} when it starts (setupKernelTunables${where}), or does not start where it is told to protect kernel defaults`,
    ...(MAY_HAVE_KUBELET.test(unit) ? { isPerhaps: true } : {}),
  };
}

/** Who loads the crash kernel at boot, as far as he sets kernel.panic_on_oops. */
export interface KdumpService {
  readonly tool: 'kdump-tools' | 'kdump';
  /** Why it may be nobody, or another. */
  readonly doubt?: string;
}

/** apply_panic_triggers() in kdump-config, Debian kdump-tools 1:1.8.1; init/load.sh, openSUSE/kdump from its first version on to 34da4b8. */
const KDUMPS: Readonly<Record<KdumpService['tool'], LaterWriter>> = {
  'kdump-tools': {
    tool: 'kdump-tools',
    value: '1',
    place: 'kdump-config load',
    doubt: 'kdump-config sets it to 1 when it loads the crash kernel',
  },
  kdump: {
    tool: 'kdump',
    value: '1',
    place: '/usr/lib/kdump/load.sh',
    doubt: 'kdump of SUSE sets it to 1 when it loads the crash kernel',
  },
};

const UNITS = [UNIT_DIRECTORY, ...PACKAGED_UNITS];

/** Everything in a directory, drop-ins of units among it. */
function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path.startsWith(`${directory}/`));
}

/** Rules of udev that count: of one name those of the first directory. */
function rulesOf({ udev }: BootFiles): readonly ConfFile[] {
  return filesInOrder(udev, UDEV_DIRECTORIES);
}

/**
 * What a boot starts and may write any setting, and could not be read. What cron and cloud-init start is told where it is read, and is no
 * such case: their files are closed on many machines.
 */
function whatWasNotRead(files: BootFiles): string | undefined {
  const directory = [...UNITS, ...UDEV_DIRECTORIES].find((path) => files.unread.has(path));
  if (directory !== undefined) return `${directory} ${files.unread.get(directory) ?? ''}`;
  const started = [...files.files.values()].filter(
    ({ path }) => isBelow(path, UNITS) || RC_LOCALS.some((each) => each === path),
  );
  const file = [...started, ...rulesOf(files)].find(({ unread }) => unread !== undefined);
  return file === undefined ? undefined : `${file.path} ${file.unread ?? ''}`;
}

/**
 * @param kdump undefined: nobody loads a crash kernel, or he sets nothing
 * @see udev(7), Debian systemd 252: SYSCTL and ATTR are written, and RUN is run, whenever an event matches
 */
export function laterWriters(files: BootFiles, kdump: KdumpService | undefined): LaterWriters {
  const byName = new Map<string, LaterWriter[]>();
  const writes = (name: string, writer: LaterWriter): void => {
    const before = byName.get(name);
    if (before === undefined) byName.set(name, [writer]);
    else before.push(writer);
  };
  const take = ({ path, lines }: ConfFile, why: string): void => {
    for (const { line, text } of lines) {
      const name = /^writes (\S+)$/.exec(text)?.[1];
      const place = `${path}:${line}`;
      if (name !== undefined) writes(name, { tool: 'another', place, doubt: `${place} ${why}` });
    }
  };
  for (const file of files.files.values())
    if (
      isBelow(file.path, [...UNITS, ...LATER_DIRECTORIES]) ||
      [...RC_LOCALS, ...LATER_FILES].some((each) => each === file.path)
    )
      take(file, 'writes it, and is not executed to see what');
  for (const file of rulesOf(files)) take(file, 'writes it when udev sees a device, which is not followed');
  if (kdump !== undefined)
    writes('sysctl.kernel.panic_on_oops', {
      ...KDUMPS[kdump.tool],
      ...(kdump.doubt === undefined
        ? {}
        : { isPerhaps: true, doubt: `kdump of Debian, Ubuntu and SUSE sets it to 1, and ${kdump.doubt}` }),
    });
  for (const unit of [...files.enabled].filter((each) => KUBELETS.test(each)).slice(0, 1))
    for (const [id, value] of Object.entries(KUBELET_SETS)) writes(id, kubelet(value, unit));
  return { byName, doubt: whatWasNotRead(files) };
}
