// Runs test files in the order in which they are given, in lanes beside each other: `node --test` sorts their names, so that what
// takes longest would begin where its name stands in the alphabet; and where those that wait and those that compute stand in one
// row, the cores idle while the ones have their turn and are fought over while the others have.
//   node scripts/run-in-order.mjs TIMEOUT_MS MODULE,MODULE LANE...     the modules are loaded before each file
// A lane is `--`, how many of its files run at a time, and its files.
import { setMaxListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { run } from 'node:test';
import report from './report-tests.mjs';

const [, , timeout, modules, ...words] = process.argv;
const lanes = words
  .reduce(
    (found, word) => (word === '--' ? [...found, []] : [...found.slice(0, -1), [...(found.at(-1) ?? []), word]]),
    [],
  )
  // Without a file a lane would be whatever Node takes for all tests.
  .filter(([, ...files]) => files.length > 0);
const execArgv = modules.split(',').flatMap((module) => ['--import', module]);
// Node 20 has no option for it, and hands on its own.
process.execArgv.push(...execArgv);

const interrupted = new AbortController();
// Each file that is running listens, and nobody leaks.
setMaxListeners(0, interrupted.signal);
process.once('SIGINT', () => interrupted.abort());

const told = new PassThrough({ objectMode: true });
const ended = lanes.map(async ([concurrency, ...files]) => {
  const options = { files, concurrency: Number(concurrency), timeout: Number(timeout), execArgv };
  for await (const event of run({ ...options, signal: interrupted.signal })) {
    if (event.type === 'test:fail' && (event.data.todo === undefined || event.data.todo === false))
      process.exitCode = 1;
    told.write(event);
  }
});
void Promise.all(ended).then(() => told.end());
told.compose(report).pipe(process.stdout);
