import { wrong, type Loaded } from '../../../model/diagnostic.js';
import type { LocalUser } from '../expand.js';
import { toResolvedConfig } from '../finish.js';
import type { Gathered } from '../gathered.js';
import { readHops } from '../jump.js';
import type { ResolvedSshConfig } from '../resolved.js';

/** The lines of `ssh -G`: an option in lower case, and its values in order. */
type Dump = ReadonlyMap<string, readonly string[]>;

function readDump(output: string): Dump {
  const dump = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const option = line.slice(0, space).toLowerCase();
    dump.set(option, [...(dump.get(option) ?? []), line.slice(space + 1)]);
  }
  return dump;
}

/**
 * What an option is where nothing sets it depends on the release: an option that is as for an empty configuration is
 * not set.
 */
const DEFAULTS_VARY: ReadonlySet<string> = new Set([
  'ciphers',
  'macs',
  'kexalgorithms',
  'hostkeyalgorithms',
  'pubkeyacceptedalgorithms',
  'casignaturealgorithms',
  'securitykeyprovider',
  'serveraliveinterval',
]);

/** Words in which `ssh -G` says yes and no. */
const WORDS: Readonly<Record<string, string>> = { true: 'yes', false: 'no' };
/** The options whose value is free text, in which those words are none. */
const FREE_TEXT: ReadonlySet<string> = new Set([
  'user',
  'hostname',
  'hostkeyalias',
  'proxycommand',
  'knownhostscommand',
  'pkcs11provider',
  'identityagent',
  'bindaddress',
  'bindinterface',
]);

const LISTS = ['userknownhostsfile', 'globalknownhostsfile', 'revokedhostkeys'] as const;

/** `ssh -G` separates paths by blanks without quoting them: a path with a blank in it cannot be told from two. */
function listOf(dump: Dump, option: string): readonly string[] {
  const line = dump.get(option)?.[0] ?? '';
  return line === 'none' ? [] : line.split(' ').filter((path) => path !== '');
}

function same(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function oneValues(dump: Dump, defaults: Dump): ReadonlyMap<string, string> {
  const one = new Map<string, string>();
  for (const [option, [value = '']] of dump) {
    if (DEFAULTS_VARY.has(option) && same(dump.get(option), defaults.get(option))) continue;
    one.set(option, FREE_TEXT.has(option) ? value : (WORDS[value] ?? value));
  }
  return one;
}

function gather(host: string, dump: Dump, defaults: Dump): Gathered {
  const chain = dump.get('proxyjump')?.[0];
  const jump = chain === undefined ? undefined : readHops(chain);
  const identities = dump.get('identityfile');
  return {
    host,
    hostName: dump.get('hostname')?.[0] ?? host,
    port: Number(dump.get('port')?.[0] ?? 22),
    user: dump.get('user')?.[0] ?? '',
    one: oneValues(dump, defaults),
    lists: new Map(LISTS.map((option) => [option, listOf(dump, option)])),
    identityFiles: same(identities, defaults.get('identityfile')) ? undefined : identities,
    certificateFiles: dump.get('certificatefile') ?? [],
    hops: jump?.jump === 'hops' ? jump.hops : [],
  };
}

/**
 * The output of `ssh -G HOST` as the type that our own resolver gives.
 *
 * @param defaults the output of `ssh -F none -G` on the same machine: what that release does where nothing is
 *   configured
 */
export function parseSshG(host: string, output: string, defaults: string, local: LocalUser): Loaded<ResolvedSshConfig> {
  const dump = readDump(output);
  if (!dump.has('hostname') || !dump.has('port')) {
    const message = `ssh -G ${host} gave something else than a configuration`;
    return wrong([{ code: 'ssh-config/asked', severity: 'error', message }]);
  }
  return toResolvedConfig(gather(host, dump, readDump(defaults)), [], local);
}
