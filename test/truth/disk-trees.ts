import type { Tree } from './trees.js';

/** A Debian that systemd starts, with these files, restarted: what does it make of its settings, tuned and all? */
export interface DiskTree extends Omit<Tree, 'program'> {
  /** The profile that somebody chose; without one tuned is disabled. */
  readonly profile?: string;
  /** Shell, after the files were written. */
  readonly script?: string;
}

const THP = '/sys/kernel/mm/transparent_hugepage';

export const DISK_TREES: readonly DiskTree[] = [
  {
    name: 'sysctl.d, and /etc/sysctl.conf by its link 99-sysctl.conf',
    files: {
      '/etc/sysctl.conf': ['kernel.panic = 20'],
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5', 'kernel.hung_task_panic = 1'],
      '/usr/lib/sysctl.d/50-a.conf': ['kernel.softlockup_panic = 1'],
      '/usr/local/lib/sysctl.d/60-b.conf': ['kernel.panic_on_oops = 1', 'kernel.hung_task_t* = 60'],
    },
  },
  {
    name: 'tmpfiles.d beside sysctl.d',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5', 'vm.panic_on_oom = 1'],
      '/etc/tmpfiles.d/a.conf': [
        'w /proc/sys/kernel/panic - - - - 11',
        `w ${THP}/enabled - - - - madvise`,
        `w! ${THP}/defrag - - - - never`,
      ],
    },
  },
  {
    name: 'a profile of tuned, whose sysctls are overruled by sysctl.d',
    profile: 'ours',
    files: {
      '/etc/tuned/ours/tuned.conf': [
        '[sysctl]',
        'kernel.panic = 30',
        'kernel.hung_task_timeout_secs = 600',
        'vm.panic_on_oom = 1',
        '[vm]',
        'transparent_hugepages = never',
      ],
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 15', 'kernel.softlockup_panic = 1'],
    },
  },
  {
    name: 'the same where tuned has the last word: reapply_sysctl = 0',
    profile: 'ours',
    script: "sed -i 's/^reapply_sysctl.*/reapply_sysctl = 0/' /etc/tuned/tuned-main.conf",
    files: {
      '/etc/tuned/ours/tuned.conf': ['[sysctl]', 'kernel.panic = 30', 'kernel.hung_task_timeout_secs = 600'],
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 15', 'kernel.softlockup_panic = 1'],
    },
  },
  {
    name: 'network-latency of tuned, and a command line',
    profile: 'network-latency',
    boot: 'panic=9 hung_task_panic=1 transparent_hugepage=madvise',
    files: { '/etc/sysctl.d/50-a.conf': ['kernel.hung_task_timeout_secs = 45'] },
  },
  {
    name: 'a profile that includes another, [sysfs], tmpfiles.d and a command line',
    profile: 'ours',
    boot: 'softlockup_panic=1 panic=9',
    files: {
      '/etc/tuned/ours/tuned.conf': [
        '[main]',
        'include = network-latency',
        '[sysctl]',
        'kernel.hung_task_timeout_secs = 77',
        '[sysfs]',
        `${THP}/defrag = defer`,
      ],
      '/etc/tmpfiles.d/a.conf': [`w ${THP}/defrag - - - - always`, 'w /proc/sys/kernel/panic_on_oops - - - - 1'],
    },
  },
  {
    name: 'a unit of the administrator that writes a file of huge pages',
    files: {
      '/etc/systemd/system/no-thp.service': [
        '[Service]',
        'Type=oneshot',
        `ExecStart=/bin/sh -c "echo never >${THP}/enabled"`,
        '[Install]',
        'WantedBy=multi-user.target',
      ],
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 12'],
    },
    script: 'systemctl -q enable no-thp.service',
  },
  {
    name: 'tuned as Debian installs it: it recommends virtual-guest to itself, parts of which are for some machines only',
    profile: 'virtual-guest',
    files: {},
  },
  {
    name: 'files of /run, which a boot finds empty',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5', 'kernel.hung_task_panic = 1'],
      '/run/sysctl.d/90-b.conf': ['kernel.panic = 7', 'kernel.softlockup_panic = 1'],
      '/run/tmpfiles.d/a.conf': [`w ${THP}/enabled - - - - never`],
    },
  },
  {
    name: 'a profile of tuned that is loaded after the active one',
    profile: 'ours',
    files: {
      '/etc/tuned/ours/tuned.conf': [
        '[sysctl]',
        'kernel.panic = 30',
        'kernel.hung_task_timeout_secs = 600',
        '[vm]',
        'transparent_hugepages = never',
      ],
      '/etc/tuned/last/tuned.conf': ['[sysctl]', 'kernel.panic = 44', '[vm]', 'transparent_hugepages = madvise'],
      '/etc/tuned/post_loaded_profile': ['last'],
    },
  },
  {
    name: 'a rule of udev beside sysctl.d, and lines of tmpfiles.d with signs',
    files: {
      '/etc/sysctl.d/50-a.conf': ['kernel.panic = 5', 'kernel.hung_task_timeout_secs = 45'],
      '/etc/udev/rules.d/90-a.rules': ['SUBSYSTEM=="mem", KERNEL=="null", SYSCTL{kernel/panic}="33"'],
      '/etc/tmpfiles.d/a.conf': [`w~ ${THP}/enabled - - - - bmV2ZXI=`, `w- ${THP}/defrag - - - - never`],
    },
  },
  {
    name: 'sysctl.NAME= and words of nmi_watchdog= on the command line, beside sysctl.d',
    boot: 'sysctl.kernel.panic=21 sysctl.vm.panic_on_oom=1 nmi_watchdog=1,panic oops=panic sysrq_always_enabled',
    files: { '/etc/sysctl.d/50-a.conf': ['vm.panic_on_oom = 0', 'kernel.sysrq = 176', 'kernel.softlockup_panic = 1'] },
  },
];
