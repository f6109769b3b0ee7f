/** Other zones and the server are heard while a shard is packed, and while one that came is held against the plan. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { varyRecording } from '../../../bench/vary-recording.js';
import { unpackShard, whyNotTheShard } from '../../../src/cli/input/collected-shard.js';
import { indexedLines } from '../../../src/cli/input/indexed-lines.js';
import { readRecording } from '../../../src/probe/recording.js';
import { allFacts } from '../../../src/run/rule-set.js';
import { savedLine } from '../../../src/run/collected/saved-readings.js';
import { pack } from '../../../src/run/collected/packed.js';
import { loadShippedRules } from '../../../src/run/shipped/load-shipped-rules.js';
import { recordedHost } from '../../../src/run/shipped/package-files.js';
import { hostAt } from '../../support/hosts.js';
import { longestTurn, MOST_MS } from '../../support/report/longest-turn.js';

const HOSTS = 2000;

void test(`a shard of ${HOSTS} hosts is packed and looked through in turns of at most ${MOST_MS} ms of CPU`, async () => {
  const recorded = Buffer.from(recordedHost('debian-12') ?? assert.fail('no recorded host')).toString();
  const { fixes, declared } = loadShippedRules();
  const lines = Array.from({ length: HOSTS }, (_, index) => {
    const name = `host${index}`;
    const readings = readRecording(Buffer.from(varyRecording(recorded, index)));
    return savedLine(hostAt(22, { name }), { host: name, reached: true, readings, tookMs: 1 }, declared);
  });
  let packed: Uint8Array = new Uint8Array();
  const packing = await longestTurn(async () => {
    packed = await pack(lines);
  });
  assert.ok(packing <= MOST_MS, `packed, one took ${packing.toFixed(0)} ms`);
  let why: string | undefined;
  const took = await longestTurn(async () => {
    const parts = await unpackShard(packed, HOSTS);
    why = await whyNotTheShard(indexedLines(parts), {
      plan: 'a'.repeat(64),
      shard: {
        kind: 'shard',
        schema: 1,
        zone: 'eu',
        groupForks: {},
        runId: 'a'.repeat(16),
        shard: 1,
        hosts: [],
      },
      facts: allFacts(fixes, declared),
      declared,
    });
  });
  assert.match(why ?? 'taken', /not one collection with a header/);
  assert.ok(took <= MOST_MS, `one took ${took.toFixed(0)} ms`);
});
