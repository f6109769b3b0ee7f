import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FACTS } from '../../../src/facts/index.js';
import { derive } from '../../../src/kernel/derive-facts.js';
import { afterBoot } from '../../../src/kernel/next-boot/after-boot.js';
import { NEXT_BOOT_FACTS, nextBootFacts } from '../../../src/kernel/next-boot/facts.js';
import { known, unreadable, type Reading, type Readings } from '../../../src/model/reading.js';
import { declare } from '../../support/declared.js';
import { bls, CONFIG, file, GRUB, SYSTEMD } from '../../support/next-boot/told.js';

interface Case {
  readonly name: string;
  readonly told: readonly string[];
  readonly cmdline?: Readonly<Record<string, string>>;
  readonly facts?: Readonly<Record<string, Reading>>;
  /** Of `next_boot.places`. */
  readonly sets?: Readonly<Record<string, readonly [value: string, place: string]>>;
  readonly open?: Readonly<Record<string, RegExp>>;
  readonly contradictions?: readonly RegExp[];
}

const PANIC = 'sysctl.kernel.panic';
const OOPS = 'sysctl.kernel.panic_on_oops';
const WARN = 'sysctl.kernel.panic_on_warn';
const HUNG = 'sysctl.kernel.hung_task_panic';
const HARD = 'sysctl.kernel.hardlockup_panic';
const NMI = 'sysctl.kernel.nmi_watchdog';
const THP = 'thp.enabled';

const TUNED = ['enabled tuned', ...file('/etc/tuned/active_profile', 'mine')];

/** A machine whose profile has a part for some machines. @param more of what the probe tells, the name of the machine among it */
function partFor(pattern: string, ...more: readonly string[]): Pick<Case, 'told' | 'facts'> {
  const part = file('/etc/tuned/mine/tuned.conf', `[vm] uname_regex=${pattern}`, '[vm] transparent_hugepages=never');
  return {
    told: [...SYSTEMD, ...CONFIG, ...GRUB, ...TUNED, ...part, ...more],
    facts: { 'uname.machine': known('x86_64', ''), 'uname.version': known('#1 SMP Debian 6.1.1-1', '') },
  };
}

