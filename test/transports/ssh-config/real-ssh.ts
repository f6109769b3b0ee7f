import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import type { Diagnostic } from '../../../src/model/diagnostic.js';
import { expandAlgorithms } from '../../../src/transports/ssh-config/parse/algorithms.js';
import { DISK_FILES, localUser } from '../../../src/transports/ssh-config/disk-files.js';
import type { LocalUser } from '../../../src/transports/ssh-config/expand.js';
import { rootFiles } from '../../../src/transports/ssh-config/files.js';
import { parseSshConfig, parseSshOptions } from '../../../src/transports/ssh-config/parse/parse.js';
import { parseSshG } from '../../../src/transports/ssh-config/ssh-g/parse-ssh-g.js';
import { resolveSshConfig } from '../../../src/transports/ssh-config/resolve.js';
import type { ResolvedSshConfig } from '../../../src/transports/ssh-config/resolved.js';
import { within } from '../../support/within.js';

/** Files by path relative to a home directory of the test's own; `config` is given to `-F`. */
export interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly options?: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'kernward-ssh-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
export const HOME = join(folder, 'home');

const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  HOME,
  LC_ALL: 'C.UTF-8',
  KW_NAME: 'from-environment',
  KW_EMPTY: '',
};
/** `~` in Include is $HOME, and everywhere else the home directory of the password database. */
export const LOCAL: LocalUser = localUser(ENVIRONMENT);

export function writeFiles(files: Case['files']): string {
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(join(HOME, '.ssh'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(HOME, name)), { recursive: true });
    writeFileSync(join(HOME, name), text, { mode: 0o600 });
  }
  return join(HOME, 'config');
}

function argumentsOf({ host, user, port, options }: Case, config: string): readonly string[] {
  return [
    '-F',
    config,
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(options ?? []).flatMap((option) => ['-o', option]),
    '-G',
    '--',
    host,
  ];
}

function ssh(args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync('ssh', args, {
    encoding: 'utf8',
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: within(20_000),
  });
}

const DEFAULTS = ssh(['-F', 'none', '-G', '--', 'host']).stdout;
function defaultsOf(option: string): readonly string[] {
  return (new RegExp(`^${option} (.*)$`, 'm').exec(DEFAULTS)?.[1] ?? '').split(',');
}
function supported(what: string): readonly string[] {
  return ssh(['-Q', what]).stdout.trim().split('\n');
}

const LISTS = [
  ['ciphers', 'ciphers', supported('Ciphers')],
  ['macs', 'macs', supported('MACs')],
  ['kexAlgorithms', 'kexalgorithms', supported('KexAlgorithms')],
  ['hostKeyAlgorithms', 'hostkeyalgorithms', supported('HostKeyAlgorithms')],
  ['pubkeyAcceptedAlgorithms', 'pubkeyacceptedalgorithms', supported('PubkeyAcceptedAlgorithms')],
] as const;

/** Algorithm lists in full, so that `+x` and what ssh makes of it compare equal. */
function withLists(value: ResolvedSshConfig): Readonly<Record<string, unknown>> {
  return {
    ...value,
    ...Object.fromEntries(
      LISTS.map(([field, option, all]) => [field, expandAlgorithms(value[field], defaultsOf(option), all)]),
    ),
  };
}

export type Answer =
  | { readonly says: 'config'; readonly config: Readonly<Record<string, unknown>>; readonly value: ResolvedSshConfig }
  | { readonly says: 'error'; readonly detail: string };

export function askReal(asked: Case): Answer {
  const { status, stdout, stderr } = ssh(argumentsOf(asked, writeFiles(asked.files)));
  if (status !== 0) return { says: 'error', detail: stderr };
  const { value, diagnostics } = parseSshG(asked.host, stdout, DEFAULTS, LOCAL);
  return value === undefined
    ? { says: 'error', detail: wordsOf(diagnostics) }
    : { says: 'config', config: withLists(value), value };
}

export function wordsOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n');
}

/** Our own answer, from the files that askReal has written. */
export function askOurs(asked: Case): Answer {
  const parsed = parseSshConfig(rootFiles(LOCAL.home, join(HOME, 'config')), DISK_FILES, LOCAL);
  const options = parseSshOptions(asked.options ?? [], 'options', LOCAL);
  const failed = [...parsed.diagnostics, ...options.diagnostics];
  if (parsed.value === undefined || options.value === undefined) return { says: 'error', detail: wordsOf(failed) };
  const { host, user, port } = asked;
  const query = {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    options: options.value,
  };
  const { value, diagnostics } = resolveSshConfig(parsed.value, query, LOCAL);
  return value === undefined
    ? { says: 'error', detail: wordsOf(diagnostics) }
    : { says: 'config', config: withLists(value), value };
}

/** One sentence on how the two differ; undefined where they agree or we leave it to ssh. */
export function difference(real: Answer, ours: Answer): string | undefined {
  if (ours.says === 'config' && ours.value.undecidable.length > 0) return undefined;
  if (real.says === 'error') return ours.says === 'error' ? undefined : `ssh refuses: ${real.detail}`;
  if (ours.says === 'error') return `ssh accepts, we refuse: ${ours.detail}`;
  const [a, b] = [real.config, ours.config].map((config) =>
    Object.entries(config)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .sort(),
  );
  const differing = [...new Set([...(a ?? []), ...(b ?? [])])].filter(
    (line) => a?.includes(line) !== b?.includes(line),
  );
  return differing.length === 0
    ? undefined
    : differing.map((line) => `${a?.includes(line) === true ? 'ssh ' : 'ours'}: ${line}`).join('\n');
}
