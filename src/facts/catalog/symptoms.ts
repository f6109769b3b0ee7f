import { defined } from '../../language/defined.js';
import type { FactDefinition } from '../definition.js';
import { toLine, type CounterFile } from '../counter-file.js';
import { LONG_MAX } from '../sysctl.js';

const VMSTAT: CounterFile = {
  path: '/proc/vmstat',
  start: (name) => `${name} `,
  value: (line) =>
    /^[a-z0-9_]+ (?:0|[1-9][0-9]{0,15})$/.test(line) ? Number(line.slice(line.indexOf(' ') + 1)) : undefined,
  mark: 'nr_free_pages ',
};

function counter(
  name: string,
  title: string,
  since: string,
  sources: readonly string[],
  note?: string,
): FactDefinition {
  return {
    id: `vmstat.${name}`,
    title,
    type: { kind: 'int', min: 0, max: LONG_MAX },
    unit: 'count',
    since,
    sources: ['vmstat_text[] in mm/vmstat.c', ...sources],
    origin: { via: 'file', section: 'locked', paths: ['/proc/vmstat'] },
    parse: toLine(VMSTAT, name),
    samples: [
      { text: `nr_free_pages 145223\n${name} 0\n`, known: 0 },
      { text: `nr_free_pages 145223\n${name} 4711\nunevictable_pgs_culled 0\n`, known: 4711 },
      { text: 'nr_free_pages 145223\n', otherwise: 'absent' },
      { text: '', otherwise: 'malformed' },
      { text: `nr_free_pages 145223\n${name} -1\n`, otherwise: 'malformed' },
      { text: `nr_free_pages 145223\n${name} 1\n${name} 1\n`, otherwise: 'malformed' },
    ],
    ...defined({ note }),
  };
}

const THP_DOC = 'https://docs.kernel.org/admin-guide/mm/transhuge.html#monitoring-usage';
const THP_ONLY = 'Absent: the kernel does not count it, or is built without huge pages.';

