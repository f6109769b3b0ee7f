import { wrong, type Loaded } from '../../../model/diagnostic.js';
import { clean } from '../../../text/clean.js';
import type { LocalUser } from '../expand.js';
import { runProgram } from '../../programs/run-program.js';
import { hostNameProblem, userProblem } from '../match/host-name.js';
import { defined } from '../../../language/defined.js';
import { memoize } from '../../../language/memoize.js';
import { badLines } from './bad-lines.js';
import { parseSshG } from './parse-ssh-g.js';
import type { ResolvedSshConfig } from '../resolved.js';

/** The command line of ssh, as texts. */
export interface SshGQuery {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** `-J`, as written. */
  readonly jump?: string;
  /** `-o`, each `Keyword=value`. */
  readonly options?: readonly string[];
}

export interface SshGSettings {
  readonly local: LocalUser;
  /** The program; found on PATH where it is no path. */
  readonly ssh?: string;
  /** `-F`; undefined: ssh's own files. */
  readonly configFile?: string;
  /** A Match exec may hang. */
  readonly timeoutMs?: number;
}

/** Asks the ssh of this machine for a host's configuration; about 6 ms of CPU each, more where a Match exec runs. */
export type AskSsh = (query: SshGQuery) => Promise<Loaded<ResolvedSshConfig>>;

type Ran = { readonly ok: true; readonly output: string } | { readonly ok: false; readonly message: string };

const MAX_OUTPUT = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;

/** What ssh starts (Match exec) goes with it when its time is over. */
async function run(program: string, args: readonly string[], timeoutMs: number): Promise<Ran> {
  const outcome = await runProgram(program, args, {
    timeoutMs,
    maxBytes: MAX_OUTPUT,
    signal: new AbortController().signal,
  });
  const said = 'stderr' in outcome ? Buffer.from(outcome.stderr).toString('utf8').trim() : '';
  switch (outcome.ended) {
    case 'exited':
      if (outcome.status === 0) return { ok: true, output: Buffer.from(outcome.stdout).toString('utf8') };
      return {
        ok: false,
        message: said || (outcome.killedBy === undefined ? `it ended with status ${outcome.status}` : outcome.killedBy),
      };
    case 'not-started':
      return { ok: false, message: outcome.detail };
    case 'timed-out':
      return { ok: false, message: `no answer within ${timeoutMs} ms` };
    case 'output-too-large':
      return { ok: false, message: `it printed more than ${MAX_OUTPUT} bytes` };
    case 'aborted':
      return { ok: false, message: 'it was stopped' };
  }
}

function failed(message: string, help?: string): Loaded<never> {
  return wrong([{ code: 'ssh-config/asked', severity: 'error', message: clean(message, 500), ...defined({ help }) }]);
}

function argumentsOf(query: SshGQuery, configFile: string | undefined): readonly string[] {
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(query.user === undefined ? [] : ['-l', query.user]),
    ...(query.port === undefined ? [] : ['-p', String(query.port)]),
    ...(query.jump === undefined ? [] : ['-J', query.jump]),
    ...(query.options ?? []).flatMap((option) => ['-o', option]),
    '-G',
    '--',
    query.host,
  ];
}

/**
 * The way to ask the ssh of this machine. No shell reads the arguments; a name that ssh could take for an option is
 * refused. What that ssh does without any configuration is asked once.
 */
export function createAskSsh(settings: SshGSettings): AskSsh {
  const program = settings.ssh ?? 'ssh';
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const defaults = memoize((): Promise<Ran> => run(program, ['-F', 'none', '-G', '--', 'host'], timeoutMs));
  return async (query) => {
    const refused =
      hostNameProblem(query.host) ??
      (query.user === undefined ? undefined : userProblem(query.user)) ??
      (query.jump?.startsWith('-') === true ? `${query.jump} begins with -` : undefined);
    if (refused !== undefined)
      return wrong([{ code: 'ssh-config/name', severity: 'error', message: clean(refused, 300) }]);
    const base = await defaults();
    if (!base.ok)
      return failed(
        `${program} -G: ${base.message}`,
        'kernward asks the ssh of this machine where it cannot decide itself: install an OpenSSH client',
      );
    const asked = await run(program, argumentsOf(query, settings.configFile), timeoutMs);
    if (asked.ok) return parseSshG(query.host, asked.output, base.output, settings.local);
    const lines = badLines(asked.message);
    return lines === undefined ? failed(`${program} -G ${query.host}: ${asked.message}`) : wrong(lines);
  };
}
