import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Images } from './real-kernel.js';
import { cpuSecsOf } from './cpu-time.js';
import { freePort } from './free-port.js';
import { within } from './within.js';

export interface VirtualMachine {
  /** Of the loopback interface; leads to the SSH server in the machine. */
  readonly port: number;
  /** Runs a script in the machine as root; status null where it did not end in time. */
  readonly asRoot: (script: string, timeoutMs?: number) => Promise<Answer>;
  readonly serialLog: () => string;
  /** Waits until the serial console has said so. */
  readonly said: (text: string | RegExp, withinMs: number) => Promise<void>;
  /** Why the machine went down, in QEMU's words; undefined: it is still there after that time. `guest-reset` is a restart of its own. */
  readonly downBecause: (withinMs: number) => Promise<string | undefined>;
  /**
   * What it has computed so far, or would have while it was held, in seconds: the clock of whatever it does without a pause,
   * however busy its host is.
   */
  readonly cpuSecs: () => number | undefined;
  /**
   * From now on it runs a tenth of the time, and its clock goes on: for a machine that computes until a time has come, or for
   * ever. What it counts in rounds, as a kernel does the seconds before a restart, takes ten times as long.
   *
   * @returns how to let it go
   */
  readonly hold: () => () => void;
  /** Writes what the machine is at this moment to a file, from which `startMachine` takes it up; the machine itself is over. */
  readonly saveTo: (file: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MachineOptions {
  readonly folder: string;
  readonly name: string;
  /** The private key that root's login takes. */
  readonly keyFile: string;
  readonly memoryMiB?: number;
  /** More of the kernel's command line. */
  readonly boot?: string;
  /** What a machine with the same options was saved to: in place of a boot. */
  readonly from?: string;
  /** More arguments of QEMU. */
  readonly devices?: readonly string[];
}

/** What QEMU says in its machine protocol: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html */
interface Message {
  readonly event?: string;
  readonly data?: { readonly reason?: string };
  readonly return?: { readonly status?: string };
}

async function until(isSo: () => boolean, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + within(withinMs); Date.now() < end && !isSo();) await wait(200);
  return isSo();
}

const HELD_MS = 180;
/** So much has it computed before it is held again, in seconds: by the clock on the wall a busy host would let it do nothing. */
const LET_SECS = 0.02;

/** See `hold` of a machine; what it was held comes to `onHeld`, in milliseconds. */
function holdProcess(child: ChildProcess, onHeld: (ms: number) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  const goOn = (): void => {
    // No more than was asked for: for the rest this process waited for its host.
    if (since !== undefined) onHeld(Math.min(HELD_MS, performance.now() - since));
    since = undefined;
    child.kill('SIGCONT');
  };
  const hold = (): void => {
    since = performance.now();
    child.kill('SIGSTOP');
    timer = setTimeout(() => {
      goOn();
      letUntil((cpuSecsOf(child.pid) ?? 0) + LET_SECS);
    }, HELD_MS);
  };
  const letUntil = (secs: number): void => {
    const computed = cpuSecsOf(child.pid);
    if (computed !== undefined && computed >= secs) hold();
    else if (computed !== undefined) timer = setTimeout(() => letUntil(secs), 10);
  };
  hold();
  return () => {
    clearTimeout(timer);
    goOn();
  };
}

/** There is a file once the socket has a name, and an answer once somebody listens. */
async function connected(file: string, isRunning: () => boolean): Promise<Socket> {
  for (const end = Date.now() + within(20_000); ; await wait(200)) {
    const socket = connect(file);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (thrown) {
      if (Date.now() > end || !isRunning()) throw thrown;
    }
  }
}

/** Somebody else took the port between our choice and QEMU's start. */
class PortTaken extends Error {}

/** Boots a kernel under software emulation, which needs no device of this machine; a restart ends it. */
export async function startMachine(images: Images, options: MachineOptions): Promise<VirtualMachine> {
  for (let tries = 1; ; tries += 1)
    try {
      return await startOn(await freePort(), images, options);
    } catch (error) {
      if (!(error instanceof PortTaken) || tries === 3) throw error;
    }
}

async function startOn(
  port: number,
  { kernel, initrd }: Images,
  { folder, name, keyFile, memoryMiB = 256, boot = '', from, devices = [] }: MachineOptions,
): Promise<VirtualMachine> {
  const serial = join(folder, `${name}.serial`);
  const control = join(folder, `${name}.qmp`);
  const child = spawn(
    'setpriv',
    [
      // It shall not outlive tests that are killed.
      '--pdeathsig',
      'KILL',
      'qemu-system-x86_64',
      '-accel',
      'tcg',
      '-cpu',
      // Without it a kernel clears and copies by words: the instructions that do so by bytes are emulated byte by byte.
      'max,-erms',
      '-smp',
      '1',
      '-m',
      String(memoryMiB),
      '-M',
      'pc',
      '-nodefaults',
      '-display',
      'none',
      '-no-reboot',
      '-serial',
      `file:${serial}`,
      '-qmp',
      `unix:${control},server=on,wait=off`,
      '-netdev',
      `user,id=net,hostfwd=tcp:127.0.0.1:${port}-:22`,
      '-device',
      'virtio-net-pci,netdev=net,romfile=',
      '-kernel',
      kernel,
      '-initrd',
      initrd,
      '-append',
      // Code at the same address is translated once, and not in every process that has it.
      `console=ttyS0 nokaslr norandmaps mitigations=off no_timer_check random.trust_cpu=on ${boot}`,
      ...devices,
      ...(from === undefined ? [] : ['-incoming', `exec:cat '${from}'`]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let troubles = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (troubles += text));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const serialLog = (): string => (existsSync(serial) ? readFileSync(serial, 'latin1') : '');
  let heldMs = 0;
  const lettings: (() => void)[] = [];
  let reason: string | undefined;
  let isSaved = false;
  let socket: Socket | undefined;
  const listen = async (): Promise<void> => {
    let rest = '';
    const monitor = await connected(control, isRunning);
    socket = monitor;
    monitor.on('error', (error) => (troubles += String(error)));
    monitor.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter((one) => one.trim() !== '')) {
        const message: Message = JSON.parse(line);
        if (message.event === 'SHUTDOWN') reason ??= message.data?.reason ?? 'unknown';
        isSaved ||= message.return?.status === 'completed';
      }
    });
    await once(monitor, 'data');
    monitor.write('{"execute":"qmp_capabilities"}\n');
    await once(monitor, 'data');
  };
  const saveTo = async (file: string): Promise<void> => {
    logOut();
    socket?.write(`${JSON.stringify({ execute: 'migrate', arguments: { uri: `exec:cat >'${file}'` } })}\n`);
    const asked = await until(() => {
      socket?.write('{"execute":"query-migrate"}\n');
      return isSaved;
    }, 60_000);
    if (!asked) throw new Error(`${name} could not be saved: ${troubles}`);
    await stop();
  };
  // A login costs seconds of emulation: there is one, and every script goes through it.
  const master = join(folder, `${name}.ssh`);
  const ssh = (...more: readonly string[]) => {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const words = [...options, 'ConnectTimeout=30'].flatMap((option) => ['-o', option]);
    const args = ['ssh', '-F', 'none', '-i', keyFile, '-p', String(port), '-S', master, ...words, ...more];
    const started = spawn('setpriv', ['--pdeathsig', 'KILL', ...args], { env: { PATH: process.env['PATH'] } });
    started.stdin.on('error', () => undefined); // it ended before it had read all of the script
    return started;
  };
  let login: ReturnType<typeof ssh> | undefined;
  const logIn = async (): Promise<boolean> => {
    const started = ssh('-M', '-N', 'root@127.0.0.1');
    login = started;
    const isOver = (): boolean => started.exitCode !== null || started.signalCode !== null;
    await until(() => isOver() || existsSync(master), 40_000);
    if (!isOver() && existsSync(master)) return true;
    started.kill('SIGKILL');
    return false;
  };
  const logOut = (): void => {
    login?.kill('SIGKILL');
    rmSync(master, { force: true });
  };
  const asRoot: VirtualMachine['asRoot'] = (script, timeoutMs = within(60_000)) =>
    new Promise((resolve) => {
      const started = ssh('root@127.0.0.1', 'sh -s');
      const timer = setTimeout(() => started.kill('SIGKILL'), timeoutMs);
      let stdout = '';
      let stderr = '';
      started.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      started.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      started.once('close', (status) => {
        clearTimeout(timer);
        resolve({ status, stdout, stderr });
      });
      started.stdin.end(script);
    });
  const stop = async (): Promise<void> => {
    for (const letGo of lettings) letGo();
    socket?.destroy();
    logOut();
    if (isRunning()) child.kill('SIGKILL');
    await ended;
  };
  const machine: VirtualMachine = {
    port,
    asRoot,
    serialLog,
    said: async (text, withinMs) => {
      const isSaid = (): boolean => (typeof text === 'string' ? serialLog().includes(text) : text.test(serialLog()));
      if (!(await until(() => isSaid() || !isRunning(), withinMs)) || !isSaid())
        throw new Error(`${name} has not said ${String(text)}:\n${serialLog().slice(-2000)}`);
    },
    downBecause: async (withinMs) => {
      await until(() => !isRunning(), withinMs);
      if (!isRunning()) await until(() => reason !== undefined, 2000);
      return isRunning() ? undefined : (reason ?? `QEMU ended: ${troubles}`);
    },
    cpuSecs: () => {
      const computed = cpuSecsOf(child.pid);
      return computed === undefined ? undefined : computed + heldMs / 1000;
    },
    hold: () => {
      const letGo = holdProcess(child, (ms) => (heldMs += ms));
      lettings.push(letGo);
      return letGo;
    },
    saveTo,
    stop,
  };
  try {
    await listen();
    let isIn = false;
    for (const end = Date.now() + within(240_000); Date.now() < end && isRunning() && !isIn;) {
      isIn = await logIn();
      if (!isIn) await wait(200);
    }
    if (!isIn || !isRunning()) throw new Error(`${name} did not boot: ${troubles}\n${serialLog().slice(-2000)}`);
    return machine;
  } catch (thrown) {
    await stop();
    if (troubles.includes('Could not set up host forwarding rule')) throw new PortTaken(troubles);
    throw troubles === '' ? thrown : new Error(`${name} did not start: ${troubles}`, { cause: thrown });
  }
}
