import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runApart } from '../../../src/cli/setup/history-apart.js';
import { Stop } from '../../../src/cli/terminal/exit.js';
import { openHistory } from '../../../src/history/database/open-history.js';
import { sqliteOf } from '../../../src/history/database/sqlite-binding.js';
import { kernward, startKernward } from '../../support/kernward.js';
import { commandLine, nothingLeft, startedBy } from '../../support/left-over.js';
import { until } from '../../support/until.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, body);
  return file;
}

type Bounds = NonNullable<NonNullable<Parameters<typeof runApart>[2]>['bounds']>;

const PATIENT: Bounds = { queryMs: within(60_000), queriesMs: within(60_000), cpuSeconds: 600 };

async function told(name: string, body: string, bounds: Bounds = {}): Promise<string> {
  try {
    await runApart('h.db', ['list'], { bounds: { ...PATIENT, ...bounds }, program: program(name, body) });
  } catch (thrown) {
    if (thrown instanceof Stop)
      return thrown.diagnostics.map(({ code, message }) => `${code}: ${message}`).join(' ') || String(thrown.code);
    throw thrown;
  }
  return 'nothing';
}

const says = (...lines: readonly string[]): string =>
  `require('node:fs').writeSync(4, '${lines.join(String.raw`\n`)}\\n');`;

test('the code of the process that does the work is the code of the command', async () => {
  assert.equal(await told('ends', 'process.exitCode = 2'), '2');
});

test('a query that does not end is given up, and what ended it is told', async () => {
  assert.match(
    await told('hangs', `${says('begins', 'ended 1', 'begins')} for (;;);`, { queryMs: 500 }),
    /^history\/too-slow: h\.db was given up: a query took more than 0\.5 s$/u,
  );
});

test('queries that end, and never come to an end together, are given up', async () => {
  const body = `for (;;) ${says('begins', 'ended 300000')}`;
  assert.match(
    await told('repeats', body, { queriesMs: 900_000 }),
    /^history\/too-slow: .*: its queries together took more than 900 s$/u,
  );
});

test('work between queries that does not end is given up', async () => {
  assert.match(
    await told('works', `${says('begins', 'ended 1')} for (;;);`, { cpuSeconds: 1 }),
    /^history\/too-slow: .*: it took more than 1 s of a processor$/u,
  );
});

test('work that wants more and more memory is given up, in JavaScript and outside of it', async () => {
  const heap = 'const all = []; for (;;) all.push({ at: all.length, more: [all.length] });';
  assert.match(
    await told('heap', heap, { heapMb: 64 }),
    /^history\/unreadable: .*: the file is damaged, or takes more than 64 MB of memory$/u,
  );
  // As a binding would: what it has stands in nobody's heap, and it says that there is none left.
  const outside =
    'const all = []; try { while (all.length < 40) all.push(Buffer.alloc(50_000_000, 1)); } catch { process.exitCode = 3; }';
  assert.equal(await told('outside', outside, { memoryMb: 1024 }), '3');
});

test('where no query is under way it may take as long as who reads it', async () => {
  assert.equal(
    await told('waits', `${says('begins', 'ended 1')} setTimeout(() => process.exit(0), 1500)`, { queryMs: 500 }),
    '0',
  );
});

test('a command that was stopped hears first what was said meanwhile', async () => {
  const body = `${says('begins')} setTimeout(() => { ${says('ended 1000')} setTimeout(() => process.exit(0), 2000); }, 1000);`;
  const ended = told('stopped', body, { queryMs: 1500 });
  // As Ctrl-Z does it, or the lid of a laptop.
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000), 500);
  assert.equal(await ended, '0');
});

test('a file that ends the process is told, and is no bug of ours', async () => {
  assert.match(await told('dies', 'process.abort()'), /^history\/unreadable: .* ended by SIGABRT/u);
});

describe(
  'every command on a history hears a signal',
  { skip: sqliteOf() === undefined && 'there is no SQLite' },
  () => {
    const COMMANDS = [['list'], ['export'], ['add', 'report.json'], ['prune', '--older-than', '1d']];
    for (const args of COMMANDS)
      test(args.join(' '), async () => {
        const [name = ''] = args;
        const file = join(folder, `${name}.db`);
        const temporary = join(folder, `tmp-${name}`);
        mkdirSync(temporary);
        writeFileSync(join(folder, 'report.json'), '{}');
        const { value: history } = await openHistory(file, { create: true });
        await history?.close();
        const holder = sqliteOf()?.(file);
        holder?.prepare('begin exclusive').run([]);
        try {
          for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
            const { child, ended } = startKernward(folder, ['history', ...args, '--history', file], {
              TMPDIR: temporary,
            });
            // The first, and the one that does the work, which waits for who holds the file.
            await until(
              () => startedBy(temporary).filter((pid) => commandLine(pid).startsWith(process.execPath)).length === 2,
              () => 'it was not started',
            );
            child.kill(signal);
            await ended;
            assert.equal(child.signalCode, signal);
            await nothingLeft(temporary, signal);
          }
        } finally {
          holder?.close();
        }
        if (name === 'list') assert.equal((await kernward(folder, 'history', 'list', '--history', file)).status, 0);
      });
  },
);
