// How slow this machine is now: starting programs is what most tests wait for, so that is what is measured.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const STARTS = 12;
/**
 * A start of Node and one of sh beside another of each take half of this on two quiet cores of a usual machine. The deadlines
 * that the tests state have room for twice as long.
 */
const USUAL_MS = 120;
const MOST = 20;

function started(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function inTurn(times) {
  for (let index = 0; index < times; index += 1) {
    await started(process.execPath, ['-e', '0']);
    await started('sh', ['-c', ':']);
  }
}

/** As variables for the tests; test/support/within.ts reads it. A number that is set already is taken. */
export async function measureSlowness() {
  const given = process.env.KERNWARD_TEST_SLOWNESS;
  if (given !== undefined) return { KERNWARD_TEST_SLOWNESS: given };
  const begun = performance.now();
  const beside = Math.min(2, availableParallelism());
  await Promise.all(Array.from({ length: beside }, () => inTurn(STARTS)));
  const eachMs = (performance.now() - begun) / STARTS;
  return { KERNWARD_TEST_SLOWNESS: String(Math.min(MOST, Math.max(1, Math.round((eachMs / USUAL_MS) * 10) / 10))) };
}
