import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FactDefinition } from '../../src/facts/definition.js';
import type { Reading } from '../../src/model/reading.js';
import { probeBody, probeScript } from '../../src/probe/script.js';
import { firstLine } from '../../src/probe/shell.js';
import { declare } from '../support/declared.js';
import { NONCE, runProbe } from '../support/run-probe.js';
import { couldNotTest, findProgram, isRoot, shellsHere } from '../support/shells.js';

const PRIVATE = ['unshare', '-m', '--propagation', 'private'];
const canUnshare = isRoot && spawnSync('unshare', [...PRIVATE.slice(1), 'true']).status === 0;
if (!canUnshare) couldNotTest('what the probe reads of the next boot (no mount namespace)', isRoot);
const { shells } = shellsHere();
const skip = canUnshare ? false : 'no mount namespace';

const SCRATCH = ['/etc', '/run', '/boot', '/usr/local/lib', '/usr/lib/sysctl.d', '/usr/lib/tmpfiles.d'];
const AWK = realpathSync(findProgram('awk') ?? '/usr/bin/awk');

interface Options {
  readonly shell?: string;
  readonly asNobody?: boolean;
  readonly awk?: string;
  readonly declared?: readonly FactDefinition[];
  /** As people read it, and not as it is sent. */
  readonly isReadable?: boolean;
}

