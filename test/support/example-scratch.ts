import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOnPath } from './warm/on-path.js';
import { within } from './within.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
/** What asks the process that runs many; Debian is not without it. */
const PERL = '/usr/bin/perl';
const RECORDED = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
const HOSTS = {
  good: '{ name: good, transport: recorded, recording: debian-12.probe }',
  // A machine that is content with stay-up has what fail-fast calls a high fail.
  bad: '{ name: bad, transport: recorded, recording: debian-12.probe, profile: fail-fast }',
  lost: '{ name: lost, transport: recorded, recording: no-such-file.probe }',
} as const;

/** What may become of a run, the hosts that bring it about, and kernward's exit code. */
export const ENDS = {
  complies: { hosts: ['good'], exit: 0 },
  fails: { hosts: ['good', 'bad'], exit: 1 },
  'has no waivers': { hosts: ['good'], exit: 2 },
  'is incomplete': { hosts: ['good', 'lost'], exit: 3 },
} as const satisfies Record<string, { readonly hosts: readonly (keyof typeof HOSTS)[]; readonly exit: number }>;
export type End = keyof typeof ENDS;
export const ALL_ENDS: readonly End[] = ['complies', 'fails', 'has no waivers', 'is incomplete'];

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Scratch {
  readonly folder: string;
  /** By `sh -e`, as the pipelines do it, with `kernward` on the PATH. */
  readonly sh: (script: string, env?: Readonly<Record<string, string>>) => Ran;
  readonly run: (command: readonly string[], env?: Readonly<Record<string, string>>) => Ran;
  readonly has: (file: string) => boolean;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string) => void;
  /** Puts a command of the test's own on the PATH. */
  readonly command: (name: string, script: string) => string;
}

export function inventory(hosts: readonly (keyof typeof HOSTS)[]): string {
  return `groups:\n  lab:\n    hosts:\n${hosts.map((name) => `      - ${HOSTS[name]}\n`).join('')}`;
}

const WAIVERS = `waivers:
  - { id: W1, rule: thp-always, hosts: good, justification: measured, owner: o, approvedBy: a, expires: 2026-12-31 }
`;

/** Which `kernward` a script finds: a process each time, as a user's, or one that has run others before. */
export type Started = 'anew' | 'warm';

function open(folder: string, started: Started): Scratch {
  const at = (file: string): string => join(folder, file);
  const command = (name: string, script: string): string => {
    writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(at(`bin/${name}`), 0o755);
    return at(`bin/${name}`);
  };
  const run: Scratch['run'] = ([name = '', ...args], env = {}) => {
    const { status, stdout, stderr } = spawnSync(name, args, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: `${at('bin')}:/usr/bin:/bin`,
        HOME: folder,
        KERNWARD_SSH_CONFIG: 'none',
        KERNWARD_AS_OF: '2026-08-22',
        LC_ALL: 'C.UTF-8',
        ...env,
      },
      timeout: within(120_000),
    });
    return { status, stdout, stderr };
  };
  mkdirSync(at('bin'));
  command(
    'kernward',
    started === 'warm' && existsSync(PERL)
      ? commandOnPath([process.execPath, MAIN])
      : `exec '${process.execPath}' '${MAIN}' "$@"`,
  );
  return {
    folder,
    command,
    run,
    sh: (script, env) => run(['/bin/sh', '-e', '-c', script], env),
    has: (file) => existsSync(at(file)),
    read: (file) => readFileSync(at(file), 'utf8'),
    write: (file, text) => writeFileSync(at(file), text),
  };
}

/** The same for all tests: a report of the host that complies. */
let baseline: string | undefined;
function baselineOf({ run, read }: Scratch): string {
  const { status, stderr } = run(['kernward', 'scan', '-i', 'inventory.yaml', '-q', '-o', 'json:baseline.json']);
  if (status !== 0) throw new Error(stderr);
  return read('baseline.json');
}

/** A folder with what the examples expect to find: an inventory, waivers, and a baseline of the host that complies. */
export function inScratch(end: End, body: (scratch: Scratch) => void, started: Started = 'anew'): void {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-example-'));
  try {
    const scratch = open(folder, started);
    copyFileSync(RECORDED, join(folder, 'debian-12.probe'));
    scratch.write('inventory.yaml', inventory(['good']));
    scratch.write('known_hosts', '');
    baseline ??= baselineOf(scratch);
    scratch.write('baseline.json', baseline);
    scratch.write('inventory.yaml', inventory(ENDS[end].hosts));
    if (end !== 'has no waivers') scratch.write('waivers.yaml', WAIVERS);
    body(scratch);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
