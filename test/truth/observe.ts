import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { OUTCOME_FACTS } from '../../src/kernel/outcome/index.js';
import type { Reading } from '../../src/model/reading.js';
import type { UnpackedKernel } from '../support/debian-kernels.js';
import type { VirtualMachine } from '../support/virtual-machine.js';
import { within } from '../support/within.js';
import type { Judged, Laboratory } from './laboratory.js';
import type { Row } from './rows.js';
import { HUNG, STARTS_WITH, TRIGGER_IN_GUEST } from './triggers.js';

/** What a machine did. */
const SEEN = ['went on', 'went on, unnoticed', 'restarted', 'dumped and restarted', 'stood still'] as const;
export type Seen = (typeof SEEN)[number];

export interface Observation {
  /** `uname -r`. */
  readonly release: string;
  readonly seen: Seen;
  /** Seconds of the guest's own clock from what happened to the first word of the kernel about it. */
  readonly noticedAfter?: number;
  /** Seconds of the guest's own clock from then until every task that was to hang did, where that was looked at. */
  readonly hungAfter?: number;
  /** Seconds from the last look before the panic to the restart, by the clock on the wall: never less than the kernel waits. */
  readonly restartedAfter?: number;
  /** The same in what the machine computed, since it waits by computing: no more than that, however busy the host is. */
  readonly computed?: number;
  /** Everything that the prediction was made from. */
  readonly readings: Readonly<Record<string, Reading>>;
}

// A busy host is late with the timer that a kernel tests at its boot; who boots machines tells them not to (virtual-machine.ts).
const LOAD_CRASH_KERNEL =
  'kexec -s -p /boot/vmlinuz --initrd=/boot/crash.cpio --append="console=ttyS0 nr_cpus=1 reset_devices no_timer_check"\n';
const BEGUN = 'kernward: now';
const ALIVE = 'kernward: alive';
/** An oops starts the crash kernel at once, which is the next kernel that says its version. */
const PANIC = /Kernel panic - not syncing|Linux version/;
const QUIET_MS = 10_000;
/** The last word of a kernel that has no restart before it: from there on it does nothing but compute, for ever. */
const NO_RESTART = '---[ end Kernel panic';
/** So long by the clock of what the machine computes. */
const STILL_SECS = 3;
const DOWN_WITHIN_MS = 120_000;

function preparation(row: Row): string {
  const knobs = { ...STARTS_WITH, ...row.set };
  const lines = Object.entries(knobs)
    .filter(([knob]) => row.keeps?.[knob] === undefined)
    .map(([knob, value]) => `echo ${value} >/proc/sys/${knob.replace('.', '/')}\n`);
  const { before } = TRIGGER_IN_GUEST[row.trigger];
  const earlier = row.before === undefined ? undefined : TRIGGER_IN_GUEST[row.before];
  return [
    'set -e\n',
    ...(earlier === undefined ? [] : [`${earlier.before ?? ''}(${earlier.script({ ...row, times: 1 })}) || :\n`]),
    before ?? '',
    ...lines,
    ...(row.has === 'crash kernel' ? [LOAD_CRASH_KERNEL] : []),
    ...(row.has === 'hardware watchdog'
      ? [
          'insmod /modules/watchdog.ko 2>/dev/null || :\ninsmod /modules/i6300esb.ko\nwatchdog -T 10 -t 2 /dev/watchdog\n',
        ]
      : []),
  ].join('');
}

