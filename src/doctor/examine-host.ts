import { randomHex } from '../transports/random.js';
import { defined } from '../language/defined.js';
import type { Host } from '../model/host.js';
import type { Connection } from '../model/outcome.js';
import type { Readings } from '../model/reading.js';
import { examinationScript, parseExamination } from '../probe/doctor-script.js';
import { readAsRoot } from '../run/read-as-root.js';
import type { AskContext } from '../run/ask-fleet.js';
import { parseRecording } from '../probe/recording.js';
import { noRecording, reachHost, type Reached, withoutProbe } from '../run/scan-host.js';
import { wayOut } from '../report/failure-help.js';
import { describeStartFileFix, type StartFile, findStartFile, describeStartFile } from '../run/start-files.js';
import { CHECKS, type Check, perCheck, type ProblemCode, getSign } from './checks.js';

export type CheckState = 'ok' | 'warning' | 'failed' | 'not-tried';

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  readonly check?: Check;
  readonly detail: string;
  readonly fix: string;
}

/** What was found out of one host. */
export interface HostExamination {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  readonly via?: readonly string[];
  readonly tookMs: number;
  readonly attempts?: number;
  readonly checks: Readonly<Record<Check, CheckState>>;
  readonly problems: readonly Problem[];
}

export type ExamineContext = AskContext & {
  /** How far a clock may be off, in seconds. */
  readonly maxSkew: number;
};

interface Seen {
  readonly shell?: ShellStart;
  /** Seconds by which the host's clock is ahead of ours, at least; negative: behind. Undefined: it did not say. */
  readonly skew: number | undefined;
  /** Why root's script cannot be read by sudo; undefined: it can. Not there where the host has no `become`. */
  readonly sudo?: { readonly refusal: string | undefined };
}

/** Between two moments of ours the host read its clock: what lies outside is skew. */
export function toSkew(clock: number, beforeMs: number, afterMs: number): number {
  const [before, after] = [Math.floor(beforeMs / 1000), Math.ceil(afterMs / 1000)];
  return clock < before ? clock - before : Math.max(0, clock - after);
}

function problem(code: ProblemCode, severity: Problem['severity'], detail: string, ownFix?: string): Problem {
  const { check, fix } = getSign(code);
  return { code, severity, ...defined({ check }), detail, fix: ownFix ?? fix };
}

/** From when on a shell is slow to run a command that does nothing. Hosts that are only busy are faster. */
const SLOW_SHELL_MS = 8000;

/** How the shell of an account came to run the script. */
interface ShellStart {
  readonly tookMs: number;
  readonly startFile?: StartFile;
}

function shellProblems({ tookMs, startFile }: ShellStart): readonly Problem[] {
  const seconds = `${Math.round(tookMs / 1000)} s`;
  const slow = tookMs < SLOW_SHELL_MS ? undefined : `it took the account's shell ${seconds} to run a command`;
  if (startFile !== undefined) {
    const detail = `${slow === undefined ? '' : `${slow}; `}${describeStartFile(startFile)}`;
    return [problem('start-file', 'warning', detail, describeStartFileFix(startFile))];
  }
  return slow === undefined ? [] : [problem('start-file', 'warning', slow)];
}

function clockProblems(skew: number | undefined, maxSkew: number): readonly Problem[] {
  if (skew === undefined) return [problem('clock-unreadable', 'warning', 'the host did not say what time it is')];
  if (Math.abs(skew) <= maxSkew) return [];
  return [
    problem(
      'clock-skew',
      'warning',
      `the clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} the one of this machine`,
    ),
  ];
}

/**
 * Checks before the one that failed are passed; a key that cannot be used keeps the host from being contacted at all.
 */
function statesOf(problems: readonly Problem[], isSudoTried: boolean): Readonly<Record<Check, CheckState>> {
  const error = problems.find(({ severity }) => severity === 'error');
  const failedAt = error?.check === undefined ? -1 : CHECKS.indexOf(error.check);
  const stateOf = (check: Check): CheckState => {
    const index = CHECKS.indexOf(check);
    const own = problems.find((one) => one.check === check);
    if (own !== undefined) return own.severity === 'error' ? 'failed' : 'warning';
    if (check === 'sudo' && !isSudoTried) return 'not-tried';
    if (error === undefined) return 'ok';
    return index < failedAt && error.code !== 'identity-unusable' && error.code !== 'recording-unusable'
      ? 'ok'
      : 'not-tried';
  };
  return perCheck(stateOf);
}

