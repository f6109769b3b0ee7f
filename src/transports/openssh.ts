import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Host } from '../model/host.js';
import type { ConnectFailure, Reach, RunOutcome } from '../model/outcome.js';
import { createAskpass, passwordPrompt } from './askpass.js';
import { failure, failureOf, failureOfAbort } from './failure.js';
import { expandHome } from './home.js';
import type { HostKeyPolicy } from './host-keys.js';
import { knownHostsName } from './known-hosts.js';
import { opensshArguments, type HostKeyTerms } from './openssh-arguments.js';
import { startSsh, type SshProcess } from './openssh-process.js';
import type { Password } from './password.js';
import { hostNameProblem, userProblem } from './ssh-config/host-name.js';
import type { Opened, RunLimits, Session, Transport } from './transport.js';

export interface OpensshOptions {
  readonly hostKeys: HostKeyPolicy;
  /** Connection, banner and key exchange. */
  readonly connectTimeoutMs: number;
  readonly authTimeoutMs: number;
  /** For hosts whose inventory names no user; the user who runs kernward where not given. */
  readonly user?: string;
  /** For hosts whose inventory names no identity file; none: the agent and the default ones. */
  readonly identityFiles?: readonly string[];
  /** For hosts that take one by the method `password`: ssh tells its helper too little of any other question to answer it. */
  readonly password?: Password;
  /** The program; `ssh` where not given. */
  readonly program?: string;
}

const SSH_PORT = 22;

/**
 * What ssh is told so that it judges a host's key as the policy does: by address, or by the inventory's name where only
 * that is written down; and a host of which a key is known is never taken for new, which ssh does where the key that it
 * shows is of another type.
 */
const termsFor = async (policy: HostKeyPolicy, { address, name, port = SSH_PORT }: Host): Promise<HostKeyTerms> => {
  const { files } = policy;
  if (await policy.holds({ names: [address], port })) return { check: 'yes', files };
  if (name !== address)
    for (const named of new Set([port, 22])) if (await policy.holds({ names: [name], port: named })) return { check: 'yes', files, alias: knownHostsName(name, named) };
  return { check: policy.mode === 'accept-new' ? 'accept-new' : 'yes', files };
};

/**
 * The system's own ssh: for certificates, keys on tokens and key exchanges that ssh2 lacks. It reads no ssh_config. Each
 * script is one process and one connection; the first is made when the session is opened.
 */
export const createOpensshTransport = (options: OpensshOptions): Transport => {
  const { hostKeys, connectTimeoutMs, authTimeoutMs, password, program = 'ssh' } = options;
  const directory = mkdtempSync(join(tmpdir(), 'kernward-ssh-'));
  const askpassFor = password === undefined ? undefined : createAskpass(directory, password);
  let logs = 0;

  const open = async (host: Host, signal: AbortSignal): Promise<Opened> => {
    const { address, port = SSH_PORT } = host;
    const reach: Reach = { address, port, transport: 'openssh' };
    const failed = (why: ConnectFailure): Opened => ({ ok: false, failure: why, reach });
    const user = host.user ?? options.user ?? userInfo().username;
    const where = `${user}@${address}:${port}`;
    const problem = hostNameProblem(address) ?? userProblem(user);
    if (problem !== undefined) return failed(failure('name-not-resolved', problem));
    const hostKeyTerms = await termsFor(hostKeys, host);
    if (signal.aborted) return failed(failureOfAbort(signal, where));
    // ssh makes only the directory of the user's own file, and goes on where it cannot write.
    const written = hostKeyTerms.check === 'accept-new' ? hostKeyTerms.files?.[0] : undefined;
    if (written !== undefined) mkdirSync(dirname(written), { recursive: true, mode: 0o700 });
    const files = host.identityFiles.length > 0 ? host.identityFiles : (options.identityFiles ?? []);
    const identityFiles = files.map((file) => resolve(expandHome(file)));

    const closing = new AbortController();
    const bound = AbortSignal.any([signal, closing.signal]);

    const start = async (terms: HostKeyTerms): Promise<SshProcess> => {
      const logFile = join(directory, `${logs++}.log`);
      const given = opensshArguments({ address, port, user, identityFiles, asksPassword: password !== undefined, configFile: 'none', hostKeys: terms, connectTimeoutMs, logFile });
      // ssh_login() puts the name into lower case, and names the key's alias in its place.
      const askpass = await askpassFor?.(passwordPrompt(user, terms.alias ?? address.toLowerCase()));
      try {
        return startSsh({ program, arguments: given, logFile, where, signal: bound, ...(askpass === undefined ? {} : { askpass }) });
      } catch (thrown) {
        askpass?.close();
        throw thrown;
      }
    };
    const first = await start(hostKeyTerms);
    const refused = await first.login({ connectTimeoutMs, authTimeoutMs });
    if (refused !== undefined) return failed(refused);

    let ready: SshProcess | undefined = first;
    let over: string | undefined;
    const nothing = { stdout: new Uint8Array(), stderr: new Uint8Array() };
    /** A further connection, which the deadline of the script bounds as well. */
    const again = async (script: string, limits: RunLimits): Promise<RunOutcome> => {
      const started = Date.now();
      const ssh = await start({ ...hostKeyTerms, check: 'yes' });
      const left = (): number => Math.max(1, limits.timeoutMs - (Date.now() - started));
      const failed = await ssh.login({ connectTimeoutMs: Math.min(connectTimeoutMs, left()), authTimeoutMs: Math.min(authTimeoutMs, left()) });
      if (failed === undefined) return ssh.run(script, { ...limits, timeoutMs: left() });
      if (failed.code === 'host-timed-out' || Date.now() - started >= limits.timeoutMs) return { ended: 'timed-out', afterMs: Date.now() - started, ...nothing };
      return { ended: 'disconnected', detail: failed.detail, ...nothing };
    };
    const run = async (script: string, limits: RunLimits): Promise<RunOutcome> => {
      if (over !== undefined) return { ended: 'disconnected', detail: over, ...nothing };
      const used = ready;
      ready = undefined;
      const outcome = await (used === undefined ? again(script, limits) : used.run(script, limits));
      if (outcome.ended !== 'exited') over = `${where}: the session is over`;
      return outcome;
    };
    const session: Session = {
      run: async (script, limits) => {
        try {
          return await run(script, limits);
        } catch (thrown) {
          over = failureOf(thrown, 'internal', where).detail;
          return { ended: 'disconnected', detail: over, ...nothing };
        }
      },
      close: () => {
        over ??= `${where}: the session was closed`;
        ready?.end();
        closing.abort();
        return Promise.resolve();
      },
    };
    return { ok: true, session, reach };
  };

  return {
    name: 'openssh',
    open: async (host, signal) => {
      try {
        return await open(host, signal);
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown, 'internal', host.name) };
      }
    },
    close: () => {
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
};
