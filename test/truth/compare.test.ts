import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { known, type Reading } from '../../src/model/reading.js';
import { disagreements, predictionOf } from './compare.js';
import { readObserved } from './observed.js';
import type { Observation, Seen } from './observe.js';
import type { Row } from './rows.js';

const ROW: Row = { kernel: 'linux-image-cloud-amd64', trigger: 'hung_task' };
/** A machine that panics at the first hung task and restarts 5 s after it. */
const SEEN = readObserved().rows[`${ROW.kernel}: hung_task, kernel.hung_task_panic=1, kernel.panic=5`];

function observed(seen: Seen, set: Readonly<Record<string, number | string>> = {}): Observation {
  assert.ok(SEEN !== undefined);
  const changed = Object.entries(set).map(([id, value]): [string, Reading] => [id, known(value, '')]);
  return {
    release: '',
    seen,
    readings: { ...SEEN.readings, ...Object.fromEntries(changed) },
    ...(seen === 'went on, unnoticed' ? {} : { noticedAfter: 7 }),
    ...(seen === 'restarted' ? { restartedAfter: 5, computed: 4.9 } : {}),
  };
}

describe('what counts as agreement', () => {
  test('nothing that was left open', () => {
    assert.equal(predictionOf(ROW, {}).says, 'left open');
    assert.deepEqual(disagreements(ROW, { ...observed('went on'), readings: {} }), ['nothing was predicted']);
  });

  test('a task that is missed, only where a scan may end before it, and then the prediction says so', () => {
    const cut = { 'sysctl.kernel.hung_task_check_count': 1 };
    assert.match(predictionOf(ROW, observed('restarted', cut).readings).says, /if the detector sees the task; else/u);
    assert.deepEqual(disagreements(ROW, observed('went on, unnoticed', cut)), []);
    assert.deepEqual(disagreements(ROW, observed('restarted', cut)), []);
    assert.equal(disagreements(ROW, observed('stood still', cut)).length, 1);
    assert.equal(disagreements(ROW, observed('went on, unnoticed')).length, 1);
  });

  test('silence, only where the warnings are used up, and a word is a disagreement then', () => {
    const silent = { 'sysctl.kernel.hung_task_panic': 0, 'sysctl.kernel.hung_task_warnings': 0 };
    assert.match(predictionOf(ROW, observed('went on', silent).readings).says, /the log says nothing/u);
    assert.deepEqual(disagreements(ROW, observed('went on, unnoticed', silent)), []);
    assert.equal(disagreements(ROW, observed('went on', silent)).length, 1);
    assert.equal(disagreements(ROW, observed('went on, unnoticed', { 'sysctl.kernel.hung_task_panic': 0 })).length, 1);
  });

  test('as many tasks as a kernel from 6.19 on asks for, and no fewer', () => {
    const three = { 'uname.release': '6.19.1', 'sysctl.kernel.hung_task_panic': 3 };
    assert.match(predictionOf(ROW, observed('went on', three).readings).says, /if one scan finds 3 tasks hung/u);
    assert.deepEqual(disagreements(ROW, observed('went on', three)), []);
    assert.deepEqual(disagreements({ ...ROW, times: 3 }, observed('restarted', three)), []);
    assert.equal(disagreements(ROW, observed('restarted', three)).length, 1);
    assert.equal(disagreements({ ...ROW, times: 3 }, observed('went on', three)).length, 1);
  });

  test('a restart that was timed, and in time', () => {
    const { release, seen, readings } = observed('restarted');
    const untimed: Observation = { release, seen, readings, noticedAfter: 7, restartedAfter: 5 };
    assert.deepEqual(disagreements(ROW, observed('restarted')), []);
    assert.equal(disagreements(ROW, untimed).length, 1);
    assert.equal(disagreements(ROW, { ...untimed, computed: 4, restartedAfter: 4 }).length, 1);
    assert.equal(disagreements(ROW, { ...untimed, computed: 7 }).length, 1);
  });

  test('a notice within the interval of the scans', () => {
    const often = { 'sysctl.kernel.hung_task_check_interval_secs': 1 };
    assert.deepEqual(disagreements(ROW, { ...observed('restarted', often), noticedAfter: 6.5 }), []);
    assert.equal(disagreements(ROW, { ...observed('restarted', often), noticedAfter: 9 }).length, 1);
    assert.equal(disagreements(ROW, { ...observed('restarted'), noticedAfter: 4 }).length, 1);
    assert.equal(disagreements(ROW, { ...observed('restarted'), noticedAfter: 12 }).length, 1);
    assert.deepEqual(disagreements(ROW, { ...observed('restarted'), noticedAfter: 12, hungAfter: 2 }), []);
  });
});
