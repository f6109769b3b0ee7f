import type { DerivedFact, FactDescription } from '../../model/fact.js';
import { absent, known, unreadable, type FactId, type Reading, type ReadFact } from '../../model/reading.js';
import { daysBetween, type Day } from './days.js';
import { findDistribution } from './distribution.js';
import type { Found } from './found.js';
import { findKernel } from './kernel.js';
import type { SupportData } from './schema.js';

const SOURCES = ['https://endoflife.date', 'https://github.com/endoflife-date/endoflife.date'];

/** The day that support is judged by. The run gives it, as a reading like any other: the core has no clock. */
export const TODAY: FactDescription = {
  id: 'support.today',
  title:
    'The day that support is judged by (UTC, YYYY-MM-DD): the day on which the readings were collected, or the one of --as-of',
  type: { kind: 'string' },
  sources: ['the clock of the machine that runs kernward'],
};

/** What `kernelOfHost` reads. */
const KERNEL_FACTS: readonly FactId[] = [
  'uname.release',
  'uname.version',
  'uname.machine',
  'proc.version',
  'proc.version_signature',
  'os.id',
  'kernel.package',
];
const OS_FACTS: readonly FactId[] = ['os.id', 'os.version_id', 'os.name'];

type Field = 'ends' | 'extended';
type Find = (data: readonly SupportData[], read: ReadFact) => Found;

/** The day itself, with what says so. */
function dayOf(found: Found, field: Field): Reading<Day> {
  if ('none' in found) return found.none;
  const { data, release, name } = found;
  const from =
    field === 'extended' && release.extendedFrom !== undefined
      ? release.extendedFrom
      : `${data.source}, as of ${data.asOf}`;
  const day = release[field];
  if (day !== undefined)
    return known(
      day,
      `${name}: ${field === 'extended' ? `${data.distribution?.extendedName ?? 'extended support'} until` : 'until'} ${day} (${from})`,
    );
  if (field === 'extended') return absent(`no extended support of ${name} is known (${from})`);
  return unreadable('undetermined', `${name} was maintained on ${data.asOf}, and no end had been announced (${from})`);
}

function daysLeft(read: ReadFact, end: Reading<Day>): Reading {
  if (end.state !== 'known') return end;
  const today = read(TODAY.id);
  if (today.state === 'unreadable') return today;
  if (today.state === 'absent') return unreadable('undetermined', `${TODAY.id} is absent: ${today.witness}`);
  const day = typeof today.value === 'string' ? today.value : '';
  const days = daysBetween(day, end.value);
  return days === undefined
    ? unreadable('malformed', `${TODAY.id} is no day: ${today.raw}`)
    : known(days, `${end.raw}, seen from ${day}`);
}

interface Subject {
  readonly prefix: string;
  readonly title: string;
  readonly field: Field;
  readonly find: Find;
  readonly inputs: readonly FactId[];
}

const SUBJECTS: readonly Subject[] = [
  {
    prefix: 'support.kernel',
    title: 'support of the running kernel series by kernel.org, of kernels that no distribution maintains',
    field: 'ends',
    find: findKernel,
    inputs: KERNEL_FACTS,
  },
  {
    prefix: 'support.os',
    title: 'support of the distribution',
    field: 'ends',
    find: findDistribution,
    inputs: OS_FACTS,
  },
  {
    prefix: 'support.os_extended',
    title: 'extended support of the distribution, for those who have it',
    field: 'extended',
    find: findDistribution,
    inputs: OS_FACTS,
  },
];

/**
 * Until when the kernel and the distribution are maintained: `…_ends`, the last day, and `…_days_left`, days from
 * `support.today` to it, 0 on the last day and negative after it. What the data does not say is `undetermined`; a
 * kernel that its vendor maintains, and extended support that nobody offers, are absent.
 */
export function supportFacts(data: readonly SupportData[]): readonly DerivedFact[] {
  return SUBJECTS.flatMap(({ prefix, title, field, find, inputs }): readonly DerivedFact[] => [
    {
      id: `${prefix}_ends`,
      title: `Last day of ${title} (YYYY-MM-DD)`,
      type: { kind: 'string' },
      sources: SOURCES,
      inputs,
      derive: (read) => dayOf(find(data, read), field),
    },
    {
      id: `${prefix}_days_left`,
      title: `Days left of ${title}: 0 on the last day, negative after it`,
      type: { kind: 'int' },
      sources: SOURCES,
      inputs: [TODAY.id, ...inputs],
      derive: (read) => daysLeft(read, dayOf(find(data, read), field)),
    },
  ]);
}
