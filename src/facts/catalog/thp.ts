import { known, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { bool, choice, chosen, int, malformed, pairs } from '../parse.js';
import { ALWAYS, LONG_MAX } from '../sysctl.js';

const DOC = 'https://docs.kernel.org/admin-guide/mm/transhuge.html';

/** Upstream's directory, then the one of Red Hat's 2.6.32 (RHEL 6): what is there is read into the same facts. */
export const THP_DIRECTORIES = [
  '/sys/kernel/mm/transparent_hugepage',
  '/sys/kernel/mm/redhat_transparent_hugepage',
] as const;

const MODES = ['always', 'madvise', 'never'];
const DEFRAG = ['always', 'defer', 'defer+madvise', 'madvise', 'never'];
const SHMEM = ['always', 'within_size', 'advise', 'never', 'deny', 'force'];
const SIZE_MODES = ['always', 'inherit', 'madvise', 'never'];
const SHMEM_SIZE_MODES = ['always', 'inherit', 'within_size', 'advise', 'never'];

function file(name: string): FactDefinition['origin'] {
  return {
    via: 'file',
    section: 'sysfs',
    paths: THP_DIRECTORIES.map((directory) => `${directory}/${name}`),
  };
}

function sizes(name: string): FactDefinition['origin'] {
  return {
    via: 'glob',
    section: 'sysfs',
    directories: [THP_DIRECTORIES[0]],
    patterns: [`hugepages-*/${name}`],
    mayBeEmpty: false,
  };
}

/** `hugepages-64kB/enabled:always inherit madvise [never]` → `{ '64kB': 'never' }`, smallest first. */
/** mm/huge_memory.c names a folder after (PAGE_SIZE << order) / 1024, and a page is a power of two. */
function isPowerOfTwo(kib: number): boolean {
  return Number.isInteger(Math.log2(kib));
}

function bySize(name: string, modes: readonly string[]) {
  return (text: string): Reading => {
    const found: [number, string, string][] = [];
    for (const [path, line] of pairs(text) ?? [['', '']]) {
      const size = /^hugepages-([1-9][0-9]{0,11})kB\/(\w+)$/.exec(path);
      const mode = chosen(line, modes);
      if (size?.[1] === undefined || size[2] !== name || mode === undefined || !isPowerOfTwo(Number(size[1])))
        return malformed('a mode for each size', text);
      found.push([Number(size[1]), `${size[1]}kB`, mode]);
    }
    if (new Set(found.map(([kib]) => kib)).size !== found.length) return malformed('each size once', text);
    return known(Object.fromEntries(found.sort(([a], [b]) => a - b).map(([, size, mode]) => [size, mode])), text);
  };
}

/** Transparent huge pages. */
export const THP: readonly FactDefinition[] = [
  {
    id: 'thp.enabled',
    title: 'Transparent huge pages for anonymous memory',
    type: { kind: 'enum', values: MODES },
    since: ALWAYS,
    bootParameter: 'transparent_hugepage=',
    sources: [DOC, 'mm/huge_memory.c, Debian linux 6.1.192-2'],
    origin: file('enabled'),
    parse: choice(MODES),
    samples: [
      { text: '[always] madvise never\n', known: 'always' },
      { text: 'always [madvise] never\n', known: 'madvise' },
      { text: 'always madvise [never]\n', known: 'never' },
      { text: '[always] never\n', known: 'always' },
      { text: 'always madvise never\n', otherwise: 'malformed' },
      { text: '[always] [madvise] never\n', otherwise: 'malformed' },
    ],
    note: '`never` stops khugepaged on kernels without `thp.sizes`; with it, a size or shared memory that is on by its own file keeps khugepaged running, so `khugepaged.running` is the fact to ask. `madvise` never stops it. A kernel built with `always` or `madvise` starts with `never` on a machine of less than 512 MiB.',
  },
  {
    id: 'thp.defrag',
    title: 'How hard a page fault works for a huge page',
    type: { kind: 'enum', values: DEFRAG },
    since: ALWAYS,
    sources: [DOC],
    origin: file('defrag'),
    parse: choice(DEFRAG),
    samples: [
      { text: 'always defer defer+madvise [madvise] never\n', known: 'madvise' },
      { text: 'always defer [defer+madvise] madvise never\n', known: 'defer+madvise' },
      { text: '[always] madvise never\n', known: 'always' },
    ],
    note: 'Default `always` in 3.10 and 4.4, `madvise` in 4.9 and later trees (the change lies between). `defer+madvise` is there from between 4.10 and 4.14 on.',
  },
  {
    id: 'thp.shmem_enabled',
    title: 'Transparent huge pages for shared memory',
    type: { kind: 'enum', values: SHMEM },
    since: 'between 4.5 and 4.9 (not in 4.4.230, in 4.9.319)',
    bootParameter: 'transparent_hugepage_shmem=',
    sources: [DOC],
    origin: file('shmem_enabled'),
    parse: choice(SHMEM),
    samples: [{ text: 'always within_size advise [never] deny force\n', known: 'never' }],
  },
  {
    id: 'thp.use_zero_page',
    title: 'Reads of untouched memory share one huge zero page',
    type: { kind: 'bool' },
    since: ALWAYS,
    sources: [DOC],
    origin: file('use_zero_page'),
    parse: bool,
    samples: [
      { text: '1\n', known: true },
      { text: '0\n', known: false },
    ],
  },
  {
    id: 'thp.hpage_pmd_size',
    title: 'Size of the transparent huge page that one PMD maps',
    type: { kind: 'int', min: 0, max: LONG_MAX },
    unit: 'bytes',
    since: 'between 4.10 and 4.14 (not in 4.9.319, in 4.14.194)',
    sources: [DOC],
    origin: file('hpage_pmd_size'),
    parse: int(0),
    samples: [{ text: '2097152\n', known: 2_097_152 }],
  },
  {
    id: 'thp.shrink_underused',
    title: 'Huge pages that are mostly zero are split under memory pressure',
    type: { kind: 'bool' },
    since: 'between 6.10 and 6.12 (not in 6.9.3, in 6.12.117)',
    sources: [DOC],
    origin: file('shrink_underused'),
    parse: bool,
    samples: [{ text: '1\n', known: true }],
  },
  {
    id: 'thp.sizes',
    title: 'Transparent huge pages for anonymous memory, by size',
    type: { kind: 'map' },
    since: 'between 6.2 and 6.9 (not in 6.1.192, in 6.9.3)',
    bootParameter: 'thp_anon=',
    sources: [DOC],
    origin: sizes('enabled'),
    parse: bySize('enabled', SIZE_MODES),
    samples: [
      {
        text: 'hugepages-2048kB/enabled:always [inherit] madvise never\nhugepages-64kB/enabled:always inherit madvise [never]\n',
        known: { '64kB': 'never', '2048kB': 'inherit' },
      },
      { text: 'hugepages-64kB/enabled:always inherit madvise never\n', otherwise: 'malformed' },
      { text: 'hugepages-208kB/enabled:always inherit madvise [never]\n', otherwise: 'malformed' },
    ],
    note: 'The size of a PMD (`2048kB` on x86) defaults to `inherit`, all others to `never`.',
  },
  {
    id: 'thp.shmem_sizes',
    title: 'Transparent huge pages for shared memory, by size',
    type: { kind: 'map' },
    since: 'between 6.10 and 6.12 (not in 6.9.3, in 6.12.117)',
    bootParameter: 'thp_shmem=',
    sources: [DOC],
    origin: sizes('shmem_enabled'),
    parse: bySize('shmem_enabled', SHMEM_SIZE_MODES),
    samples: [
      { text: 'hugepages-64kB/shmem_enabled:always inherit within_size advise [never]\n', known: { '64kB': 'never' } },
    ],
  },
];
