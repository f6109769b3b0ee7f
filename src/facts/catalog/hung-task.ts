import type { FactDefinition } from '../definition.js';
import { IN_RHEL_6, INT_MAX, LONG_MAX, kernelDoc, sysctl } from '../sysctl.js';

const SOURCE = 'kernel/hung_task.c, Debian linux 6.1.192-2';

/** What the kernel does about tasks that stay in uninterruptible sleep. */
export const HUNG_TASK_FACTS: readonly FactDefinition[] = [
  sysctl({
    name: 'kernel.hung_task_panic',
    title: 'Panic when a task is hung',
    range: [0, INT_MAX],
    since: IN_RHEL_6,
    boot: 'hung_task_panic=',
    sources: [kernelDoc('hung_task_panic'), SOURCE, 'Linux commit 9544f9e6947f6508d29f0d0cc2dacaa749fc1613'],
    samples: ['0', '1', '3'],
    note: '0 never. Up to 6.18 only 0 and 1 can be written; since 6.19 it is a count: panic when that many hung tasks are found in one scan.',
  }),
  sysctl({
    name: 'kernel.hung_task_timeout_secs',
    title: 'How long a task may be blocked before it counts as hung',
    range: [0, LONG_MAX],
    unit: 's',
    since: IN_RHEL_6,
    sources: [kernelDoc('hung_task_timeout_secs'), SOURCE],
    samples: ['120', '0', '600'],
    note: '0: nothing is checked at all.',
  }),
  sysctl({
    name: 'kernel.hung_task_check_interval_secs',
    title: 'How often tasks are checked',
    range: [0, LONG_MAX],
    unit: 's',
    since: 'between 4.16 and 5.4 (not in 4.15.18, in 5.4.291)',
    sources: [kernelDoc('hung_task_check_interval_secs'), SOURCE],
    samples: ['0', '60'],
    note: '0: as often as the timeout. In effect never longer than the timeout.',
  }),
  sysctl({
    name: 'kernel.hung_task_check_count',
    title: 'How many tasks one scan looks at',
    range: [0, INT_MAX],
    unit: 'tasks',
    since: IN_RHEL_6,
    sources: [kernelDoc('hung_task_check_count'), SOURCE],
    samples: ['4194304', '32768'],
    note: 'A small number is a blind spot: what is not looked at is never reported.',
  }),
  sysctl({
    name: 'kernel.hung_task_warnings',
    title: 'How many more hung tasks are reported in the log',
    range: [-1, INT_MAX],
    unit: 'count',
    since: IN_RHEL_6,
    sources: [
      kernelDoc('hung_task_warnings'),
      SOURCE,
      'kernel/hung_task.c, Ubuntu linux 4.4.0-187, kernel-3.10.0-123, -229 and -514.el7, 2.6.32-131 to -573.el6',
    ],
    samples: ['10', '-1', '0'],
    note: '-1 without end. 0 silences the messages; in old kernels it silences the panic too: RHEL 6 up to 6.7, RHEL 7 up to 7.3, 4.4.',
  }),
  sysctl({
    name: 'kernel.hung_task_all_cpu_backtrace',
    title: 'Backtraces of all CPUs when a task is hung',
    range: [0, 1],
    since: 'between 5.6 and 5.15 (not in 5.5, in 5.15.200)',
    sources: [kernelDoc('hung_task_all_cpu_backtrace')],
    samples: ['0'],
  }),
  sysctl({
    name: 'kernel.hung_task_detect_count',
    title: 'Times that a scan found a task hung, since boot',
    boot: 'none',
    range: [0, LONG_MAX],
    unit: 'count',
    since: '6.13 (inferred from the date of Linux commit 03ecb24db20e78c478b9b7c0ec767bfdc053ecd4; not in 6.12.117)',
    sources: [
      kernelDoc('hung_task_detect_count'),
      'Linux commit 03ecb24db20e78c478b9b7c0ec767bfdc053ecd4',
      'check_hung_uninterruptible_tasks() in kernel/hung_task.c, torvalds/linux at 00b5cdeb9fe7',
    ],
    samples: ['0', '17'],
    note: 'A task that stays hung is counted again by every scan. Newer kernels let root set it back to 0 ("hung_task: enable runtime reset of hung_task_detect_count", after 6.19).',
  }),
  sysctl({
    name: 'kernel.hung_task_sys_info',
    title: 'What else is dumped when a task is hung',
    range: 'text',
    since: 'later than 6.12 (exact version not found)',
    sources: ['https://docs.kernel.org/admin-guide/sysctl/kernel.html'],
    samples: ['', 'tasks,mem'],
  }),
];
