import type { ReadFact } from '../../model/reading.js';
import { ancestryAnswer, baseHasTheBug, followedAnswer, pristineAnswer } from './upstream.js';
import type { FactTest, KnownFix } from './schema.js';
import { testFact } from './fact-tests.js';
import { vendorAnswer } from './vendor-tables.js';
import type { Kernel } from '../release.js';
import { append } from '../../text/append.js';
import { hasBit } from '../outcome/taint.js';

/** What a search of the running kernel's changelog, done on the host, found. */
export interface ChangelogEvidence {
  /** The package whose changelog it is. */
  readonly package: string;
  /** By id of the fix, the line that names it. A line that is not there proves nothing: changelogs are cut off. */
  readonly found: ReadonlyMap<string, string>;
  /** By id of a fix that it was searched for in vain, how: part of a sentence. */
  readonly notFound?: ReadonlyMap<string, string>;
}

export interface FixEvidence {
  /** The running kernel, or why it could not be told. */
  readonly kernel: Kernel | { readonly unreadable: string };
  /** The machine's facts; absent where only a release is judged, and then nothing is asked of a machine. */
  readonly read?: ReadFact;
  /** Absent where nobody searched one; `unproven`: why what was searched proves nothing of the running kernel. */
  readonly changelog?: ChangelogEvidence | { readonly unproven: string };
}

/** How it was shown, in the order in which it is tried. */
const PROOFS = ['feature', 'file', 'vendor', 'changelog', 'base', 'ancestry'] as const;
export type Proof = (typeof PROOFS)[number];

export type FixStatus =
  | {
      readonly state: 'not-affected' | 'fixed' | 'missing';
      readonly by: Proof;
      readonly reason: string;
      readonly evidence: readonly string[];
    }
  | { readonly state: 'unknown'; readonly reason: string };

/** A step either answers, or leaves what it could not tell (`unsure`: it might have answered otherwise) and goes on. */
type Step = {
  readonly answer?: Extract<FixStatus, { by: Proof }>;
  readonly unsure?: readonly string[];
  readonly undecided?: string;
};
type StepOf = (fix: KnownFix, evidence: FixEvidence) => Step;

function kernelOf({ kernel }: FixEvidence): Kernel | undefined {
  return 'release' in kernel ? kernel : undefined;
}

function quoteKernel(kernel: Kernel): readonly string[] {
  return [
    `uname -r: ${kernel.release}`,
    ...(kernel.package === undefined ? [] : [`package, by ${kernel.package.from}: ${kernel.package.value}`]),
    ...(kernel.base === undefined ? [] : [`upstream base, by ${kernel.base.from}: ${kernel.base.value}`]),
  ];
}

function byTests(
  by: Proof,
  state: 'not-affected' | 'fixed' | 'missing',
  testsOf: (fix: KnownFix) => readonly FactTest[] | undefined,
): StepOf {
  return (fix, { read }) => {
    if (read === undefined) return {};
    const unsure: string[] = [];
    for (const test of testsOf(fix) ?? []) {
      const tested = testFact(test, read);
      if (tested.held === true) return { answer: { state, by, reason: test.because, evidence: [tested.quoted] } };
      if (tested.held === 'unsure') unsure.push(tested.detail);
    }
    return { unsure };
  };
}

const byVendor: StepOf = (fix, evidence) => {
  const kernel = kernelOf(evidence);
  if (kernel === undefined) return {};
  const answer = vendorAnswer(fix, kernel);
  if (answer.state === 'no-entry') return {};
  if (answer.state === 'undecided') return { undecided: answer.reason };
  // Uploads of a vendor skip stable releases: a rebuild in between has the fix by its base, below the first upload that
  // lists it.
  if (answer.state === 'missing' && followedAnswer(fix, kernel)?.state === 'fixed') return {};
  // And it has the bug by its base, below the first upload with the bug.
  if (answer.state === 'not-affected' && baseHasTheBug(fix, kernel)) return {};
  return {
    answer: {
      state: answer.state,
      by: 'vendor',
      reason: answer.reason,
      evidence: [...quoteKernel(kernel), `known from: ${answer.knownFrom}`],
    },
  };
};

const byChangelog: StepOf = (fix, { changelog }) => {
  if (changelog === undefined || 'unproven' in changelog) return {};
  const line = changelog.found.get(fix.fix);
  if (line === undefined) return {};
  return {
    answer: {
      state: 'fixed',
      by: 'changelog',
      reason: `the changelog of ${changelog.package} names the fix`,
      evidence: [line],
    },
  };
};

const byBase: StepOf = (fix, evidence) => {
  const kernel = kernelOf(evidence);
  if (kernel?.base === undefined) return {};
  if (kernel.vendor.id !== 'kernel.org') {
    const followed = followedAnswer(fix, kernel);
    if (followed === undefined) return {};
    return followed.state === 'undecided'
      ? { undecided: followed.reason }
      : { answer: { state: followed.state, by: 'base', reason: followed.reason, evidence: quoteKernel(kernel) } };
  }
  // Ancestry answers for what is past the fix, and says so in its own words.
  if (ancestryAnswer(fix, kernel)?.state === 'fixed') return {};
  const pristine = pristineAnswer(fix, kernel.base.value);
  if (pristine.state === 'undecided') return { undecided: pristine.reason };
  return {
    answer: {
      state: pristine.state,
      by: 'base',
      reason: `judged as kernel.org's: ${pristine.reason}`,
      evidence: quoteKernel(kernel),
    },
  };
};

