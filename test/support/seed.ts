/**
 * Loaded before every test file. Properties run from one seed, so that a failure is the change's and not the dice's;
 * KERNWARD_SEED=n asks for another, and whoever looks for what nobody thought of changes it often.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['KERNWARD_SEED'] ?? 20_261_123) });

// Node takes a file that calls process.exit(0) for one that passed, whatever of it has not been run.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) {
  let isRun = false;
  process.on('beforeExit', () => {
    isRun = true;
  });
  process.on('exit', () => {
    if (!isRun) process.exitCode = 1;
  });
}
