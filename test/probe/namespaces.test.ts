import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Reading, Readings } from '../../src/model/reading.js';
import { probeScript } from '../../src/probe/script.js';
import { NONCE, runProbe } from '../support/run-probe.js';
import { couldNotTest, isRoot } from '../support/shells.js';

const PRIVATE = ['unshare', '-m', '--propagation', 'private'];
const canUnshare = isRoot && spawnSync('unshare', ['-m', '-p', '-f', '--mount-proc', 'true']).status === 0;
if (!canUnshare)
  couldNotTest('hidden, denied and missing files (no mount namespace: root with CAP_SYS_ADMIN is needed)', isRoot);

/** Runs the probe after `preparation`, in a mount namespace that ends with it; `$W` is an empty folder. */
function inNamespace(preparation: string, options: { pid?: boolean; asNobody?: boolean } = {}): Readings {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-probe-'));
  try {
    writeFileSync(join(folder, 'probe.sh'), probeScript(NONCE));
    const shell = options.asNobody === true ? 'setpriv --reuid=65534 --regid=65534 --clear-groups sh -s' : 'sh -s';
    const argv = [...PRIVATE, ...(options.pid === true ? ['-p', '-f', '--mount-proc'] : [])];
    return runProbe([...argv, 'sh', '-c', `set -e; W=${folder}\n${preparation}\nexec ${shell} <$W/probe.sh`], {
      input: '',
    }).readings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcome(readings: Readings, id: string): string {
  const reading: Reading | undefined = readings.get(id);
  assert.ok(reading, id);
  return reading.state === 'known'
    ? JSON.stringify(reading.value)
    : reading.state === 'absent'
      ? 'absent'
      : reading.cause;
}

interface Case {
  readonly name: string;
  readonly preparation: string;
  readonly options?: { readonly pid?: boolean; readonly asNobody?: boolean };
  readonly gives: Readonly<Record<string, string>>;
}

const [major = 0, minor = 0] = release().split('.').map(Number);
const hasHidepidByMount = major > 5 || (major === 5 && minor >= 8);

function fake(path: string, content: string): string {
  return `printf -- '${content}' >$W/fake; mount --bind $W/fake ${path}`;
}

const cases: readonly Case[] = [
  ...['1', '2'].map((hidepid) => ({
    name: `hidepid=${hidepid} as another user: nothing is said of processes`,
    // Since 5.8 the option belongs to the mount; before, to the PID namespace, so there it needs one of its own.
    preparation: `mount -t proc -o hidepid=${hidepid} proc /proc; chmod 755 $W; chmod 644 $W/probe.sh`,
    options: { pid: !hasHidepidByMount, asNobody: true },
    gives: {
      'khugepaged.running': 'denied',
      'khugepaged.in_d_state': 'denied',
      'tasks.in_d_state': 'denied',
      'sysctl.vm.extfrag_threshold': '500',
    },
  })),
  {
    name: 'a PID namespace without kernel threads, and a program called khugepaged',
    preparation:
      'cp $(command -v sleep) $W/khugepaged; cp $(command -v sleep) $W/kthreadd; chmod 755 $W $W/k*; $W/kthreadd 30 & $W/khugepaged 30 & sleep 0.1',
    options: { pid: true },
    gives: { 'khugepaged.running': 'denied', 'khugepaged.in_d_state': 'denied', 'tasks.in_d_state': 'denied' },
  },
  {
    name: 'values of other kernels',
    preparation: [
      fake('/proc/sys/kernel/hung_task_panic', '3\\n'),
      'W=$W/2; mkdir $W',
      fake('/proc/sys/kernel/panic', '-1\\n'),
      'W=${W%/2}',
    ].join('\n'),
    gives: { 'sysctl.kernel.hung_task_panic': '3', 'sysctl.kernel.panic': '-1' },
  },
  {
    name: 'a file without content',
    preparation: fake('/proc/sys/kernel/hung_task_timeout_secs', ''),
    gives: { 'sysctl.kernel.hung_task_timeout_secs': 'malformed', 'sysctl.kernel.panic_on_oops': '0' },
  },
  {
    name: 'a file of zeros',
    preparation: fake('/proc/sys/kernel/hung_task_timeout_secs', '12\\0000\\n'),
    gives: { 'sysctl.kernel.hung_task_timeout_secs': 'malformed' },
  },
  {
    name: 'a file that may not be read, as another user',
    preparation: `${fake('/proc/sys/kernel/hung_task_timeout_secs', '120\\n')}; chmod 000 $W/fake; chmod 755 $W; chmod 644 $W/probe.sh`,
    options: { asNobody: true },
    gives: { 'sysctl.kernel.hung_task_timeout_secs': 'denied', 'sysctl.kernel.hung_task_check_count': '4194304' },
  },
  {
    name: 'a directory that may not be searched, as another user',
    preparation:
      'mkdir $W/vm; mount --bind $W/vm /proc/sys/vm; chmod 700 /proc/sys/vm; chmod 755 $W; chmod 644 $W/probe.sh',
    options: { asNobody: true },
    gives: { 'sysctl.vm.panic_on_oom': 'denied', 'sysctl.kernel.panic_on_oops': '0' },
  },
  {
    name: 'an empty directory over /proc/sys/vm is no proof',
    preparation: 'mkdir $W/vm; mount --bind $W/vm /proc/sys/vm',
    gives: { 'sysctl.vm.panic_on_oom': 'denied', 'sysctl.kernel.panic_on_oops': '0' },
  },
  {
    name: 'an older kernel: no such knob',
    preparation: 'mkdir $W/vm; echo 0 >$W/vm/overcommit_memory; mount --bind $W/vm /proc/sys/vm',
    gives: { 'sysctl.vm.compaction_proactiveness': 'absent', 'sysctl.vm.overcommit_memory': '0' },
  },
  {
    name: 'no /sys at all',
    preparation: 'mkdir $W/sys; mount --bind $W/sys /sys',
    gives: {
      'thp.enabled': 'denied',
      'thp.sizes': 'denied',
      'kexec.crash_loaded': 'denied',
      'kernel.livepatches': 'denied',
      'sysctl.kernel.panic_on_oops': '0',
    },
  },
  {
    name: 'a Red Hat 6: its own directory of huge pages',
    preparation:
      'mkdir -p $W/mm/redhat_transparent_hugepage/khugepaged; echo "[always] never" >$W/mm/redhat_transparent_hugepage/enabled; echo "[yes] no" >$W/mm/redhat_transparent_hugepage/khugepaged/defrag; mount --bind $W/mm /sys/kernel/mm',
    gives: {
      'thp.enabled': '"always"',
      'khugepaged.defrag': 'true',
      'thp.sizes': 'absent',
      'thp.use_zero_page': 'absent',
    },
  },
  {
    name: 'a kernel with live patches and watchdogs, and storage that is waited for',
    preparation:
      'mkdir $W/sys; for d in kernel module class; do mkdir $W/sys/$d; done; mkdir -p $W/sys/module/kernel/parameters $W/sys/kernel/livepatch/kpatch_1 $W/sys/kernel/livepatch/off $W/sys/class/watchdog/watchdog0; echo 1 >$W/sys/kernel/livepatch/kpatch_1/enabled; echo 0 >$W/sys/kernel/livepatch/off/enabled; echo 1 >$W/sys/kernel/livepatch/kpatch_1/transition; echo 0 >$W/sys/kernel/livepatch/off/transition; echo 248:0 >$W/sys/class/watchdog/watchdog0/dev; echo active >$W/sys/class/watchdog/watchdog0/state; echo iTCO_wdt >$W/sys/class/watchdog/watchdog0/identity; mkdir -p $W/sys/class/watchdog/watchdog1 $W/sys/class/iscsi_session/session1 $W/sys/block/dm-0/dm $W/sys/block/dm-1/dm $W/sys/module/nvme_core/parameters $W/sys/fs/cgroup/system.slice/systemd-oomd.service; echo 248:1 >$W/sys/class/watchdog/watchdog1/dev; echo active >$W/sys/class/watchdog/watchdog1/state; echo Software Watchdog >$W/sys/class/watchdog/watchdog1/identity; echo 120 >$W/sys/class/iscsi_session/session1/recovery_tmo; echo 0 >$W/sys/block/dm-0/dm/suspended; echo 1 >$W/sys/block/dm-1/dm/suspended; echo 4294967295 >$W/sys/module/nvme_core/parameters/io_timeout; for d in . systemd-oomd.service; do echo populated 1 >$W/sys/fs/cgroup/system.slice/$d/cgroup.events; done; mount --bind $W/sys /sys',
    gives: {
      'kernel.livepatches': '["kpatch_1"]',
      'kernel.livepatches_in_transition': '["kpatch_1"]',
      'watchdog.devices': '{"watchdog0":"active","watchdog1":"software"}',
      'oom.daemons': '["systemd-oomd"]',
      'iscsi.recovery_timeout': '120',
      'dm.suspended': '1',
      'module.nvme_core.io_timeout': '4294967295',
      'thp.enabled': 'absent',
      'kexec.crash_loaded': 'absent',
    },
  },
  {
    name: 'a command line with secrets, quotes and repetitions',
    preparation: fake(
      '/proc/cmdline',
      'root=UUID=1 secret=hunter2 "quoted panic=7 x" dyndbg="file a panic=8" panic=5 panic=10 hung-task-panic=1 crashkernel=512M,high crashkernel=128M,low nowatchdog oops="panic" sysctl.kernel/hung_task_timeout_secs=60 sysctl.kernel.core_pattern=|/x rd.luks.key=abc -- panic=99 init-arg\\n',
    ),
    gives: {
      cmdline:
        '{"panic":"10","hung_task_panic":"1","crashkernel":"512M,high 128M,low","nowatchdog":"","oops":"panic","sysctl.kernel.hung_task_timeout_secs":"60"}',
    },
  },
];

for (const { name, preparation, options, gives } of cases)
  test(name, { skip: !canUnshare && 'no mount namespace' }, () => {
    const readings = inNamespace(preparation, options);
    for (const [id, value] of Object.entries(gives))
      assert.equal(outcome(readings, id), value, `${id}: ${JSON.stringify(readings.get(id))}`);
    assert.doesNotMatch(JSON.stringify([...readings]), /hunter2|luks/);
  });

test(
  'a secret on the command line never leaves the host',
  { skip: !canUnshare && 'no mount namespace' },
  (t: TestContext) => {
    t.diagnostic('the whole output is searched, not only the readings');
    const folder = mkdtempSync(join(tmpdir(), 'kernward-probe-'));
    try {
      writeFileSync(join(folder, 'cmdline'), 'password=hunter2 panic=5 luks.key=hunter2\n');
      const { stdout } = spawnSync(
        'unshare',
        [...PRIVATE.slice(1), 'sh', '-c', `mount --bind ${folder}/cmdline /proc/cmdline; exec sh -s`],
        { input: probeScript(NONCE) },
      );
      assert.match(stdout.toString(), /\/proc\/cmdline:panic=5\n/);
      assert.doesNotMatch(stdout.toString(), /hunter2/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test(
  'a program called khugepaged does not pass for the kernel thread',
  { skip: !canUnshare && 'no mount namespace' },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'kernward-probe-'));
    try {
      const { readings: before } = runProbe(['sh', '-s']);
      const copies = ['khugepaged', 'khugepaged) D 2', 'kthreadd'].map((name) => `'${folder}/${name}'`);
      const preparation = copies
        .map((copy) => `cp "$(command -v sleep)" ${copy}; ${copy} 20 >/dev/null 2>&1 & pids="$pids $!"`)
        .join('; ');
      const { readings } = runProbe(['sh', '-c', `exec 3<&0; pids=; ${preparation}; sleep 0.1; sh -s <&3; kill $pids`]);
      for (const id of ['khugepaged.running', 'khugepaged.in_d_state'])
        assert.equal(outcome(readings, id), outcome(before, id));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
