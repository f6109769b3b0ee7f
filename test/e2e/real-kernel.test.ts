import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import type { Outcome } from '../../src/kernel/outcome/index.js';
import type { Reading } from '../../src/model/reading.js';
import { buildImages, needsRealKernel, type Images } from '../support/real-kernel.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, type KeyPair } from '../support/sshd.js';
import { startMachine, type VirtualMachine } from '../support/virtual-machine.js';
import { kernward, type Ended } from '../support/kernward.js';
import { secondsWithin } from '../support/within.js';

/** What sets a trigger off. */
const TRIGGERS = {
  // Waits, uninterruptibly, to write to a file system that is frozen.
  hung_task:
    'mke2fs /dev/ram0 >/dev/null && mount -t ext4 /dev/ram0 /mnt && fsfreeze --freeze /mnt && { touch /mnt/blocked >/dev/null 2>&1 & }\n',
  oom: 'tail /dev/zero >/dev/null 2>&1 &\n',
} as const;
const REPORT = { hung_task: /blocked for more than \d+ seconds/, oom: 'Out of memory: Killed process' } as const;
const PANIC = {
  hung_task: 'Kernel panic - not syncing: hung_task: blocked tasks',
  oom: 'Kernel panic - not syncing: Out of memory',
} as const;
const MACHINE = { memoryMiB: 384, boot: 'crashkernel=128M' } as const;
const TIMEOUT_SECS = 5;
const SEEN_WITHIN_MS = 90_000;

/** By their names in sysctl(8). */
type Knobs = Readonly<Record<string, number>>;
function set(knobs: Knobs): string {
  return Object.entries(knobs)
    .map(([knob, value]) => `echo ${value} >/proc/sys/${knob.replace('.', '/')}\n`)
    .join('');
}

interface Row {
  readonly trigger?: 'oom';
  readonly knobs: Knobs;
  readonly loadCrashKernel?: true;
  /** Of the trigger's `.outcome`. */
  readonly predicted: Outcome;
  readonly seen: 'goes on' | 'restarts' | 'freezes' | 'dumps and restarts';
}

/** What the tables of docs/reference/outcomes.md say, beside what a kernel does. */
const ROWS: readonly Row[] = [
  { knobs: { 'kernel.hung_task_panic': 0, 'kernel.panic': 5 }, predicted: 'survives', seen: 'goes on' },
  { knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 5 }, predicted: 'reboots', seen: 'restarts' },
  {
    knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 5, 'kernel.hung_task_warnings': 0 },
    predicted: 'reboots',
    seen: 'restarts',
  },
  { knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': -1 }, predicted: 'reboots', seen: 'restarts' },
  { knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 0 }, predicted: 'freezes', seen: 'freezes' },
  {
    knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 5, 'kernel.tainted': 128 },
    predicted: 'not-detected',
    seen: 'goes on',
  },
  {
    knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 5, 'kernel.tainted': 512 },
    predicted: 'reboots',
    seen: 'restarts',
  },
  {
    knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 5, 'kernel.hung_task_check_count': 0 },
    predicted: 'not-detected',
    seen: 'goes on',
  },
  {
    knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 5, 'kernel.hung_task_timeout_secs': 0 },
    predicted: 'not-detected',
    seen: 'goes on',
  },
  {
    knobs: { 'kernel.hung_task_panic': 1, 'kernel.panic': 0 },
    loadCrashKernel: true,
    predicted: 'dumps-then-reboots',
    seen: 'dumps and restarts',
  },
  { trigger: 'oom', knobs: { 'vm.panic_on_oom': 0, 'kernel.panic': 5 }, predicted: 'survives', seen: 'goes on' },
  { trigger: 'oom', knobs: { 'vm.panic_on_oom': 1, 'kernel.panic': 5 }, predicted: 'reboots', seen: 'restarts' },
  { trigger: 'oom', knobs: { 'vm.panic_on_oom': 1, 'kernel.panic': 0 }, predicted: 'freezes', seen: 'freezes' },
];
const LOAD_CRASH_KERNEL =
  'kexec -s -p /boot/vmlinuz --initrd=/boot/crash.cpio.gz --append="console=ttyS0 nr_cpus=1 reset_devices"\n';

