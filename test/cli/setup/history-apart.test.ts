import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runApart } from '../../../src/cli/setup/history-apart.js';
import { Stop } from '../../../src/cli/terminal/exit.js';
import { openHistory } from '../../../src/history/database/open-history.js';
import { sqliteOf } from '../../../src/history/database/sqlite-binding.js';
import { kernward, startKernward } from '../../support/kernward.js';
import { commandLine, nothingLeft, startedBy, until } from '../../support/left-over.js';
import { scratch } from '../../support/scratch.js';
import { within } from '../../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, body);
  return file;
}

async function told(name: string, body: string, patienceMs = within(60_000)): Promise<string> {
  try {
    await runApart('h.db', ['list'], { patienceMs, program: program(name, body) });
  } catch (thrown) {
    if (thrown instanceof Stop) return thrown.diagnostics.map(({ code }) => code).join(' ') || String(thrown.code);
    throw thrown;
  }
  return 'nothing';
}

test('the code of the process that does the work is the code of the command', async () => {
  assert.equal(await told('ends', 'process.exitCode = 2'), '2');
});

test('a query that does not end is given up, and what ended it is told', async () => {
  const says = "require('node:fs').writeSync(4, 'beb');";
  assert.equal(await told('hangs', `${says} for (;;);`, 500), 'history/too-slow');
});

test('where no query is under way it may take as long as who reads it', async () => {
  const says = "require('node:fs').writeSync(4, 'be');";
  assert.equal(await told('waits', `${says} setTimeout(() => process.exit(0), 1500)`, 500), '0');
});

test('a file that ends the process is told, and is no bug of ours', async () => {
  assert.equal(await told('dies', 'process.abort()'), 'history/unreadable');
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
