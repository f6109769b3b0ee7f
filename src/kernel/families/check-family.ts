import type { FactId, Readings } from '../../model/reading.js';
import { defined } from '../../language/defined.js';
import { identifyKernel } from '../release.js';
import { machinesOf, type Family } from './family.js';
import { familyOf } from './index.js';

function textOf(readings: Readings, id: FactId): string | undefined {
  const reading = readings.get(id);
  return reading?.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;
}

/**
 * Whether something that a host says contradicts the builder whose release its kernel has: 5.15.0-127-generic of Astra Linux. An edit
 * that gives a recorded host another release does not speak of the words that it left as they were.
 */
function isContradicted(readings: Readings, from: Readings, release: string): boolean {
  const isOther = release !== textOf(from, 'uname.release');
  const wordOf = (id: FactId): string | undefined => {
    const word = textOf(readings, id);
    return isOther && word === textOf(from, id) ? undefined : word;
  };
  const words = {
    version: wordOf('uname.version'),
    signature: wordOf('proc.version_signature'),
    osId: wordOf('os.id'),
  };
  return identifyKernel({ release, ...defined(words) }).vendor.contradiction !== undefined;
}

/**
 * The family that a host claims, as far as its machine is one whose kernels were read and nothing contradicts.
 *
 * @param from the host as it was recorded
 */
function claimedFamily(readings: Readings, from: Readings): Family | undefined {
  const release = textOf(readings, 'uname.release') ?? '';
  if (isContradicted(readings, from, release)) return undefined;
  const family = familyOf(release, textOf(readings, 'os.id'));
  return family !== undefined && machinesOf(family).includes(textOf(readings, 'uname.machine') ?? '')
    ? family
    : undefined;
}

/**
 * Knobs that a host has and its family's kernels lack, or the other way round: a host that claims a family and is made of
 * another's files proves nothing. What is unreadable contradicts nothing, and neither does a machine whose kernels nobody read.
 *
 * @param from the host as it was recorded, where the readings are an edit of it
 * @returns sentences; none where the release is of no family that is known
 */
export function familyProblems(readings: Readings, from: Readings = readings): readonly string[] {
  const family = claimedFamily(readings, from);
  if (family === undefined) return [];
  const release = textOf(readings, 'uname.release') ?? '';
  const said = `${release} is a kernel of ${family.title}`;
  return [
    ...family.lacks
      .filter((id) => readings.get(id)?.state === 'known')
      .map((id) => `${said}, which has no ${id}, and the host has it`),
    ...family.has
      .filter((id) => readings.get(id)?.state === 'absent')
      .map((id) => `${said}, which has ${id}, and the host lacks it`),
  ];
}

/**
 * Values that an edited host kept of the host that it was made from, and its family's kernels do not boot with: a machine that is
 * edited from one family into another has the other's defaults, except for what the edit itself sets. A host of the family that it
 * was recorded as is left alone: whoever runs it may have set what he likes.
 *
 * @param from the host as it was recorded
 * @param taken what is taken from the host and the edit does not set; of other facts nothing is asked
 * @returns sentences
 */
export function keptDefaults(from: Readings, edited: Readings, taken: ReadonlySet<FactId>): readonly string[] {
  const family = claimedFamily(edited, from);
  if (family === undefined || family === claimedFamily(from, from)) return [];
  const release = textOf(edited, 'uname.release') ?? '';
  return otherDefaults(family, edited)
    .filter(({ id }) => taken.has(id))
    .map(
      ({ id, boots, value }) =>
        `${release} is a kernel of ${family.title}, which boots with ${id} ${boots}, and the host kept the ${value} of another family`,
    );
}

/** The same of a host that was built with the defaults of its family and nothing set. */
export function unlikeItsDefaults(readings: Readings): readonly string[] {
  const family = claimedFamily(readings, readings);
  if (family === undefined) return [];
  return otherDefaults(family, readings).map(
    ({ id, boots, value }) => `${family.title} boots with ${id} ${boots}, and the host has ${value}`,
  );
}

interface OtherDefault {
  readonly id: FactId;
  readonly boots: number;
  readonly value: number;
}

function otherDefaults({ boots = {} }: Family, readings: Readings): readonly OtherDefault[] {
  return Object.entries(boots).flatMap(([id, expected]) => {
    const reading = readings.get(id);
    if (reading?.state !== 'known' || typeof reading.value !== 'number' || reading.value === expected) return [];
    return [{ id, boots: expected, value: reading.value }];
  });
}
