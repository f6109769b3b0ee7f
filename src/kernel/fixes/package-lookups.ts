import { PACKAGE_FACTS } from '../../facts/index.js';
import { memoizeByReadings } from '../../facts/memoize-by-readings.js';
import type { FactId, ReadFact } from '../../model/reading.js';
import { readBootFiles } from '../next-boot/boot-files.js';
import { nextKernel } from '../next-boot/next-kernel.js';
import { evidenceOfHost, fixFactId, fixInputs } from './facts.js';
import { withFollowUps } from './follow-ups.js';
import type { KnownFix } from './schema.js';
import { fixStatus, type FixEvidence } from './status.js';

interface PackageLookup {
  /** Whether reading the host's packages can change any answer. */
  readonly isNeeded: boolean;
  /** Fixes that nothing decides yet and that a line in the changelog of the running kernel would. */
  readonly inChangelog: readonly KnownFix[];
}

/** What to ask of a host's packages, from what the probe read of it. */
export type PackageLookups = (read: ReadFact) => PackageLookup;

/** `missing`: the next boot may bring it; `changelog`: nothing decides it, and a line in a changelog would. */
function questionOf(fix: KnownFix, evidence: FixEvidence): 'missing' | 'changelog' | undefined {
  const { state } = fixStatus(fix, evidence);
  if (state === 'missing') return 'missing';
  if (state !== 'unknown') return undefined;
  const withLine = fixStatus(fix, { ...evidence, changelog: { package: '', found: new Map([[fix.fix, '']]) } });
  return withLine.state === 'fixed' ? 'changelog' : undefined;
}

const NEXT_BOOT_FILES: FactId = 'next_boot.files';

/** Another kernel is next: which build of it is installed says what becomes of fixes that this one has. */
function bootsAnother(read: ReadFact): boolean {
  const [files, running] = [read(NEXT_BOOT_FILES), read('uname.release')];
  const virtualization = read('virtualization.type');
  if (virtualization.state === 'known' && virtualization.value === 'container') return false;
  if (files.state !== 'known' || !Array.isArray(files.value) || running.state !== 'known') return false;
  const { release } = nextKernel(readBootFiles(files.value.map(String)));
  return release !== undefined && release !== running.value;
}

/**
 * What to ask of a host's packages after the probe. Of most hosts nothing: where every fix that somebody reads is
 * decided there is no question left. A fix that is missing is a question too: the next boot may bring it. Whoever is
 * asked at all is asked for everything that is open.
 *
 * @param asked the facts that the loaded rules read; undefined: all of them
 * @returns for the readings of a probe; made once for all hosts
 */
export function createPackageLookups(
  fixes: readonly KnownFix[],
  asked: ReadonlySet<FactId> | undefined,
): PackageLookups {
  const readsPackages = asked !== undefined && PACKAGE_FACTS.some(({ id }) => asked.has(id));
  const asksForNext = asked === undefined || asked.has('next_boot.fixes_lost');
  const wanted = fixes
    .filter((fix) => asked === undefined || asked.has(fixFactId(fix)))
    .flatMap((fix) => withFollowUps(fix, fixes));
  return memoizeByReadings(
    [...fixInputs(fixes, fixes), NEXT_BOOT_FILES, 'virtualization.type'],
    (read: ReadFact): PackageLookup => {
      const evidence = evidenceOfHost(read);
      // Where the kernel is not known, neither is its package.
      const isOpen = (fix: KnownFix): boolean =>
        'release' in evidence.kernel && questionOf(fix, evidence) !== undefined;
      if (!readsPackages && !wanted.some(isOpen) && !(asksForNext && bootsAnother(read)))
        return { isNeeded: false, inChangelog: [] };
      return {
        isNeeded: true,
        inChangelog: fixes.filter((fix) => isOpen(fix) && questionOf(fix, evidence) === 'changelog'),
      };
    },
  );
}
