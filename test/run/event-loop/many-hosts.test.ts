/** Timers, signals and packets are heard between hosts, whatever is made of ten thousand of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { varyRecording } from '../../../bench/vary-recording.js';
import { inventoryOfHosts } from '../../../src/inventory/inventory-of-hosts.js';
import type { HostOutcome } from '../../../src/model/outcome.js';
import { readRecording } from '../../../src/probe/recording.js';
import { FORMATS } from '../../../src/report/formats/index.js';
import { xlsx } from '../../../src/report/xlsx/xlsx.js';
import { askAll, planScan } from '../../../src/run/plan-scan.js';
import type { Chunks } from '../../../src/run/chunks.js';
import { interruption } from '../../../src/run/run-end.js';
import { scanFleet } from '../../../src/run/scan-fleet.js';
import { loadShippedRules } from '../../../src/run/shipped/load-shipped-rules.js';
import { recordedHost } from '../../../src/run/shipped/package-files.js';
import { writeOutputs } from '../../../src/run/write-outputs.js';
import { NO_TRANSPORTS } from '../../../src/transports/create-transports.js';
import { hostAt } from '../../support/hosts.js';
import { longestTurn, MOST_MS } from '../../support/report/longest-turn.js';
import { manyHosts } from '../../support/report/many-hosts.js';

const HOSTS = 10_000;

const large = manyHosts(HOSTS);

const renderings: readonly (readonly [string, () => Chunks])[] = [
  ...[...FORMATS.values()].map(
    (format) => [format.id, () => format.render(large, { includePasses: false, colour: false, columns: 100 })] as const,
  ),
  ['xlsx', () => xlsx(large)],
];
for (const [name, render] of renderings)
  void test(`${name} of ${HOSTS} hosts is written in turns of at most ${MOST_MS} ms of CPU`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kernward-turns-'));
    try {
      const took = await longestTurn(async () => {
        assert.deepEqual(
          await writeOutputs([{ format: name, file: join(folder, 'report') }], render, process.stdout),
          [],
        );
      });
      assert.ok(took <= MOST_MS, `one took ${took.toFixed(0)} ms`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

const RULE_SET = loadShippedRules();
const RECORDED = Buffer.from(recordedHost('debian-12') ?? assert.fail('no recorded host')).toString();
const VARIED = Array.from({ length: 50 }, (_, index) => readRecording(Buffer.from(varyRecording(RECORDED, index))));

function planOf(carried: Iterable<readonly [number, HostOutcome]>, hosts: number) {
  const all = Array.from({ length: hosts }, (_, index) => hostAt(22, { name: `host${index}` }));
  const { value, diagnostics } = planScan({
    inventory: inventoryOfHosts(all),
    ruleSet: RULE_SET,
    startedAt: new Date('2026-03-01T12:00:00Z'),
    runHosts: { ...askAll(all), asked: [], carried },
    asOf: '2026-03-01',
  });
  return value ?? assert.fail(JSON.stringify(diagnostics));
}

function* saved(hosts: number, then: (index: number) => void): Generator<readonly [number, HostOutcome]> {
  for (let index = 0; index < hosts; index += 1) {
    then(index);
    const readings = VARIED[index % VARIED.length] ?? assert.fail();
    yield [index, { host: `host${index}`, reached: true, readings, tookMs: 1 }];
  }
}

void test('saved readings of many hosts are judged in turns', async () => {
  const took = await longestTurn(async () => {
    await scanFleet(
      planOf(
        saved(1000, () => undefined),
        1000,
      ),
      { transports: NO_TRANSPORTS, write: async () => [] },
    );
  });
  assert.ok(took <= MOST_MS, `one took ${took.toFixed(0)} ms`);
});

void test('who interrupts while saved readings are judged is heard before all are, and loses none of them', async () => {
  const stop = new AbortController();
  const named: (string | undefined)[] = [];
  let [begun, begunWhenHeard] = [0, 0];
  const interrupt = (index: number): void => {
    begun = index;
    if (index !== 10) return;
    setImmediate(() => {
      begunWhenHeard = begun;
      stop.abort(interruption('SIGINT'));
    });
  };
  const { exitCode, summary } = await scanFleet(planOf(saved(5000, interrupt), 5000), {
    transports: NO_TRANSPORTS,
    signal: stop.signal,
    write: async ({ hosts }) => {
      for (const { failure } of hosts) named.push(failure?.code);
      return [];
    },
  });
  assert.equal(exitCode, 130);
  assert.equal(summary.interrupted, true);
  assert.ok(begunWhenHeard < 2500, `${begunWhenHeard}`);
  // A run that asks some hosts again writes over what the others said then.
  assert.deepEqual([named.length, named.filter((code) => code !== undefined)], [5000, []]);
});
