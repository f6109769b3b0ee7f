import type { DerivedFact } from '../model/fact.js';
import { absent, known, type Reading } from '../model/reading.js';

/**
 * How much memory a distribution wants reserved for its crash kernel, as far as it says so where everybody can read it.
 */

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** `[from this much memory on, reserve this much]`, in bytes, ascending. */
type Steps = readonly (readonly [number, number])[];

interface Recommendation {
  readonly id: string;
  /** The release is this one, or begins with it and a dot; with `orLater` any that is not below it. */
  readonly version: string;
  readonly orLater?: boolean;
  readonly steps: Steps;
  readonly source: string;
}

function redHat(version: string): string {
  return `https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/${version}/html/managing_monitoring_and_updating_the_kernel/supported-kdump-configurations-and-targets${version === '10' ? '' : '_managing-monitoring-and-updating-the-kernel'}`;
}

/**
 * Of x86-64 only. Where editions of a manual differ, the smaller figure stands: a finding must hold by each of them.
 */
const RECOMMENDATIONS: readonly Recommendation[] = [
  {
    id: 'rhel',
    version: '8',
    steps: [
      [GIB, 160 * MIB],
      [4 * GIB, 192 * MIB],
      [64 * GIB, 256 * MIB],
      [1024 * GIB, 512 * MIB],
    ],
    source: redHat('8'),
  },
  {
    id: 'rhel',
    version: '9',
    steps: [
      [GIB, 192 * MIB],
      [4 * GIB, 256 * MIB],
      [64 * GIB, 512 * MIB],
    ],
    source: redHat('9'),
  },
  {
    id: 'rhel',
    version: '10',
    steps: [
      [2 * GIB, 256 * MIB],
      [64 * GIB, 512 * MIB],
    ],
    source: redHat('10'),
  },
  {
    id: 'ubuntu',
    version: '26.04',
    orLater: true,
    steps: [
      [2 * GIB, 320 * MIB],
      [4 * GIB, 512 * MIB],
      [32 * GIB, 1024 * MIB],
      [64 * GIB, 2048 * MIB],
      [128 * GIB, 4096 * MIB],
    ],
    source:
      'https://github.com/canonical/ubuntu-server-documentation/blob/main/docs/how-to/software/kernel-crash-dump.md',
  },
  {
    id: 'debian',
    version: '12',
    steps: [[384 * MIB, 128 * MIB]],
    source: '/etc/default/grub.d/kdump-tools.cfg, Debian kdump-tools 1:1.8.1',
  },
];

function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  const at = a?.findIndex((part, index) => part !== b?.[index]) ?? -1;
  return at < 0 || (a?.[at] ?? 0) > (b?.[at] ?? -1);
}

function fits({ id, version, orLater }: Recommendation, osId: string, osVersion: string): boolean {
  return (
    id === osId &&
    (orLater === true
      ? /^[0-9.]+$/.test(osVersion) && isAtLeast(osVersion, version)
      : osVersion === version || osVersion.startsWith(`${version}.`))
  );
}

function text(reading: Reading): string {
  return reading.state === 'known' && typeof reading.value === 'string' ? reading.value : '';
}
function bytes(reading: Reading): number {
  return reading.state === 'known' && typeof reading.value === 'number' ? reading.value : 0;
}

function deriveRecommended(read: (id: string) => Reading): Reading {
  const needed = ['os.id', 'os.version_id', 'uname.machine'].map(read);
  const unread = needed.find(({ state }) => state === 'unreadable');
  if (unread?.state === 'unreadable') return unread;
  const [id = '', version = '', machine = ''] = needed.map(text);
  const found = machine === 'x86_64' ? RECOMMENDATIONS.find((each) => fits(each, id, version)) : undefined;
  if (found === undefined) return absent(`no recommendation is known for ${id} ${version} on ${machine}`);
  const total = read('memory.total');
  const reserved = read('kexec.crash_size');
  if (total.state === 'unreadable') return total;
  if (reserved.state === 'unreadable') return reserved;
  // What is reserved is not in MemTotal; what firmware and kernel took is in neither, so the sum is never above the
  // machine's memory.
  const memory = bytes(total) + bytes(reserved);
  const step = found.steps.findLast(([from]) => memory >= from);
  const gib = `${(memory / GIB).toFixed(1)} GiB of memory`;
  return step === undefined
    ? absent(`${id} ${version} reserves nothing for ${gib}`)
    : known(step[1], `${found.source}: ${step[1] / MIB} MiB for ${gib}`);
}

/** Facts about the dump that a panic would leave, computed from others. */
export const DUMP_FACTS: readonly DerivedFact[] = [
  {
    id: 'kexec.crash_size_recommended',
    title: 'Memory that the distribution wants reserved for a crash kernel, for as much memory as this machine has',
    type: { kind: 'int', min: 0 },
    unit: 'bytes',
    sources: RECOMMENDATIONS.map(({ source }) => source),
    inputs: ['os.id', 'os.version_id', 'uname.machine', 'memory.total', 'kexec.crash_size'],
    derive: deriveRecommended,
  },
];
