import type { ConnectFailure, RunOutcome } from '../../model/outcome.js';
import { toFailure } from '../failure.js';
import type { SshProcess } from './process.js';
import type { RunLimits, Script, Session } from '../transport.js';

export interface OpensshSessionParts {
  /** The one that has logged in. */
  readonly first: SshProcess;
  /** A further connection, for a further script, where the shell has ended with the one before. */
  readonly again: () => Promise<SshProcess>;
  readonly connectTimeoutMs: number;
  readonly authTimeoutMs: number;
  readonly where: string;
  /** The way that was lost, where it was. */
  readonly lost: () => ConnectFailure | undefined;
  /** Called once, when the session is closed. */
  readonly done: () => void;
}

const NOTHING = { stdout: new Uint8Array(), stderr: new Uint8Array() };

/** Each shell is one process and one connection; the first is made when the session is opened. */
export function startOpensshSession({
  first,
  again,
  connectTimeoutMs,
  authTimeoutMs,
  where,
  lost,
  done,
}: OpensshSessionParts): Session {
  let ready: SshProcess | undefined = first;
  /** Whether a shell of this host has ended with its script: the next will, too. */
  let endsWithScript = false;
  let over: string | undefined;
  let closed: Promise<void> | undefined;

  const runOn = async (ssh: SshProcess, script: Script, limits: RunLimits): Promise<RunOutcome> => {
    const outcome = await ssh.run(script, limits);
    if (ssh.readsOn() && closed !== undefined) ssh.end();
    else if (ssh.readsOn()) ready = ssh;
    else if (limits.over !== undefined) endsWithScript = true;
    return outcome;
  };

  /** The deadline of the script bounds the connection as well. */
  const onAnother = async (script: Script, limits: RunLimits, started: number): Promise<RunOutcome> => {
    const ssh = await again();
    const left = (): number => Math.max(1, limits.timeoutMs - (performance.now() - started));
    const failed = await ssh.login({
      connectTimeoutMs: Math.min(connectTimeoutMs, left()),
      authTimeoutMs: Math.min(authTimeoutMs, left()),
    });
    if (failed === undefined) return runOn(ssh, script, { ...limits, timeoutMs: left() });
    if (failed.code === 'host-timed-out' || performance.now() - started >= limits.timeoutMs)
      return { ended: 'timed-out', afterMs: Math.round(performance.now() - started), ...NOTHING };
    return { ended: 'disconnected', detail: failed.detail, ...NOTHING };
  };

  const run = async (script: Script, given: RunLimits): Promise<RunOutcome> => {
    if (over !== undefined) return { ended: 'disconnected', detail: over, ...NOTHING };
    const started = performance.now();
    const { over: _, ...toTheEnd } = given;
    const limits = endsWithScript ? toTheEnd : given;
    const used = ready;
    ready = undefined;
    const isKept = used?.readsOn() === true;
    let outcome = await (used === undefined ? onAnother(script, limits, started) : runOn(used, script, limits));
    // Then the shell had ended when it was given the script.
    if (isKept && outcome.ended === 'exited' && outcome.stdout.length === 0)
      outcome = await onAnother(script, toTheEnd, started);
    if (outcome.ended !== 'exited') over = `${where}: the session is over`;
    const broken = outcome.ended === 'disconnected' ? lost() : undefined;
    return broken === undefined || outcome.ended !== 'disconnected'
      ? outcome
      : { ...outcome, code: 'jump-host-failed', detail: broken.detail };
  };

  const leave = async (): Promise<void> => {
    await ready?.leave();
    done();
  };

  return {
    run: async (script, limits) => {
      try {
        return await run(script, limits);
      } catch (thrown) {
        over = toFailure(thrown, 'internal', where).detail;
        return { ended: 'disconnected', detail: over, ...NOTHING };
      }
    },
    close: () => {
      over ??= `${where}: the session was closed`;
      return (closed ??= leave());
    },
  };
}
