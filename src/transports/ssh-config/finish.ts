import { defined } from '../../language/defined.js';
import { toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import type { Doubt } from './doubt.js';
import { expandPath, expandTokens, variable, type Expanded, type LocalUser, type PercentTokens } from './expand.js';
import type { Gathered } from './gathered.js';
import type { AgentChoice, ResolvedSshConfig, ConfiguredRoute } from './resolved.js';

/** The tokens that paths take. `%C` is not among them: releases of OpenSSH hash different things. */
export function pathTokens(
  gathered: Pick<Gathered, 'host' | 'hostName' | 'port' | 'user'>,
  hostKeyAlias: string | undefined,
  local: LocalUser,
): PercentTokens {
  return {
    L: local.machine.split('.')[0] ?? '',
    d: local.home,
    h: gathered.hostName,
    i: String(local.uid),
    k: hostKeyAlias ?? gathered.host,
    l: local.machine,
    n: gathered.host,
    p: String(gathered.port),
    r: gathered.user,
    u: local.name,
  };
}

const COMMAND_TOKENS = ['h', 'k', 'n', 'p', 'r'] as const;

/** Collects what expansions give: the texts, and whatever went wrong on the way. */
export interface Expanding {
  readonly problems: Diagnostic[];
  readonly doubts: Doubt[];
}

export function taken(expanded: Expanded, option: string, { problems, doubts }: Expanding): string {
  if ('text' in expanded) return expanded.text;
  if ('doubt' in expanded) doubts.push(expanded.doubt);
  else
    problems.push({
      code: 'ssh-config/token',
      severity: 'error',
      message: clean(`${option}: ${expanded.problem}`, 300),
    });
  return '';
}

function agentOf(value: string | undefined, environment: LocalUser['environment']): AgentChoice {
  if (value === undefined || value === 'SSH_AUTH_SOCK') return { agent: 'default' };
  if (value === 'none') return { agent: 'none' };
  if (!value.startsWith('$')) return { agent: 'socket', path: value };
  const path = variable(environment, value.slice(1));
  return path === undefined ? { agent: 'none' } : { agent: 'socket', path };
}

function routeOf(gathered: Gathered, tokens: PercentTokens, expanding: Expanding): ConfiguredRoute {
  if (gathered.hops.length > 0) return { by: 'jump', hops: gathered.hops };
  const command = gathered.one.get('proxycommand');
  if (command === undefined) return { by: 'direct' };
  const known = Object.fromEntries(COMMAND_TOKENS.map((token) => [token, tokens[token] ?? '']));
  return { by: 'command', command: taken(expandTokens(command, known), 'proxycommand', expanding) };
}

/** The value if it is one of these words, else the first of them: the default. */
function word<Word extends string>(value: string | undefined, words: readonly [Word, ...Word[]]): Word {
  return words.find((known) => known === value) ?? words[0];
}

function securityKeyProvider(value: string | undefined, environment: LocalUser['environment']): string | undefined {
  if (value === 'internal') return undefined;
  return value !== undefined && value.length > 1 && value.startsWith('$')
    ? variable(environment, value.slice(1))
    : value;
}

/** Each doubt once, safe to print. */
function distinct(doubts: readonly Doubt[]): readonly Doubt[] {
  const shown = doubts.map((doubt) => ({ ...doubt, detail: clean(doubt.detail, 300) }));
  return [...new Map(shown.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
}

/** Expands what ssh expands only when it connects, and puts every option into its place. */
export function toResolvedConfig(
  gathered: Gathered,
  doubts: readonly Doubt[],
  local: LocalUser,
): Loaded<ResolvedSshConfig> {
  const expanding: Expanding = { problems: [], doubts: [...doubts] };
  const { one, lists } = gathered;
  const text = (option: string): string | undefined => one.get(option);
  const flag = (option: string, otherwise: 'yes' | 'no' = 'no'): boolean => (text(option) ?? otherwise) !== 'no';
  const number = (option: string, otherwise: number): number => Number(text(option) ?? otherwise);
  const tokens = pathTokens(gathered, text('hostkeyalias'), local);
  const paths = (option: string, written: readonly string[]): readonly string[] =>
    written.map((path) => taken(expandPath(path, tokens, local), option, expanding));
  const identities = gathered.identityFiles?.filter((path) => path.toLowerCase() !== 'none');
  const timeout = text('connecttimeout');
  const route = routeOf(gathered, tokens, expanding);
  const identityFiles = identities === undefined ? undefined : paths('identityfile', identities);
  const value: ResolvedSshConfig = {
    host: gathered.host,
    hostName: gathered.hostName,
    port: gathered.port,
    user: gathered.user,
    addressFamily: word(text('addressfamily'), ['any', 'inet', 'inet6']),
    route,
    certificateFiles: paths('certificatefile', gathered.certificateFiles),
    identitiesOnly: flag('identitiesonly'),
    identityAgent: agentOf(text('identityagent'), local.environment),
    userKnownHostsFiles: lists.get('userknownhostsfile') ?? [],
    globalKnownHostsFiles: lists.get('globalknownhostsfile') ?? [],
    strictHostKeyChecking: word(text('stricthostkeychecking'), ['ask', 'yes', 'no', 'accept-new']),
    checkHostIp: flag('checkhostip'),
    noHostAuthenticationForLocalhost: flag('nohostauthenticationforlocalhost'),
    verifyHostKeyDns: word(text('verifyhostkeydns'), ['no', 'yes', 'ask']),
    revokedHostKeys: lists.get('revokedhostkeys') ?? [],
    pubkeyAuthentication: flag('pubkeyauthentication', 'yes'),
    passwordAuthentication: flag('passwordauthentication', 'yes'),
    kbdInteractiveAuthentication: flag('kbdinteractiveauthentication', 'yes'),
    hostbasedAuthentication: flag('hostbasedauthentication'),
    gssapiAuthentication: flag('gssapiauthentication'),
    gssapiDelegateCredentials: flag('gssapidelegatecredentials'),
    connectionAttempts: number('connectionattempts', 1),
    serverAliveIntervalSeconds: number('serveraliveinterval', 0),
    serverAliveCountMax: number('serveralivecountmax', 3),
    canonicalizeHostname: word(text('canonicalizehostname'), ['no', 'yes', 'always']),
    ...defined({
      bindAddress: text('bindaddress'),
      bindInterface: text('bindinterface'),
      identityFiles,
      pkcs11Provider: text('pkcs11provider'),
      securityKeyProvider: securityKeyProvider(text('securitykeyprovider'), local.environment),
      hostKeyAlias: text('hostkeyalias'),
      knownHostsCommand: text('knownhostscommand'),
      preferredAuthentications: text('preferredauthentications')?.split(','),
      connectTimeoutSeconds: timeout === undefined || timeout === 'none' ? undefined : Number(timeout),
      ciphers: text('ciphers'),
      macs: text('macs'),
      kexAlgorithms: text('kexalgorithms'),
      hostKeyAlgorithms: text('hostkeyalgorithms'),
      pubkeyAcceptedAlgorithms: text('pubkeyacceptedalgorithms'),
      caSignatureAlgorithms: text('casignaturealgorithms'),
    }),
    undecidable: distinct(expanding.doubts),
  };
  return toLoaded(value, expanding.problems);
}