/** Seconds of the guest's clock at which a line stands in the log: the first after `from` that matches. */
function timeOf(log: string, what: string | RegExp): number | undefined {
  for (const line of log.split('\n')) {
    const is = typeof what === 'string' ? line.includes(what) : what.test(line);
    const at = /\[ *(\d+\.\d+)\]/.exec(line)?.[1];
    if (is && at !== undefined) return Number(at);
  }
  return undefined;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

export async function watch(machine: VirtualMachine, row: Row): Promise<Omit<Observation, 'release' | 'readings'>> {
  const { script, secs, report, isSpinning } = TRIGGER_IN_GUEST[row.trigger];
  const started = await machine.asRoot(`(
    while :; do echo '${ALIVE}' >/dev/kmsg; sleep 1; done &
    sleep 1; echo '${BEGUN}' >/dev/kmsg
    ${script(row)}
  ) >/dev/null 2>&1 </dev/null &`);
  assert.equal(started.status, 0, started.stderr);
  const since = (): string => {
    const log = machine.serialLog();
    const at = log.indexOf(BEGUN);
    return at < 0 ? '' : log.slice(log.lastIndexOf('\n', at) + 1);
  };
  const lastAlive = (log: string): number => timeOf(log.slice(Math.max(0, log.lastIndexOf(ALIVE) - 20)), ALIVE) ?? 0;
  const isOver = (log: string): boolean => {
    const [begun, noticed] = [timeOf(log, BEGUN), timeOf(log, report)];
    if (PANIC.test(log)) return true;
    if (begun === undefined) return false;
    return lastAlive(log) > Math.min(begun + secs(row), (noticed ?? Infinity) + 3);
  };
  const deadline = performance.now() + within(120_000 + 4000 * secs(row));
  let letGo: (() => void) | undefined;
  /** When nothing was over yet: what looks late, on a busy machine, sees a panic long after it came. */
  let lastLook = performance.now();
  const seesEnd = (): boolean => {
    const now = performance.now();
    const isEnd = isOver(since());
    if (!isEnd) lastLook = now;
    return isEnd;
  };
  while (!seesEnd() && performance.now() < deadline && (await machine.downBecause(0)) === undefined) {
    if (isSpinning === true && since() !== '' && timeOf(since(), report) === undefined) letGo ??= machine.hold();
    else letGo?.();
    await wait(50);
  }
  letGo?.();
  const log = since();
  const begun = timeOf(log, BEGUN);
  assert.ok(
    begun !== undefined && isOver(log),
    `nothing was seen of ${row.trigger}:\n${machine.serialLog().slice(-3000)}`,
  );
  const noticedAt = timeOf(log, report) ?? timeOf(log, PANIC);
  const hungAt = timeOf(log, HUNG);
  const noticed = {
    ...(noticedAt === undefined ? {} : { noticedAfter: rounded(noticedAt - begun) }),
    ...(hungAt === undefined ? {} : { hungAfter: rounded(hungAt - begun) }),
  };
  if (!PANIC.test(log)) {
    assert.equal((await machine.asRoot('true')).status, 0);
    return { seen: noticedAt === undefined ? 'went on, unnoticed' : 'went on', ...noticed };
  }
  const isComing = (): boolean => {
    const after = since().slice(since().search(PANIC));
    return /Rebooting in \d+ seconds|Linux version/.test(after) || row.has === 'hardware watchdog';
  };
  const [panicked, before] = [performance.now(), machine.cpuSecs() ?? 0];
  let after = before;
  let reason: string | undefined;
  const elapsed = (): number => performance.now() - panicked;
  let lastWord: number | undefined;
  const standsStill = (): boolean => {
    if (since().includes(NO_RESTART) && lastWord === undefined) {
      lastWord = after;
      machine.hold();
    }
    return !isComing() && lastWord !== undefined && after - lastWord >= STILL_SECS;
  };
  while (reason === undefined && elapsed() < within(isComing() ? DOWN_WITHIN_MS : QUIET_MS) && !standsStill()) {
    after = machine.cpuSecs() ?? after;
    await wait(50);
    reason = await machine.downBecause(0);
  }
  const restartedAfter = rounded((performance.now() - lastLook) / 1000);
  if (reason === undefined) return { seen: 'stood still', ...noticed };
  assert.equal(reason, 'guest-reset');
  return since().includes('the crash kernel has a dump')
    ? { seen: 'dumped and restarted', ...noticed }
    : { seen: 'restarted', ...noticed, restartedAfter, computed: rounded(after - before) };
}

/** The facts that the outcome of a trigger is made from. */
export function inputsOf(trigger: Row['trigger']): readonly string[] {
  return [...new Set(OUTCOME_FACTS.filter(({ id }) => id.startsWith(`${trigger}.`)).flatMap(({ inputs }) => inputs))];
}

/**
 * Has a row happen: to a machine of its own, after kernward has looked at it.
 *
 * @param look is called with the machine when it is over, before that is stopped
 */
export async function observe(
  laboratory: Laboratory,
  kernel: UnpackedKernel,
  row: Row,
  look: (machine: VirtualMachine, observation: Observation, before: Judged) => Promise<void> = async () => undefined,
): Promise<Observation> {
  const machine = await laboratory.boot(kernel, row);
  try {
    const prepared = await machine.asRoot(preparation(row));
    assert.equal(prepared.status, 0, prepared.stderr);
    const judged = await laboratory.scan(machine);
    const release = judged.readings.get('uname.release');
    assert.ok(
      release?.state === 'known' && typeof release.value === 'string',
      `${judged.ended.stdout}${judged.ended.stderr}`,
    );
    const readings = Object.fromEntries(
      inputsOf(row.trigger).flatMap((id) => {
        const reading = judged.readings.get(id);
        // How it was spelt is of no interest here.
        return reading === undefined ? [] : [[id, reading.state === 'known' ? { ...reading, raw: '' } : reading]];
      }),
    );
    const observation = { release: release.value, ...(await watch(machine, row)), readings };
    await look(machine, observation, judged);
    return observation;
  } finally {
    await machine.stop();
  }
}
