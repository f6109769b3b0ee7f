import type { FactDefinition } from '../definition.js';
import { bool, int } from '../parse.js';
import { IN_RHEL_6, INT_MAX, kernelDoc, LONG_MAX, sysctl } from '../sysctl.js';

const DOC = 'https://docs.kernel.org/admin-guide/kdump/kdump.html';
const KSYSFS = 'kernel/ksysfs.c, Debian linux 6.1.192-2';

/** Whether a crash kernel stands ready, and whether one may still be loaded. */
export const KEXEC: readonly FactDefinition[] = [
  {
    id: 'kexec.crash_loaded',
    title: 'A crash kernel is loaded: a panic ends in kdump',
    type: { kind: 'bool' },
    since: IN_RHEL_6,
    bootParameter: 'crashkernel=',
    sources: [DOC, KSYSFS],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/kernel/kexec_crash_loaded'] },
    parse: bool,
    samples: [
      { text: '0\n', known: false },
      { text: '1\n', known: true },
    ],
    note: 'Absent: the kernel is built without kexec (newer ones: without CONFIG_CRASH_DUMP), so no crash kernel can be loaded.',
  },
  {
    id: 'kexec.loaded',
    title: 'A kernel for the next reboot is loaded',
    type: { kind: 'bool' },
    since: IN_RHEL_6,
    sources: [DOC, KSYSFS],
    origin: { via: 'file', section: 'sysfs', paths: ['/sys/kernel/kexec_loaded'] },
    parse: bool,
    samples: [
      { text: '0\n', known: false },
      { text: '1\n', known: true },
    ],
  },
  {
    id: 'kexec.crash_size',
    title: 'Memory reserved for a crash kernel',
    type: { kind: 'int', min: 0, max: LONG_MAX },
    unit: 'bytes',
    since: IN_RHEL_6,
    bootParameter: 'crashkernel=',
    sources: [DOC, KSYSFS],
    origin: { via: 'file', section: 'locked', paths: ['/sys/kernel/kexec_crash_size'] },
    parse: int(0),
    samples: [
      { text: '0\n', known: 0 },
      { text: '268435456\n', known: 268_435_456 },
    ],
    note: '0: nothing was reserved, so no crash kernel can be loaded before the next boot.',
  },
  sysctl({
    name: 'kernel.kexec_load_disabled',
    title: 'No kernel may be loaded any more, a crash kernel included',
    range: [0, 1],
    since: 'in Red Hat’s 2.6.32-131 and 3.10.0-173 (RHEL 6.1, 7.1), not in 3.10.0-123.el7',
    sources: [kernelDoc('kexec_load_disabled')],
    samples: ['0', '1'],
  }),
  sysctl({
    name: 'kernel.kexec_load_limit_panic',
    title: 'How often a crash kernel may still be loaded',
    range: [-1, INT_MAX],
    unit: 'count',
    since: 'between 6.2 and 6.9 (not in 6.1.192, in 6.9.3)',
    sources: [kernelDoc('kexec_load_limit_panic')],
    samples: ['-1', '1'],
    note: '-1: without limit.',
  }),
  sysctl({
    name: 'kernel.kexec_load_limit_reboot',
    title: 'How often a kernel for the next reboot may still be loaded',
    range: [-1, INT_MAX],
    unit: 'count',
    since: 'between 6.2 and 6.9 (not in 6.1.192, in 6.9.3)',
    sources: [kernelDoc('kexec_load_limit_reboot')],
    samples: ['-1', '0'],
    note: '-1: without limit.',
  }),
];
