import type { RunOutcome } from '../model/outcome.js';
import { clean } from '../text/clean.js';
import { failureOfAbort } from './failure.js';
import { killGroup } from './programs/kill-group.js';
import { startProgram } from './programs/start-program.js';
import { collectOutput } from './capped-output.js';
import { AFTER_EXIT_MS, startPatience, type PatientTimer } from './patience.js';
import { errorText } from './error-detail.js';
import type { RunLimits, Script, Session, Transport } from './transport.js';

/** What the script needs and no more: a token in the caller's environment is none of its business. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: process.env['HOME'] ?? '/',
  };
}

function runHere(script: Script, { timeoutMs, maxBytes }: RunLimits, signal: AbortSignal): Promise<RunOutcome> {
  return new Promise((resolve) => {
    const started = performance.now();
    const output = collectOutput(maxBytes);
    const result = (): { readonly stdout: Uint8Array; readonly stderr: Uint8Array } => ({
      stdout: output.stdout(),
      stderr: output.stderr(),
    });
    const child = startProgram('sh', ['-s'], { env: environment(), cwd: '/' });
    let afterExit: PatientTimer | undefined;
    let settled = false;

    const settle = (outcome: RunOutcome): void => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      afterExit?.end();
      signal.removeEventListener('abort', aborted);
      killGroup(child);
      for (const stream of child.stdio) stream?.destroy();
      child.unref();
      resolve(outcome);
    };
    const timedOut = (): void =>
      settle({ ended: 'timed-out', afterMs: Math.round(performance.now() - started), ...result() });
    const aborted = (): void => {
      const { code, detail } = failureOfAbort(signal, 'local');
      if (code === 'host-timed-out') timedOut();
      else settle({ ended: 'disconnected', detail, ...result() });
    };
    const add =
      (stream: 'stdout' | 'stderr') =>
      (chunk: Buffer): void => {
        if (!settled && !output.add(stream, chunk))
          settle({ ended: 'output-too-large', limitBytes: maxBytes, ...result() });
      };
    const deadline = setTimeout(timedOut, timeoutMs);
    const exited = (status: number | null): void =>
      settle({ ended: 'exited', status: status ?? undefined, ...result() });

    child.on('error', (error) =>
      settle({ ended: 'disconnected', detail: clean(`sh cannot be started: ${error.message}`, 500), ...result() }),
    );
    child.on('exit', (status) => {
      afterExit ??= startPatience(AFTER_EXIT_MS, () => exited(status));
    });
    child.on('close', exited);
    // sh may end before it has read its script (EPIPE); how it ended says more.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    child.stdout.on('data', add('stdout'));
    child.stderr.on('data', add('stderr'));
    child.stdin.end(script.join(''));
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}

async function runSafely(script: Script, limits: RunLimits, signal: AbortSignal): Promise<RunOutcome> {
  try {
    return await runHere(script, limits, signal);
  } catch (thrown) {
    return {
      ended: 'disconnected',
      detail: clean(`sh cannot be started: ${errorText(thrown)}`, 500),
      stdout: new Uint8Array(),
      stderr: new Uint8Array(),
    };
  }
}

/** The machine that kernward itself runs on. */
export function createLocalTransport(): Transport {
  return {
    name: 'local',
    open: (_host, signal) => {
      const session: Session = {
        run: (script, limits) => runSafely(script, limits, signal),
        close: () => Promise.resolve(),
      };
      return Promise.resolve(
        signal.aborted ? { ok: false, failure: failureOfAbort(signal, 'local') } : { ok: true, session },
      );
    },
    close: () => Promise.resolve(),
  };
}
