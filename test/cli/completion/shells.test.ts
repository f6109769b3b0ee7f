/** Completion as it is used: a real shell on a terminal, in which somebody types and presses Tab. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { scratch } from '../../support/scratch.js';
import { couldNotTest, findProgram } from '../../support/shells.js';
import { within } from '../../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
mkdirSync(join(folder, 'bin'));
// Completes as kernward does, and says what it was called with instead of doing it.
writeFileSync(
  join(folder, 'bin', 'kernward'),
  `#!/bin/sh
case $1 in __complete | completion) exec ${process.execPath} ${MAIN} "$@" ;; esac
printf 'RAN'
for word do printf ' <%s>' "$word"; done
echo
`,
);
chmodSync(join(folder, 'bin', 'kernward'), 0o755);
writeFileSync(
  join(folder, 'fleet.yaml'),
  'hosts: [{ name: db1.example.com }, { name: web1 }]\ngroups: { payments: { hosts: [web1] } }\n',
);
mkdirSync(join(folder, 'reports'));
writeFileSync(join(folder, 'reports', 'today.json'), '');

/** What is typed, with tabs, and what the command is called with then. */
const TYPED: readonly (readonly [string, string])[] = [
  ['kernward sca\\t--profi\\tsta\\t', '<scan> <--profile> <stay-up>'],
  ['kernward scan -i flee\\t-l pay\\t', '<scan> <-i> <fleet.yaml> <-l> <payments>'],
  [
    'kernward explain -i fleet.yaml db\\thung-task-auto\\t',
    '<explain> <-i> <fleet.yaml> <db1.example.com> <hung-task-auto-reboot>',
  ],
  ['kernward report repo\\ttod\\t', '<report> <reports/today.json>'],
  ['kernward explain -p mine.yaml web1 zeb\\t', '<explain> <-p> <mine.yaml> <web1> <zebra-panics>'],
  ['kernward history fla\\t', '<history> <flapping>'],
  ['kernward scan --color alw\\t', '<scan> <--color> <always>'],
];
/** Of a policy of one's own, which stands on the line. */
const OWN =
  'policy: mine\ntitle: Mine\nrules: [{ id: zebra-panics, title: Z, severity: low, requires: sysctl.kernel.panic == 1 }]\n';
writeFileSync(join(folder, 'mine.yaml'), OWN);

/** Completed, and then taken away again with Ctrl-U: nobody has pressed Enter. */
const NEVER_RUN = 'kernward scan -i $(touch ran) `touch ran` --profile stay\\t\\x15';

const SHELLS: readonly { readonly name: string; readonly command: string; readonly start: string }[] = [
  { name: 'bash', command: 'bash --noprofile --norc -i', start: 'source <(kernward completion bash)' },
  { name: 'zsh', command: 'zsh -f -i', start: 'autoload -U compinit; compinit -u; source <(kernward completion zsh)' },
  { name: 'fish', command: 'fish --no-config -i', start: 'kernward completion fish | source' },
];

/** Everything that the terminal showed. */
function typeIn(command: string, lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: folder, TERM: 'xterm', LC_ALL: 'C.UTF-8' },
      timeout: within(120_000),
    });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    terminal.once('close', () => resolve(shown));
    for (const line of lines) terminal.stdin.write(`${line}\n`);
  });
}

describe('completion in real shells', () => {
  for (const { name, command, start } of SHELLS) {
    if (findProgram(name) === undefined) {
      couldNotTest(`completion in ${name}`);
      continue;
    }
    test(name, async () => {
      const typed = [...TYPED.map(([words]) => words), NEVER_RUN];
      const keys = typed.map((words) => words.replaceAll('\\t', '\t').replaceAll('\\x15', '\x15'));
      const shown = await typeIn(command, [start, ...keys, 'exit']);
      const ran = [...shown.matchAll(/^RAN (?<words>.*?)\r?$/gmu)].map((found) => found.groups?.['words'] ?? '');
      assert.deepEqual(
        ran,
        TYPED.map(([, words]) => words),
        shown,
      );
      assert.ok(!existsSync(join(folder, 'ran')), 'what stood on the line was run');
    });
  }
});
