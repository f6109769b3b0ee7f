import { homedir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import type { AnyAuthMethod, AuthenticationType, ParsedKey } from 'ssh2';
import type { ConnectFailure } from '../model/outcome.js';
import { agentMethod, type SessionGuard } from './agent-method.js';
import type { Agent, AgentKey } from './agent.js';
import { failure } from './failure.js';
import { expandHome } from './home.js';
import { parsePrivateKey, readKeyFile, type KeyFile } from './key-file.js';
import { keyTypeOf } from './known-hosts-line.js';
import { parseKey } from './parse-key.js';
import { wordsOf } from './thrown.js';

/** One key that may be offered to a host. It was read once and is shared by all sessions. */
export interface Identity {
  /** For messages: the file, or the agent's comment. */
  readonly label: string;
  readonly method: (username: string, guard: SessionGuard) => AnyAuthMethod;
}

export type HostIdentities =
  /** `notes`: keys that were left out, and why. */
  | { readonly ok: true; readonly identities: readonly Identity[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly failure: ConnectFailure };

export interface Identities {
  /** The keys for a host with these identity files; none: the agent's and the default ones. Never rejects. */
  readonly forFiles: (files: readonly string[]) => Promise<HostIdentities>;
}

export interface IdentitiesOptions {
  readonly home?: string;
  readonly agent?: Agent;
  /** Asked once for each encrypted file; undefined: no passphrase is to be had. */
  readonly askPassphrase?: (file: string) => Promise<string | undefined>;
}

type Found = { readonly identity: Identity } | { readonly note: string };

/** The default identities of ssh(1) that ssh2 can use; the cheapest to sign with first. */
const DEFAULT_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

const isFound = (found: Found): found is { readonly identity: Identity } => 'identity' in found;

const fileIdentity = (label: string, key: ParsedKey): Identity => ({ label, method: (username) => ({ type: 'publickey', username, key }) });

const parsedPublicKey = (blob: Buffer): ParsedKey | undefined => {
  const type = keyTypeOf(blob);
  // ssh2 takes a certificate for a key of another kind and reads its nonce as the key.
  if (type === undefined || type.includes('-cert-v01@')) return undefined;
  const key = parseKey(`${type} ${blob.toString('base64')}`);
  return key instanceof Error ? undefined : key;
};

const agentIdentity = (agent: Agent, { blob, comment }: AgentKey, label = `agent key ${comment}`): Identity | undefined => {
  const key = parsedPublicKey(blob);
  return key && { label, method: (username, guard) => agentMethod(agent, key, username, guard) };
};

/** Does the server still take public keys? `undefined` before it has said what it takes. */
export const takesPublicKeys = (methods: readonly AuthenticationType[] | null | undefined): boolean =>
  !Array.isArray(methods) || methods.includes('publickey');

export const createIdentities = ({ home = homedir(), agent, askPassphrase }: IdentitiesOptions = {}): Identities => {
  const oneQuestionAtATime = pLimit(1);
  const files = new Map<string, KeyFile>();
  const unlocked = new Map<string, Promise<Found>>();
  const answers = new Map<string, Promise<HostIdentities>>();

  const keyFile = (file: string): KeyFile => {
    const found = files.get(file) ?? readKeyFile(file);
    files.set(file, found);
    return found;
  };

  const agentKeys = async (): Promise<{ readonly keys: readonly AgentKey[]; readonly notes: readonly string[] }> => {
    try {
      return { keys: (await agent?.keys()) ?? [], notes: [] };
    } catch (thrown) {
      return { keys: [], notes: [`the agent: ${wordsOf(thrown)}`] };
    }
  };

  const unlock = (file: string, text: string): Promise<Found> =>
    oneQuestionAtATime(async () => {
      const passphrase = await askPassphrase?.(file);
      if (passphrase === undefined) return { note: `${file} is encrypted and no passphrase was given: add it to an agent (ssh-add ${file})` };
      const key = parsePrivateKey(text, passphrase);
      return key instanceof Error ? { note: `${file}: the passphrase is wrong, or the key is damaged` } : { identity: fileIdentity(file, key) };
    }).catch((thrown: unknown) => ({ note: `${file}: its passphrase could not be asked for: ${wordsOf(thrown)}` }));

  const heldByAgent = (blob: Buffer | undefined, keys: readonly AgentKey[], file: string): Found | undefined => {
    const held = blob && keys.find((key) => key.blob.equals(blob));
    const identity = agent && held && agentIdentity(agent, held, file);
    return identity && { identity };
  };

  /** From the file itself, or from FILE.pub where the key is encrypted in an old format, or only in the agent. */
  const publicHalf = (file: string): Buffer | undefined => {
    const found = keyFile(file);
    if (found.kind === 'key') return found.key.getPublicSSH();
    const inside = found.kind === 'public' || found.kind === 'encrypted' ? found.blob : undefined;
    const beside = inside === undefined ? keyFile(`${file}.pub`) : undefined;
    return beside?.kind === 'public' ? beside.blob : inside;
  };

  const fromFile = async (file: string, keys: readonly AgentKey[], ask: boolean): Promise<Found> => {
    const found = keyFile(file);
    if (found.kind === 'key') return { identity: fileIdentity(file, found.key) };
    if (found.kind === 'unusable' || found.kind === 'openssh-only') return { note: found.detail };
    const held = heldByAgent(publicHalf(file), keys, file);
    if (held !== undefined) return held;
    if (found.kind === 'public') return { note: `${file} is a public key, and no agent holds its private half` };
    if (found.kind === 'missing') return { note: `${file} does not exist` };
    if (!ask) return { note: `${file} is encrypted and was not tried: add it to an agent (ssh-add ${file}), or name it as identityFile` };
    const asked = unlocked.get(file) ?? unlock(file, found.text);
    unlocked.set(file, asked);
    return asked;
  };

  const named = async (names: readonly string[]): Promise<HostIdentities> => {
    const { keys, notes } = await agentKeys();
    const found = await Promise.all(names.map((name) => fromFile(expandHome(name, home), keys, true)));
    return answer(found, notes, 'no identity file can be used');
  };

  const byDefault = async (): Promise<HostIdentities> => {
    const { keys, notes } = await agentKeys();
    const held = keys.flatMap((key): readonly Found[] => {
      const identity = agent && agentIdentity(agent, key);
      return identity ? [{ identity }] : [{ note: `agent key ${key.comment}: a ${keyTypeOf(key.blob) ?? 'kind of key'} that ssh2 cannot use` }];
    });
    const present = DEFAULT_FILES.map((name) => join(home, '.ssh', name)).filter((file) => existsSync(file));
    // ssh asks for a passphrase only when nothing else lets it in; here the question must come before the clocks start.
    const ask = !held.some(isFound) && !present.some((file) => keyFile(file).kind === 'key');
    const inAgent = new Set(keys.map(({ blob }) => blob.toString('base64')));
    const isHeld = (file: string): boolean => {
      const blob = publicHalf(file);
      return blob !== undefined && inAgent.has(blob.toString('base64'));
    };
    const fromFiles = await Promise.all(present.filter((file) => !isHeld(file)).map((file) => fromFile(file, keys, ask)));
    return answer([...held, ...fromFiles], notes, `no key to offer: no agent (SSH_AUTH_SOCK) holds one, and none of ~/.ssh/${DEFAULT_FILES.join(', ')} can be used; name one with identityFile in the inventory`);
  };

  const answer = (found: readonly Found[], notes: readonly string[], nothing: string): HostIdentities => {
    const identities = found.filter(isFound).map(({ identity }) => identity);
    const all = [...found.flatMap((one) => (isFound(one) ? [] : [one.note])), ...notes];
    if (identities.length > 0) return { ok: true, identities, notes: all };
    return { ok: false, failure: failure('identity-unusable', all.length > 0 ? `${nothing}: ${all.join('; ')}` : nothing) };
  };

  return {
    forFiles: (names) => {
      const key = JSON.stringify(names);
      const cached = answers.get(key) ?? (names.length > 0 ? named(names) : byDefault());
      answers.set(key, cached);
      return cached;
    },
  };
};
