import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { formOfHost } from './address.js';
import type { ConfigFile, SshConfig } from './parse/directive.js';
import { expandPath, expandTokens, type LocalUser } from './expand.js';
import { toResolvedConfig, pathTokens, taken, type Expanding } from './finish.js';
import type { Gathered } from './gathered.js';
import { hostNameProblem, userProblem } from './match/host-name.js';
import type { JumpHop } from './jump.js';
import { lowerAscii } from './parse/lexer.js';
import { newOptions, numberOption, textOption, type Options } from './parse/options.js';
import type { ResolvedSshConfig } from './resolved.js';
import { walkConfig, type Pass } from './walk.js';

/** What is asked: the name as it would stand on ssh's command line, and what counts before any file. */
export interface SshQuery {
  readonly host: string;
  /** `-l`. */
  readonly user?: string;
  /** `-p`. */
  readonly port?: number;
  /** `-J`, already read: a chain that replaces the host's own ProxyJump and ProxyCommand. */
  readonly jump?: readonly JumpHop[];
  /** `-o`, already read (parseSshOptions). */
  readonly options?: ConfigFile;
}

const DEFAULT_PORT = 22;
function isNone(value: string | undefined): boolean {
  return value === undefined || value.toLowerCase() === 'none';
}

interface Passed {
  readonly options: Options;
  readonly hostName: string;
  readonly wants: Pass['wants'];
}

function firstOptions(query: SshQuery): Options {
  const options = newOptions();
  if (query.user !== undefined) options.one.set('user', query.user);
  if (query.port !== undefined) options.one.set('port', query.port);
  if (query.jump !== undefined)
    options.jump = query.jump.length === 0 ? { jump: 'none' } : { jump: 'hops', hops: query.jump };
  return options;
}

/** HostName with `%h`, then lower case; an address in the form that ssh gives it. */
function nameAfterFirstPass(query: SshQuery, options: Options): string {
  const written = textOption(options, 'hostname');
  const name =
    written === undefined ? query.host : taken(expandTokens(written, { h: query.host }), 'hostname', options);
  const form = formOfHost(name, textOption(options, 'addressfamily'));
  if (form.is === 'unsure') options.doubts.push({ reason: 'address-form', detail: name });
  return form.is === 'address' ? form.text : form.is === 'name' ? lowerAscii(name) : name;
}

/** DNS may change the name, and with it which blocks apply. */
function doubtCanonicalization(options: Options): void {
  const canonicalize = textOption(options, 'canonicalizehostname') ?? 'no';
  const aliases = options.lists.get('canonicalizepermittedcnames') ?? [];
  const direct = options.jump?.jump !== 'hops' && isNone(textOption(options, 'proxycommand'));
  if (canonicalize !== 'no')
    options.doubts.push({ reason: 'canonicalize-hostname', detail: `CanonicalizeHostname ${canonicalize}` });
  else if (direct && aliases.some((alias) => !isNone(alias)))
    options.doubts.push({ reason: 'canonicalize-hostname', detail: 'CanonicalizePermittedCNAMEs' });
}

/** Both readings of the files. @param wantsFinal whether what was met calls for a second one */
function readPasses(
  config: SshConfig,
  query: SshQuery,
  local: LocalUser,
  wantsFinal: (wants: Pass['wants']) => boolean,
): Passed {
  const options = firstOptions(query);
  const wants = { final: false, plainFinal: false };
  const pass = { options, original: query.host, localUser: local.name, wants };
  if (query.options !== undefined) walkConfig({ files: [query.options] }, { ...pass, host: query.host, final: false });
  walkConfig(config, { ...pass, host: query.host, final: false });
  const hostName = nameAfterFirstPass(query, options);
  doubtCanonicalization(options);
  if (wantsFinal(wants)) {
    options.one.set('hostname', hostName);
    walkConfig(config, { ...pass, wants: { ...wants }, host: hostName, final: true });
  }
  return { options, hostName, wants };
}

/** Options that `none` unsets, without regard to case. @see CLEAR_ON_NONE, readconf.c */
const UNSET_BY_NONE = ['proxycommand', 'pkcs11provider', 'securitykeyprovider', 'knownhostscommand'] as const;
const DEFAULT_USER_FILES = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'] as const;
const DEFAULT_GLOBAL_FILES = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'] as const;

