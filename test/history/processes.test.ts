import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { openHistory } from '../../src/history/database/open-history.js';
import { jsonl } from '../../src/report/formats/jsonl.js';
import { contents, expectedOf, seenBy } from '../support/history/contents.js';
import { historyInMemory } from '../support/history/database.js';
import { PLANNED_HOSTS, plannedRun } from '../support/history/planned-runs.js';
import { recordRun } from '../../src/history/record-run.js';
import { reportOf } from '../support/history/reports.js';
import { within } from '../support/within.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const CHILD = join(process.cwd(), 'dist', 'test', 'support', 'history', 'record-and-die.js');
const folder = mkdtempSync(join(tmpdir(), 'kernward-history-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The history is intact, and every run that is in it is whole. */
async function look(file: string) {
  const { value: history } = await openHistory(file, { create: false });
  assert.ok(history !== undefined);
  const { rows } = await history.db.executeQuery(CompiledQuery.raw('pragma integrity_check'));
  assert.equal(JSON.stringify(rows), '[{"integrity_check":"ok"}]');
  const { runs } = await contents(history.db);
  for (const run of runs) assert.deepEqual(await seenBy(history.db, run), expectedOf(plannedRun(Number(run.slice(4)))));
  await history.close();
  return runs;
}

for (const dieAt of [1, 201, PLANNED_HOSTS])
  test(`killed while it writes, at host ${dieAt}: the run is not there, the ones before are`, async () => {
    const file = join(folder, `killed-${dieAt}.db`);
    const { signal, stdout, stderr } = spawnSync(process.execPath, [CHILD, file, '0', '3', String(dieAt)], {
      encoding: 'utf8',
      timeout: within(120_000),
    });
    assert.equal(signal, 'SIGKILL', stderr);
    assert.equal(stdout, '0 recorded\n1 recorded\n');
    if (dieAt > 201) assert.ok(statSync(`${file}-journal`).size > 0, 'it was killed before it wrote anything');
    assert.deepEqual(await look(file), ['run-0000', 'run-0001']);
    // And the run gets in when it is tried again.
    assert.equal(
      spawnSync(process.execPath, [CHILD, file, '2', '3'], { encoding: 'utf8', timeout: within(120_000) }).stdout,
      '2 recorded\n',
    );
    assert.equal((await look(file)).length, 3);
  });

test('killed at any moment, a history holds whole runs only', async () => {
  const file = join(folder, 'any-moment.db');
  // So many milliseconds after it said that so many runs are there.
  for (const [lines, wait] of [
    [0, 300],
    [1, 5],
    [2, 0],
    [3, 20],
    [4, 11],
  ] as const) {
    const child = spawn(process.execPath, [CHILD, file, '0', '40'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (said.split('\n').length > lines) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        look();
      });
      child.once('exit', () => resolve());
      look();
    });
    await setTimeout(wait);
    child.kill('SIGKILL');
    await ended;
    // Killed before it had made the file, or a table in it: there is nothing to look at yet.
    if (!existsSync(file) || statSync(file).size === 0) continue;
    const runs = await look(file);
    assert.ok(runs.length >= lines, `${runs.length} runs are there, and it had said ${said}`);
    assert.deepEqual(
      runs,
      runs.map((_, run) => plannedRun(run).runId),
    );
  }
});

function added(
  file: string,
  reports: readonly string[],
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, 'history', 'add', '--history', file, ...reports], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('exit', (status) => resolve({ status, stderr }));
  });
}

test('three that write at once all get in, into a history that none of them had', async () => {
  const file = join(folder, 'at-once.db');
  const plans = Array.from({ length: 6 }, (_, run) => plannedRun(run));
  const names = plans.map((plan) => {
    const name = `${plan.runId}.jsonl`;
    writeFileSync(
      join(folder, name),
      [...jsonl.render(reportOf(plan), { includePasses: false, colour: false, columns: 80 })].join(''),
    );
    return name;
  });
  const ends = await Promise.all(
    [0, 1, 2].map((third) =>
      added(
        file,
        names.filter((_, index) => index % 3 === third),
      ),
    ),
  );
  assert.deepEqual(
    ends,
    [0, 1, 2].map(() => ({ status: 0, stderr: '' })),
  );
  assert.equal((await look(file)).length, plans.length);
  // The same as if one had written them all, in the order of time.
  const alone = await historyInMemory();
  for (const plan of plans) await recordRun(alone, reportOf(plan));
  const { value: history } = await openHistory(file, { create: false });
  assert.ok(history !== undefined);
  assert.deepEqual(await contents(history.db), await contents(alone));
  await Promise.all([history.close(), alone.destroy()]);
});
