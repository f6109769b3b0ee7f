import { defined } from '../../language/defined.js';
import type { Unit } from '../../model/fact.js';
import { absent, known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { filledLines } from '../filled-lines.js';
import { isMalformed, kernelThreads, type KernelThread } from '../kernel-threads.js';
import { bool, int } from '../parse.js';
import { ALWAYS, LONG_MAX, UINT_MAX } from '../sysctl.js';
import { THP_DIRECTORIES } from './thp.js';

const DOC = 'https://docs.kernel.org/admin-guide/mm/transhuge.html';
const STAT_SOURCES = [
  'https://docs.kernel.org/filesystems/proc.html',
  'do_task_stat() in fs/proc/array.c (raspberrypi/linux at 02954bb06eed, a 5.x tree, and torvalds/linux at 03e369d93239, a 2.6 tree): takes no mmap_sem',
  'mm/khugepaged.c, Debian linux 6.1.192-2',
];

function file(name: string): FactDefinition['origin'] {
  return {
    via: 'file',
    section: 'sysfs',
    paths: THP_DIRECTORIES.map((directory) => `${directory}/khugepaged/${name}`),
  };
}

function number(
  name: string,
  title: string,
  sample: number,
  since: string,
  unit?: Unit,
  max = UINT_MAX,
): FactDefinition {
  return {
    id: `khugepaged.${name}`,
    title,
    type: { kind: 'int', min: 0, max },
    ...defined({ unit }),
    since,
    sources: [DOC],
    origin: file(name),
    parse: int(0, max),
    samples: [
      { text: `${sample}\n`, known: sample },
      { text: '\n', otherwise: 'malformed' },
    ],
  };
}

/** The threads of that name; none only where all kernel threads can be seen. */
function khugepaged(text: string): readonly KernelThread[] | Reading<never> {
  const threads = kernelThreads(filledLines(text));
  if (isMalformed(threads)) return threads;
  const found = threads.filter(({ name }) => name === 'khugepaged');
  if (found.length > 0 || threads.some(({ pid, name }) => pid === 2 && name === 'kthreadd')) return found;
  return unreadable(
    'denied',
    'kernel threads cannot be seen from here (hidepid, or a PID namespace): process 2 is not kthreadd',
  );
}

function isRunning(text: string): Reading<boolean> {
  const found = khugepaged(text);
  return isMalformed(found) ? found : known(found.length > 0, text);
}

function isInDState(text: string): Reading<boolean> {
  const found = khugepaged(text);
  if (isMalformed(found)) return found;
  if (found.length === 0) return absent('kthreadd can be seen, and there is no kernel thread called khugepaged');
  return known(
    found.some(({ state }) => state === 'D'),
    text,
  );
}

const KTHREADD = '/proc/2/stat:2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0\n';
function thread(state: string): string {
  return `/proc/29/stat:29 (khugepaged) ${state} 2 0 0 0 -1 2097216 0 0 0 0 0 0 0 0 39 19 1 0 31 0 0\n`;
}
const SPOOFED = '/proc/812/stat:812 (khugepaged) D 1 812 812 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 31 0 0\n';

/** The kernel thread that makes huge pages, and its settings. */
export const KHUGEPAGED: readonly FactDefinition[] = [
  {
    id: 'khugepaged.running',
    title: 'khugepaged runs now',
    type: { kind: 'bool' },
    since: 'every kernel that has /proc',
    sources: STAT_SOURCES,
    origin: { via: 'command', sections: ['kthreads'] },
    parse: isRunning,
    samples: [
      { text: KTHREADD + thread('S'), known: true },
      { text: KTHREADD, known: false },
      { text: KTHREADD + SPOOFED, known: false },
      { text: '', otherwise: 'denied' },
      { text: SPOOFED, otherwise: 'denied' },
    ],
    note: 'It is a kernel thread by the flag PF_KTHREAD (0x200000) in /proc/PID/stat and by its parent 2, not by its name alone. That it does not run is known only where kthreadd can be seen.',
  },
  {
    id: 'khugepaged.in_d_state',
    title: 'khugepaged is in uninterruptible sleep at this moment',
    type: { kind: 'bool' },
    since: 'every kernel that has /proc',
    sources: STAT_SOURCES,
    origin: { via: 'command', sections: ['kthreads'] },
    parse: isInDState,
    samples: [
      { text: KTHREADD + thread('D'), known: true },
      { text: KTHREADD + thread('S'), known: false },
      { text: KTHREADD, otherwise: 'absent' },
      { text: '', otherwise: 'denied' },
    ],
    note: 'One look, not a measure of time: a short wait for a lock or for memory is normal. Absent where khugepaged does not run.',
  },
  {
    id: 'khugepaged.defrag',
    title: 'khugepaged reclaims and compacts to get a huge page',
    type: { kind: 'bool' },
    since: ALWAYS,
    sources: [
      DOC,
      'https://www.mongodb.com/docs/manual/tutorial/disable-transparent-huge-pages/ (RHEL 6 wants "no", RHEL 7 wants 0)',
    ],
    origin: file('defrag'),
    parse: bool,
    samples: [
      { text: '1\n', known: true },
      { text: '0\n', known: false },
      { text: '[yes] no\n', known: true },
    ],
  },
  number('pages_to_scan', 'Pages that one pass looks at', 4096, ALWAYS, 'pages'),
  number('scan_sleep_millisecs', 'Pause between two passes', 10_000, ALWAYS, 'ms'),
  number('alloc_sleep_millisecs', 'Pause after a huge page could not be had', 60_000, ALWAYS, 'ms'),
  number('max_ptes_none', 'Small pages that may be missing in what becomes a huge page', 511, ALWAYS, 'pages'),
  number(
    'max_ptes_swap',
    'Small pages that may be swapped out in what becomes a huge page',
    64,
    'between 4.5 and 4.9 (not in 4.4.230, in 4.9.319)',
    'pages',
  ),
  number(
    'max_ptes_shared',
    'Small pages that may be shared in what becomes a huge page',
    256,
    'between 5.6 and 5.15 (not in 5.5, in 5.15.200)',
    'pages',
  ),
  number('pages_collapsed', 'Huge pages made since boot', 0, ALWAYS, 'count', LONG_MAX),
  number('full_scans', 'Passes over all memory since boot', 12, ALWAYS, 'count', LONG_MAX),
];