const SSH_PORT = 22;

/** A host that ssh_config leads nowhere, and that nobody asks. */
export function unresolvableHost(host: Host, mistakes: readonly Pick<Problem, 'detail' | 'fix'>[]): HostExamination {
  const problems = mistakes.map((problem): Problem => ({
    ...problem,
    code: 'ssh-config',
    severity: 'error',
    check: 'config',
  }));
  return {
    host: host.name,
    address: host.address,
    port: host.port ?? SSH_PORT,
    transport: host.transport,
    tookMs: 0,
    checks: statesOf(problems, false),
    problems,
  };
}

/** @param blamed the start file that kept the shell from running anything */
export function toHostExamination(
  host: Host,
  outcome: Reached<Seen>,
  maxSkew: number,
  blamed?: StartFile,
): HostExamination {
  const reach: Omit<Connection, 'transport'> & { readonly transport: string } = outcome.reach ?? {
    address: host.address,
    port: host.port ?? SSH_PORT,
    transport: host.transport,
  };
  const refusal = outcome.reached ? outcome.sudo?.refusal : undefined;
  const refused = refusal === undefined ? [] : [problem('sudo-refused', 'error', refusal)];
  const problems = outcome.reached
    ? [
        ...(outcome.shell === undefined ? [] : shellProblems(outcome.shell)),
        ...clockProblems(outcome.skew, maxSkew),
        ...refused,
      ]
    : [
        problem(
          outcome.failure.code,
          'error',
          outcome.failure.detail,
          blamed === undefined ? wayOut(outcome.failure).toDo : describeStartFileFix(blamed),
        ),
      ];
  return {
    host: host.name,
    address: reach.address,
    port: reach.port,
    transport: reach.transport,
    ...defined({ via: reach.via }),
    tookMs: outcome.tookMs,
    ...defined({ attempts: outcome.attempts }),
    checks: statesOf(problems, outcome.reached && outcome.sudo !== undefined),
    problems,
  };
}

/** Why nothing was read as root. What root's script says of single facts is no matter of sudo's. */
function refusalIn(readings: Readings): string | undefined {
  for (const reading of readings.values())
    if (reading.state === 'unreadable' && reading.cause !== 'malformed') return reading.detail;
  return undefined;
}

/** Reaches a host as a scan would, with a tiny script in place of the probe. A recording is only read. */
export async function examineHost(host: Host, context: ExamineContext): Promise<HostExamination> {
  let blamed: StartFile | undefined;
  const outcome = await reachHost<Seen>(
    host,
    async (session) => {
      blamed = undefined;
      const nonce = randomHex(16);
      const before = Date.now();
      const ran = await session.run([examinationScript(nonce)], {
        timeoutMs: context.deadlines.probeMs,
        maxBytes: context.maxBytes,
      });
      if (host.transport === 'recorded')
        return parseRecording(ran.stdout).ok
          ? { reached: true, skew: 0 }
          : { reached: false, failure: noRecording(host) };
      const said = parseExamination(ran.stdout, nonce);
      const startFile = findStartFile(ran.stderr);
      if (said === undefined) blamed = startFile;
      if (said === undefined)
        return { reached: false, failure: withoutProbe(ran, 'nothing of what came back is from the script') };
      const shell = { tookMs: Date.now() - before, ...defined({ startFile }) };
      const skew = said.clock === undefined ? undefined : toSkew(said.clock, before, Date.now());
      if (ran.ended !== 'exited' || !(host.become === 'sudo' || context.become)) return { reached: true, shell, skew };
      // The same reading as in a scan; all that is wanted is whether it is permitted.
      const readings = await readAsRoot(session, new Map(), {
        timeoutMs: context.deadlines.probeMs,
        maxBytes: context.maxBytes,
      });
      return { reached: true, shell, skew, sudo: { refusal: refusalIn(readings) } };
    },
    context,
  );
  return toHostExamination(host, outcome, context.maxSkew, blamed);
}
