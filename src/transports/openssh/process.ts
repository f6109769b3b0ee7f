import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import type { ConnectFailure, RunOutcome } from '../../model/outcome.js';
import { clean } from '../../text/clean.js';
import type { Askpass } from './askpass.js';
import { failure, toFailure, failureOfAbort } from '../failure.js';
import { killGroup } from '../programs/kill-group.js';
import { startProgram } from '../programs/start-program.js';
import { failureOfSsh } from './failure.js';
import { readSshLog } from './log.js';
import { collectOutput } from '../capped-output.js';
import { errorCode, errorText } from '../error-detail.js';
import { AFTER_EXIT_MS, startPatience, type PatientTimer } from '../patience.js';
import { listenForReadingOn, type ReadingOn } from '../reading-on.js';
import type { RunLimits, Script } from '../transport.js';

/** What a script is run by; the same words as over ssh2. */
const COMMAND = 'exec sh -s';

/** The log is the only word of ssh about where it is. */
const LOOK_EVERY_MS = 25;

/** What a login that did not end in time may have waited for at this end. */
const WAITED = {
  keys: '; ssh had not asked the host for a login, as where the SSH agent does not answer: look at it with ssh-add -l',
  signature:
    '; the host took the key, and ssh waited for a signature with it: look at the SSH agent (ssh-add -l), or touch the token',
} as const;

/** A session writes some 8 kB; only a host that means harm makes it more. */
const MOST_LOG = 256 * 1024;

/**
 * What ssh needs to find its keys, and no more: nothing of it is sent. Without a terminal and DISPLAY nobody is asked
 * anything.
 */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'SSH_AUTH_SOCK',
  'KRB5CCNAME',
  'KRB5_CONFIG',
  'XDG_RUNTIME_DIR',
  'TMPDIR',
];
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** For an ssh that does not end when it is asked to; most are gone at once. */
const GOODBYE_MS = 1000;

export interface SshCommand {
  readonly program: string;
  /** As opensshArguments gives them. */
  readonly arguments: readonly string[];
  readonly logFile: string;
  /** For messages: `user@address:port`. */
  readonly where: string;
  /** Where there is a password to ask for; closed when ssh has logged in or is gone. */
  readonly askpass?: Askpass;
  readonly signal: AbortSignal;
  /** What the host is to run; none: nothing, the connection is kept for others. */
  readonly command?: readonly string[];
}

/** One ssh, which logs in and then runs scripts in one shell, as long as that reads on. Nothing here rejects. */
export interface SshProcess {
  /** Resolves when ssh has logged in, or with the reason why it has not; then it is gone. */
  login(limits: {
    readonly connectTimeoutMs: number;
    readonly authTimeoutMs: number;
  }): Promise<ConnectFailure | undefined>;
  /**
   * After a login. ssh is gone when it resolves, or its shell reads on: then, and only then, it takes another script.
   */
  run(script: Script, limits: RunLimits): Promise<RunOutcome>;
  readonly readsOn: () => boolean;
  /** Says goodbye, so that the host's log holds no lost connection; resolves when ssh is gone. */
  leave(): Promise<void>;
  end(): void;
  /** Resolves when ssh is gone. */
  readonly gone: Promise<void>;
}

/** At most one byte more than MOST_LOG; empty where ssh has not begun it. */
function readLog(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(MOST_LOG + 1);
      return bytes.toString('utf8', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return '';
    throw thrown;
  }
}