/** Runs the probe where the directories above hold only what `preparation` puts there, and nothing of this machine can be written. */
function inScratch(
  preparation: string,
  { shell = 'sh -s', asNobody = false, awk = AWK, declared = [], isReadable = false }: Options = {},
): Reading {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-boot-'));
  try {
    const sent = isReadable ? `${firstLine(NONCE)}\n${probeBody(declared)}` : probeScript(NONCE, declared);
    writeFileSync(join(folder, 'probe.sh'), sent, { mode: 0o644 });
    const script = [
      'set -e',
      ...SCRATCH.map((path) => `mount -t tmpfs -o mode=755 none ${path}`),
      'mkdir -p /run/systemd/system /etc/sysctl.d /run/sysctl.d /etc/tmpfiles.d /etc/default/grub.d /etc/tuned',
      'mkdir -p /etc/systemd/system/multi-user.target.wants /etc/alternatives',
      `ln -s ${awk} /etc/alternatives/awk`,
      preparation,
      `exec ${asNobody ? 'setpriv --reuid=65534 --regid=65534 --clear-groups ' : ''}${shell} <"$0/probe.sh"`,
    ].join('\n');
    const { readings } = runProbe([...PRIVATE, 'sh', '-c', script, folder], { input: '' });
    const reading = readings.get('next_boot.files');
    assert.ok(reading);
    return reading;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf(reading: Reading): readonly string[] {
  assert.equal(reading.state, 'known', JSON.stringify(reading));
  const lines = reading.state === 'known' && Array.isArray(reading.value) ? reading.value.map(String) : [];
  // Of this machine, whose kernel has it or not, and whose root may be in memory.
  return lines.filter((line) => !/^(?:(?:file )?\/proc\/config\.gz|volatile \/(?:usr.*)?$|loaded(?: |$))/.test(line));
}

const FILES: Readonly<Record<string, readonly string[]>> = {
  '/etc/sysctl.d/50-a.conf': [
    '# kernel.panic = 9',
    'kernel.panic = 10',
    'net.ipv6.conf.all.stable_secret = 2001:db8::1',
    'net.ipv6.conf.*.stable_secret = 2001:db8::1',
    '-kernel/hung_task_panic=1',
    'kernel.p* = 3',
    '-kernel.panic_on_oops',
    'kernel.core_pattern = |/opt/collect --token secret',
  ],
  '/run/sysctl.d/96-odd.conf': ['kernel.panic = 1\\'],
  '/etc/sysctl.conf': ['kernel.sysrq=1'],
  '/boot/sysctl.conf-6.1.0-50-amd64': ['# secret', 'kernel.hung_task_timeout_secs = 0', 'kernel.msgmax = 65536'],
  '/etc/tmpfiles.d/thp.conf': [
    'w /sys/kernel/mm/transparent_hugepage/enabled - - - - never',
    'd /var/secret 0700 root root',
  ],
  '/usr/lib/tmpfiles.d/x.conf': ['d /run/x'],
  '/etc/sysfs.conf': [
    '# kernel/mm/transparent_hugepage/enabled = always',
    'kernel/mm/transparent_hugepage/enabled=never # as ever',
    'mode power/state = 0660',
    'devices/system/cpu/cpu0/cpufreq/scaling_governor = secret',
  ],
  '/etc/sysfs.d/a.conf': ['kernel/mm/*/enabled madvise', 'power/state = a secret', 'owner power/state = secret'],
  '/etc/default/grub': [
    'GRUB_DEFAULT=0',
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet panic=5 password=secret"',
    'GRUB_CMDLINE_LINUX=""',
  ],
  '/etc/default/grub.d/k.cfg': [
    'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=384M"',
    'if true; then',
  ],
  '/boot/grub/grub.cfg': [
    'if [ "${next_entry}" ] ; then',
    '   set default="${next_entry}"',
    'else',
    '   set default="0"',
    'fi',
    "menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple-1' {",
    '\tlinux\t/boot/vmlinuz-6.1.0-50-amd64 root=UUID=1 ro  quiet panic=5 secret=1',
    '}',
  ],
  '/boot/loader/entries/a.conf': [
    'title x',
    'version 5.14.0-1.el9',
    'options root=/dev/x panic=7 $tuned_params token=1 watchdog-thresh=9 hung-task-panic=1',
  ],
  '/boot/grub/grubenv': ['# GRUB', 'saved_entry=a', 'tuned_params=nosoftlockup x=1'],
  '/etc/tuned/active_profile': ['mine'],
  '/etc/tuned/profile_mode': ['auto'],
  '/etc/tuned/post_loaded_profile': ['last'],
  '/etc/tuned/mine/tuned.conf': [
    '[main]',
    'summary=s',
    'include=base, -more',
    '[sysctl]',
    'kernel.panic=11',
    'net.core.somaxconn=1',
    '[vm]',
    'transparent_hugepages=never',
    'script_pre=x.sh',
  ],
  '/etc/tuned/last/tuned.conf': ['[script]', 'script=${i:PROFILE_DIR}/script.sh'],
  '/etc/tuned/base/tuned.conf': ['[sysctl]', 'kernel.panic_on_oops=1'],
  '/etc/tuned/other/tuned.conf': ['[sysctl]', 'kernel.panic=12'],
  '/etc/systemd/system/thp.service': [
    '[Service]',
    'ExecStart=/bin/sh -c "echo never >/sys/kernel/mm/transparent_hugepage/enabled; sysctl -w kernel.hung_task_panic=0"',
  ],
};

const PREPARED = [
  "mkdir -p /etc/rc3.d; echo '#!/bin/sh' >/etc/rc3.d/S01sysfsutils; chmod +x /etc/rc3.d/S01sysfsutils",
  ...Object.entries(FILES).map(
    ([path, lines]) => `mkdir -p ${path.replace(/\/[^/]*$/, '')}\ncat >${path} <<'END'\n${lines.join('\n')}\nEND`,
  ),
  'ln -s /dev/null /etc/sysctl.d/60-hidden.conf',
  'ln -s /nowhere /etc/sysctl.d/70-gone.conf',
  'mkdir /etc/sysctl.d/80-folder.conf',
  'touch "/etc/sysctl.d/a b.conf"',
  'mkfifo /etc/sysctl.d/90-pipe.conf',
  "touch -d '2 days ago' /etc/tuned/profile_mode",
  'touch /boot/vmlinuz-6.1.0-50-amd64 /boot/vmlinuz-6.1.0-51-amd64 "/boot/vmlinuz-a b" /boot/vmlinuz',
  "head -c 200000 /dev/zero | tr '\\0' a >/run/sysctl.d/95-large.conf",
  ...['tuned', 'k3s-agent', 'k3s-a_secret', 'mysql'].map(
    (unit) => `ln -s /lib/systemd/system/${unit}.service /etc/systemd/system/multi-user.target.wants/${unit}.service`,
  ),
].join('\n');

const TOLD = [
  'volatile /etc',
  'systemd',
  'program systemd-sysctl',
  'enabled k3s-agent',
  'enabled tuned',
  'enabled sysfsutils',
  'null /etc/sysctl.d/60-hidden.conf',
  'odd /etc/sysctl.d/70-gone.conf',
  'odd /etc/sysctl.d/80-folder.conf',
  'odd /etc/sysctl.d/90-pipe.conf',
  'strange /etc/sysctl.d',
  'kernel 6.1.0-50-amd64',
  'kernel 6.1.0-51-amd64',
  'listed /boot',
  'newer /etc/tuned/active_profile',
  'file /etc/sysctl.d/50-a.conf',
  '/etc/sysctl.d/50-a.conf:2:kernel.panic = 10',
  '/etc/sysctl.d/50-a.conf:5:-kernel/hung_task_panic=1',
  '/etc/sysctl.d/50-a.conf:6:kernel.p* = 3',
  '/etc/sysctl.d/50-a.conf:7:-kernel.panic_on_oops',
  'file /etc/tmpfiles.d/thp.conf',
  '/etc/tmpfiles.d/thp.conf:1:w /sys/kernel/mm/transparent_hugepage/enabled - - - - never',
  'file /run/sysctl.d/95-large.conf',
  'cut /run/sysctl.d/95-large.conf',
  'file /run/sysctl.d/96-odd.conf',
  'cut /run/sysctl.d/96-odd.conf',
  'file /etc/sysctl.conf',
  '/etc/sysctl.conf:1:kernel.sysrq=1',
  'file /etc/sysfs.conf',
  '/etc/sysfs.conf:2:kernel/mm/transparent_hugepage/enabled never',
  'file /etc/tuned/active_profile',
  '/etc/tuned/active_profile:1:mine',
  'file /etc/tuned/profile_mode',
  '/etc/tuned/profile_mode:1:auto',
  'file /etc/tuned/post_loaded_profile',
  '/etc/tuned/post_loaded_profile:1:last',
  'file /etc/default/grub',
  '/etc/default/grub:1:GRUB_DEFAULT=0',
  '/etc/default/grub:2:GRUB_CMDLINE_LINUX_DEFAULT= panic=5',
  '/etc/default/grub:3:GRUB_CMDLINE_LINUX=',
  'file /boot/grub/grubenv',
  '/boot/grub/grubenv:2:saved_entry=a',
  '/boot/grub/grubenv:3:tuned_params= nosoftlockup',
  'file /boot/grub/grub.cfg',
  '/boot/grub/grub.cfg:2:set default=${next_entry}',
  '/boot/grub/grub.cfg:4:set default=0',
  '/boot/grub/grub.cfg:6:menuentry gnulinux-simple-1',
  '/boot/grub/grub.cfg:7:linux /boot/vmlinuz-6.1.0-50-amd64 panic=5',
  '/boot/grub/grub.cfg:8:end',
  'file /etc/sysfs.d/a.conf',
  '/etc/sysfs.d/a.conf:1:kernel/mm/*/enabled madvise',
  '/etc/sysfs.d/a.conf:2:?',
  '/etc/sysfs.d/a.conf:3:?',
  'file /etc/default/grub.d/k.cfg',
  '/etc/default/grub.d/k.cfg:1:GRUB_CMDLINE_LINUX_DEFAULT= @GRUB_CMDLINE_LINUX_DEFAULT crashkernel=384M',
  '/etc/default/grub.d/k.cfg:2:?',
  'file /boot/loader/entries/a.conf',
  '/boot/loader/entries/a.conf:2:version 5.14.0-1.el9',
  '/boot/loader/entries/a.conf:3:options panic=7 @tuned_params watchdog_thresh=9 ?',
  'file /boot/sysctl.conf-6.1.0-50-amd64',
  '/boot/sysctl.conf-6.1.0-50-amd64:2:kernel.hung_task_timeout_secs = 0',
  '/etc/systemd/system/thp.service:2:writes hung_task_panic',
  '/etc/systemd/system/thp.service:2:writes transparent_hugepage/enabled',
  'file /etc/tuned/mine/tuned.conf',
  '/etc/tuned/mine/tuned.conf:3:[main] include=base, -more',
  '/etc/tuned/mine/tuned.conf:4:[sysctl]',
  '/etc/tuned/mine/tuned.conf:5:[sysctl] kernel.panic=11',
  '/etc/tuned/mine/tuned.conf:7:[vm]',
  '/etc/tuned/mine/tuned.conf:8:[vm] transparent_hugepages=never',
  '/etc/tuned/mine/tuned.conf:9:[vm] script_pre=x.sh',
  'file /etc/tuned/last/tuned.conf',
  '/etc/tuned/last/tuned.conf:2:[script] script=${i:PROFILE_DIR}/script.sh',
  'file /etc/tuned/base/tuned.conf',
  '/etc/tuned/base/tuned.conf:1:[sysctl]',
  '/etc/tuned/base/tuned.conf:2:[sysctl] kernel.panic_on_oops=1',
];

for (const { name, argv } of shells)
  test(`${name}: what the next boot reads, and nothing that may be a secret`, { skip }, () => {
    const path = findProgram(argv[0]);
    assert.ok(path);
    const reading = inScratch(PREPARED, { shell: [realpathSync(path), ...argv.slice(1)].join(' ') });
    assert.deepEqual(linesOf(reading), TOLD);
    assert.doesNotMatch(JSON.stringify(reading), /secret|token|2001:db8/);
  });

test('nothing is looked for where another loader than systemd-boot started the machine', { skip }, () => {
  const lines = linesOf(inScratch(FURTHER_PREPARED.replace(/^.*LoaderEntries.*$/m, '')));
  assert.ok(!lines.some((line) => /firmware|efi\/loader/.test(line)), lines.join('\n'));
});

test('the form that people read tells the same', { skip }, () => {
  assert.deepEqual(linesOf(inScratch(PREPARED, { isReadable: true })), TOLD);
});

const GUID = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
const EFI = '/sys/firmware/efi/efivars';

/** Whoever reads it never comes back. */
function left(name: string): string {
  return `mkfifo ${EFI}/${name}-${GUID}`;
}

const FURTHER: Readonly<Record<string, readonly string[]>> = {
  '/boot/loader/entries/a-1.conf': [
    'title secret',
    'sort-key debian',
    'machine-id 12ab',
    'version 6.1 x',
    'options panic=3 secret=1',
  ],
  '/efi/loader/loader.conf': ['timeout 3', 'default a-[12]*'],
  '/efi/loader/entries/b.conf': [
    'version 6.12',
    'linux /debian/6.12/linux',
    'linux /a secret',
    'efi /shell.efi',
    'architecture x64',
    'initrd /secret',
  ],
  '/boot/extlinux/extlinux.conf': [
    '# DEFAULT secret',
    'DEFAULT linux',
    'UI menu.c32',
    'LABEL linux',
    '  MENU LABEL secret',
    '  LINUX /vmlinuz-6.1.0-50-amd64',
    '  APPEND root=secret panic=4',
    '  MENU DEFAULT',
    'INCLUDE b.cfg',
  ],
  '/etc/modprobe.d/a.conf': [
    '# options nvme secret',
    'options nvme-core  io-timeout=5 secret=2',
    'options softdog secret=1',
    "options nvme_core io_timeout='5 6'",
    'install pstore /bin/secret',
    'alias secret nvme',
    'blacklist nvme',
  ],
  '/run/modprobe.d/b.conf': ['options nvme \\', 'io_timeout=3'],
  '/boot/grub2/grubenv': [
    'saved_entry=CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)',
    'next_entry=a; secret',
    'env_block=secret',
    'prev_saved_entry=',
  ],
  '/boot/grub2/grub.cfg': [
    "menuentry 'CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)' --class centos $menuentry_id_option 'gnulinux-x' {",
    '\tlinux16 /vmlinuz-3.10.0-1160.el7.x86_64 root=secret panic=5',
    '}',
    'menuentry "secret & more" {',
    '}',
  ],
  '/etc/systemd/system/a.service.d/b.conf': [
    'ExecStart=sysctl -w kernel.panic=3 secret',
    'ConditionPathExists=/proc/sys/kernel/sysrq',
  ],
};

const FURTHER_PREPARED = [
  `mount -t tmpfs none /sys/firmware; mkdir -p ${EFI} /efi && mount -t tmpfs none /efi; mkdir -p /efi/EFI/Linux`,
  ...Object.entries(FURTHER).map(
    ([path, lines]) => `mkdir -p ${path.replace(/\/[^/]*$/, '')}\ncat >${path} <<'END'\n${lines.join('\n')}\nEND`,
  ),
  'mkdir -p /run/ostree; echo secret >/run/ostree/staged-deployment',
  left('LoaderEntries'),
  left('LoaderInfo'),
  left('LoaderEntryOneShot'),
  left('LoaderEntryPreferred'),
  left('LoaderEntrySysFail'),
  'touch /efi/EFI/Linux/a.EFI',
].join('\n');

const FURTHER_TOLD = [
  'volatile /etc',
  'systemd',
  'program systemd-sysctl',
  'staged /run/ostree/staged-deployment',
  'firmware LoaderEntries',
  'firmware LoaderEntryOneShot',
  'firmware LoaderEntryPreferred',
  'firmware LoaderEntrySysFail',
  'unified /efi/EFI/Linux',
  'listed /boot',
  'file /etc/modprobe.d/a.conf',
  '/etc/modprobe.d/a.conf:2:options nvme_core io_timeout=5',
  '/etc/modprobe.d/a.conf:4:options nvme_core ?',
  '/etc/modprobe.d/a.conf:5:install pstore',
  '/etc/modprobe.d/a.conf:6:alias nvme',
  'file /run/modprobe.d/b.conf',
  'cut /run/modprobe.d/b.conf',
  'file /boot/grub2/grubenv',
  '/boot/grub2/grubenv:1:saved_entry=CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)',
  '/boot/grub2/grubenv:2:next_entry=?',
  '/boot/grub2/grubenv:3:env_block=?',
  'file /boot/grub2/grub.cfg',
  '/boot/grub2/grub.cfg:1:menuentry gnulinux-x CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)',
  '/boot/grub2/grub.cfg:2:linux /vmlinuz-3.10.0-1160.el7.x86_64 panic=5',
  '/boot/grub2/grub.cfg:3:end',
  '/boot/grub2/grub.cfg:4:menuentry - ?',
  '/boot/grub2/grub.cfg:5:end',
  'file /boot/loader/entries/a-1.conf',
  '/boot/loader/entries/a-1.conf:2:sort-key debian',
  '/boot/loader/entries/a-1.conf:3:machine-id 12ab',
  '/boot/loader/entries/a-1.conf:4:version ?',
  '/boot/loader/entries/a-1.conf:5:options panic=3',
  'file /boot/extlinux/extlinux.conf',
  '/boot/extlinux/extlinux.conf:2:default linux',
  '/boot/extlinux/extlinux.conf:3:ui',
  '/boot/extlinux/extlinux.conf:4:label linux',
  '/boot/extlinux/extlinux.conf:6:linux /vmlinuz-6.1.0-50-amd64',
  '/boot/extlinux/extlinux.conf:7:append panic=4',
  '/boot/extlinux/extlinux.conf:8:menu default',
  '/boot/extlinux/extlinux.conf:9:include b.cfg',
  'file /efi/loader/entries/b.conf',
  '/efi/loader/entries/b.conf:1:version 6.12',
  '/efi/loader/entries/b.conf:2:linux /debian/6.12/linux',
  '/efi/loader/entries/b.conf:3:linux ?',
  '/efi/loader/entries/b.conf:4:efi /shell.efi',
  '/efi/loader/entries/b.conf:5:architecture x64',
  'file /efi/loader/loader.conf',
  '/efi/loader/loader.conf:2:default a-[12]*',
  '/etc/systemd/system/a.service.d/b.conf:1:writes panic',
];

for (const awk of ['mawk', 'gawk', 'original-awk', 'busybox'])
  test(`boot loaders and modules, by ${awk}`, { skip }, (t) => {
    const path = findProgram(awk);
    if (path === undefined) {
      couldNotTest(`boot loaders and modules, by ${awk}`);
      return t.skip();
    }
    const reading = inScratch(FURTHER_PREPARED, { awk: realpathSync(path) });
    assert.doesNotMatch(JSON.stringify(reading), /secret/);
    return assert.deepEqual(linesOf(reading), FURTHER_TOLD);
  });

for (const awk of ['mawk', 'gawk', 'original-awk', 'busybox'])
  test(`the same by ${awk}`, { skip }, (t) => {
    const path = findProgram(awk);
    if (path === undefined) {
      couldNotTest(`what the next boot reads, by ${awk}`);
      return t.skip();
    }
    return assert.deepEqual(linesOf(inScratch(PREPARED, { awk: realpathSync(path) })), TOLD);
  });

test('as another user: what may not be read is told', { skip }, () => {
  const lines = linesOf(
    inScratch(
      `${PREPARED}
chmod 600 /boot/grub/grub.cfg /etc/sysctl.d/50-a.conf
chmod 700 /boot/loader
chmod 711 /run/sysctl.d`,
      { asNobody: true },
    ),
  );
  for (const line of [
    'denied /etc/sysctl.d/50-a.conf',
    'denied /run/sysctl.d',
    'denied /boot/grub/grub.cfg',
    'denied /boot/loader/entries',
  ])
    assert.ok(lines.includes(line), `${line} is not in ${lines.join('\n')}`);
  assert.ok(!lines.some((line) => line.startsWith('/etc/sysctl.d/50-a.conf:')));
});

test('sysctls that policies declare are looked for, and that is told', { skip }, () => {
  const preparation = "printf 'vm.swappiness = 10\\nvm.dirty_ratio = 5\\n' >/etc/sysctl.d/a.conf";
  const line = '/etc/sysctl.d/a.conf:1:vm.swappiness = 10';
  const declared = declare({
    'sysctl.vm.swappiness': { type: 'int' },
    'sysctl.kernel.panic_on_oops_x': { type: 'int' },
  });
  const lines = linesOf(inScratch(preparation, { declared }));
  assert.ok(lines.includes(line) && lines.includes('asked panic_on_oops_x swappiness'), lines.join('\n'));
  assert.ok(!lines.some((each) => each.includes('dirty_ratio')));
  assert.ok(!linesOf(inScratch(preparation)).includes(line));
});

test('what is mounted from elsewhere is not looked at', { skip }, () => {
  // Of a kind that is not in the list of local ones.
  const lines = linesOf(inScratch('mount -t proc none /boot; mount -t proc none /usr/local/lib'));
  assert.ok(lines.includes('remote /usr/local/lib/sysctl.d'), lines.join('\n'));
  assert.ok(lines.includes('remote /boot/loader/entries'), lines.join('\n'));
});

test('an empty machine says that nothing is there', { skip }, () => {
  const lines = linesOf(inScratch('rm -r /etc/sysctl.d /etc/systemd /etc/default /etc/tuned /run/*'));
  assert.deepEqual(
    lines.filter((line) => !['volatile /etc', 'program systemd-sysctl', 'listed /boot'].includes(line)),
    [],
  );
});

test('many files and much text stay within what a probe may say', { skip }, () => {
  const lines = linesOf(
    inScratch(`for i in $(seq 1100); do printf 'kernel.panic = 1\\n' >/etc/sysctl.d/$i.conf; done
i=0; while test $i -lt 1500; do echo "kernel.panic = $i"; i=$((i + 1)); done >/run/sysctl.d/a.conf`),
  );
  assert.ok(lines.includes('many /etc/sysctl.d'));
  assert.ok(lines.join('\n').length < 130_000, `${lines.join('\n').length}`);
});

/** As grub-mkconfig writes it, and what people add. */
const GRUB_CFG = [
  '### BEGIN /etc/grub.d/00_header ###',
  'if [ -s $prefix/grubenv ]; then',
  '  set have_grubenv=true',
  '  load_env',
  'fi',
  'if [ "${env_block}" ]; then',
  '  load_env -f ${env_block}',
  'fi',
  'if [ "${next_entry}" ] ; then',
  '   set default="${next_entry}"',
  '   set next_entry=',
  '   save_env next_entry',
  'else',
  '   set default="0"',
  'fi',
  'if [ "${prev_saved_entry}" ]; then',
  '  set saved_entry="${prev_saved_entry}"',
  '  save_env saved_entry',
  'fi',
  'function savedefault {',
  '  if [ -z "${boot_once}" ]; then',
  '    saved_entry="${chosen}"',
  '    save_env saved_entry',
  '  fi',
  '}',
  'set tuned_params="panic=3 secret=1"',
  'if [ -f ${prefix}/user.cfg ]; then',
  '  source ${prefix}/user.cfg',
  'fi',
  'if [ -z "${kernelopts}" ]; then',
  '  set kernelopts="root=secret panic=4 "',
  'fi',
  'function gfxmode {',
  '    if [ "${1}" = "keep" ]; then',
  '        set vt_handoff=vt.handoff=7',
  '    fi',
  '}',
  "menuentry 'Debian' --class debian $menuentry_id_option 'simple' {",
  '    search --no-floppy --fs-uuid --set=root secret',
  '    linux /boot/vmlinuz-6.1.0-50-amd64 root=secret $vt_handoff ${tuned_params}',
  '}',
  "if [ \"x$default\" = 'a b' ]; then default='More>a b'; fi;if [ \"x$default\" = 'c' ]; then default='More>c'; fi;",
  'if [ -f  ${config_directory}/custom.cfg ]; then',
  '  source ${config_directory}/custom.cfg',
  'elif [ -z "${config_directory}" -a -f  $prefix/custom.cfg ]; then',
  '  source $prefix/custom.cfg;',
  'fi',
  '# source /secret',
  'theme=/boot/grub/themes/default/theme.txt',
];
const CUSTOM_CFG = [
  'default=2',
  'if true; then set default=3; fi',
  'source /secret.cfg',
  'configfile ($root)/secret.cfg',
  'search --set=default --file /secret',
  'load_env -f /secret',
  'unset tuned_params',
  'menuentry secret { linux /secret; }',
  'if true; then',
  '  tuned_params=secret=1',
  'else if true; then',
  '  set default="${secret}"',
  'fi; fi',
  'set saved_entry=secret',
  'boot',
];
const GRUB_TOLD = [
  'file /boot/grub/grub.cfg',
  '/boot/grub/grub.cfg:10:set default=${next_entry}',
  '/boot/grub/grub.cfg:14:set default=0',
  '/boot/grub/grub.cfg:25:end',
  '/boot/grub/grub.cfg:26:now tuned_params= panic=3',
  '/boot/grub/grub.cfg:28:reads user.cfg',
  '/boot/grub/grub.cfg:31:else kernelopts= panic=4',
  '/boot/grub/grub.cfg:35:set vt_handoff=',
  '/boot/grub/grub.cfg:37:end',
  '/boot/grub/grub.cfg:38:menuentry simple',
  '/boot/grub/grub.cfg:40:linux /boot/vmlinuz-6.1.0-50-amd64 @vt_handoff @tuned_params',
  '/boot/grub/grub.cfg:41:end',
  '/boot/grub/grub.cfg:42:swap c|More>c',
  '/boot/grub/grub.cfg:42:swap a b|More>a b',
  '/boot/grub/grub.cfg:44:reads custom.cfg',
  '/boot/grub/grub.cfg:46:reads custom.cfg',
  'file /boot/grub/custom.cfg',
  '/boot/grub/custom.cfg:1:now default=2',
  '/boot/grub/custom.cfg:2:odd if',
  '/boot/grub/custom.cfg:3:odd source',
  '/boot/grub/custom.cfg:4:odd configfile',
  '/boot/grub/custom.cfg:5:odd search',
  '/boot/grub/custom.cfg:6:odd load_env',
  '/boot/grub/custom.cfg:7:odd unset',
  '/boot/grub/custom.cfg:8:odd menuentry',
  '/boot/grub/custom.cfg:10:set tuned_params=',
  '/boot/grub/custom.cfg:12:set default=?',
  '/boot/grub/custom.cfg:14:odd set',
  '/boot/grub/custom.cfg:15:odd boot',
  'file /boot/grub/user.cfg',
];

function written(name: string, lines: readonly string[]): string {
  return `cat >/boot/grub/${name} <<'END'\n${lines.join('\n')}\nEND`;
}

for (const awk of ['mawk', 'gawk', 'original-awk', 'busybox'])
  test(`what grub.cfg reads and sets, by ${awk}`, { skip }, (t) => {
    const path = findProgram(awk);
    if (path === undefined) {
      couldNotTest(`what grub.cfg reads and sets, by ${awk}`);
      return t.skip();
    }
    const preparation = [
      'mkdir /boot/grub',
      written('grub.cfg', GRUB_CFG),
      written('custom.cfg', CUSTOM_CFG),
      written('user.cfg', ['GRUB2_PASSWORD=secret']),
    ].join('\n');
    const reading = inScratch(preparation, { awk: realpathSync(path) });
    assert.doesNotMatch(JSON.stringify(reading), /secret(?!_)/);
    return assert.deepEqual(
      linesOf(reading).filter((line) => line.includes('/boot/grub/')),
      GRUB_TOLD,
    );
  });

const LATER: Readonly<Record<string, readonly string[]>> = {
  '/etc/udev/rules.d/90-a.rules': [
    '# SYSCTL{kernel/panic}="1"',
    'SUBSYSTEM=="block", SYSCTL{kernel/hung_task_panic}="1", ENV{a}="secret"',
    'SUBSYSTEM=="module", KERNEL=="nvme_core", ATTR{parameters/io_timeout}="5"',
    'RUN+="/bin/sh -c \'echo never > /sys/kernel/mm/transparent_hugepage/enabled\'"',
    'ATTR{queue/scheduler}="secret"',
  ],
  '/usr/local/lib/udev/rules.d/91-b.rules': ['SYSCTL{vm.panic_on_oom}="2"'],
  '/usr/local/lib/tmpfiles.d/a.conf': ['d /secret'],
  '/etc/rc.local': ['sysctl -w kernel.panic=3'],
  '/etc/rc3.d/S01a': ['echo secret >/proc/sys/kernel/panic'],
  '/etc/cron.d/a': ['@reboot root sysctl -w kernel.panic_on_oops=1 secret'],
  '/etc/crontab': ['@reboot root secret'],
  '/etc/cloud/cloud.cfg.d/a.cfg': ['bootcmd: [ sysctl -w kernel.panic_on_warn=1 ]'],
  '/etc/systemd/system/a.service': ['ExecStart=sh -c "echo 1 >/sys/module/nvme_core/parameters/io_timeout"'],
  '/boot/config-6.1.0-50-amd64': ['CONFIG_CMDLINE_BOOL=y', 'CONFIG_CMDLINE="secret"', 'CONFIG_CMDLINE_OVERRIDE=y'],
  '/boot/config-6.1.0-51-amd64': ['CONFIG_CMDLINE=""', 'CONFIG_PANIC_ON_OOPS=y'],
  '/etc/zipl.conf': ['secret'],
};
const LATER_PREPARED = [
  `mount -t tmpfs none /sys/firmware; mkdir -p ${EFI} /boot/efi/EFI/Linux`,
  ...Object.entries(LATER).map(
    ([path, lines]) => `mkdir -p ${path.replace(/\/[^/]*$/, '')}\ncat >${path} <<'END'\n${lines.join('\n')}\nEND`,
  ),
  left('StubInfo'),
  'touch /boot/efi/EFI/Linux/a.efi /boot/vmlinuz-6.1.0-50-amd64 /boot/vmlinuz-6.1.0-51-amd64',
  'mkdir -p /usr/lib/systemd/system; mount -t tmpfs none /usr/lib/systemd/system',
].join('\n');
const LATER_TOLD = [
  'firmware StubInfo',
  'unified /boot/efi/EFI/Linux',
  'loader /etc/zipl.conf',
  '/etc/udev/rules.d/90-a.rules:2:writes hung_task_panic',
  '/etc/udev/rules.d/90-a.rules:3:writes io_timeout',
  '/etc/udev/rules.d/90-a.rules:4:writes transparent_hugepage/enabled',
  '/usr/local/lib/udev/rules.d/91-b.rules:1:writes panic_on_oom',
  'file /usr/local/lib/tmpfiles.d/a.conf',
  '/etc/rc3.d/S01a:1:writes panic',
  '/etc/cron.d/a:1:writes panic_on_oops',
  '/etc/cloud/cloud.cfg.d/a.cfg:1:writes panic_on_warn',
  '/etc/systemd/system/a.service:1:writes io_timeout',
  '/boot/config-6.1.0-50-amd64:2:CONFIG_CMDLINE=?',
];

for (const awk of ['mawk', 'gawk', 'original-awk', 'busybox'])
  test(`who writes settings later, and what starts beside boot loaders, by ${awk}`, { skip }, (t) => {
    const path = findProgram(awk);
    if (path === undefined) {
      couldNotTest(`who writes settings later, by ${awk}`);
      return t.skip();
    }
    const reading = inScratch(LATER_PREPARED, { awk: realpathSync(path) });
    assert.doesNotMatch(JSON.stringify(reading), /secret/);
    const lines = linesOf(reading);
    for (const line of LATER_TOLD) assert.ok(lines.includes(line), `${line} is not in ${lines.join('\n')}`);
    assert.ok(!lines.some((line) => line.includes('rc.local') || line.startsWith('/boot/config-6.1.0-51-amd64:1:')));
  });

test('a script that root alone may run or read is told to another user', { skip }, () => {
  for (const [mode, line] of [
    ['744', '/etc/rc.local:1:writes panic'],
    ['700', 'denied /etc/rc.local'],
  ] as const) {
    const lines = linesOf(inScratch(`${LATER_PREPARED}\nchmod ${mode} /etc/rc.local`, { asNobody: true }));
    assert.ok(lines.includes(line), lines.join('\n'));
  }
});

const MANY_UNITS = [
  'mount -t tmpfs none /usr/lib/systemd/system; mkdir /usr/lib/systemd/system/a.target.wants',
  'for i in $(seq 1100); do echo a >/usr/lib/systemd/system/$i.service; ln -s ../$i.service /usr/lib/systemd/system/a.target.wants/; done',
].join('\n');

test('more units of packages than are read are told', { skip }, () => {
  const lines = linesOf(inScratch(MANY_UNITS));
  assert.ok(lines.includes('many /usr/lib/systemd/system'), lines.join('\n'));
});

test('units of packages, and what starts them, that may not be listed are told', { skip }, () => {
  for (const [closed, line] of [
    ['chmod 711 /usr/lib/systemd/system', 'denied /usr/lib/systemd/system'],
    ['chmod 711 /usr/lib/systemd/system/*.wants', 'denied /usr/lib/systemd/system/a.target.wants'],
    ['chmod 700 /etc/systemd/system/*.wants', 'denied /etc/systemd/system/multi-user.target.wants'],
  ] as const) {
    const lines = linesOf(inScratch(`${MANY_UNITS}\n${closed}`, { asNobody: true }));
    assert.ok(lines.includes(line), lines.join('\n'));
  }
});

test('of modules that are asked for it is told which were loaded', { skip }, () => {
  const reading = inScratch(
    'mount -t tmpfs none /sys/module; mkdir -p /sys/module/nvme_core; touch /sys/module/nvme_core/initstate',
  );
  assert.ok(reading.state === 'known' && Array.isArray(reading.value) && reading.value.includes('loaded nvme_core'));
});
