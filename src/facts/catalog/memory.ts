import type { FactDefinition } from '../definition.js';
import { int } from '../parse.js';
import { IN_RHEL_6, INT_MAX, LONG_MAX, SEEN_IN_6_1, sysctl, vmDoc } from '../sysctl.js';

const OOM_C = 'mm/oom_kill.c, Debian linux 6.1.192-2';
const KSM = 'https://docs.kernel.org/admin-guide/mm/ksm.html';

/** What happens when memory runs out, and how hard reclaim and compaction work before that. */
export const MEMORY: readonly FactDefinition[] = [
  sysctl({
    name: 'vm.panic_on_oom',
    title: 'Panic when memory runs out',
    range: [0, 2],
    since: IN_RHEL_6,
    sources: [vmDoc('panic_on_oom'), OOM_C],
    samples: ['0', '1', '2'],
    note: '1: only when the whole system is out of memory, not a cpuset, a memory policy or a memory cgroup. 2: always.',
  }),
  sysctl({
    name: 'vm.oom_kill_allocating_task',
    title: 'The task that asked for memory is killed, not the worst one',
    range: [0, INT_MAX],
    since: IN_RHEL_6,
    sources: [vmDoc('oom_kill_allocating_task'), OOM_C],
    samples: ['0', '1'],
  }),
  sysctl({
    name: 'vm.oom_dump_tasks',
    title: 'An OOM kill lists all tasks in the log',
    range: [0, INT_MAX],
    since: IN_RHEL_6,
    sources: [vmDoc('oom_dump_tasks'), OOM_C],
    samples: ['1', '0'],
  }),
  sysctl({
    name: 'vm.overcommit_memory',
    title: 'How memory is promised: 0 by estimate, 1 always, 2 never beyond the limit',
    range: [0, 2],
    since: IN_RHEL_6,
    sources: [vmDoc('overcommit_memory')],
    samples: ['0', '1'],
  }),
  sysctl({
    name: 'vm.min_free_kbytes',
    title: 'Memory kept free, in KiB',
    range: [0, INT_MAX],
    since: IN_RHEL_6,
    sources: [vmDoc('min_free_kbytes')],
    samples: ['67584'],
  }),
  sysctl({
    name: 'vm.watermark_scale_factor',
    title: 'Distance between the watermarks of reclaim, in hundredths of a percent of memory',
    range: [0, INT_MAX],
    since: 'between 4.5 and 4.9 (not in 4.4.230, in 4.9.319)',
    sources: [vmDoc('watermark_scale_factor')],
    samples: ['10'],
  }),
  sysctl({
    name: 'vm.watermark_boost_factor',
    title: 'Extra reclaim after fragmentation, in hundredths of a percent of the high watermark',
    range: [0, INT_MAX],
    since: 'between 4.16 and 5.4 (not in 4.15.18, in 5.4.291)',
    sources: [vmDoc('watermark_boost_factor')],
    samples: ['15000', '0'],
  }),
  sysctl({
    name: 'vm.extfrag_threshold',
    title: 'From which fragmentation the kernel compacts',
    range: [0, 1000],
    since: IN_RHEL_6,
    sources: [vmDoc('extfrag_threshold')],
    samples: ['500'],
  }),
  sysctl({
    name: 'vm.compaction_proactiveness',
    title: 'How eagerly the kernel compacts memory in advance',
    range: [0, 100],
    unit: 'percent',
    since: 'between 5.6 and 5.15 (not in 5.5, in 5.15.200)',
    sources: [vmDoc('compaction_proactiveness')],
    samples: ['20', '0'],
  }),
  sysctl({
    name: 'vm.compact_unevictable_allowed',
    title: 'Compaction may move locked pages',
    range: [0, 1],
    since: 'between 3.11 and 4.4 (not in 3.10.0-514.el7, in 4.4.230)',
    sources: [vmDoc('compact_unevictable_allowed')],
    samples: ['1', '0'],
  }),
  {
    id: 'ksm.run',
    title: 'Same-page merging: 0 stopped, 1 runs, 2 stopped and everything unmerged',
    type: { kind: 'int', min: 0, max: 2 },
    since: SEEN_IN_6_1,
    sources: [KSM],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/kernel/mm/ksm/run'] },
    parse: int(0, 2),
    samples: [
      { text: '0\n', known: 0 },
      { text: '1\n', known: 1 },
      { text: '3\n', otherwise: 'malformed' },
    ],
  },
  {
    id: 'ksm.max_page_sharing',
    title: 'How many mappings may share one merged page',
    type: { kind: 'int', min: 0, max: LONG_MAX },
    unit: 'count',
    since: '4.13 (not in the 4.9 stable series; backported to Red Hat 7.3 and Ubuntu 4.4)',
    sources: [KSM, 'Linux commit 2c653d0ee2ae "ksm: introduce ksm_max_page_sharing per page deduplication limit"'],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/kernel/mm/ksm/max_page_sharing'] },
    parse: int(0),
    samples: [{ text: '256\n', known: 256 }],
    note: 'That the file is there shows that the kernel limits the walk over shared pages.',
  },
];
