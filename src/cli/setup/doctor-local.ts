import { existsSync } from 'node:fs';
import { cpus, homedir, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../model/host.js';
import type { Surroundings } from '../../doctor/support-bundle.js';
import type { LocalFinding } from '../../doctor/diagnosis.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { DEFAULTS } from '../../run/defaults.js';
import type { AskPlan } from '../../run/scan-plan.js';
import type { ConnectTerms } from '../../transports/connect-terms.js';
import { agentSocket } from '../../transports/control-machine.js';
import { createAgent } from '../../transports/keys/agent.js';
import { forksThatFit, openFilesLimit } from '../../transports/fd-limit.js';
import { expandHome } from '../../transports/home.js';
import { sshVersion } from '../../transports/openssh/ssh-version.js';
import { readTextFile } from '../../transports/read-file.js';
import { MAX_BYTES } from '../input/source-file.js';

const AGENT_TIMEOUT_MS = 5000;

function openFiles(forks: number): LocalFinding {
  const limit = openFilesLimit();
  const fit = forksThatFit(limit, forks);
  const detail = limit === undefined ? 'no limit is known' : `the limit of ${limit} carries ${fit} of ${forks} forks`;
  return fit >= forks
    ? { about: 'open files', state: 'ok', detail }
    : {
        about: 'open files',
        state: 'warning',
        detail,
        fix: `raise it: ulimit -n ${forks + 64} (systemd: LimitNOFILE), or lower --forks`,
      };
}

interface AgentSeen {
  readonly keys: number;
  readonly finding: LocalFinding;
}

function warning(detail: string, fix: string): AgentSeen {
  return {
    keys: 0,
    finding: { about: 'agent', state: 'warning', detail, fix },
  };
}

async function agent(): Promise<AgentSeen> {
  const socket = agentSocket();
  if (socket === undefined)
    return { keys: 0, finding: { about: 'agent', state: 'ok', detail: 'there is none (SSH_AUTH_SOCK is not set)' } };
  try {
    const { length } = await createAgent(socket, { timeoutMs: AGENT_TIMEOUT_MS }).keys();
    return length === 0
      ? warning('it holds no key', 'ssh-add FILE')
      : { keys: length, finding: { about: 'agent', state: 'ok', detail: `it holds ${count(length, 'key')}` } };
  } catch (thrown) {
    return warning(
      clean(thrown instanceof Error ? thrown.message : String(thrown), 200),
      'start an agent (eval "$(ssh-agent)"), or unset SSH_AUTH_SOCK',
    );
  }
}

/** The default identities of ssh(1) that ssh2 can use. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

function keys(hosts: readonly Host[], { identityFiles: given }: ConnectTerms, inAgent: number): LocalFinding {
  const named = [...new Set([...given, ...hosts.flatMap(({ identityFiles }) => identityFiles)])].map((file) =>
    expandHome(file),
  );
  const present = [
    ...named,
    ...(named.length > 0 ? [] : DEFAULT_KEYS.map((name) => join(homedir(), '.ssh', name))),
  ].filter((file) => existsSync(file));
  const missing = named.filter((file) => !present.includes(file));
  if (missing.length > 0)
    return {
      about: 'keys',
      state: 'warning',
      detail: `${missing
        .slice(0, 3)
        .map((file) => clean(file, 100))
        .join(', ')} ${missing.length === 1 ? 'does' : 'do'} not exist`,
      fix: 'correct identityFile or --identity, or make a key: ssh-keygen -t ed25519 -f FILE',
    };
  if (present.length + inAgent === 0)
    return {
      about: 'keys',
      state: 'warning',
      detail: 'there is none, neither in an agent nor in ~/.ssh',
      fix: 'make one: ssh-keygen -t ed25519, and put its public half into authorized_keys on the hosts; or name one with identityFile',
    };
  return {
    about: 'keys',
    state: 'ok',
    detail: `${count(present.length, 'file')}${named.length > 0 ? ' of those named' : ' in ~/.ssh'}`,
  };
}

function knownHosts({ hostKeys }: ConnectTerms): LocalFinding {
  const files = hostKeys.startsWith('file:')
    ? [expandHome(hostKeys.slice('file:'.length))]
    : [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'];
  const lines = files.flatMap((file) => {
    try {
      return readTextFile(file, MAX_BYTES)
        .split('\n')
        .filter((line) => /^\s*[^#\s]/u.test(line));
    } catch {
      return []; // one that cannot be read although it is there stops every command, with a diagnostic
    }
  });
  if (lines.length > 0)
    return {
      about: 'known hosts',
      state: 'ok',
      detail: `${count(lines.length, 'line')} in ${files
        .filter((file) => existsSync(file))
        .map((file) => clean(file, 100))
        .join(' and ')}`,
    };
  const fix =
    hostKeys === 'accept-new'
      ? {}
      : {
          fix: 'connect once with ssh to each host, bring a file (--host-keys file:PATH), or --host-keys accept-new on a network that you trust now',
        };
  return {
    about: 'known hosts',
    state: hostKeys === 'accept-new' ? 'ok' : 'warning',
    detail: 'no key of any host is known',
    ...fix,
  };
}

/** What can be wrong here before anybody is asked. What stops a scan (an unreadable known_hosts, no ssh for `openssh`) stops doctor with the same diagnostic; ssh_config is looked at by `doctor-ssh-config.ts`. */
export async function localFindings({
  hosts,
  connect,
  pacing,
}: Pick<AskPlan, 'hosts' | 'connect' | 'pacing'>): Promise<readonly LocalFinding[]> {
  const isRemote = hosts.some(({ transport }) => transport !== 'local' && transport !== 'recorded');
  // `auto` does with what there is, but it begins with as many as are usual.
  const forks = pacing.forks === 'auto' ? DEFAULTS.pacing.forks : pacing.forks;
  const limit = openFiles(Math.min(forks, Math.max(1, hosts.length)));
  if (!isRemote) return [limit];
  const { keys: inAgent, finding } = await agent();
  const version = sshVersion();
  const ssh: LocalFinding =
    version === undefined
      ? { about: 'ssh', state: 'ok', detail: 'no ssh program is here: the transport openssh cannot be used' }
      : { about: 'ssh', state: 'ok', detail: version };
  return [limit, finding, keys(hosts, connect, inAgent), knownHosts(connect), ssh];
}

export function surroundings(): Surroundings {
  return {
    node: process.version,
    ssh: sshVersion() ?? 'none',
    platform: `${process.platform} ${release()} ${process.arch}`,
    cpus: cpus().length,
    memoryMiB: Math.round(totalmem() / 1024 / 1024),
    openFiles: openFilesLimit() ?? 'not limited, or not known',
  };
}
