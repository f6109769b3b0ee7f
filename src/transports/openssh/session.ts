import type { ConnectFailure, RunOutcome } from '../../model/outcome.js';
import { toFailure } from '../failure.js';
import type { SshProcess } from './process.js';
import type { RunLimits, Script, Session } from '../transport.js';

export interface OpensshSessionParts {
  /** The one that has logged in. */
  readonly first: SshProcess;
  /** A further connection, for a further script. */
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

/** Each script is one process and one connection; the first is made when the session is opened. */
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
  let over: string | undefined;
  let isClosed = false;

  /** The deadline of the script bounds the connection as well. */
  const onAnother = async (script: Script, limits: RunLimits): Promise<RunOutcome> => {
    const started = performance.now();
    const ssh = await again();
    const left = (): number => Math.max(1, limits.timeoutMs - (performance.now() - started));
    const failed = await ssh.login({
      connectTimeoutMs: Math.min(connectTimeoutMs, left()),
      authTimeoutMs: Math.min(authTimeoutMs, left()),
    });
    if (failed === undefined) return ssh.run(script, { ...limits, timeoutMs: left() });
    if (failed.code === 'host-timed-out' || performance.now() - started >= limits.timeoutMs)
      return { ended: 'timed-out', afterMs: Math.round(performance.now() - started), ...NOTHING };
    return { ended: 'disconnected', detail: failed.detail, ...NOTHING };
  };

  const run = async (script: Script, limits: RunLimits): Promise<RunOutcome> => {
    if (over !== undefined) return { ended: 'disconnected', detail: over, ...NOTHING };
    const used = ready;
    ready = undefined;
    const outcome = await (used === undefined ? onAnother(script, limits) : used.run(script, limits));
    if (outcome.ended !== 'exited') over = `${where}: the session is over`;
    const broken = outcome.ended === 'disconnected' ? lost() : undefined;
    return broken === undefined || outcome.ended !== 'disconnected'
      ? outcome
      : { ...outcome, code: 'jump-host-failed', detail: broken.detail };
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
      ready?.end();
      if (!isClosed) done();
      isClosed = true;
      return Promise.resolve();
    },
  };
}