function gather({ options, hostName }: Passed, query: SshQuery, local: LocalUser, expanding: Expanding): Gathered {
  const one = new Map<string, string>();
  for (const [option, value] of options.one) one.set(option, String(value));
  for (const option of UNSET_BY_NONE) if (isNone(one.get(option))) one.delete(option);
  const alias = one.get('hostkeyalias');
  if (alias !== undefined) one.set('hostkeyalias', lowerAscii(alias));
  const at = {
    host: query.host,
    hostName,
    port: numberOption(options, 'port') ?? DEFAULT_PORT,
    user: one.get('user') ?? local.name,
  };
  const tokens = pathTokens(at, one.get('hostkeyalias'), local);
  const expanded = (option: string, path: string): string => taken(expandPath(path, tokens, local), option, expanding);
  const agent = one.get('identityagent');
  if (agent !== undefined) one.set('identityagent', expanded('identityagent', agent));
  const list = (option: string, otherwise: readonly string[]): readonly string[] =>
    (options.lists.get(option) ?? otherwise).filter((path) => !isNone(path));
  const named = (option: string): readonly string[] | undefined => options.many.get(option)?.map(({ path }) => path);
  return {
    ...at,
    one,
    lists: new Map([
      [
        'userknownhostsfile',
        list('userknownhostsfile', DEFAULT_USER_FILES).map((path) => expanded('userknownhostsfile', path)),
      ],
      ['globalknownhostsfile', list('globalknownhostsfile', DEFAULT_GLOBAL_FILES)],
      ['revokedhostkeys', list('revokedhostkeys', [])],
    ]),
    identityFiles: named('identityfile'),
    certificateFiles: named('certificatefile') ?? [],
    hops: options.jump?.jump === 'hops' ? options.jump.hops : [],
  };
}

/** What OpenSSH 10.1 began to expand, and takes as it is written before. */
function doubtNewerTokens(query: SshQuery, options: Options): void {
  const user = query.user === undefined ? textOption(options, 'user') : undefined;
  if (user !== undefined && /%|\$\{/.test(user)) options.doubts.push({ reason: 'token', detail: `User ${user}` });
}

function problem(code: string, message: string): Diagnostic {
  return {
    code,
    severity: 'error',
    message: clean(message, 300),
  };
}

/** ssh refuses to go round in a circle of one. */
function jumpLoop(gathered: Gathered): readonly Diagnostic[] {
  const last = gathered.hops.at(-1);
  const same =
    last !== undefined &&
    last.host === gathered.hostName &&
    (last.port ?? DEFAULT_PORT) === gathered.port &&
    (last.user ?? gathered.user) === gathered.user;
  return same ? [problem('ssh-config/jump-loop', `${gathered.host} is its own jump host`)] : [];
}

function distinctProblems(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function resolveAs(
  config: SshConfig,
  query: SshQuery,
  local: LocalUser,
  wantsFinal: (wants: Pass['wants']) => boolean,
): Loaded<ResolvedSshConfig> & { readonly wants: Pass['wants'] } {
  const passed = readPasses(config, query, local, wantsFinal);
  const { options, wants } = passed;
  doubtNewerTokens(query, options);
  const gathered = gather(passed, query, local, options);
  const finished = toResolvedConfig(gathered, options.doubts, local);
  const problems = distinctProblems([...options.problems, ...jumpLoop(gathered), ...finished.diagnostics]);
  return { value: problems.length === 0 ? finished.value : undefined, diagnostics: problems, wants };
}

/** Whether the two readings of `Match !final` come to the same. */
function sameAnswer(a: Loaded<ResolvedSshConfig>, b: Loaded<ResolvedSshConfig>): boolean {
  return JSON.stringify([a.value, a.diagnostics]) === JSON.stringify([b.value, b.diagnostics]);
}

/**
 * What ssh_config says of a host, as `ssh -G` would: Host and Match blocks in order, the first value of each option,
 * tokens expanded, a second reading where a `Match final` asks for one. Pure; never throws.
 *
 * @returns no value where ssh would refuse to connect, with the reason; and a value with `undecidable` reasons where
 *   only ssh itself can say
 */
export function resolveSshConfig(config: SshConfig, query: SshQuery, local: LocalUser): Loaded<ResolvedSshConfig> {
  const wrong = [hostNameProblem(query.host), query.user === undefined ? undefined : userProblem(query.user)].filter(
    (message) => message !== undefined,
  );
  if (wrong.length > 0)
    return { value: undefined, diagnostics: wrong.map((message) => problem('ssh-config/name', message)) };
  const { value, diagnostics, wants } = resolveAs(config, query, local, ({ final }) => final);
  if (!wants.final || wants.plainFinal) return { value, diagnostics };
  const newer = resolveAs(config, query, local, ({ plainFinal }) => plainFinal);
  if (sameAnswer({ value, diagnostics }, newer)) return { value, diagnostics };
  const base = value ?? newer.value;
  if (base === undefined) return { value, diagnostics };
  return {
    value: { ...base, undecidable: [...base.undecidable, { reason: 'match-not-final', detail: 'Match !final' }] },
    diagnostics: [],
  };
}
