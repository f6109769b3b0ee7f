// Runs test files in the order in which they are given, in lanes beside each other: `node --test` sorts their names, so that what
// takes longest would begin where its name stands in the alphabet; and where those that wait and those that compute stand in one
// row, the cores idle while the ones have their turn and are fought over while the others have.
//   node scripts/run-in-order.mjs TIMEOUT_MS MODULE,MODULE LANE...     the modules are loaded before each file
// A lane is `--`, how many of its files run at a time, and its files; those behind `--set-up` wait until the machine is set up.
// That is when standard input has a line: what the machine lacks, as JSON. Where it ends before the tests do, so do they: whoever
// started them is gone, or has nothing to test.
import { setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { run } from 'node:test';
import { lacksAsVariable } from './lacks.mjs';
import report from './report-tests.mjs';

const [, , timeout, modules, ...words] = process.argv;
const split = (list, at) =>
  list.reduce((parts, word) => (word === at ? [...parts, []] : [...parts.slice(0, -1), [...parts.at(-1), word]]), [[]]);
const lanes = split(words, '--')
  .slice(1)
  .map(([concurrency, ...files]) => ({ concurrency: Number(concurrency), parts: split(files, '--set-up') }));
const execArgv = modules.split(',').flatMap((module) => ['--import', module]);
// Node 20 has no option for it, and hands on its own.
process.execArgv.push(...execArgv);

const interrupted = new AbortController();
// Each file that is running listens, and nobody leaks.
setMaxListeners(0, interrupted.signal);

const starter = createInterface({ input: process.stdin });
/** Whether the machine was set up. */
const isSetUp = new Promise((resolve) => {
  starter.once('line', (lacks) => {
    Object.assign(process.env, lacksAsVariable(JSON.parse(lacks)));
    resolve(true);
  });
  starter.once('close', () => resolve(false));
});
const giveUp = () => {
  process.exitCode = 1;
  interrupted.abort();
};
starter.once('close', giveUp);
process.once('SIGINT', giveUp);

const told = new PassThrough({ objectMode: true });
const runFiles = async (files, concurrency) => {
  // Without a file they would be whatever Node takes for all tests.
  if (files.length === 0) return;
  const options = { files, concurrency, timeout: Number(timeout), execArgv };
  for await (const event of run({ ...options, signal: interrupted.signal })) {
    if (event.type === 'test:fail' && (event.data.todo === undefined || event.data.todo === false))
      process.exitCode = 1;
    told.write(event);
  }
};
const ended = lanes.map(async ({ concurrency, parts: [atOnce, ...afterSetUp] }) => {
  await runFiles(atOnce, concurrency);
  if (await isSetUp) await runFiles(afterSetUp.flat(), concurrency);
});
void Promise.all(ended).then(() => {
  starter.off('close', giveUp);
  process.stdin.destroy();
  told.end();
});
told.compose(report).pipe(process.stdout);
