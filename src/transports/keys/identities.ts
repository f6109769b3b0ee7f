import { homedir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import type { AnyAuthMethod, AuthenticationType, ParsedKey } from 'ssh2';
import type { ConnectFailure } from '../../model/outcome.js';
import { agentMethod, type SessionGuard } from './agent-method.js';
import { createAgent, type Agent, type AgentKey } from './agent.js';
import { failure } from '../failure.js';
import { expandHome } from '../home.js';
import type { LentIdentity } from '../loan/lender.js';
import { parsePrivateKey, readKeyFile, signingWith } from './key-file.js';
import { getKeyType } from '../host-keys/known-hosts-line.js';
import { parseKey } from './parse-key.js';
import type { KeyChoice } from '../targets/target.js';
import { memoize } from '../../language/memoize.js';
import { IS_PLAIN, keepRead } from '../ssh2/raw-keys.js';
import { errorText } from '../error-detail.js';

/** One key that may be offered to a host. It was read once and is shared by all sessions. */
export interface Identity {
  /** For messages: the file, or the agent's comment. */
  readonly label: string;
  readonly method: (username: string, guard: SessionGuard) => AnyAuthMethod;
  /** What signs: a private key that was read, or the agent that holds the key of this blob. */
  readonly source: { readonly key: ParsedKey } | { readonly agent: Agent; readonly blob: Buffer };
}

type HostIdentities =
  /** `notes`: keys that were left out, and why. */
  | { readonly ok: true; readonly identities: readonly Identity[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly failure: ConnectFailure };

export interface Identities {
  /** The keys for a host with these identity files; none: the agent's and the default ones. Never rejects. */
  readonly forFiles: (files: readonly string[]) => Promise<HostIdentities>;
  /** The keys that ssh_config or the inventory choose. Never rejects. */
  readonly forKeys: (keys: KeyChoice) => Promise<HostIdentities>;
  /**
   * Whether the agent that is chosen holds keys that only the system's ssh can use: certificates, and keys on tokens.
   */
  readonly heldForOpenssh: (keys: KeyChoice) => Promise<string | undefined>;
}

export interface IdentitiesOptions {
  readonly home?: string;
  readonly agent?: Agent;
  /** Another agent than that one, by its socket (IdentityAgent). */
  readonly agentAt?: (socketPath: string) => Agent;
  /** Asked once for each encrypted file; undefined: no passphrase is to be had. */
  readonly askPassphrase?: (file: string) => Promise<string | undefined>;
}

/** An agent, and what it holds. */
interface Held {
  readonly agent: Agent | undefined;
  readonly keys: readonly AgentKey[];
}

type Found = { readonly identity: Identity } | { readonly note: string };

/** The default identities of ssh(1) that ssh2 can use; the cheapest to sign with first. */
export const DEFAULT_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

function isFound(found: Found): found is { readonly identity: Identity } {
  return 'identity' in found;
}

function fileIdentity(label: string, parsed: ParsedKey): Identity {
  const key = IS_PLAIN ? parsed : keepRead(parsed);
  return {
    label,
    method: (username) => ({ type: 'publickey', username, key }),
    source: { key: parsed },
  };
}

function parsedPublicKey(blob: Buffer): ParsedKey | undefined {
  const type = getKeyType(blob);
  // ssh2 takes a certificate for a key of another kind and reads its nonce as the key.
  if (type === undefined || type.includes('-cert-v01@')) return undefined;
  const key = parseKey(`${type} ${blob.toString('base64')}`);
  return key instanceof Error ? undefined : key;
}

function agentIdentity(
  agent: Agent,
  { blob, comment }: AgentKey,
  label = `agent key ${comment}`,
): Identity | undefined {
  const key = parsedPublicKey(blob);
  return (
    key && {
      label,
      method: (username, guard) => agentMethod(agent, key, username, guard),
      source: { agent, blob },
    }
  );
}

/**
 * An identity that another thread has lent.
 *
 * @throws where its blob is none
 */
export function reviveIdentity(lent: LentIdentity, agentOf: (number: number) => Agent): Identity {
  const blob = Buffer.from(lent.blob);
  if (lent.by === 'agent') {
    const identity = agentIdentity(agentOf(lent.agent), { blob, comment: '' }, lent.label);
    if (identity !== undefined) return identity;
  } else {
    const half = parsedPublicKey(blob);
    if (half !== undefined) return fileIdentity(lent.label, signingWith(half, lent.key));
  }
  throw new Error(`${lent.label}: the key that was lent is none`);
}

/** Does the server still take public keys? `undefined` before it has said what it takes. */
export function takesPublicKeys(methods: readonly AuthenticationType[] | null | undefined): boolean {
  return !Array.isArray(methods) || methods.includes('publickey');
}

async function agentKeys(
  agent: Agent | undefined,
): Promise<{ readonly keys: readonly AgentKey[]; readonly notes: readonly string[] }> {
  try {
    return { keys: (await agent?.keys()) ?? [], notes: [] };
  } catch (thrown) {
    return { keys: [], notes: [`the agent: ${errorText(thrown)}`] };
  }
}

function heldByAgent(blob: Buffer | undefined, { agent, keys }: Held, file: string): Found | undefined {
  const held = blob && keys.find((key) => key.blob.equals(blob));
  const identity = agent && held && agentIdentity(agent, held, file);
  return identity && { identity };
}

function answer(found: readonly Found[], notes: readonly string[], nothing: string): HostIdentities {
  const identities = found.filter(isFound).map(({ identity }) => identity);
  const all = [...found.flatMap((one) => (isFound(one) ? [] : [one.note])), ...notes];
  if (identities.length > 0) return { ok: true, identities, notes: all };
  return {
    ok: false,
    failure: failure('identity-unusable', all.length > 0 ? `${nothing}: ${all.join('; ')}` : nothing),
  };
}

export function createIdentities({
  home = homedir(),
  agent: defaultAgent,
  agentAt = createAgent,
  askPassphrase,
}: IdentitiesOptions = {}): Identities {
  const oneQuestionAtATime = pLimit(1);
  const keyFile = memoize(readKeyFile);
  const agentBehind = memoize(agentAt);

  const agentOf = (choice: KeyChoice['agent']): Agent | undefined => {
    if (choice.agent !== 'socket') return choice.agent === 'default' ? defaultAgent : undefined;
    return agentBehind(choice.path);
  };

  const unlock = memoize(
    ({ file, text }: { readonly file: string; readonly text: string }): Promise<Found> =>
      oneQuestionAtATime(async () => {
        const passphrase = await askPassphrase?.(file);
        if (passphrase === undefined)
          return { note: `${file} is encrypted and no passphrase was given: add it to an agent (ssh-add ${file})` };
        const key = parsePrivateKey(text, passphrase);
        return key instanceof Error
          ? { note: `${file}: the passphrase is wrong, or the key is damaged` }
          : { identity: fileIdentity(file, key) };
      }).catch((thrown: unknown) => ({ note: `${file}: its passphrase could not be asked for: ${errorText(thrown)}` })),
    ({ file }) => file,
  );

  /** From the file itself, or from FILE.pub where the key is encrypted in an old format, or only in the agent. */
  const publicHalf = (file: string): Buffer | undefined => {
    const found = keyFile(file);
    if (found.kind === 'key') return found.key.getPublicSSH();
    const inside = found.kind === 'public' || found.kind === 'encrypted' ? found.blob : undefined;
    const beside = inside === undefined ? keyFile(`${file}.pub`) : undefined;
    return beside?.kind === 'public' ? beside.blob : inside;
  };

  const fromFile = async (file: string, inAgent: Held, ask: boolean): Promise<Found> => {
    const found = keyFile(file);
    if (found.kind === 'key') return { identity: fileIdentity(file, found.key) };
    if (found.kind === 'unusable' || found.kind === 'openssh-only') return { note: found.detail };
    const held = heldByAgent(publicHalf(file), inAgent, file);
    if (held !== undefined) return held;
    if (found.kind === 'public') return { note: `${file} is a public key, and no agent holds its private half` };
    if (found.kind === 'missing') return { note: `${file} does not exist` };
    if (!ask)
      return {
        note: `${file} is encrypted and was not tried: add it to an agent (ssh-add ${file}), or name it as identityFile`,
      };
    return unlock({ file, text: found.text });
  };

  const named = async (names: readonly string[], agent: Agent | undefined): Promise<HostIdentities> => {
    const { keys, notes } = await agentKeys(agent);
    const found = await Promise.all(names.map((name) => fromFile(expandHome(name, home), { agent, keys }, true)));
    return answer(found, notes, 'no identity file can be used');
  };

  /**
   * As ssh offers them where ssh_config names files and not IdentitiesOnly: the files' keys that the agent holds, its
   * others, the files'.
   */
  const namedAndHeld = async (names: readonly string[], agent: Agent | undefined): Promise<HostIdentities> => {
    const { keys, notes } = await agentKeys(agent);
    const paths = names.map((name) => expandHome(name, home));
    const wanted = new Set(paths.flatMap((path) => publicHalf(path)?.toString('base64') ?? []));
    const isWanted = ({ blob }: AgentKey): boolean => wanted.has(blob.toString('base64'));
    const held = [...keys.filter(isWanted), ...keys.filter((key) => !isWanted(key))].flatMap(
      (key): readonly Found[] => {
        const identity = agent && agentIdentity(agent, key);
        return identity ? [{ identity }] : [];
      },
    );
    const inAgent = new Set(keys.map(({ blob }) => blob.toString('base64')));
    const others = paths.filter((path) => !inAgent.has(publicHalf(path)?.toString('base64') ?? ''));
    const fromFiles = await Promise.all(others.map((path) => fromFile(path, { agent, keys }, held.length === 0)));
    return answer(
      [...held, ...fromFiles],
      notes,
      'no identity file of ssh_config can be used, and no agent holds a key',
    );
  };

  /** IdentitiesOnly without a file: the default files, and of the agent only what they are the public half of. */
  const defaultFilesOnly = (agent: Agent | undefined): Promise<HostIdentities> => {
    const present = DEFAULT_FILES.map((name) => join(home, '.ssh', name)).filter((file) => existsSync(file));
    return named(present, agent);
  };

  const byDefault = async (agent: Agent | undefined): Promise<HostIdentities> => {
    const { keys, notes } = await agentKeys(agent);
    const held = keys.flatMap((key): readonly Found[] => {
      const identity = agent && agentIdentity(agent, key);
      return identity
        ? [{ identity }]
        : [{ note: `agent key ${key.comment}: a ${getKeyType(key.blob) ?? 'kind of key'} that ssh2 cannot use` }];
    });
    const present = DEFAULT_FILES.map((name) => join(home, '.ssh', name)).filter((file) => existsSync(file));
    // ssh asks for a passphrase only when nothing else lets it in; here the question must come before the clocks start.
    const ask = !held.some(isFound) && !present.some((file) => keyFile(file).kind === 'key');
    const inAgent = new Set(keys.map(({ blob }) => blob.toString('base64')));
    const isHeld = (file: string): boolean => {
      const blob = publicHalf(file);
      return blob !== undefined && inAgent.has(blob.toString('base64'));
    };
    const fromFiles = await Promise.all(
      present.filter((file) => !isHeld(file)).map((file) => fromFile(file, { agent, keys }, ask)),
    );
    return answer(
      [...held, ...fromFiles],
      notes,
      `no key to offer: no agent (SSH_AUTH_SOCK) holds one, and none of ~/.ssh/${DEFAULT_FILES.join(', ')} can be used; name one with identityFile in the inventory`,
    );
  };

  const find = ({ files: names, isOnly, agent: choice }: KeyChoice): Promise<HostIdentities> => {
    const agent = agentOf(choice);
    if (names.length === 0) return isOnly ? defaultFilesOnly(agent) : byDefault(agent);
    return isOnly ? named(names, agent) : namedAndHeld(names, agent);
  };
  const forKeys = memoize(find, JSON.stringify);
  return {
    forKeys,
    forFiles: (names) => forKeys({ files: names, isOnly: names.length > 0, agent: { agent: 'default' } }),
    heldForOpenssh: async ({ agent: choice }) => {
      const { keys } = await agentKeys(agentOf(choice));
      const held = keys
        .map(({ blob, comment }) => ({ type: getKeyType(blob) ?? '', comment }))
        .find(({ type }) => type.includes('-cert-v01@') || type.startsWith('sk-'));
      return (
        held &&
        `the agent holds ${held.type.includes('-cert-v01@') ? 'a certificate' : 'a key on a token'} (${held.comment})`
      );
    },
  };
}