const PSI_DOC = 'https://docs.kernel.org/accounting/psi.html';
/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`: percent with two decimals, and microseconds since boot. */
function psi(field: 'avg300' | 'total'): CounterFile {
  return {
    path: '/proc/pressure/memory',
    start: (name) => `${name} `,
    value: (line) => {
      const groups =
        /^(?:some|full) avg10=\d+\.\d\d avg60=\d+\.\d\d avg300=(?<avg300>\d{1,3})\.\d\d total=(?<total>\d{1,15})$/.exec(
          line,
        )?.groups;
      const digits = groups?.[field];
      return digits === undefined ? undefined : field === 'total' ? Math.floor(Number(digits) / 1000) : Number(digits);
    },
    mark: 'some ',
  };
}

const NONE = 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';
const MUCH =
  'some avg10=71.44 avg60=60.10 avg300=33.96 total=90123456\nfull avg10=50.00 avg60=41.07 avg300=12.80 total=61234567\n';

function pressure(row: {
  readonly id: string;
  readonly title: string;
  readonly line: 'some' | 'full';
  readonly field: 'avg300' | 'total';
  readonly much: number;
  readonly note: string;
}): FactDefinition {
  return {
    id: row.id,
    title: row.title,
    type: row.field === 'total' ? { kind: 'int', min: 0, max: LONG_MAX } : { kind: 'int', min: 0, max: 100 },
    unit: row.field === 'total' ? 'ms' : 'percent',
    since:
      '4.20, and Red Hat’s 4.18 (RHEL 8), where it is built in (CONFIG_PSI) and not switched off (psi=0; RHEL 8 and 9 have it off unless psi=1 is given)',
    sources: [PSI_DOC, 'psi_show() in kernel/sched/psi.c'],
    origin: { via: 'file', section: 'locked', paths: ['/proc/pressure/memory'] },
    parse: toLine(psi(row.field), row.line),
    samples: [
      { text: NONE, known: 0 },
      { text: MUCH, known: row.much },
      { text: 'some avg10=0.00\n', otherwise: row.line === 'some' ? 'malformed' : 'absent' },
      { text: '', otherwise: 'malformed' },
    ],
    note: row.note,
  };
}

/** Signs that something is going wrong: counters since boot and averages of the last minutes. */
export const SYMPTOMS: readonly FactDefinition[] = [
  counter(
    'oom_kill',
    'Processes killed for want of memory since boot',
    '4.13',
    ['Linux commit 8e675f7af507 "mm/oom_kill: count global and memory cgroup oom kills"'],
    'Kills inside a memory cgroup (a container that reached its own limit) are counted too. What systemd-oomd or earlyoom kills is not: they send a signal.',
  ),
  counter(
    'compact_stall',
    'Times a task had to wait while memory was compacted for what it asked, since boot',
    '3.10 or earlier',
    [THP_DOC, '__alloc_pages_direct_compact() in mm/page_alloc.c, Debian linux 6.1.176-1'],
    'Kernel threads are counted too, khugepaged among them. Absent: the kernel does not count it, or is built without compaction.',
  ),
  counter('thp_fault_alloc', 'Page faults that got a huge page, since boot', '3.10 or earlier', [THP_DOC], THP_ONLY),
  counter(
    'thp_fault_fallback',
    'Page faults that found no huge page and took small ones, since boot',
    '3.10 or earlier',
    [THP_DOC],
    THP_ONLY,
  ),
  counter('thp_collapse_alloc', 'Huge pages that khugepaged got, since boot', '3.10 or earlier', [THP_DOC], THP_ONLY),
  counter(
    'thp_collapse_alloc_failed',
    'Times khugepaged wanted a huge page and got none, since boot',
    '3.10 or earlier',
    [THP_DOC],
    THP_ONLY,
  ),
  pressure({
    id: 'pressure.memory_some_avg300',
    title: 'Share of the last five minutes in which some task waited for memory',
    line: 'some',
    field: 'avg300',
    much: 33,
    note: 'Whole percent, rounded down. Absent too where the kernel has pressure accounting switched off.',
  }),
  pressure({
    id: 'pressure.memory_full_avg300',
    title: 'Share of the last five minutes in which every task that had something to do waited for memory',
    line: 'full',
    field: 'avg300',
    much: 12,
    note: 'Whole percent, rounded down. Absent too where the kernel has pressure accounting switched off.',
  }),
  pressure({
    id: 'pressure.memory_full_total',
    title: 'Time since boot in which every task that had something to do waited for memory',
    line: 'full',
    field: 'total',
    much: 61_234,
    note: 'Milliseconds, rounded down; the kernel counts microseconds. Absent too where the kernel has pressure accounting switched off.',
  }),
  {
    id: 'memory.total',
    title: 'Memory that the kernel manages',
    type: { kind: 'int', min: 0, max: LONG_MAX },
    unit: 'bytes',
    since: 'every kernel that has /proc',
    sources: ['https://docs.kernel.org/filesystems/proc.html#meminfo'],
    origin: { via: 'file', section: 'locked', paths: ['/proc/meminfo'] },
    parse: toLine(
      {
        path: '/proc/meminfo',
        start: (name) => `${name}:`,
        value: (line) => {
          const kibibytes = /^MemTotal: +(?<kB>[1-9]\d{0,12}) kB$/.exec(line)?.groups?.['kB'];
          return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
        },
        mark: 'MemTotal:',
      },
      'MemTotal',
    ),
    samples: [
      { text: 'MemTotal:         748516 kB\nMemFree:          690172 kB\n', known: 766_480_384 },
      { text: 'MemFree:          690172 kB\n', otherwise: 'malformed' },
      { text: 'MemTotal: many kB\n', otherwise: 'malformed' },
    ],
    note: 'What firmware, the kernel image and a crash kernel took at boot is not in it.',
  },
];