interface Judged {
  readonly ended: Ended;
  readonly readings: Readonly<Record<string, Reading>>;
  readonly tookMs: number;
}

function value({ readings, ended }: Judged, fact: string): unknown {
  const reading = readings[fact];
  assert.ok(reading?.state === 'known', `${fact}: ${JSON.stringify(reading)}\n${ended.stdout}${ended.stderr}`);
  return reading.value;
}

// Most of their time they wait for what a kernel finds out after seconds.
describe('a real kernel', { concurrency: 3, skip: needsSshd().skip || needsRealKernel().skip }, () => {
  const folder = scratch();
  let key: KeyPair;
  let hostKey: KeyPair;
  let images: Images;
  let count = 0;
  const machines: VirtualMachine[] = [];

  before(async () => {
    key = makeKey(join(folder, 'key'));
    hostKey = makeKey(join(folder, 'host_key'));
    images = buildImages(folder, { hostKeyFile: hostKey.file, authorizedKey: key.publicKey }, true);
    // Emulation is slow to boot: it is done once, and every test takes the machine as it was then.
    const first = await startMachine(images, { ...MACHINE, folder, name: 'first', keyFile: key.file });
    await first.saveTo(join(folder, 'booted'));
  });
  after(async () => {
    for (const machine of machines) await machine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const boot = async (): Promise<VirtualMachine> => {
    count += 1;
    const machine = await startMachine(images, {
      ...MACHINE,
      folder,
      name: `vm${count}`,
      keyFile: key.file,
      from: join(folder, 'booted'),
    });
    machines.push(machine);
    return machine;
  };

  /** As anybody would ask it: a login that is not root, its host key known. */
  const scan = async ({ port }: VirtualMachine, connectSecs = 60): Promise<Judged> => {
    const file = (name: string): string => join(folder, `${port}-${name}`);
    writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
    writeFileSync(
      file('inventory.yaml'),
      `hosts:\n  - { name: vm, address: 127.0.0.1, port: ${port}, user: audit, identityFile: ${key.file} }\n`,
    );
    const timeouts = [
      '--retries',
      '0',
      '--connect-timeout',
      secondsWithin(connectSecs),
      '--auth-timeout',
      secondsWithin(60),
      '--probe-timeout',
      secondsWithin(60),
      '--host-timeout',
      secondsWithin(120),
    ];
    const begun = performance.now();
    const ended = await kernward(
      folder,
      'scan',
      '-i',
      file('inventory.yaml'),
      '--host-keys',
      `file:${file('known_hosts')}`,
      '-o',
      `json:${file('report.json')}`,
      ...timeouts,
    );
    const tookMs = performance.now() - begun;
    const { hosts }: { readonly hosts: readonly { readonly readings?: Readonly<Record<string, Reading>> }[] } =
      JSON.parse(readFileSync(file('report.json'), 'utf8'));
    return { ended, readings: hosts[0]?.readings ?? {}, tookMs };
  };
  test('what is read without root is what root reads, and the process list is never read where it would hang', async (t) => {
    const machine = await boot();
    const judged = await scan(machine);
    const settings = FACTS.flatMap(({ id, origin }) =>
      origin.via === 'file' && /^\/(?:proc\/sys\/(?!kernel\/random)|sys\/)/.test(origin.paths[0] ?? '')
        ? [{ id, path: origin.paths[0] ?? '' }]
        : [],
    );
    assert.ok(settings.length > 50);
    const root = (
      await machine.asRoot(
        settings
          .map(({ path }) => `if [ -e ${path} ]; then cat ${path} | tr '\\n' ' '; echo; else echo absent; fi\n`)
          .join(''),
      )
    ).stdout.split('\n');
    for (const [index, { id, path }] of settings.entries()) {
      const reading = judged.readings[id];
      const said = reading?.state === 'known' ? reading.raw.replaceAll('\n', ' ').trim() : reading?.state;
      assert.equal(said, root[index]?.trim(), `${id} (${path}): ${JSON.stringify(reading)}`);
    }
    assert.equal(value(judged, 'uname.release'), (await machine.asRoot('uname -r')).stdout.trim());
    assert.equal(value(judged, 'tasks.in_d_state'), 0);

    // The incident: a process whose mmap lock nobody will ever give back. Whoever reads its command line hangs with it.
    const stuck = await machine.asRoot(`
      mke2fs /dev/ram0 >/dev/null && mount -t ext4 /dev/ram0 /mnt && mkfifo /tmp/go
      /usr/local/bin/stuck /mnt/file </tmp/go >/tmp/said 2>&1 &
      stuck=$!
      exec 9>/tmp/go
      until grep -q ready /tmp/said; do sleep 1; done
      fsfreeze --freeze /mnt
      echo >&9
      sleep 5
      cut -d' ' -f3 /proc/$stuck/stat
      timeout 5 cat /proc/$stuck/cmdline >/dev/null; echo "cat $?"
      timeout 5 ps >/dev/null; echo "ps $?"`);
    assert.match(
      stuck.stdout,
      /^D\ncat 1(?:24|37|43)\nps 1(?:24|37|43)\n$/,
      `the process list should hang: ${stuck.stdout}${stuck.stderr}`,
    );
    const sick = await scan(machine);
    t.diagnostic(
      `the scan took ${(judged.tookMs / 1000).toFixed(1)} s of the healthy machine and ${(sick.tookMs / 1000).toFixed(1)} s of the sick one`,
    );
    assert.equal(value(sick, 'tasks.in_d_state'), 1);
    assert.deepEqual(
      Object.entries(sick.readings).flatMap(([fact, reading]) =>
        reading.state === 'unreadable' && reading.cause === 'timed-out' ? [fact] : [],
      ),
      [],
    );
    // Nothing of ours hangs there now.
    assert.equal((await machine.asRoot("grep -l '^Uid:.*1000' /proc/[0-9]*/status")).stdout.trim(), '');
    await machine.stop();
  });

  for (const { trigger = 'hung_task', knobs, loadCrashKernel, predicted, seen } of ROWS) {
    const words = [
      ...Object.entries(knobs).map(([knob, setTo]) => `${knob}=${setTo}`),
      ...(loadCrashKernel ? ['crash kernel loaded'] : []),
    ].join(', ');
    test(`${trigger}, ${words}: ${predicted}, and it ${seen}`, async () => {
      const machine = await boot();
      const prepared = await machine.asRoot(
        `set -e\n${set({ 'kernel.hung_task_timeout_secs': TIMEOUT_SECS, ...knobs })}${loadCrashKernel ? LOAD_CRASH_KERNEL : ''}`,
      );
      assert.equal(prepared.status, 0, prepared.stderr);
      assert.equal(value(await scan(machine), `${trigger}.outcome`), predicted);
      await machine.asRoot(TRIGGERS[trigger]);
      if (seen === 'goes on') {
        if (predicted === 'survives') await machine.said(REPORT[trigger], SEEN_WITHIN_MS);
        // By its own clock.
        assert.equal((await machine.asRoot(`sleep ${4 * TIMEOUT_SECS}`)).status, 0);
        assert.equal(await machine.downBecause(0), undefined);
        assert.doesNotMatch(machine.serialLog(), /Kernel panic/);
        if (predicted === 'not-detected') assert.doesNotMatch(machine.serialLog(), REPORT.hung_task);
        assert.equal(value(await scan(machine), 'tasks.in_d_state'), trigger === 'hung_task' ? 1 : 0);
      } else {
        await machine.said(PANIC[trigger], SEEN_WITHIN_MS);
        if (seen === 'dumps and restarts') await machine.said('the crash kernel has a dump', SEEN_WITHIN_MS);
        assert.equal(
          await machine.downBecause(seen === 'freezes' ? 10_000 : SEEN_WITHIN_MS),
          seen === 'freezes' ? undefined : 'guest-reset',
        );
      }
      if (seen === 'freezes') assert.equal((await scan(machine, 5)).ended.status, 3);
      await machine.stop();
    });
  }
});
