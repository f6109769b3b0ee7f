// Runs test files in the order in which they are given: `node --test` sorts their names, so that what takes longest would begin
// where its name stands in the alphabet.
//   node scripts/run-in-order.mjs CONCURRENCY TIMEOUT_MS MODULE,MODULE FILE...     the modules are loaded before each file
import { setMaxListeners } from 'node:events';
import { run } from 'node:test';
import report from './report-tests.mjs';

const [, , concurrency, timeout, modules, ...files] = process.argv;
const execArgv = modules.split(',').flatMap((module) => ['--import', module]);
// Node 20 has no option for it, and hands on its own.
process.execArgv.push(...execArgv);

const interrupted = new AbortController();
// Each file that is running listens, and nobody leaks.
setMaxListeners(0, interrupted.signal);
process.once('SIGINT', () => interrupted.abort());

run({ files, concurrency: Number(concurrency), timeout: Number(timeout), execArgv, signal: interrupted.signal })
  .on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) process.exitCode = 1;
  })
  .compose(report)
  .pipe(process.stdout);