const cases: readonly Case[] = [
  {
    name: 'Debian: no file sets anything, and the kernel starts with what its configuration says',
    told: [...SYSTEMD, ...CONFIG, ...GRUB],
    sets: {
      [PANIC]: ['0', '/boot/config-6.1.0-50-amd64:11'],
      [HUNG]: ['0', '/boot/config-6.1.0-50-amd64:13'],
      [THP]: ['always', '/boot/config-6.1.0-50-amd64:14'],
    },
  },
  {
    name: 'the last file wins, whatever its directory',
    told: [
      ...SYSTEMD,
      ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 5'),
      ...file('/usr/lib/sysctl.d/99-b.conf', 'kernel.panic = 10'),
    ],
    sets: { [PANIC]: ['10', '/usr/lib/sysctl.d/99-b.conf:1'] },
  },
  {
    name: 'a file of the same name in /etc hides it',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'null /etc/sysctl.d/99-b.conf',
      ...file('/usr/lib/sysctl.d/99-b.conf', 'kernel.panic = 10'),
    ],
    sets: { [PANIC]: ['0', '/boot/config-6.1.0-50-amd64:11'] },
  },
  {
    name: 'systemd-sysctl writes a key once: what the kernel refuses of a later file leaves what it started with',
    told: [
      ...SYSTEMD,
      ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 0x10', 'kernel.panic_on_oops = yes'),
      ...file('/etc/sysctl.d/60-b.conf', 'kernel.panic = 5s'),
      ...CONFIG,
      ...GRUB,
    ],
    sets: { [PANIC]: ['0', '/boot/config-6.1.0-50-amd64:11'], [OOPS]: ['0', '/boot/config-6.1.0-50-amd64:10'] },
  },
  {
    name: 'numbers as the kernel reads them',
    told: [...SYSTEMD, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 0x10 seconds', 'kernel.panic_on_oops = 01')],
    sets: { [PANIC]: ['16', '/etc/sysctl.d/a.conf:1'], [OOPS]: ['1', '/etc/sysctl.d/a.conf:2'] },
  },
  {
    name: 'a later file that may not be read',
    told: [...SYSTEMD, ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 5'), 'denied /etc/sysctl.d/90-b.conf'],
    open: { [PANIC]: /^\/etc\/sysctl\.d\/90-b\.conf may not be read$/ },
  },
  {
    name: 'an earlier one cannot overrule it',
    told: [...SYSTEMD, ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 5'), 'denied /etc/sysctl.d/10-b.conf'],
    sets: { [PANIC]: ['5', '/etc/sysctl.d/50-a.conf:1'] },
  },
  {
    name: 'an earlier one can keep a pattern from a key',
    told: [...SYSTEMD, ...file('/etc/sysctl.d/50-a.conf', 'kernel.pani* = 5'), 'denied /etc/sysctl.d/10-b.conf'],
    open: { [PANIC]: /10-b\.conf may not be read$/ },
  },
  {
    name: 'a directory that may not be listed',
    told: [...SYSTEMD, ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 5'), 'denied /run/sysctl.d'],
    open: { [PANIC]: /^\/run\/sysctl\.d may not be read$/ },
  },
  {
    name: 'Debian without systemd: sysctl --system of procps, and nobody reads tmpfiles.d',
    told: [
      'program procps',
      ...CONFIG,
      ...GRUB,
      ...file('/etc/sysctl.d/99-a.conf', 'kernel.panic = 5'),
      ...file('/etc/sysctl.conf', 'kernel.panic = 6'),
      ...file('/etc/tmpfiles.d/thp.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - never'),
    ],
    sets: { [PANIC]: ['6', '/etc/sysctl.conf:1'] },
    open: { [THP]: /who sets files below \/sys at boot is not known/ },
  },
  {
    name: 'sysfsutils writes after tmpfiles.d, /etc/sysfs.conf before sysfs.d, and its last line wins',
    told: [
      ...SYSTEMD,
      'enabled sysfsutils',
      ...file('/etc/tmpfiles.d/thp.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - always'),
      ...file('/etc/sysfs.d/b.conf', 'kernel/mm/transparent_hugepage/enabled madvise'),
      ...file('/etc/sysfs.d/.c.conf', 'kernel/mm/transparent_hugepage/enabled always'),
      ...file(
        '/etc/sysfs.conf',
        'kernel//mm/./transparent_hugepage/enabled never',
        'kernel/mm/transparent_hugepage/d* never',
      ),
    ],
    sets: {
      [THP]: ['madvise', '/etc/sysfs.d/b.conf:1'],
      'thp.defrag': ['never', '/etc/sysfs.conf:2, by the pattern kernel/mm/transparent_hugepage/d*'],
    },
    contradictions: [/^thp\.enabled: always by tmpfiles\.d .*, madvise by sysfsutils /],
  },
  {
    name: 'its files are nobody’s where it does not start',
    told: [...SYSTEMD, ...CONFIG, ...GRUB, ...file('/etc/sysfs.conf', 'kernel/mm/transparent_hugepage/enabled never')],
    sets: { [THP]: ['always', '/boot/config-6.1.0-50-amd64:14'] },
  },
  {
    name: 'a line that sysfsutils does not understand ends it',
    told: [
      ...SYSTEMD,
      'enabled sysfsutils',
      ...file('/etc/sysfs.conf', '?', 'kernel/mm/transparent_hugepage/enabled never'),
    ],
    open: { [THP]: /^\/etc\/sysfs\.conf:1 is no plain assignment/ },
  },
  {
    name: 'a line of sysfs.conf that goes up may lead anywhere',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'enabled sysfsutils',
      ...file('/etc/sysfs.conf', 'kernel/../kernel/mm/transparent_hugepage/enabled never'),
    ],
    open: { [THP]: /^\/etc\/sysfs\.conf:1 leads to a file by "\.\.", which is not followed$/ },
  },
  {
    name: 'a file of sysfs.d that may not be read',
    told: [...SYSTEMD, ...CONFIG, ...GRUB, 'enabled sysfsutils', 'denied /etc/sysfs.d'],
    open: { [THP]: /^\/etc\/sysfs\.d may not be read$/ },
  },
  {
    name: 'nothing orders sysfsutils and tuned',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      ...TUNED,
      'enabled sysfsutils',
      ...file('/etc/sysfs.conf', 'kernel/mm/transparent_hugepage/defrag never'),
      'file /etc/tuned/mine/tuned.conf',
      '/etc/tuned/mine/tuned.conf:1:[vm]',
      '/etc/tuned/mine/tuned.conf:2:[vm] transparent_hugepage.defrag=madvise',
    ],
    open: { 'thp.defrag': /^nothing orders sysfsutils .* and tuned / },
    contradictions: [/^thp\.defrag: never by sysfsutils .*, madvise by tuned /],
  },
  {
    name: 'nobody who is known applies sysctl.d',
    told: file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 5'),
    open: { [PANIC]: /^who applies sysctl\.d at boot is not known$/ },
  },
  {
    name: 'the command line of the entries of the boot loader, which agree',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'hung_task_panic=1 oops=panic'), ...bls('b', 'hung_task_panic=1')],
    sets: { [HUNG]: ['1', '/boot/loader/entries/a.conf:1, hung_task_panic=1'] },
    open: { [OOPS]: /^the entries of the boot loader differ in oops$/ },
  },
  {
    name: 'an entry that uses a variable of grubenv',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', '@kernelopts'), ...file('/boot/grub2/grubenv', 'kernelopts= panic=7')],
    sets: { [PANIC]: ['7', '/boot/loader/entries/a.conf:1, panic=7'] },
  },
  {
    name: 'an entry that uses kernelopts, of which grubenv has none',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', '@kernelopts'), ...file('/boot/grub2/grubenv')],
    open: { [PANIC]: /uses \$kernelopts, which is not known$/ },
  },
  {
    name: 'extlinux, which starts what is no kernel by its name',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...file('/boot/extlinux/extlinux.conf', 'default x', 'label x', 'kernel mboot.c32', 'append panic=3'),
    ],
    open: { [PANIC]: /starts mboot\.c32, which names no release$/ },
  },
  {
    name: 'a variable that nobody knows',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', '@kernelopts')],
    open: { [PANIC]: /uses \$kernelopts, which is not known$/ },
  },
  {
    name: 'grub.cfg, its first entry',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...file(
        '/boot/grub/grub.cfg',
        'set default=${next_entry}',
        'set default=0',
        'menuentry one',
        'linux /boot/vmlinuz-1 panic=3',
        'end',
        'menuentry two',
        'linux /boot/vmlinuz-2 panic=4',
      ),
    ],
    sets: { [PANIC]: ['3', '/boot/grub/grub.cfg:4, panic=3'] },
  },
  {
    name: 'grub.cfg, the entry that was saved',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...file('/boot/grub/grubenv', 'saved_entry=more>two'),
      ...file(
        '/boot/grub/grub.cfg',
        'set default=${saved_entry}',
        'menuentry one',
        'linux /boot/vmlinuz-1 panic=3',
        'submenu more',
        'menuentry two',
        'linux /boot/vmlinuz-2 panic=4',
      ),
    ],
    sets: { [PANIC]: ['4', '/boot/grub/grub.cfg:6, panic=4'] },
  },
  {
    name: 'a grub.cfg that may not be read: what is configured and this boot agree',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      'denied /boot/grub2/grub.cfg',
      ...file('/etc/default/grub', 'GRUB_CMDLINE_LINUX= panic=5 hung_task_panic=1'),
      ...file('/etc/default/grub.d/x.cfg', 'GRUB_CMDLINE_LINUX= @GRUB_CMDLINE_LINUX panic=6'),
    ],
    cmdline: { panic: '6' },
    sets: { [PANIC]: ['6', '/etc/default/grub.d/x.cfg:1, panic=6'], [OOPS]: ['0', '/boot/config-6.1.0-50-amd64:10'] },
    open: {
      [HUNG]:
        /^\/boot\/grub2\/grub\.cfg may not be read; \/proc\/cmdline has no hung_task_panic and \/etc\/default\/grub:1 has hung_task_panic=1$/,
    },
  },
  {
    name: 'nothing of the boot loader may be read, and a file decides all the same',
    told: [...SYSTEMD, ...CONFIG, 'denied /boot/loader/entries', ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5')],
    sets: { [PANIC]: ['5', '/etc/sysctl.d/a.conf:1'] },
    open: { [HUNG]: /^\/boot\/loader\/entries may not be read$/ },
  },
  {
    name: 'a script among the files of grub is not executed',
    told: [...SYSTEMD, ...CONFIG, ...file('/etc/default/grub', 'GRUB_CMDLINE_LINUX= panic=5', '?')],
    open: { [PANIC]: /^\/etc\/default\/grub:2 is more than an assignment/ },
  },
  {
    name: 'panic_on_warn takes a value, and without one it is nothing to the kernel',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'panic_on_warn=0')],
    sets: { [WARN]: ['0', '/boot/loader/entries/a.conf:1, panic_on_warn=0'] },
  },
  {
    name: 'what one kernel starts with is not said of another without saying so',
    told: [...SYSTEMD, ...bls('a', 'quiet')],
    facts: { 'uname.release': known('4.18.0-553.el8_10.x86_64', '') },
    sets: {
      'sysctl.vm.oom_dump_tasks': [
        '1',
        'mm/oom_kill.c, Debian linux 6.1.192-2; the source of this kernel was not read',
      ],
    },
  },
  {
    name: 'panic_on_warn without a value',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'panic_on_warn')],
    sets: { [WARN]: ['0', 'kernel/panic.c, Debian linux 6.1.192-2'] },
  },
  {
    name: 'a machine of less than 512 MiB starts without huge pages, whatever its kernel was built with',
    told: [...SYSTEMD, ...CONFIG, ...GRUB],
    facts: { 'memory.total': known(300 * 1024 ** 2, '') },
    sets: {
      [THP]: ['never', 'hugepage_init() in mm/huge_memory.c, Debian linux 6.1.192-2: less than 512 MiB of memory'],
    },
  },
  {
    name: 'on such a machine the kernel overrules the command line',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'transparent_hugepage=always')],
    facts: { 'memory.total': known(300 * 1024 ** 2, '') },
    open: { [THP]: /^on a machine of less than 512 MiB the kernel may overrule .*transparent_hugepage=always$/ },
  },
  {
    name: 'sysctl. on the command line',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'sysctl.kernel.panic=9')],
    sets: { [PANIC]: ['9', '/boot/loader/entries/a.conf:1, sysctl.kernel.panic=9'] },
  },
  {
    name: 'sysctl. on the command line of a kernel from before 5.8 that may have it from there',
    told: [...SYSTEMD, ...bls('a', 'sysctl.vm.oom_dump_tasks=0')],
    facts: { 'uname.release': known('4.18.0-553.el8_10.x86_64', '') },
    open: {
      'sysctl.vm.oom_dump_tasks':
        /^kernels take sysctl\.vm\.oom_dump_tasks= on their command line from 5\.8 on, and whether 4\.18\.0-553\S+ has that from there is not known /,
    },
  },
  {
    name: 'sysctl. on the command line of one that does not know it',
    told: [...SYSTEMD, ...bls('a', 'sysctl.vm.oom_dump_tasks=0')],
    facts: { 'uname.release': known('3.10.0-1160.el7.x86_64', '') },
    sets: {
      'sysctl.vm.oom_dump_tasks': [
        '1',
        'mm/oom_kill.c, Debian linux 6.1.192-2; the source of this kernel was not read',
      ],
    },
  },
  {
    name: 'nmi_watchdog=: only its first word counts before 6.10',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'nmi_watchdog=0,panic')],
    sets: {
      [HARD]: ['0', '/boot/config-6.1.0-50-amd64:16'],
      [NMI]: ['0', '/boot/loader/entries/a.conf:1, nmi_watchdog=0,panic'],
    },
  },
  {
    name: 'nmi_watchdog=: all its words count from 6.10 on',
    told: [...SYSTEMD, ...bls('a', 'nmi_watchdog=0,panic')],
    facts: { 'uname.release': known('6.12.1-amd64', '') },
    sets: {
      [HARD]: ['1', '/boot/loader/entries/a.conf:1, nmi_watchdog=0,panic'],
      [NMI]: ['0', '/boot/loader/entries/a.conf:1, nmi_watchdog=0,panic'],
    },
  },
  {
    name: 'nmi_watchdog=: whether more than the first word counts in a kernel that was not read',
    told: [...SYSTEMD, ...bls('a', 'nmi_watchdog=0,panic')],
    facts: { 'uname.release': known('5.14.0-503.el9.x86_64', '') },
    sets: { [NMI]: ['0', '/boot/loader/entries/a.conf:1, nmi_watchdog=0,panic'] },
    open: { [HARD]: /^whether the kernel reads more than the first word of nmi_watchdog=0,panic is not known / },
  },
  {
    name: 'nmi_watchdog= and oops= act each time that they are given',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'nmi_watchdog=panic oops=panic nmi_watchdog=0 oops=other')],
    sets: {
      [HARD]: ['1', '/boot/loader/entries/a.conf:1, nmi_watchdog=panic nmi_watchdog=0'],
      [NMI]: ['0', '/boot/loader/entries/a.conf:1, nmi_watchdog=panic nmi_watchdog=0'],
      [OOPS]: ['1', '/boot/loader/entries/a.conf:1, oops=panic oops=other'],
    },
  },
  {
    name: 'a parameter whose value is no number',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'panic=5 panic=five')],
    open: { [PANIC]: /^it depends on the kernel what it makes of panic=five / },
  },
  {
    name: 'oops= takes one word',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'oops=panic,other')],
    sets: { [OOPS]: ['0', '/boot/config-6.1.0-50-amd64:10'] },
  },
  {
    name: 'ppc64le: a kernel with 180 seconds makes them 10 on most machines',
    told: [...SYSTEMD, ...GRUB, ...CONFIG.map((line) => line.replace('PANIC_TIMEOUT=0', 'PANIC_TIMEOUT=180'))],
    facts: { 'uname.machine': known('ppc64le', '') },
    open: { [PANIC]: /config-6\.1\.0-50-amd64:11 says 180, which the kernel makes 10 on pseries and powernv$/ },
  },
  {
    name: 'ppc64le: what its kernel was told stays',
    told: [...SYSTEMD, ...GRUB, ...CONFIG.map((line) => line.replace('PANIC_TIMEOUT=0', 'PANIC_TIMEOUT=5'))],
    facts: { 'uname.machine': known('ppc64le', '') },
    sets: { [PANIC]: ['5', '/boot/config-6.1.0-50-amd64:11'] },
  },
  {
    name: 'sysrq_always_enabled: it reads 1, whatever is written',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...bls('a', 'sysrq_always_enabled'),
      ...file('/etc/sysctl.d/a.conf', 'kernel.sysrq=0'),
      'denied /etc/sysctl.d/b.conf',
    ],
    sets: { 'sysctl.kernel.sysrq': ['1', '/boot/loader/entries/a.conf:1, sysrq_always_enabled'] },
    contradictions: [/^sysctl\.kernel\.sysrq: 0 by sysctl\.d .*, 1 by the kernel command line/],
  },
  {
    name: 'sysrq_always_enabled on a kernel that shows what was written',
    told: [...SYSTEMD, ...bls('a', 'sysrq_always_enabled'), ...file('/etc/sysctl.d/a.conf', 'kernel.sysrq=0')],
    facts: { 'uname.release': known('3.10.0-1160.el7.x86_64', '') },
    sets: { 'sysctl.kernel.sysrq': ['0', '/etc/sysctl.d/a.conf:1'] },
  },
  {
    name: 'sysrq_always_enabled on a kernel that was not read',
    told: [...SYSTEMD, ...bls('a', 'sysrq_always_enabled'), ...file('/etc/sysctl.d/a.conf', 'kernel.sysrq=0')],
    facts: { 'uname.release': known('4.18.0-553.el8_10.x86_64', '') },
    open: { 'sysctl.kernel.sysrq': /^whether this kernel shows 1 for sysrq_always_enabled is not known / },
  },
  {
    name: 'panic_print and panic_sys_info are one variable',
    told: [...SYSTEMD, ...bls('a', 'panic_sys_info=mem')],
    facts: { 'uname.release': known('6.18.0-1-amd64', '') },
    open: {
      'sysctl.kernel.panic_print':
        /^kernel\.panic_sys_info, which is the same variable, is set as well: .*a\.conf:1, panic_sys_info=mem$/,
      'sysctl.kernel.panic_sys_info': /^it depends on the kernel whether it takes "mem"/,
    },
  },
  {
    name: 'panic_print by a file, and panic_sys_info by nobody',
    told: [...SYSTEMD, ...bls('a', ''), ...file('/etc/sysctl.d/a.conf', 'kernel.panic_print=2')],
    facts: { 'uname.release': known('6.18.0-1-amd64', '') },
    sets: { 'sysctl.kernel.panic_print': ['2', '/etc/sysctl.d/a.conf:1'] },
    open: {
      'sysctl.kernel.panic_sys_info': /^kernel\.panic_print, which is the same variable, is set as well: .*a\.conf:1$/,
    },
  },
  {
    name: 'panic_sys_info on a kernel from before it',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'panic_sys_info=mem')],
    sets: { 'sysctl.kernel.panic_print': ['0', 'kernel/panic.c, Debian linux 6.1.192-2'] },
  },
  {
    name: 'sysctl.d comes after the command line',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'panic=9'), ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5')],
    sets: { [PANIC]: ['5', '/etc/sysctl.d/a.conf:1'] },
    contradictions: [
      /^sysctl\.kernel\.panic: 9 by the kernel command line .*, 5 by sysctl\.d \(\/etc\/sysctl\.d\/a\.conf:1\)$/,
    ],
  },
  {
    name: 'tuned, whose profile comes after the one that it includes',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[main] include=base', '[sysctl]', '[sysctl] kernel.panic = 11 # why'),
      ...file('/usr/lib/tuned/base/tuned.conf', '[sysctl] kernel.panic = 12', '[sysctl] kernel.panic_on_oops = 1'),
    ],
    sets: { [PANIC]: ['11', '/etc/tuned/mine/tuned.conf:3'], [OOPS]: ['1', '/usr/lib/tuned/base/tuned.conf:2'] },
  },
  {
    name: 'tuned writes sysctl.d again, of /etc and /run only',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl]', '[sysctl] kernel.panic=11', '[sysctl] kernel.panic_on_oops=1'),
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5'),
      ...file('/usr/lib/sysctl.d/b.conf', 'kernel.panic_on_oops=0'),
    ],
    sets: { [PANIC]: ['5', '/etc/sysctl.d/a.conf:1'], [OOPS]: ['1', '/etc/tuned/mine/tuned.conf:3'] },
    contradictions: [/^sysctl\.kernel\.panic_on_oops: 0 by sysctl\.d .*, 1 by tuned/],
  },
  {
    name: 'reapply_sysctl = 0',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/tuned-main.conf', 'reapply_sysctl = 0'),
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl]', '[sysctl] kernel.panic=11'),
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5'),
    ],
    sets: { [PANIC]: ['11', '/etc/tuned/mine/tuned.conf:2'] },
    contradictions: [/^sysctl\.kernel\.panic: 5 by sysctl\.d .*, 11 by tuned/],
  },
  {
    name: 'a profile of tuned that is not there',
    told: [...SYSTEMD, ...TUNED, ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5')],
    open: { [PANIC]: /^the profile mine of tuned was not found$/ },
  },
  {
    name: 'tuned that does not start at boot',
    told: [...SYSTEMD, ...TUNED.slice(1), ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5')],
    sets: { [PANIC]: ['5', '/etc/sysctl.d/a.conf:1'] },
  },
  {
    name: 'huge pages by tuned, after tmpfiles.d',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[vm] transparent_hugepages=never'),
      ...file('/etc/tmpfiles.d/x.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise'),
    ],
    sets: { [THP]: ['never', '/etc/tuned/mine/tuned.conf:1'] },
    contradictions: [/^thp\.enabled: madvise by tmpfiles\.d .*, never by tuned/],
  },
  {
    name: 'tuned leaves huge pages alone that the command line sets',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...bls('a', 'transparent_hugepage=madvise'),
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[vm] transparent_hugepages=never'),
    ],
    sets: { [THP]: ['madvise', '/boot/loader/entries/a.conf:1, transparent_hugepage=madvise'] },
  },
  {
    name: 'tmpfiles.d: the first line of a path counts',
    told: [
      ...SYSTEMD,
      ...file('/etc/tmpfiles.d/b.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise'),
      ...file('/usr/lib/tmpfiles.d/a.conf', 'w! /sys/kernel/mm/transparent_hugepage/enabled - - - - never'),
    ],
    sets: { [THP]: ['never', '/usr/lib/tmpfiles.d/a.conf:1'] },
  },
  {
    name: 'tmpfiles.d: signs that are not followed, on lines that may write the setting',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      ...file(
        '/etc/tmpfiles.d/a.conf',
        'w~ /sys/kernel/mm/transparent_hugepage/enabled - - - - bmV2ZXI=',
        'f+^ /proc/sys/kernel/panic - - - - panic.seconds',
        'F$ /proc/sys/kernel/panic_on_warn - - - - 1',
        'L? /proc/sys/kernel/panic_on_oops - - - - 1',
        'w~ /sys/kernel/mm/ksm/run - - - - MQ==',
      ),
    ],
    sets: { [OOPS]: ['0', '/boot/config-6.1.0-50-amd64:10'], [HUNG]: ['0', '/boot/config-6.1.0-50-amd64:13'] },
    open: {
      [THP]: /^\/etc\/tmpfiles\.d\/a\.conf:1 has a sign \(w~\) that is not followed$/,
      [PANIC]: /^\/etc\/tmpfiles\.d\/a\.conf:2 has a sign \(f\+\^\) that is not followed$/,
      [WARN]: /^\/etc\/tmpfiles\.d\/a\.conf:3 has a sign \(F\$\) that is not followed$/,
    },
  },
  {
    name: 'tmpfiles.d and sysctl.d stand in no order',
    told: [
      ...SYSTEMD,
      ...file('/etc/tmpfiles.d/b.conf', 'w /proc/sys/kernel/panic - - - - 5'),
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic=6'),
    ],
    open: { [PANIC]: /^systemd orders neither/ },
    contradictions: [/^sysctl\.kernel\.panic: 6 by sysctl\.d .*, 5 by tmpfiles\.d/],
  },
  {
    name: 'a file of sysctl.d that may not be read, and tuned, which writes it again after its own',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl] kernel.panic=11', '[sysctl] kernel.panic_on_oops=1'),
      ...file('/etc/sysctl.conf', 'kernel.panic_on_oops=0'),
      ...file('/usr/lib/sysctl.d/99-z.conf', 'kernel.panic_on_warn=1'),
      'denied /etc/sysctl.d/90-b.conf',
    ],
    sets: { [OOPS]: ['0', '/etc/sysctl.conf:1'] },
    open: {
      [PANIC]: /^\/etc\/sysctl\.d\/90-b\.conf may not be read$/,
      [WARN]: /^\/etc\/sysctl\.d\/90-b\.conf may not be read$/,
    },
  },
  {
    name: 'a directory that tuned writes again and that may not be listed',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl] kernel.panic=11'),
      'denied /etc/sysctl.d',
    ],
    open: { [PANIC]: /^\/etc\/sysctl\.d may not be read$/ },
  },
  {
    name: 'what tuned does not write again may stay unread where it writes the setting itself',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl] kernel.panic=11'),
      'denied /usr/lib/sysctl.d/90-b.conf',
    ],
    sets: { [PANIC]: ['11', '/etc/tuned/mine/tuned.conf:1'] },
  },
  {
    name: 'a file of sysctl.d that may not be read, and tmpfiles.d, which nothing orders after it',
    told: [
      ...SYSTEMD,
      ...file('/etc/tmpfiles.d/b.conf', 'w /proc/sys/kernel/panic - - - - 5'),
      'denied /etc/sysctl.d/90-b.conf',
    ],
    open: { [PANIC]: /^\/etc\/sysctl\.d\/90-b\.conf may not be read$/ },
  },
  {
    name: 'a sysfs.conf that may not be read, and tuned, which nothing orders after it',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      ...TUNED,
      'enabled sysfsutils',
      'denied /etc/sysfs.conf',
      ...file('/etc/tuned/mine/tuned.conf', '[vm] transparent_hugepages=never'),
    ],
    open: { [THP]: /^\/etc\/sysfs\.conf may not be read$/ },
  },
  {
    name: 'a value that the kernel refuses orders nothing',
    told: [
      ...SYSTEMD,
      ...file('/etc/tmpfiles.d/b.conf', 'w /proc/sys/kernel/panic - - - - 5'),
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic=five'),
    ],
    sets: { [PANIC]: ['5', '/etc/tmpfiles.d/b.conf:1'] },
  },
  {
    name: 'files of /run are gone after a boot: what one sets, and what one hides',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      ...file('/run/sysctl.d/90-a.conf', 'kernel.panic = 10'),
      ...file('/usr/lib/sysctl.d/50-b.conf', 'kernel.panic_on_oops = 1'),
      'file /run/sysctl.d/50-b.conf',
      ...file('/run/tmpfiles.d/a.conf', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - never'),
    ],
    open: {
      [PANIC]: /^\/run\/sysctl\.d\/90-a\.conf is gone after a boot unless it is written again$/,
      [OOPS]: /^\/run\/sysctl\.d\/50-b\.conf is gone after a boot unless it is written again$/,
      [THP]: /^\/run\/tmpfiles\.d\/a\.conf is gone after a boot unless it is written again$/,
    },
  },
  {
    name: 'a file of /run that says what is said without it, or what another overrules',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      ...file('/run/sysctl.d/90-a.conf', 'kernel.panic = 10', 'kernel.panic_on_oops = 1', 'kernel.panic_on_warn = 0'),
      ...file('/etc/sysctl.d/50-a.conf', 'kernel.panic = 10'),
      ...file('/etc/sysctl.d/95-b.conf', 'kernel.panic_on_oops = 0'),
      'file /run/tmpfiles.d/static-nodes.conf',
    ],
    sets: {
      [PANIC]: ['10', '/etc/sysctl.d/50-a.conf:1'],
      [OOPS]: ['0', '/etc/sysctl.d/95-b.conf:1'],
      [WARN]: ['0', 'kernel/panic.c, Debian linux 6.1.192-2'],
      [THP]: ['always', '/boot/config-6.1.0-50-amd64:14'],
    },
  },
  {
    name: 'a file of /run that may not be read, and a directory there',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'denied /run/sysctl.d/90-a.conf',
      'denied /run/tmpfiles.d',
      ...file('/etc/sysctl.d/95-b.conf', 'kernel.panic_on_oops = 0'),
    ],
    open: { [PANIC]: /^\/run\/tmpfiles\.d may not be read$/, [THP]: /^\/run\/tmpfiles\.d may not be read$/ },
  },
  {
    name: 'what tuned writes again of /run',
    told: [
      ...SYSTEMD,
      ...TUNED,
      ...file('/etc/tuned/mine/tuned.conf', '[sysctl] kernel.panic=11'),
      ...file('/run/sysctl.d/90-a.conf', 'kernel.panic = 10'),
    ],
    open: { [PANIC]: /^\/run\/sysctl\.d\/90-a\.conf is gone after a boot unless it is written again$/ },
  },
  {
    name: 'a kubelet, and a unit of somebody',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'enabled kubelet',
      '/etc/systemd/system/thp.service:3:writes transparent_hugepage/enabled',
      '/etc/rc.local:4:writes hung_task_panic',
    ],
    open: {
      [PANIC]: /^the kubelet sets it/,
      [THP]: /^\/etc\/systemd\/system\/thp\.service:3 writes it/,
      [HUNG]: /^\/etc\/rc\.local:4 writes it/,
    },
  },
  {
    name: 'Debian’s kdump-tools',
    told: [...SYSTEMD, ...CONFIG, ...GRUB, ...file('/etc/sysctl.d/a.conf', 'kernel.panic_on_oops=0')],
    facts: { 'kdump.enabled': known(true, ''), 'os.id': known('debian', '') },
    open: { [OOPS]: /^kdump-config sets it to 1/ },
    contradictions: [/^sysctl\.kernel\.panic_on_oops: 0 by sysctl\.d .*, 1 by kdump-tools \(kdump-config load\)$/],
  },
  {
    name: 'a kubelet, and files that ask for something else',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'enabled kubelet',
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 0', 'kernel.panic_on_oops = 1'),
    ],
    sets: { [OOPS]: ['1', '/etc/sysctl.d/a.conf:2'] },
    open: { [PANIC]: /^the kubelet sets it to 10 when it starts .*, or does not start/ },
    contradictions: [/^sysctl\.kernel\.panic: 0 by sysctl\.d .*a\.conf:1\), 10 by the kubelet \(setupKernelTunables/],
  },
  {
    name: 'a unit of a package that starts at boot',
    told: [...SYSTEMD, ...CONFIG, ...GRUB, '/usr/lib/systemd/system/thp.service:3:writes transparent_hugepage/enabled'],
    open: { [THP]: /^\/usr\/lib\/systemd\/system\/thp\.service:3 writes it/ },
  },
  {
    name: 'the configuration beside the modules, where /boot has none',
    told: [
      ...SYSTEMD,
      ...GRUB,
      ...CONFIG.map((line) => line.replace('/boot/config-6.1.0-50-amd64', '/lib/modules/6.1.0-50-amd64/config')),
    ],
    sets: { [PANIC]: ['0', '/lib/modules/6.1.0-50-amd64/config:11'] },
  },
  {
    name: 'what the running kernel says of its build, where it is next',
    told: [
      ...SYSTEMD,
      ...GRUB,
      ...CONFIG.map((line) => line.replace('/boot/config-6.1.0-50-amd64', '/proc/config.gz')),
    ],
    sets: { [PANIC]: ['0', '/proc/config.gz:11'] },
  },
  {
    name: 'what the running kernel says of its build, where another is next',
    told: [
      ...SYSTEMD,
      ...CONFIG.map((line) => line.replace('/boot/config-6.1.0-50-amd64', '/proc/config.gz')),
      ...bls('a', 'quiet'),
      '/boot/loader/entries/a.conf:2:version 6.1.0-51-amd64',
    ],
    open: { [PANIC]: /^CONFIG_PANIC_TIMEOUT of the kernel's build is not known$/ },
  },
  {
    name: 'a part of a profile for machines of another kind',
    ...partFor('aarch64|riscv', 'node db1'),
    sets: { [THP]: ['always', '/boot/config-6.1.0-50-amd64:14'] },
  },
  {
    name: 'a part of a profile that goes by the name of the machine',
    ...partFor('^Linux db', 'node db1'),
    sets: { [THP]: ['never', '/etc/tuned/mine/tuned.conf:2'] },
  },
  {
    name: 'a part of a profile for some machines, whose name is not known',
    told: partFor('aarch64').told,
    open: { [THP]: /tuned\.conf:1 applies it to some machines only, by their uname, which is not known as a whole$/ },
  },
  {
    name: 'a part of a profile for some machines, where tuned-main.conf has another uname',
    ...partFor('aarch64|riscv', 'node db1', ...file('/etc/tuned/tuned-main.conf', 'uname_string')),
    open: { [THP]: /tuned\.conf:1 applies it to some machines only, by their uname, which is not known as a whole$/ },
  },
  {
    name: 'a part of a profile by a pattern that is not followed',
    ...partFor('(a+)+$', 'node db1'),
    open: { [THP]: /tuned\.conf:1 applies it to some machines only, by their uname/ },
  },
  {
    name: 'units of packages beyond what is read',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'many /usr/lib/systemd/system',
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5'),
    ],
    open: {
      [PANIC]: /^\/usr\/lib\/systemd\/system holds too many files to be read$/,
      [THP]: /^\/usr\/lib\/systemd\/system holds too many files/,
    },
  },
  ...['denied /etc/systemd/system/a.service', 'cut /usr/lib/systemd/system/a.service', 'denied /etc/rc.local'].map(
    (line) => ({
      name: `a unit or script that may write anything: ${line}`,
      told: [...SYSTEMD, ...CONFIG, ...GRUB, line],
      open: { [PANIC]: /^\/\S+ (?:may not be read|was not read to its end)$/ },
    }),
  ),
  {
    name: 'a rule of udev that sets a sysctl, and one of its name in /etc that hides another',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...GRUB,
      'file /etc/udev/rules.d/60-b.rules',
      '/etc/udev/rules.d/90-a.rules:3:writes hung_task_panic',
      '/usr/lib/udev/rules.d/60-b.rules:1:writes panic',
    ],
    sets: { [PANIC]: ['0', '/boot/config-6.1.0-50-amd64:11'] },
    open: { [HUNG]: /^\/etc\/udev\/rules\.d\/90-a\.rules:3 writes it when udev sees a device, which is not followed$/ },
  },
  {
    name: 'rules of udev that may not be read',
    told: [...SYSTEMD, ...CONFIG, ...GRUB, 'denied /etc/udev/rules.d'],
    open: { [PANIC]: /^\/etc\/udev\/rules\.d may not be read$/ },
  },
  ...['/etc/cron.d/a', '/etc/crontab', '/etc/cloud/cloud.cfg.d/a.cfg', '/etc/rc3.d/S01a'].map((path) => ({
    name: `what starts later: ${path}`,
    told: [...SYSTEMD, ...CONFIG, ...GRUB, `${path}:2:writes panic`, `denied ${path}.d`],
    open: { [PANIC]: new RegExp(`^${path}:2 writes it`) },
    sets: { [OOPS]: ['0', '/boot/config-6.1.0-50-amd64:10'] as const },
  })),
  {
    name: 'a command line that is built into the kernel',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      ...bls('a', 'quiet'),
      '/boot/config-6.1.0-50-amd64:9:CONFIG_CMDLINE=?',
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic=5'),
    ],
    sets: { [PANIC]: ['5', '/etc/sysctl.d/a.conf:1'] },
    open: { [HUNG]: /^\/boot\/config-6\.1\.0-50-amd64:9 has a command line of its own, which is not read$/ },
  },
  {
    name: '/etc/kernel/cmdline and what GRUB is configured with differ',
    told: [
      ...SYSTEMD,
      ...CONFIG,
      'denied /boot/grub2/grub.cfg',
      ...file('/etc/default/grub', 'GRUB_CMDLINE_LINUX= panic=5 hung_task_panic=1'),
      ...file('/etc/kernel/cmdline', 'options panic=5'),
    ],
    cmdline: { panic: '5', hung_task_panic: '1' },
    sets: { [PANIC]: ['5', '/etc/default/grub:1, panic=5'] },
    open: { [HUNG]: /\/etc\/default\/grub:1 and \/etc\/kernel\/cmdline differ in hung_task_panic$/ },
  },
  ...[
    [
      'images that hold a command line',
      'unified /boot/efi/EFI/Linux',
      /^images in \/boot\/efi\/EFI\/Linux hold a kernel and a command line of their own/,
    ],
    [
      'this system started from such an image',
      'firmware StubInfo',
      /^the firmware has StubInfo: this system was started from an image/,
    ],
    ['such images may be there', 'denied /boot/efi/EFI/Linux', /^\/boot\/efi\/EFI\/Linux may not be read$/],
    ['zipl', 'loader /etc/zipl.conf', /^\/etc\/zipl\.conf belongs to a boot loader that is not followed$/],
  ].map(([name, line, why]) => ({
    name: `/etc/kernel/cmdline is not enough: ${String(name)}`,
    told: [...SYSTEMD, ...CONFIG, ...file('/etc/kernel/cmdline', 'options panic=5'), String(line)],
    cmdline: { panic: '5' },
    open: { [PANIC]: why instanceof RegExp ? why : /never/ },
  })),
  {
    name: 'the reservation for a crash kernel in two parts is one',
    told: [...SYSTEMD, ...CONFIG, ...bls('a', 'crashkernel=512M,high crashkernel=128M,low panic=3')],
    sets: { [PANIC]: ['3', '/boot/loader/entries/a.conf:1, panic=3'] },
  },
];

