/** In which order test files run, while the machine is set up for them and when whoever started them is gone. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { scratch } from '../support/scratch.js';
import { until } from '../support/until.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const NOTHING = join(folder, 'nothing.mjs');
writeFileSync(NOTHING, '');

/** A test file that says in the log that it runs. @param more what its test does then */
function testFile(name: string, log: string, more = ''): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
test('${name}', async () => {
  appendFileSync(${JSON.stringify(log)}, '${name}\\n');
  ${more}
});
`,
  );
  return path;
}

function linesOf(log: string): readonly string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

function inOrder(...lanes: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const program = join(process.cwd(), 'scripts', 'run-in-order.mjs');
  const child = spawn(process.execPath, [program, '600000', pathToFileURL(NOTHING).href, ...lanes], { env });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, ended, said: () => said };
}

void test('what needs nothing runs at once, and the rest when the machine is set up, whose lacks are told first', async () => {
  const log = join(folder, 'log');
  const [quick, slow, waiting] = ['quick', 'slow', 'waiting'].map((name) => testFile(name, log));
  const run = inOrder('--', '1', quick ?? '', '--set-up', slow ?? '', '--', '1', '--set-up', waiting ?? '');
  await until(() => run.said().includes('quick.mjs'), run.said);
  assert.deepEqual(linesOf(log), ['quick']);
  run.child.stdin.write('[{"what":"a kernel","missing":"qemu","command":"apt-get install qemu"}]\n');
  assert.equal(await run.ended, 0, run.said());
  assert.deepEqual(linesOf(log).toSorted(), ['quick', 'slow', 'waiting']);
  const told = run.said();
  assert.ok(told.indexOf('missing: qemu') < told.indexOf('The slowest'), told);
  assert.match(told, /^3 passed, 0 failed, 0 skipped$/mu);
});

void test('where the machine cannot be set up nothing more is run, and that is no success', async () => {
  const log = join(folder, 'not-set-up');
  const run = inOrder('--', '1', testFile('first', log), '--set-up', testFile('never', log));
  await until(() => run.said().includes('first.mjs'), run.said);
  run.child.stdin.end();
  assert.equal(await run.ended, 1, run.said());
  assert.deepEqual(linesOf(log), ['first']);
});

void test('they end when whoever started them is gone', async () => {
  const log = join(folder, 'left');
  const run = inOrder('--', '1', testFile('endless', log, 'await new Promise((go) => setTimeout(go, 600_000));'));
  run.child.stdin.write('[]\n');
  await until(() => linesOf(log).length === 1, run.said);
  run.child.stdin.end();
  assert.equal(await run.ended, 1, run.said());
});

void test('what failed is told by its place in the source, though it ran as it was compiled', async () => {
  const written = `import { equal } from 'node:assert';
interface Gone {
  readonly when: 'compiled';
}
import { test } from 'node:test';
test('one is two', () => {
  const one: number | Gone = 1;
  equal(one, 2);
});
console.error(new Error('noted').stack);
`;
  const { code, map } = transformSync(written, { loader: 'ts', sourcemap: 'external', sourcefile: 'broken.test.ts' });
  assert.notEqual(code.split('\n').indexOf('  equal(one, 2);'), written.split('\n').indexOf('  equal(one, 2);'));
  const path = join(folder, 'broken.test.js');
  writeFileSync(path, code);
  writeFileSync(`${path}.map`, map);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const run = inOrder('--', '1', path);
  run.child.stdin.write('[]\n');
  assert.equal(await run.ended, 1, run.said());
  const told = run.said();
  assert.match(told, /one is two \(.*broken\.test\.js:6\), after/u);
  assert.ok(told.includes(`${join(folder, 'broken.test.ts')}:8:3`), told);
  assert.ok(told.includes(`Error: noted\n        at ${join(folder, 'broken.test.ts')}:10:15`), told);
});
