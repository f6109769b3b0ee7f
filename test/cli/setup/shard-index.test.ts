import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHARD_INDEXES, shardOfJob } from '../../../src/cli/options/shard-index.js';
import { Stop } from '../../../src/cli/terminal/exit.js';

test('each engine tells its first process that it is the first, and its tenth that it is the tenth', () => {
  const zero = ['JOB_COMPLETION_INDEX', 'NOMAD_ALLOC_INDEX', 'AWS_BATCH_JOB_ARRAY_INDEX'];
  for (const { variable } of SHARD_INDEXES) {
    const first = zero.includes(variable) ? 0 : 1;
    assert.equal(shardOfJob({ [variable]: String(first) }), 1, variable);
    assert.equal(shardOfJob({ [variable]: String(first + 9) }), 10, variable);
  }
});

test('nothing is said outside of one', () => {
  assert.equal(shardOfJob({}), undefined);
  assert.equal(shardOfJob({ JOB_COMPLETION_INDEX: '' }), undefined);
});

test('what is no index is refused, and two of them', () => {
  for (const env of [
    { JOB_COMPLETION_INDEX: '-1' },
    { JOB_COMPLETION_INDEX: '1;id' },
    { JOB_COMPLETION_INDEX: '99999999' },
    { SLURM_ARRAY_TASK_ID: '0' },
    { CI_NODE_INDEX: '0' },
    { JOB_COMPLETION_INDEX: '0', CI_NODE_INDEX: '1' },
  ])
    assert.throws(
      () => shardOfJob(env),
      (thrown) => thrown instanceof Stop && thrown.code === 2,
      JSON.stringify(env),
    );
});