function valueOf(readings: Readings, id: string): unknown {
  const reading = readings.get(id);
  assert.equal(reading?.state, 'known', id);
  return reading?.state === 'known' ? reading.value : undefined;
}

function mapOf(readings: Readings, id: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(Object(valueOf(readings, id))).map(([key, value]) => [key, String(value)]));
}

function deriveFrom({ told, cmdline = {}, facts = {} }: Case): Readings {
  return derive(
    new Map<string, Reading>([
      ...FACTS.filter(({ id }) => id.startsWith('sysctl.')).map(({ id }) => [id, known(0, '0\n')] as const),
      [THP, known('always', '[always] madvise never\n')],
      ['memory.total', known(8 * 1024 ** 3, '')],
      ['kdump.enabled', known(false, '')],
      ['os.id', known('debian', '')],
      ['uname.release', known('6.1.0-50-amd64', '')],
      ['cmdline', known(cmdline, '')],
      ['next_boot.files', known(told, told.join('\n'))],
      ...Object.entries(facts),
    ]),
    NEXT_BOOT_FACTS,
  );
}

describe('what the next boot makes of the settings', () => {
  for (const each of cases)
    test(each.name, () => {
      const readings = deriveFrom(each);
      const [values, places, open] = ['values', 'places', 'open'].map((name) => mapOf(readings, `next_boot.${name}`));
      for (const [id, [value, place]] of Object.entries(each.sets ?? {}))
        assert.deepEqual([values?.[id], places?.[id], open?.[id]], [value, place, undefined], id);
      for (const [id, why] of Object.entries(each.open ?? {})) {
        assert.equal(values?.[id], undefined, `${id} is ${values?.[id]}`);
        assert.match(open?.[id] ?? '', why);
      }
      const said = Object.values(mapOf(readings, 'next_boot.contradictions'));
      assert.equal(said.length, each.contradictions?.length ?? 0, said.join('\n'));
      for (const [index, words] of (each.contradictions ?? []).entries()) assert.match(said[index] ?? '', words);
    });

  test('the host whose runtime says 0 and whose winning file says 1', () => {
    const readings = deriveFrom({
      name: '',
      told: [...SYSTEMD, ...CONFIG, ...GRUB, ...file('/etc/sysctl.d/a.conf', 'kernel.hung_task_panic = 1')],
    });
    const changes = readings.get('next_boot.changes');
    assert.ok(changes?.state === 'known' && Array.isArray(changes.value));
    assert.ok(
      changes.value.includes(
        'sysctl.kernel.hung_task_panic: 0 now, 1 after the next boot (sysctl.d: /etc/sysctl.d/a.conf:1)',
      ),
      JSON.stringify(changes.value),
    );
    assert.equal(valueOf(readings, 'next_boot.state'), 'differs');
  });

  test('what cannot be read now may be another then: that nothing changes is not known', () => {
    const told = [...SYSTEMD, ...CONFIG, ...GRUB, ...file('/etc/sysctl.d/a.conf', 'kernel.hung_task_panic = 1')];
    const readings = derive(
      new Map<string, Reading>([
        [HUNG, unreadable('denied', 'Permission denied')],
        ['next_boot.files', known(told, '')],
      ]),
      NEXT_BOOT_FACTS,
    );
    assert.equal(readings.get('next_boot.changes')?.state, 'unreadable');
  });

  test('sysctls that policies declare, where the files were searched for them', () => {
    const declared = declare({ 'sysctl.vm.swappiness': { type: 'int', range: [0, 200] } });
    const after = (told: readonly string[]): Readings =>
      derive(
        new Map<string, Reading>([
          ['sysctl.vm.swappiness', known(60, '60\n')],
          ['next_boot.files', known(told, '')],
        ]),
        nextBootFacts(declared),
      );
    const files = file('/etc/sysctl.d/a.conf', 'vm.swappiness = 10');
    assert.equal(
      mapOf(after(['asked swappiness', ...SYSTEMD, ...files]), 'next_boot.values')['sysctl.vm.swappiness'],
      '10',
    );
    assert.match(
      mapOf(after([...SYSTEMD, ...files]), 'next_boot.open')['sysctl.vm.swappiness'] ?? '',
      /^the files were not searched for it/,
    );
  });

  const TRIED: readonly (readonly [what: string, told: readonly string[], value: string | undefined, why?: RegExp])[] =
    [
      ['tmpfiles.d', file('/etc/tmpfiles.d/a.conf', 'w /sys/kernel/mm/ksm/run - - - - 2'), '2'],
      ['sysfs.conf', ['enabled sysfsutils', ...file('/etc/sysfs.conf', 'kernel/mm/ksm/run 0')], '0'],
      ['tuned', [...TUNED, ...file('/etc/tuned/mine/tuned.conf', '[sysfs] /sys/kernel/mm/ksm/run=1')], '1'],
      [
        'a unit',
        ['/etc/systemd/system/a.service:2:writes run'],
        undefined,
        /^\/etc\/systemd\/system\/a\.service:2 writes it/,
      ],
      [
        'another base',
        file('/etc/tmpfiles.d/a.conf', 'w /sys/kernel/mm/ksm/run - - - - 0x1'),
        undefined,
        /whether it takes/,
      ],
      ['nobody', [], undefined, /^what the kernel starts with is not known/],
    ];
  for (const [what, told, value, why] of TRIED)
    test(`a file below /sys that a policy declares, set by ${what}`, () => {
      const declared = declare({ 'sysfs.ksm': { type: 'int', path: '/sys/kernel/mm/ksm/run', range: [0, 2] } });
      const readings = derive(
        new Map<string, Reading>([
          ['sysfs.ksm', known(0, '0\n')],
          ['next_boot.files', known(['asked run', ...SYSTEMD, ...told], '')],
        ]),
        nextBootFacts(declared),
      );
      assert.equal(mapOf(readings, 'next_boot.values')['sysfs.ksm'], value);
      if (why !== undefined) assert.match(mapOf(readings, 'next_boot.open')['sysfs.ksm'] ?? '', why);
    });

  test('files of devices that policies declare are not predicted: rules of udev are not read', () => {
    const declared = declare({ 'sysfs.read_ahead': { type: 'string', path: '/sys/block/sda/bdi/read_ahead_kb' } });
    const after = afterBoot(declared)((id) =>
      id === 'next_boot.files'
        ? known([...SYSTEMD, ...file('/etc/tmpfiles.d/a.conf', 'w /sys/block/sda/bdi/read_ahead_kb - - - - 64')], '')
        : id === 'sysfs.read_ahead'
          ? known('64', '')
          : undefined,
    );
    const reading = after?.facts.get('sysfs.read_ahead');
    assert.ok(reading?.state === 'unreadable' && reading.detail.startsWith('rules of udev may set it'));
  });

  test('readings without the files: nothing is made of them, and the state says so', () => {
    const readings = derive(new Map(), NEXT_BOOT_FACTS);
    assert.equal(valueOf(readings, 'next_boot.state'), 'not-read');
    assert.equal(readings.get('next_boot.changes')?.state, 'unreadable');
  });
});
