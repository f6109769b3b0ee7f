/** A machine with these files, started again: what does it make of its settings? */
export interface Tree {
  readonly name: string;
  /** Who applies sysctl.d at boot. */
  readonly program: 'systemd' | 'procps';
  /** More of the kernel's command line, as the boot loader has it. */
  readonly boot?: string;
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Much of it is not predicted, and kernward says so. */
  readonly isOpen?: true;
}

const ENABLED = '/sys/kernel/mm/transparent_hugepage/enabled';
const DEFRAG = '/sys/kernel/mm/transparent_hugepage/defrag';

export const TREES: readonly Tree[] = [
  { name: 'nothing is configured', program: 'systemd', files: {} },
  {
    name: 'one file',
    program: 'systemd',
    files: { '/etc/sysctl.d/50-a.conf': ['kernel.panic = 10', 'kernel.hung_task_panic=1', 'vm.panic_on_oom = 2'] },
  },
  {
    name: 'the last name wins, whatever the directory',
    program: 'systemd',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5', 'kernel.panic_on_oops=1'],
      '/usr/lib/sysctl.d/60-b.conf': ['kernel.panic = 10'],
      '/run/sysctl.d/55-c.conf': ['kernel.panic = 7', 'kernel.panic_on_oops=0'],
    },
  },
  {
    name: 'a file of the same name hides another',
    program: 'systemd',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.softlockup_panic=1'],
      '/usr/lib/sysctl.d/50-a.conf': ['kernel.panic = 10', 'kernel.softlockup_panic=0'],
    },
  },
  {
    name: 'patterns, and what they leave out',
    program: 'systemd',
    files: {
      '/etc/sysctl.d/50-a.conf': [
        'kernel.panic_on_* = 1',
        '-kernel.panic_on_warn',
        'vm.{oom_dump_tasks,panic_on_oom} = 0',
      ],
      '/etc/sysctl.d/60-b.conf': ['kernel.hung_task_t* = 60'],
    },
  },
  {
    name: 'slashes, minus signs, other bases',
    program: 'systemd',
    files: {
      '/etc/sysctl.d/50-a.conf': [
        'kernel/panic = 0x10',
        '-kernel.watchdog_thresh=017',
        '-no.such.key=1',
        'kernel.hung_task_timeout_secs = 30 seconds',
      ],
    },
  },
  {
    name: 'what the kernel refuses',
    program: 'systemd',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5'],
      '/etc/sysctl.d/60-b.conf': ['kernel.panic = 5s', 'kernel.hung_task_panic = yes', 'vm.overcommit_memory=1x'],
    },
  },
  {
    name: '/etc/sysctl.conf is nothing to systemd',
    program: 'systemd',
    files: { '/etc/sysctl.conf': ['kernel.panic = 20'], '/etc/sysctl.d/99-a.conf': ['kernel.panic = 21'] },
  },
  {
    name: 'the command line',
    program: 'systemd',
    boot: 'panic=7 hung_task_panic=1 softlockup_panic=1 oops=panic unknown_nmi_panic',
    files: {},
  },
  {
    name: 'sysctl.d comes after the command line',
    program: 'systemd',
    boot: 'panic=7 hung_task_panic=1',
    files: { '/etc/sysctl.d/50-a.conf': ['kernel.panic=8'] },
  },
  {
    name: 'sysctl. on the command line',
    program: 'systemd',
    boot: 'sysctl.kernel.hung_task_timeout_secs=77 sysctl.vm.panic_on_oom=1 sysctl.kernel/oops_limit=5',
    files: { '/etc/sysctl.d/50-a.conf': ['vm.panic_on_oom=0'] },
  },
  {
    name: 'panic_on_warn that is given as zero',
    program: 'systemd',
    boot: 'panic_on_warn=0 panic_print=0x1f',
    files: {},
  },
  { name: 'panic_on_warn that is given as one', program: 'systemd', boot: 'panic_on_warn=1', files: {} },
  { name: 'panic_on_warn without a value', program: 'systemd', boot: 'panic_on_warn', files: {} },
  { name: 'a parameter given twice', program: 'systemd', boot: 'panic=3 panic=4', files: {} },
  {
    name: 'numbers of the command line',
    program: 'systemd',
    boot: 'panic=0x10 watchdog-thresh=20',
    files: {},
  },
  {
    name: 'a sysctl under another name does not go by a dash',
    program: 'systemd',
    boot: 'hung-task-panic=1',
    files: { '/etc/sysctl.d/50-a.conf': ['kernel.panic=3'] },
    isOpen: true,
  },
  { name: 'no watchdog', program: 'systemd', boot: 'nowatchdog', files: {} },
  { name: 'no soft watchdog', program: 'systemd', boot: 'nosoftlockup watchdog_thresh=5', files: {} },
  { name: 'nmi_watchdog', program: 'systemd', boot: 'nmi_watchdog=panic', files: {} },
  { name: 'huge pages by the command line', program: 'systemd', boot: 'transparent_hugepage=always', files: {} },
  {
    name: 'huge pages by tmpfiles.d',
    program: 'systemd',
    files: { '/etc/tmpfiles.d/thp.conf': [`w ${ENABLED} - - - - madvise`, `w! ${DEFRAG} - - - - never`] },
  },
  {
    name: 'tmpfiles.d: patterns, hidden files, the first of a path',
    program: 'systemd',
    files: {
      '/etc/tmpfiles.d/a.conf': [`w ${ENABLED} - - - - always`, 'w /proc/sys/kernel/panic - - - - 11'],
      '/usr/lib/tmpfiles.d/a.conf': [`w ${DEFRAG} - - - - always`],
      '/usr/lib/tmpfiles.d/b.conf': [`w ${ENABLED} - - - - never`, 'w /proc/sys/kernel/panic - - - - 12'],
      '/run/tmpfiles.d/c.conf': [
        'w /sys/kernel/mm/transparent_hugepage/[d]efrag - - - - defer',
        'w /proc/sys/kernel/panic_on_oop? - - - - 1',
      ],
    },
  },
  {
    name: 'tmpfiles.d: quotes, a plus, fields that are missing',
    program: 'systemd',
    files: {
      '/etc/tmpfiles.d/a.conf': [
        `w ${ENABLED} - - - - "madvise"`,
        `w /proc/sys/vm/panic_on_oom 1`,
        'w+ /proc/sys/kernel/softlockup_panic - - - - 0',
        'w+ /proc/sys/kernel/softlockup_panic - - - - 1',
        'f+ /proc/sys/kernel/hung_task_panic - - - - 1',
      ],
    },
  },
  {
    name: 'procps: /etc/sysctl.conf comes last',
    program: 'procps',
    files: {
      '/etc/sysctl.conf': ['kernel.panic = 20'],
      '/etc/sysctl.d/99-a.conf': ['kernel.panic = 21', 'kernel.panic_on_oops=1'],
    },
  },
  {
    name: 'procps writes every line, so what is refused leaves the one before',
    program: 'procps',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5', 'kernel.hung_task_panic=1'],
      '/etc/sysctl.d/60-b.conf': ['kernel.panic = 5s', 'kernel.hung_task_panic = yes'],
    },
  },
  {
    name: 'procps: patterns, a file that is hidden, and tmpfiles.d that nobody reads',
    program: 'procps',
    boot: 'panic=9',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.hung_task_t* = 60', 'vm.panic_on_oom = 1'],
      '/usr/lib/sysctl.d/50-a.conf': ['kernel.softlockup_panic = 1'],
      '/etc/tmpfiles.d/a.conf': [`w ${DEFRAG} - - - - never`, 'w /proc/sys/kernel/panic - - - - 12'],
    },
  },
];