/** @throws what spawn throws: the arguments are too long, or hold a zero byte */
export function startSsh({
  program,
  arguments: given,
  logFile,
  where,
  askpass,
  signal,
  command = [COMMAND],
}: SshCommand): SshProcess {
  const child = startProgram(program, [...given, ...command], {
    env: { ...environment(), ...askpass?.environment },
    cwd: '/',
  });
  let log = readSshLog('');
  let isFlooded = false;
  let ended: { readonly status: number | null } | undefined;
  let isClosed = false;
  let broken: unknown;
  let readsOn = false;
  let said: ((stream: 'stdout' | 'stderr', piece: Buffer) => void) | undefined;
  let step: (() => void) | undefined;

  const look = (): void => {
    if (step === undefined) return;
    try {
      const text = readLog(logFile);
      isFlooded = text.length > MOST_LOG;
      log = readSshLog(text);
    } catch (thrown) {
      broken ??= thrown;
    }
    step();
  };
  let looking: NodeJS.Timeout | undefined;
  /** Only as long as somebody waits for something: a connection that is kept for others holds no timer. */
  const watch = (next: () => void): void => {
    step = next;
    looking ??= setInterval(look, LOOK_EVERY_MS);
  };
  const unwatch = (): void => {
    step = undefined;
    clearInterval(looking);
    looking = undefined;
  };
  const end = (): void => {
    unwatch();
    killGroup(child);
    for (const stream of child.stdio) stream?.destroy();
    child.unref();
    askpass?.close();
    rmSync(logFile, { force: true });
  };
  child.on('error', (error) => {
    broken ??= error;
    look();
  });
  child.on('exit', (status) => {
    ended = { status };
    look();
  });
  child.on('close', () => {
    isClosed = true;
    look();
  });
  // ssh may end before it has read the script (EPIPE); how it ended says more.
  for (const stream of child.stdio) stream?.on('error', () => undefined);

  const login: SshProcess['login'] = ({ connectTimeoutMs, authTimeoutMs }) =>
    new Promise((resolve) => {
      const settle = (problem: ConnectFailure | undefined): void => {
        if (step === undefined) return;
        unwatch();
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        if (problem !== undefined) end();
        askpass?.close();
        resolve(problem);
      };
      const aborted = (): void => settle(failureOfAbort(signal, `${where}, during ${log.stage}`));
      const tooLate = (): void =>
        settle(
          log.stage === 'authentication'
            ? failure(
                'authentication-timed-out',
                `${where}: not authenticated within ${authTimeoutMs} ms${log.waitsFor === undefined ? '' : WAITED[log.waitsFor]}`,
              )
            : failure(
                'connect-timed-out',
                `${where}: no key exchange within ${connectTimeoutMs} ms; it stalled while ${log.stage === 'connecting' ? 'connecting' : 'exchanging keys'}`,
              ),
        );
      let timer = setTimeout(tooLate, connectTimeoutMs);
      let isAuthenticating = false;
      watch(() => {
        if (broken !== undefined) settle(toFailure(broken, 'internal', `${where}: ${program} cannot be run`));
        else if (isFlooded)
          settle(
            failure('handshake-failed', `${where}: the host makes ssh write more than ${MOST_LOG} bytes of messages`),
          );
        else if (log.stage === 'session')
          settle(
            log.lines.some((line) => line.startsWith('Failed to add the host'))
              ? failureOfSsh(log, where, '')
              : undefined,
          );
        else if (ended !== undefined) settle(failureOfSsh(log, where, String(child.stderr.read() ?? '')));
        else if (log.stage === 'authentication' && !isAuthenticating) {
          isAuthenticating = true;
          clearTimeout(timer);
          timer = setTimeout(tooLate, authTimeoutMs);
        }
      });
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) aborted();
      else look();
    });

  /** What comes between two scripts belongs to neither. */
  const listen = (): void => {
    child.stdout.on('data', (piece: Buffer) => said?.('stdout', piece));
    child.stderr.on('data', (piece: Buffer) => said?.('stderr', piece));
  };
  const run: SshProcess['run'] = (script, { timeoutMs, maxBytes, over }) =>
    new Promise((resolve) => {
      const isFurther = readsOn;
      readsOn = false;
      let readingOn: ReadingOn | undefined;
      const started = performance.now();
      const output = collectOutput(maxBytes);
      const result = (): { readonly stdout: Uint8Array; readonly stderr: Uint8Array } => ({
        stdout: output.stdout(),
        stderr: output.stderr(),
      });
      let afterExit: PatientTimer | undefined;
      let settled = false;

      const settle = (outcome: RunOutcome): void => {
        if (settled) return;
        settled = true;
        said = undefined;
        clearTimeout(deadline);
        afterExit?.end();
        readingOn?.end();
        signal.removeEventListener('abort', aborted);
        if (readsOn) unwatch();
        else end();
        resolve(outcome);
      };
      const disconnected = (detail: string): void =>
        settle({ ended: 'disconnected', detail: clean(`${where}: ${detail}`, 500), ...result() });
      const timedOut = (): void =>
        settle({ ended: 'timed-out', afterMs: Math.round(performance.now() - started), ...result() });
      const tooLarge = (): void => settle({ ended: 'output-too-large', limitBytes: maxBytes, ...result() });
      const aborted = (): void => {
        const { code, detail } = failureOfAbort(signal, where);
        if (code === 'host-timed-out') timedOut();
        else settle({ ended: 'disconnected', detail, ...result() });
      };
      /** 255 is ssh's own word for a lost connection, and may be the command's status: the log tells which. */
      const finish = (): void => {
        const status = ended?.status ?? undefined;
        if (log.exit === 'signal') settle({ ended: 'exited', status: undefined, ...result() });
        else if (log.exit === 'status' || (status !== undefined && status !== 255))
          settle({ ended: 'exited', status, ...result() });
        else {
          const said = Buffer.from(output.stderr()).toString().trim().split('\n').at(-1) ?? '';
          disconnected(
            [log.lines.at(-1), said].find((line) => line !== undefined && line !== '') ?? 'the connection was lost',
          );
        }
      };
      said = (stream, piece) => {
        const isOver = readingOn?.heard(stream, piece) === true;
        if (!output.add(stream, piece)) tooLarge();
        else if (isOver && ended === undefined) {
          readsOn = true;
          settle({ ended: 'exited', status: 0, ...result() });
        }
      };
      const deadline = setTimeout(timedOut, timeoutMs);

      watch(() => {
        if (broken !== undefined) disconnected(errorText(broken));
        else if (isFlooded) tooLarge();
        else if (isClosed) finish();
        else if (ended !== undefined || log.exit !== undefined) afterExit ??= startPatience(AFTER_EXIT_MS, finish);
      });
      if (!isFurther) listen();
      child.stdin.write(script.join(''));
      if (over === undefined) child.stdin.end();
      else readingOn = listenForReadingOn(over, () => child.stdin.end());
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) aborted();
      else look();
    });

  const gone = new Promise<void>((resolve) => {
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
  const leave = async (): Promise<void> => {
    readsOn = false;
    // ssh ends with SSH_MSG_DISCONNECT then (clientloop.c, client_loop).
    child.kill('SIGTERM');
    let patience: NodeJS.Timeout | undefined;
    await Promise.race([gone, new Promise((late) => (patience = setTimeout(late, GOODBYE_MS)))]);
    clearTimeout(patience);
    end();
  };
  return { login, run, readsOn: () => readsOn, leave, end, gone };
}
