import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { appendKnownHost } from './append-known-host.js';
import { expandHome } from '../home.js';
import { readTextFile } from '../read-file.js';
import { createHostKeyPolicy, type HostKeyPolicy } from './policy.js';
import { createKnownHosts, parseKnownHosts } from './known-hosts.js';
import { errorCode, errorText } from '../error-detail.js';

/** A million hosts with three keys each. */
const MAX_BYTES = 512 * 1024 * 1024;

/** ssh_config(5): defaults of UserKnownHostsFile and GlobalKnownHostsFile. */
function defaultFiles(home: string): readonly string[] {
  return [
    join(home, '.ssh', 'known_hosts'),
    join(home, '.ssh', 'known_hosts2'),
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ];
}

interface Choice {
  readonly mode: HostKeyPolicy['mode'];
  readonly files: readonly string[];
  /** A file that was asked for by name must be there. */
  readonly mustExist: boolean;
}

function choiceOf(option: string, home: string): Choice | undefined {
  if (option === 'strict' || option === 'accept-new')
    return { mode: option, files: defaultFiles(home), mustExist: false };
  const path = option.startsWith('file:') ? option.slice('file:'.length) : '';
  return path === '' ? undefined : { mode: 'strict', files: [expandHome(path, home)], mustExist: true };
}

type Read = { readonly file: string; readonly text: string } | Diagnostic | undefined;

function unreadableFile(file: string, thrown: unknown): Diagnostic {
  return {
    code: 'host-keys/unreadable-file',
    severity: 'error',
    message: `${clean(file)} cannot be read: ${clean(errorText(thrown), 200)}`,
    help: 'host keys are checked against this file; make it readable, or choose another with --host-keys file:PATH',
  };
}

function read(file: string, mustExist: boolean): Read {
  try {
    return { file, text: readTextFile(file, MAX_BYTES) };
  } catch (thrown) {
    const isMissing = errorCode(thrown) === 'ENOENT';
    return isMissing && !mustExist ? undefined : unreadableFile(file, thrown);
  }
}

function isDiagnostic(read: Exclude<Read, undefined>): read is Diagnostic {
  return 'severity' in read;
}

function policyOf(choice: Choice): Loaded<HostKeyPolicy> {
  const answers = choice.files.flatMap((file) => read(file, choice.mustExist) ?? []);
  const problems = answers.filter(isDiagnostic);
  const texts = answers.flatMap((answer) => (isDiagnostic(answer) ? [] : [answer]));
  const { entries, diagnostics } = parseKnownHosts(texts);
  const all = [...problems, ...diagnostics];
  if (problems.length > 0) return { value: undefined, diagnostics: all };
  return {
    value: createHostKeyPolicy({
      known: createKnownHosts(entries),
      mode: choice.mode,
      files: choice.files.map((file) => resolve(file)),
      append: appendKnownHost,
    }),
    diagnostics: all,
  };
}

/**
 * What `--host-keys` means: `strict` (known hosts only), `accept-new` (a host of which nothing is known is written to
 * `~/.ssh/known_hosts`), `file:PATH` (strict, and only by that file). A changed or revoked key is refused by all of them.
 */
export function loadHostKeyPolicy(option: string, home: string = homedir()): Loaded<HostKeyPolicy> {
  const choice = choiceOf(option, home);
  if (choice === undefined) {
    const message = `--host-keys ${clean(option, 80)}: there is no such choice`;
    return {
      value: undefined,
      diagnostics: [
        { code: 'host-keys/unknown-choice', severity: 'error', message, help: 'strict, accept-new, or file:PATH' },
      ],
    };
  }
  return policyOf(choice);
}

/** The same with the known_hosts files that ssh_config names for a host; one that is not there holds no key. */
export function loadHostKeyPolicyOf(files: readonly string[], mode: HostKeyPolicy['mode']): Loaded<HostKeyPolicy> {
  return policyOf({ mode, files, mustExist: false });
}
