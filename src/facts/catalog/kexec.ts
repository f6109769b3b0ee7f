import { absent, known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { bool, int, malformed, pairs } from '../parse.js';
import { IN_RHEL_6, INT_MAX, kernelDoc, LONG_MAX, sysctl } from '../sysctl.js';

const DOC = 'https://docs.kernel.org/admin-guide/kdump/kdump.html';
const KSYSFS = 'kernel/ksysfs.c, Debian linux 6.1.192-2';

const ON_PANIC = '/sys/firmware/shutdown_actions/on_panic';
const DUMP_TYPE = '/sys/firmware/dump/dump_type';
/** SHUTDOWN_ACTION_*_STR in arch/s390/kernel/ipl.c. */
const S390_ACTIONS = ['ipl', 'reipl', 'dump', 'dump_reipl', 'vmcmd', 'stop'] as const;
/** dump_run() does nothing where no device is set up for it. */
const WITHOUT_DUMP: ReadonlyMap<string, string> = new Map([
  ['dump', 'stop'],
  ['dump_reipl', 'reipl'],
]);

function onPanic(text: string): Reading {
  const lines = new Map(pairs(text) ?? [[ON_PANIC, '?']]);
  const action = lines.get(ON_PANIC);
  if (action === undefined) return absent(`no ${ON_PANIC}: this is not s390`);
  if (!S390_ACTIONS.some((one) => one === action)) return malformed('an action of s390', text);
  const without = WITHOUT_DUMP.get(action);
  if (without === undefined) return known(action, text);
  const type = lines.get(DUMP_TYPE) ?? '';
  if (type === '')
    return unreadable('undetermined', `a panic shall ${action}, and ${DUMP_TYPE}, which says where to, was not read`);
  return known(type === 'none' ? without : action, text);
}

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
    id: 'fadump.registered',
    title: 'POWER: a firmware-assisted dump is registered, which a panic ends in',
    type: { kind: 'bool' },
    since: 'POWER: fadump_registered in 3.10.0-1062.el7, fadump/registered since 5.6',
    bootParameter: 'fadump=',
    sources: [
      'https://docs.kernel.org/arch/powerpc/firmware-assisted-dump.html',
      'Documentation/ABI/testing/sysfs-kernel-fadump and Documentation/ABI/obsolete/sysfs-kernel-fadump_registered',
      'fadump_register_show() and crash_fadump() in arch/powerpc/kernel/fadump.c, RHEL 3.10.0-1062',
    ],
    origin: {
      via: 'file',
      section: 'sysfs',
      paths: ['/sys/kernel/fadump/registered', '/sys/kernel/fadump_registered'],
    },
    parse: bool,
    samples: [
      { text: '0\n', known: false },
      { text: '1\n', known: true },
    ],
    note: 'It needs no crash kernel, and `kexec.crash_loaded` is false with it. Absent: another architecture, or a kernel without it.',
  },
  {
    id: 's390.on_panic',
    title: 's390: what a panic makes the machine do',
    type: { kind: 'enum', values: S390_ACTIONS },
    since: 's390: in 3.10.0-1062.el7',
    sources: [
      'on_panic_show(), do_panic(), dump_run() and dump_type_show() in arch/s390/kernel/ipl.c, RHEL 3.10.0-1062',
    ],
    origin: { via: 'files', section: 'sysfs', paths: [ON_PANIC, DUMP_TYPE] },
    parse: onPanic,
    samples: [
      { text: `${ON_PANIC}:stop\n${DUMP_TYPE}:none\n`, known: 'stop' },
      { text: `${ON_PANIC}:dump_reipl\n${DUMP_TYPE}:ccw\n`, known: 'dump_reipl' },
      { text: `${ON_PANIC}:dump_reipl\n${DUMP_TYPE}:none\n`, known: 'reipl' },
      { text: `${ON_PANIC}:dump\n`, otherwise: 'undetermined' },
      { text: '', otherwise: 'absent' },
    ],
    note: 'Where a panic shall dump and no device for it is set up (/sys/firmware/dump/dump_type is `none`), it does what it would do without: `stop`, `reipl`. Absent: another architecture.',
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
