import { randomHex } from '../transports/random.js';
import { defined } from '../language/defined.js';
import type { FactDefinition } from '../facts/definition.js';
import type { PackageLookups } from '../kernel/fixes/package-lookups.js';
import type { Host, TransportName } from '../model/host.js';
import type { Collector, ConnectFailure, HostOutcome, RunOutcome } from '../model/outcome.js';
import type { CollectorSaid } from '../probe/collector-info.js';
import { parseProbe } from '../probe/parse.js';
import { parseRecording } from '../probe/recording.js';
import { probePieces } from '../probe/script.js';
import { overLine, PROBE_PROTOCOL } from '../probe/shell.js';
import type { Readings } from '../model/reading.js';
import type { Session, Transport } from '../transports/transport.js';
import { failureOfAbort } from '../transports/failure.js';
import { clean } from '../text/clean.js';
import { probeDigest } from './header.js';
import { type HostTime, startHostTime } from './schedule/host-time.js';
import { readAsRoot } from './read-as-root.js';
import { readPackages, PARSED_AS } from './read-packages.js';
import type { AskTerms, Deadlines } from './scan-plan.js';
import { type RetryTerms, waitBeforeRetry } from './schedule/retry.js';
import { myTurn } from './schedule/turns.js';
import { findStartFile, describeStartFile } from './start-files.js';
import { withToday } from './support-date.js';

/** What reaching a host needs of its run. */
export interface ReachContext {
  readonly transports: ReadonlyMap<TransportName, Transport>;
  readonly deadlines: Pick<Deadlines, 'hostMs'>;
  readonly retry: RetryTerms;
  /** A number from 0 to below 1, new at each call: retries wait by it. */
  readonly random: () => number;
  /** Waits so long before the host is asked again, and longer where others have its place. Ends when the signal aborts. */
  readonly rest: (waitMs: number) => Promise<void>;
  /** Aborted when the run is interrupted, or its deadline has passed. */
  readonly signal: AbortSignal;
}

/** What scanning a host needs of its run. */
export interface ScanHostContext extends ReachContext, AskTerms {
  readonly deadlines: Deadlines;
  /** Where the probe leaves a known fix open that matters, the host is asked for its packages. */
  readonly packages: PackageLookups;
  /** The day that support is judged by, `2026-08-22`, in UTC. */
  readonly today: string;
  /** What is asked for beside the catalogue. */
  readonly declared: readonly FactDefinition[];
}

function lastLine(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 400)))
    .toString()
    .trim()
    .split('\n');
  return clean(lines.at(-1) ?? '', 200);
}

/** cmd.exe and PowerShell, in whichever language: they name what they are, the file that they look for, or their prompt. */
const WINDOWS =
  /is not recognized as (?:an internal or external command|(?:the|a) name of a cmdlet)|ist entweder falsch geschrieben oder|reconnu en tant que commande interne|se reconoce como un comando interno|riconosciuto come comando interno|CommandNotFoundException|\bMicrosoft (?:Windows|Corporation)\b|\b[A-Z]:\\(?:Windows|Users)\\|The system cannot find the path specified/iu;

function isWindows(bytes: Uint8Array): boolean {
  return WINDOWS.test(Buffer.from(bytes.subarray(0, 8192)).toString('latin1'));
}

/** Why there is no frame of the probe in what came back: the way the command ended says it best, or a start file that is blamed. */
export function withoutProbe(ran: RunOutcome, detail: string): ConnectFailure {
  const startFile = findStartFile(ran.stderr);
  const blamed = startFile === undefined ? '' : `; ${describeStartFile(startFile)}`;
  switch (ran.ended) {
    case 'timed-out':
      return {
        code: 'probe-timed-out',
        detail: `nothing of the probe's output came within ${ran.afterMs} ms${blamed}`,
      };
    case 'output-too-large':
      return {
        code: 'output-too-large',
        detail: `more than ${ran.limitBytes} bytes came, and none of them from the probe${blamed}`,
      };
    case 'disconnected':
      return { code: ran.code ?? 'disconnected', detail: ran.detail };
    case 'exited': {
      const protocol = /^kernward: this (?:script|probe|collector) speaks protocol (?<number>\d{1,6})$/mu.exec(
        Buffer.from(ran.stderr).toString(),
      )?.groups?.['number'];
      if (protocol !== undefined)
        return {
          code: 'collector-protocol',
          detail: `the collector that is installed on the host speaks protocol ${protocol}, and this kernward ${PROBE_PROTOCOL}: install the one that kernward collector prints`,
        };
      if (isWindows(ran.stderr) || isWindows(ran.stdout))
        return {
          code: 'no-probe-output',
          detail: 'this is Windows: the shell that answers (cmd.exe or PowerShell) has no sh to run the probe',
        };
      const said = lastLine(ran.stderr.length > 0 ? ran.stderr : ran.stdout);
      const status = ran.status === undefined ? 'without an exit status' : `with status ${ran.status}`;
      return {
        code: 'no-probe-output',
        detail: `${detail}; the command ended ${status}${startFile !== undefined ? blamed : said === '' ? '' : `, and said: ${said}`}`,
      };
    }
  }
}

/** A file that an inventory names as a recording and that is none. Nothing of it is said: the path may lead to any file. */
export function noRecording({ recording = 'the recording' }: Host): ConnectFailure {
  const file = clean(recording, 300);
  return {
    code: 'recording-unusable',
    detail: `${file}: it is no recording of a probe: its first line, "kw", a number and "begin", is missing, or no section of it is whole`,
  };
}

