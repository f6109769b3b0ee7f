import { randomBytes } from 'node:crypto';
import type { Host, TransportName } from '../model/host.js';
import type { ConnectFailure, HostOutcome, RunOutcome } from '../model/outcome.js';
import { parseProbe } from '../probe/parse.js';
import { parseRecording } from '../probe/recording.js';
import { probeScript } from '../probe/script.js';
import type { Readings } from '../model/reading.js';
import type { Session, Transport } from '../transports/transport.js';
import { clean } from '../text/clean.js';
import { withToday } from './today.js';

/** All in milliseconds from the moment they begin to count. */
export interface Deadlines {
  /** From the script being sent to its last byte of output. */
  readonly probeMs: number;
  /** Everything about one host: connect, authenticate, probe. */
  readonly hostMs: number;
}

export interface ScanHostContext {
  readonly transports: ReadonlyMap<TransportName, Transport>;
  readonly deadlines: Deadlines;
  /** The day that support is judged by, `2026-08-22`: the run's, since the core has no clock. */
  readonly today: string;
  /** What a host may send, stdout and stderr together. */
  readonly maxBytes: number;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
}

const PARSED_AS = { exited: 'complete', 'timed-out': 'timed-out', 'output-too-large': 'truncated', disconnected: 'truncated' } as const satisfies Record<
  RunOutcome['ended'],
  'complete' | 'timed-out' | 'truncated'
>;

const lastLine = (bytes: Uint8Array): string => {
  const lines = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 400))).toString().trim().split('\n');
  return clean(lines.at(-1) ?? '', 200);
};

/** Why there is no frame of the probe in what came back: the way the command ended says it best. */
const withoutProbe = (ran: RunOutcome, detail: string): ConnectFailure => {
  switch (ran.ended) {
    case 'timed-out':
      return { code: 'probe-timed-out', detail: `nothing of the probe's output came within ${ran.afterMs} ms` };
    case 'output-too-large':
      return { code: 'output-too-large', detail: `more than ${ran.limitBytes} bytes came, and none of them from the probe` };
    case 'disconnected':
      return { code: 'disconnected', detail: ran.detail };
    case 'exited': {
      const said = lastLine(ran.stderr.length > 0 ? ran.stderr : ran.stdout);
      const status = ran.status === undefined ? 'without an exit status' : `with status ${ran.status}`;
      return { code: 'no-probe-output', detail: `${detail}; the command ended ${status}${said === '' ? '' : `, and said: ${said}`}` };
    }
  }
};

type Probed = { readonly reached: true; readonly readings: Readings } | { readonly reached: false; readonly failure: ConnectFailure };

const probe = async (host: Host, session: Session, context: ScanHostContext): Promise<Probed> => {
  const nonce = randomBytes(16).toString('hex');
  const ran = await session.run(probeScript(nonce), { timeoutMs: context.deadlines.probeMs, maxBytes: context.maxBytes });
  const parsed = host.transport === 'recorded' ? parseRecording(ran.stdout) : parseProbe(ran.stdout, nonce, PARSED_AS[ran.ended]);
  return parsed.ok ? { reached: true, readings: withToday(parsed.readings, context.today) } : { reached: false, failure: withoutProbe(ran, parsed.detail) };
};

/**
 * Reaches one host, runs the probe and gives its outcome. The only place where an exception becomes data: whatever a
 * transport or a parser throws, this host has an outcome (`internal`) and the run goes on.
 */
export const scanHost = async (host: Host, context: ScanHostContext): Promise<HostOutcome> => {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  const failed = (failure: ConnectFailure): HostOutcome => ({ host: host.name, reached: false, failure, tookMs: took() });

  const bound = new AbortController();
  const expire = setTimeout(() => bound.abort(new DOMException(`${context.deadlines.hostMs} ms`, 'TimeoutError')), context.deadlines.hostMs);
  const interrupt = (): void => bound.abort(context.signal.reason);
  context.signal.addEventListener('abort', interrupt, { once: true });

  try {
    const transport = context.transports.get(host.transport);
    if (transport === undefined) return failed({ code: 'internal', detail: `there is no transport ${host.transport}` });
    const opened = await transport.open(host, bound.signal);
    if (!opened.ok) return failed(opened.failure);
    try {
      return { host: host.name, ...(await probe(host, opened.session, context)), tookMs: took() };
    } finally {
      await opened.session.close();
    }
  } catch (thrown) {
    return failed({ code: 'internal', detail: clean(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown), 300) });
  } finally {
    clearTimeout(expire);
    context.signal.removeEventListener('abort', interrupt);
  }
};
