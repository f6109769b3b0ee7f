import { defined } from '../../language/defined.js';
import type { DerivedFact } from '../../model/fact.js';
import { known, unreadable, type FactId, type Reading, type ReadFact } from '../../model/reading.js';
import type { KnownFix } from './schema.js';
import { changelogOfHost } from './changelog.js';
import { hostFixStatus, installedKernels, type HostFixStatus, type InstalledKernel } from './installed-kernels.js';
import { withFollowUps } from './follow-ups.js';
import type { FixEvidence } from './status.js';
import { memoizePerHost } from '../../facts/memoize-per-host.js';
import { identifyKernel, UNREAD_MACHINE, type Kernel, type KernelWords } from '../release.js';
import { UNRECOGNISED } from '../vendors.js';
import { doubtWords } from '../../text/doubt-words.js';

/** The fact that says whether a machine's kernel has a fix: `fix.khugepaged_trylock`. */
export function fixFactId(fix: KnownFix): FactId {
  return `fix.${fix.fix.replaceAll('-', '_')}`;
}

const IDENTITY: readonly FactId[] = [
  'uname.release',
  'uname.version',
  'uname.machine',
  'proc.version',
  'proc.version_signature',
  'os.id',
  'kernel.livepatches',
  'kernel.kpatches',
  'sysctl.kernel.tainted',
  'kernel.package',
  'kernel.changelog',
  'kernel.installed',
];

/** An empty text says as little as none. */
function textOf(reading: Reading): string | undefined {
  return reading.state === 'known' && typeof reading.value === 'string' && reading.value !== ''
    ? reading.value
    : undefined;
}

/**
 * `Linux version 6.1.0-13-amd64 (debian-kernel@…) (gcc-12 …) #1 SMP …`: the release, and from the number sign on `uname
 * -v`.
 */
const PROC_VERSION = /^Linux version (\S+) .*? (#\d.*)$/;

/** What could stand where nothing could be read, and would name somebody else. */
const MIGHT_SAY: readonly {
  readonly fact: FactId;
  readonly word: 'version' | 'osId' | 'signature';
  readonly where: string;
  readonly values: readonly string[];
}[] = [
  {
    fact: 'uname.version',
    word: 'version',
    where: 'uname -v',
    values: ['#1 SMP', '#1 SMP Debian 6.1.55-1 (2023-09-29)'],
  },
  { fact: 'os.id', word: 'osId', where: 'os-release', values: ['somebody', 'bottlerocket'] },
  {
    fact: 'proc.version_signature',
    word: 'signature',
    where: '/proc/version_signature',
    values: ['Ubuntu 1.0.0-1.1-generic 1.0.0'],
  },
];

/**
 * The kernel, and nobody's where something that could not be read might name another vendor: silence is no agreement.
 */
function withoutDoubt(words: KernelWords, read: ReadFact): Kernel {
  const kernel = identifyKernel(words);
  const silent = MIGHT_SAY.find(
    ({ fact, word, values }) =>
      words[word] === undefined &&
      read(fact).state === 'unreadable' &&
      values.some((value) => identifyKernel({ ...words, [word]: value }).vendor.id !== kernel.vendor.id),
  );
  if (silent === undefined || kernel.vendor.id === 'unrecognised') return kernel;
  const contradiction = `it may be ${kernel.vendor.label}'s, but ${silent.where}, which might say otherwise, could not be read`;
  return { ...kernel, vendor: { ...UNRECOGNISED, contradiction } };
}

/** The running kernel out of a machine's facts; `uname` and `/proc/version` stand in for each other. */
export const kernelOfHost = memoizePerHost((read: ReadFact): Kernel | { readonly unreadable: string } => {
  const procVersion = PROC_VERSION.exec(textOf(read('proc.version'))?.trim() ?? '');
  const release = textOf(read('uname.release')) ?? procVersion?.[1];
  const version = textOf(read('uname.version')) ?? procVersion?.[2];
  const signature = textOf(read('proc.version_signature'));
  const osId = textOf(read('os.id'));
  const machine = textOf(read('uname.machine')) ?? UNREAD_MACHINE;
  const packaged = textOf(read('kernel.package'))?.split(' ')[1];
  if (release === undefined) {
    const reading = read('uname.release');
    return {
      unreadable:
        reading.state === 'unreadable'
          ? `uname.release ${doubtWords(reading.cause, reading.detail)}`
          : `uname.release is ${reading.state === 'known' ? 'empty' : 'absent'}`,
    };
  }
  return withoutDoubt({ release, machine, ...defined({ version, signature, osId, packaged }) }, read);
});

/** Everything that the facts of a machine say of its kernel. */
export const evidenceOfHost = memoizePerHost((read: ReadFact): FixEvidence => {
  const kernel = kernelOfHost(read);
  const changelog = 'release' in kernel ? changelogOfHost(kernel, read) : undefined;
  return { kernel, read, ...defined({ changelog }) };
});

const installedOn = memoizePerHost((read: ReadFact): readonly InstalledKernel[] => {
  const rows = read('kernel.installed');
  return rows.state === 'known' && Array.isArray(rows.value) ? installedKernels(rows.value.map(String)) : [];
});

function readingOf(status: HostFixStatus): Reading {
  return status.state === 'unknown'
    ? unreadable('undetermined', status.reason)
    : known(status.state, [status.reason, ...status.evidence].join('; '));
}

function factsOf(fix: KnownFix): readonly FactId[] {
  return [...(fix.notAffected ?? []), ...(fix.provesFixed ?? []), ...(fix.provesMissing ?? [])].flatMap((test) => [
    test.fact,
    ...(test.ruledOutBy ?? []).map(({ fact }) => fact),
  ]);
}

/** Every fact that the answer about some fixes is made from, and about those that came after them. */
export function fixInputs(some: readonly KnownFix[], fixes: readonly KnownFix[]): readonly FactId[] {
  return [...new Set([...IDENTITY, ...some.flatMap((fix) => withFollowUps(fix, fixes)).flatMap(factsOf)])];
}

/**
 * One derived fact for each known fix: `fixed`, `missing`, `fixed-not-booted` (missing, and the newest installed kernel
 * has it) or `not-affected`, and unreadable with the reason where it is not known.
 *
 * @param fixes the whole catalogue
 */
export function fixFacts(fixes: readonly KnownFix[]): readonly DerivedFact[] {
  return fixes.map((fix) => ({
    id: fixFactId(fix),
    title: `Whether the running kernel has the fix: ${fix.title}`,
    type: { kind: 'enum', values: ['fixed', 'missing', 'fixed-not-booted', 'not-affected'] },
    sources: fix.sources,
    inputs: fixInputs([fix], fixes),
    derive: (read) => readingOf(hostFixStatus(fix, evidenceOfHost(read), installedOn(read), fixes)),
  }));
}