type Probed =
  | { readonly reached: true; readonly readings: Readings; readonly collector?: Collector }
  | { readonly reached: false; readonly failure: ConnectFailure };

/** Whether the collector on the host is the one that this kernward prints. */
function collectorOf(
  said: CollectorSaid | undefined,
  declared: readonly FactDefinition[],
): { readonly collector?: Collector } {
  if (said === undefined) return {};
  const { sha256 } = said;
  return {
    collector: {
      protocol: PROBE_PROTOCOL,
      ...defined({ sha256 }),
      differs: sha256 !== probeDigest(declared),
    },
  };
}

async function probe(host: Host, session: Session, context: ScanHostContext): Promise<Probed> {
  const nonce = randomHex(16);
  const isRecorded = host.transport === 'recorded';
  const asksAsRoot = host.become === 'sudo' || context.become;
  // A recording answers the same whatever it is asked, and to make the script costs as much as to judge the host.
  const ran = await session.run(isRecorded ? [] : probePieces(nonce, context.declared), {
    timeoutMs: context.deadlines.probeMs,
    maxBytes: context.maxBytes,
    over: overLine(nonce),
  });
  const parsed = isRecorded
    ? parseRecording(ran.stdout, context.declared)
    : parseProbe(ran.stdout, nonce, PARSED_AS[ran.ended], context.declared);
  if (!parsed.ok) return { reached: false, failure: isRecorded ? noRecording(host) : withoutProbe(ran, parsed.detail) };
  const { collector: said } = parsed;
  const readings = withToday(parsed.readings, context.today);
  const found = collectorOf(said, context.declared);
  // A recording has nothing more to say, and a session whose command did not exit is over.
  if (isRecorded || ran.ended !== 'exited') return { reached: true, readings, ...found };
  const { probeMs, packagesMs } = context.deadlines;
  const { maxBytes } = context;
  const limits = { timeoutMs: packagesMs, maxBytes };
  const both = await readPackages(session, readings, context.packages, limits, said);
  const all = asksAsRoot ? await readAsRoot(session, both, { timeoutMs: probeMs, maxBytes }) : both;
  return { reached: true, readings: all, ...found };
}

type ConnectionInfo = Pick<HostOutcome, 'reach' | 'attempts'>;

/** What a look at a host over its session gives. */
type Inspected<T> = (T & { readonly reached: true }) | { readonly reached: false; readonly failure: ConnectFailure };

export type Reached<T> = Inspected<T> & ConnectionInfo & Pick<HostOutcome, 'host' | 'tookMs'>;

type Inspect<T> = (session: Session) => Promise<Inspected<T>>;

/** What a command said is read when it is this host's turn: many may have ended at once. */
function inTurns(session: Session): Session {
  return {
    ...session,
    run: async (script, limits) => {
      const ran = await session.run(script, limits);
      await myTurn();
      return ran;
    },
  };
}

/** One attempt: connect, look, close. */
async function ask<T>(
  host: Host,
  inspect: Inspect<T>,
  context: ReachContext,
  signal: AbortSignal,
): Promise<Inspected<T> & ConnectionInfo> {
  const transport = context.transports.get(host.transport);
  if (transport === undefined)
    return { reached: false, failure: { code: 'internal', detail: `there is no transport ${host.transport}` } };
  const opened = await transport.open(host, signal);
  const connection: ConnectionInfo = opened.reach === undefined ? {} : { reach: opened.reach };
  if (!opened.ok) return { reached: false, failure: opened.failure, ...connection };
  try {
    const inspected = await inspect(inTurns(opened.session));
    // What was cut off by the end of the run did not fail by itself.
    if (!inspected.reached && inspected.failure.code === 'disconnected' && signal.aborted)
      return { reached: false, failure: failureOfAbort(signal, inspected.failure.detail), ...connection };
    return { ...inspected, ...connection };
  } finally {
    await opened.session.close();
  }
}

/** Asks until the host answers, or until asking again is not worth it. */
async function askAgain<T>(
  host: Host,
  inspect: Inspect<T>,
  context: ReachContext,
  time: HostTime,
): Promise<Inspected<T> & ConnectionInfo> {
  for (let attempt = 1; ; attempt++) {
    const inspected = await ask(host, inspect, context, time.signal);
    const attempts = attempt === 1 ? {} : { attempts: attempt };
    if (inspected.reached) return { ...inspected, ...attempts };
    const waitMs = waitBeforeRetry(
      { code: inspected.failure.code, attempt, leftMs: time.leftMs(), random: context.random() },
      context.retry,
    );
    if (waitMs === undefined) return { ...inspected, ...attempts };
    await time.rest(waitMs, context.rest);
    if (time.signal.aborted) return { ...inspected, ...attempts };
  }
}

/**
 * Reaches one host and looks at it over the session. The only place where an exception becomes data: whatever a transport
 * or a parser throws, this host has an outcome (`internal`) and the run goes on.
 */
export async function reachHost<T>(host: Host, inspect: Inspect<T>, context: ReachContext): Promise<Reached<T>> {
  const time = startHostTime(context.deadlines.hostMs, context.signal);
  try {
    const inspected = await askAgain(host, inspect, context, time);
    return { ...inspected, host: host.name, tookMs: time.tookMs() };
  } catch (thrown) {
    const detail = clean(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown), 300);
    return { host: host.name, reached: false, failure: { code: 'internal', detail }, tookMs: time.tookMs() };
  } finally {
    time.stop();
  }
}

/** Reaches one host, runs the probe and gives its outcome. */
export function scanHost(host: Host, context: ScanHostContext): Promise<HostOutcome> {
  return reachHost(host, (session) => probe(host, session, context), context);
}
