import { resolve } from 'node:path';
import pLimit from 'p-limit';
import type { InventoryFile, NamedText } from '../../inventory/inventory-file.js';
import { hostsToAsk } from '../../inventory/ansible/script-hosts.js';
import type { Diagnostic, DiagnosticSink } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { type ProgramOutcome, runProgram } from '../../transports/programs/run-program.js';
import { MAX_BYTES } from './source-file.js';

export interface ScriptLimits {
  /** For one script, with all that it is asked. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** False: an executable inventory is refused. */
  readonly mayRun?: boolean;
}

/** How many processes of one script run at a time, where each host has to be asked for. */
const ASKED_AT_ONCE = 8;
/** From here on a process for each host is worth a word. */
const MANY_HOSTS = 500;
const MOST_LINES = 10;

/** What a script said on standard error, fit to be shown: its last lines, cleaned. */
function saidBy(stderr: Uint8Array): readonly string[] {
  return new TextDecoder()
    .decode(stderr.subarray(-64 * 1024))
    .split(/\r?\n/)
    .flatMap((line) => (line.trim() === '' ? [] : [clean(line.trimEnd(), 200)]))
    .slice(-MOST_LINES);
}

function reported(severity: Diagnostic['severity'], file: string, message: string, help: string): Diagnostic {
  return {
    code: 'inventory/script',
    severity,
    message: `${file} ${message}`,
    help,
  };
}

const HELP_RUN = 'run it by hand, in the folder where kernward runs';

/** Why there is nothing to read; undefined where there is. */
function problemOf(outcome: ProgramOutcome, file: string, timeoutMs: number): Diagnostic | undefined {
  const said = 'stderr' in outcome ? saidBy(outcome.stderr) : [];
  const words = said.length === 0 ? ', and said nothing on standard error' : `: ${said.join(' | ')}`;
  switch (outcome.ended) {
    case 'exited':
      if (outcome.status === 0) return undefined;
      return reported(
        'error',
        file,
        `${outcome.status === undefined ? `was ended by ${outcome.killedBy}` : `ended with exit status ${outcome.status}`}${words}`,
        HELP_RUN,
      );
    case 'not-started':
      return reported(
        'error',
        file,
        `cannot be run: ${clean(outcome.detail, 200)}`,
        'look at its first line (#!) and at its permissions',
      );
    case 'timed-out':
      return reported(
        'error',
        file,
        `did not end within ${timeoutMs / 1000} s${words}`,
        'give it more time with --inventory-timeout, or let it print _meta.hostvars, so that it is run once',
      );
    case 'output-too-large':
      return reported(
        'error',
        file,
        `printed more than ${MAX_BYTES / 1024 / 1024} MiB${words}`,
        'let it print fewer variables, or split the fleet',
      );
    case 'aborted':
      return reported('error', file, 'was stopped', 'the run was interrupted');
  }
}

function textOf(stdout: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(stdout);
  } catch {
    return undefined;
  }
}

/**
 * Asks an executable inventory as Ansible does: `--list`, and `--host NAME` for each host where `_meta.hostvars` is not
 * in what it printed.
 * @see https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-scripts
 */
export async function askScript(
  path: string,
  { timeoutMs, signal }: ScriptLimits,
  diagnostics: DiagnosticSink,
): Promise<InventoryFile | undefined> {
  const program = resolve(path);
  const started = performance.now();
  const ended = new AbortController();
  // What ten thousand calls say is told once.
  let hasSpoken = false;
  const either = AbortSignal.any([signal, ended.signal]);

  const ask = async (...args: readonly string[]): Promise<NamedText | undefined> => {
    const file = [path, ...args].join(' ');
    const outcome = await runProgram(program, args, {
      timeoutMs: Math.max(1, timeoutMs - (performance.now() - started)),
      maxBytes: MAX_BYTES,
      signal: either,
    });
    if (outcome.ended === 'aborted' && ended.signal.aborted) return undefined;
    const problem = problemOf(outcome, clean(file, 200), timeoutMs);
    if (problem !== undefined) {
      diagnostics.add(problem);
      // One that fails is enough: nine thousand others would say the same.
      ended.abort();
      return undefined;
    }
    if (outcome.ended !== 'exited') return undefined;
    const said = saidBy(outcome.stderr);
    if (said.length > 0 && !hasSpoken)
      diagnostics.add(
        reported(
          'warning',
          clean(file, 200),
          `said: ${said.join(' | ')}`,
          'it ended with exit status 0, and what it printed is used',
        ),
      );
    hasSpoken ||= said.length > 0;
    const text = textOf(outcome.stdout);
    if (text === undefined)
      diagnostics.add(reported('error', clean(file, 200), 'printed what is no UTF-8', 'let it print JSON in UTF-8'));
    return text === undefined ? undefined : { file, text };
  };

  const list = await ask('--list');
  if (list === undefined) return undefined;
  const hosts = hostsToAsk(list.text);
  if (hosts.length > MANY_HOSTS) {
    diagnostics.add(
      reported(
        'warning',
        clean(path, 200),
        `is run once for each of ${count(hosts.length, 'host')}, since what it prints for --list has no _meta`,
        'let it print {"_meta": {"hostvars": {}}} with the variables of all hosts',
      ),
    );
  }
  const limit = pLimit(ASKED_AT_ONCE);
  const answers = await Promise.all(
    hosts.map((host) =>
      limit(async () => [host, ended.signal.aborted ? undefined : await ask('--host', host)] as const),
    ),
  );
  if (ended.signal.aborted) return undefined;
  return {
    ...list,
    as: 'script',
    hostTexts: new Map(answers.flatMap(([host, answer]) => (answer === undefined ? [] : [[host, answer]]))),
  };
}
