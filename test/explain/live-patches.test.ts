import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { known, type Reading, type Readings } from '../../src/model/reading.js';
import type { HostReport, ReportHeader } from '../../src/model/report.js';
import { readRecording } from '../../src/probe/recording.js';
import { explainHost } from '../../src/explain/explain-host.js';

const HEADER: ReportHeader = {
  kernward: '0',
  schema: 1,
  runId: '0',
  startedAt: '2026-01-01T00:00:00Z',
  inventory: [],
  gate: { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false },
  probe: { protocol: 1, sha256: '' },
  policies: [],
  rules: [],
};
const STOCK = readRecording(readFileSync('policies/hosts/debian-12.probe'));

function host(readings: Readings): HostReport {
  return {
    host: 'db1',
    address: 'db1',
    port: 22,
    groups: [],
    labels: {},
    profile: 'stay-up',
    transport: 'ssh2',
    status: 'failing',
    tookMs: 1,
    readings,
    verdicts: [],
  };
}

test('live patches are shown where there are any', () => {
  const patched = new Map<string, Reading>([
    ...STOCK,
    ['kernel.livepatches', known(['kpatch_3_10_0_1127_1_1', 'other'], '')],
  ]);
  assert.ok(
    explainHost(host(patched), HEADER, [], { columns: 120 }).includes(
      '  live patches in force: kpatch_3_10_0_1127_1_1, other',
    ),
  );
  const ofKpatch = new Map<string, Reading>([...STOCK, ['kernel.kpatches', known(['kpatch_1'], '')]]);
  assert.ok(explainHost(host(ofKpatch), HEADER, [], { columns: 120 }).includes('  live patches in force: kpatch_1'));
  assert.doesNotMatch(explainHost(host(STOCK), HEADER, [], { columns: 120 }).join('\n'), /live patches/);
});