const byAncestry: StepOf = (fix, evidence) => {
  const kernel = kernelOf(evidence);
  const answer = kernel === undefined ? undefined : ancestryAnswer(fix, kernel);
  if (kernel === undefined || answer === undefined) return {};
  return answer.state === 'fixed'
    ? { answer: { state: 'fixed', by: 'ancestry', reason: answer.reason, evidence: quoteKernel(kernel) } }
    : { undecided: answer.reason };
};

const STEPS: readonly StepOf[] = [
  byTests('feature', 'not-affected', (fix) => fix.notAffected),
  byTests('file', 'fixed', (fix) => fix.provesFixed),
  byTests('file', 'missing', (fix) => fix.provesMissing),
  byVendor,
  byChangelog,
  byBase,
  byAncestry,
];

function whyUnknown(evidence: FixEvidence, undecided: readonly string[]): string {
  const { kernel } = evidence;
  if (!('release' in kernel)) return kernel.unreadable;
  if (undecided.length > 0) return undecided.join('; ');
  if (kernel.vendor.id === 'unrecognised')
    return `kernward does not know who builds ${kernel.release === '' ? 'a kernel without a release' : kernel.release}${kernel.vendor.contradiction === undefined ? '' : ` (${kernel.vendor.contradiction})`}, and its number alone proves nothing below the main line's fix`;
  if (kernel.base === undefined)
    return `${kernel.release} names ${kernel.vendor.label}'s binary interface, not the upstream version that it was built from`;
  return `nothing known places ${kernel.vendor.label}'s ${kernel.release}, and a tree that its vendor changes is not judged by its number`;
}

/** What a search of the changelog adds to a doubt that it did not end. */
function changelogDoubt(fix: KnownFix, { changelog }: FixEvidence): readonly string[] {
  if (changelog === undefined) return [];
  if ('unproven' in changelog) return [changelog.unproven];
  const how = changelog.notFound?.get(fix.fix);
  return how === undefined ? [] : [how];
}

function bareStatus(fix: KnownFix, evidence: FixEvidence): FixStatus {
  const unsure: string[] = [];
  const undecided: string[] = [];
  for (const step of STEPS) {
    const { answer, unsure: doubts = [], undecided: reason } = step(fix, evidence);
    if (answer?.state === 'missing' && unsure.length > 0)
      return { state: 'unknown', reason: `${answer.reason}, unless the bug cannot show here: ${unsure.join('; ')}` };
    if (answer !== undefined) return answer;
    append(unsure, doubts);
    if (reason !== undefined) undecided.push(reason);
  }
  return {
    state: 'unknown',
    reason: [whyUnknown(evidence, [...new Set(undecided)]), ...changelogDoubt(fix, evidence)].join('; '),
  };
}

/** Loaded live patches: they leave the release as it is, and nobody here knows what they change. */
function livePatches({ read }: FixEvidence): readonly string[] {
  return ['kernel.livepatches', 'kernel.kpatches'].flatMap((id) => {
    const reading = read?.(id);
    return reading?.state === 'known' && Array.isArray(reading.value) ? reading.value.map(String) : [];
  });
}

/** Taint K of kernel.tainted: a live patch was loaded since boot. */
const LIVE_PATCHED = 32_768;

/** Whether a live patch was loaded since boot: the flag stays when it is unloaded (TAINT_LIVEPATCH in kernel/panic.c). */
function wasLivePatched({ read }: FixEvidence): boolean {
  const tainted = read?.('sysctl.kernel.tainted');
  return tainted?.state === 'known' && typeof tainted.value === 'number' && hasBit(tainted.value, LIVE_PATCHED);
}

/** Whether every place that names patches in force was looked at: the kernel's own, and that of kpatch's module where it is there. */
function isListed({ read }: FixEvidence): boolean {
  const ofKpatch = read?.('kernel.kpatches').state;
  return read?.('kernel.livepatches').state === 'known' && (ofKpatch === 'known' || ofKpatch === 'absent');
}

/**
 * A patch that is listed, and one that was unloaded, are told and decide nothing. Where the list itself is not there (kGraft of SUSE, old kpatch
 * and others show their patches elsewhere than livepatch) or could not be read, one may be in force of which nothing is known.
 */
function withLivePatches(status: FixStatus, evidence: FixEvidence): FixStatus {
  if (status.state === 'fixed' || status.state === 'not-affected') return status;
  const patches = livePatches(evidence);
  if (patches.length > 0)
    return {
      ...status,
      reason: `${status.reason}; live patches are loaded (${patches.join(', ')}), and what they change was not looked at`,
    };
  if (!wasLivePatched(evidence)) return status;
  return isListed(evidence)
    ? {
        ...status,
        reason: `${status.reason}; a live patch was loaded since boot (taint K in kernel.tainted), and none is listed now`,
      }
    : {
        state: 'unknown',
        reason: `${status.reason}; a live patch was loaded since boot (taint K in kernel.tainted), where it is now cannot be seen, and it may have the fix`,
      };
}

/**
 * Whether the running kernel has a fix, in the order of proof: a machine that the bug cannot reach, a file that only
 * fixed kernels have, what is known of the vendor's packages, the package's own changelog, the stable release that the
 * vendor builds on, and descent from the main line. Where none of them answers, or `missing` would rest on a fact that
 * could not be read and might have said otherwise, it is `unknown`.
 */
export function fixStatus(fix: KnownFix, evidence: FixEvidence): FixStatus {
  return withLivePatches(bareStatus(fix, evidence), evidence);
}
