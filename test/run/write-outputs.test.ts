import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, test } from 'node:test';
import { writeFileAtomically } from '../../src/run/output-file.js';
import { within } from '../support/within.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-outputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
function fileWith(name: string, text: string, mode: number): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode });
  return file;
}
function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

const breakingOff = function* (): Generator<string> {
  yield 'x'.repeat(100_000);
  throw new Error('no more');
};

test('an output that breaks off leaves the old file and nothing beside it', async () => {
  const file = fileWith('old.csv', 'old', 0o644);
  await assert.rejects(writeFileAtomically(file, breakingOff()), /no more/);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['old.csv']);
});

test('who could not read the old file cannot read the new one', async () => {
  const file = fileWith('private.csv', 'old', 0o600);
  await writeFileAtomically(file, ['new']);
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.equal(mode(file), 0o600);
});

test('a link is followed', async () => {
  const file = fileWith('target.csv', 'old', 0o640);
  const link = join(folder, 'link.csv');
  symlinkSync(file, link);
  await writeFileAtomically(link, ['new']);
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.equal(mode(file), 0o640);
});

test("what a killed run of the same process id left behind is in nobody's way", async () => {
  const file = join(folder, 'again.csv');
  writeFileSync(join(folder, `.again.csv.${process.pid}.tmp`), 'half');
  await writeFileAtomically(file, ['whole']);
  assert.equal(readFileSync(file, 'utf8'), 'whole');
});

test('while a large output is written, others get their turn', async () => {
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    timer = setImmediate(turn);
  };
  let timer = setImmediate(turn);
  await writeFileAtomically(
    join(folder, 'large.csv'),
    Array.from({ length: 50 }, () => 'x'.repeat(100_000)),
  );
  clearImmediate(timer);
  assert.ok(turns >= 50, `${turns} turns of the event loop`);
});

function built(file: string): string {
  return JSON.stringify(pathToFileURL(join(process.cwd(), 'dist', 'src', file)).href);
}

/** Writes without end. */
const WRITER = `
  const { listenForInterrupts } = await import(${built('cli/terminal/interrupt.js')});
  const { writeOutputs } = await import(${built('run/write-outputs.js')});
  listenForInterrupts();
  const chunks = function* () { for (let n = 0; n < 20_000; n++) { if (n === 2) process.stderr.write('writing'); yield 'x'.repeat(100_000); } };
  await writeOutputs([{ format: 'csv', file: process.argv[1] }], chunks, process.stdout);
`;

for (const [where, file] of [
  ['a file', join(folder, 'endless.csv')],
  ['standard output', undefined],
] as const)
  test(
    `the second interrupt ends a run that writes to ${where}, and leaves nothing half written`,
    { timeout: within(20_000) },
    async () => {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', WRITER, ...(file === undefined ? [] : [file])],
        { stdio: ['ignore', file === undefined ? openSync('/dev/null', 'w') : 'ignore', 'pipe'] },
      );
      const said: string[] = [];
      child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
      const until = async (words: string): Promise<void> => {
        while (!said.join('').includes(words) && child.exitCode === null)
          await new Promise((resolve) => setTimeout(resolve, 10));
      };
      const exited = once(child, 'exit');
      await until('writing');
      child.kill('SIGINT');
      await until('once more to stop at once');
      child.kill('SIGINT');
      assert.equal((await exited)[0], 130);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('endless')),
        [],
      );
    },
  );
