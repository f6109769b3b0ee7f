import { FLEET } from '../../src/demo/fleet.js';
import { editRecording } from '../../src/demo/edit-recording.js';
import {
  recordedHost,
  shippedFixes,
  shippedPolicies,
  shippedProfiles,
  shippedSupport,
} from '../../src/run/shipped/package-files.js';
import type { Host } from '../../src/model/host.js';
import type { HostOutcome } from '../../src/model/outcome.js';
import type { Reading } from '../../src/model/reading.js';
import type { HostReport, ReportHeader } from '../../src/model/report.js';
import { readRecording } from '../../src/probe/recording.js';
import { sha256 } from '../../src/run/sha256.js';
import { createHostReport } from '../../src/verdict/host-report.js';
import { toHeader } from '../../src/run/header.js';
import { loadRuleSet } from '../../src/run/rule-set.js';
import { withToday } from '../../src/run/support-date.js';

/** Machines of the demo, judged by the shipped rules as a scan judges them: everything but the network. */

const loaded = loadRuleSet({
  policies: shippedPolicies(),
  profiles: shippedProfiles(),
  known: [],
  fixes: shippedFixes(),
  support: shippedSupport(),
});
if (loaded.value === undefined) throw new Error(JSON.stringify(loaded.diagnostics));
const ruleSet = loaded.value;

export const FIXES = ruleSet.fixes;
export const HEADER: ReportHeader = toHeader({
  version: '0.0.0',
  startedAt: '1970-01-01T00:00:00Z',
  startedMs: Date.parse('1970-01-01T00:00:00Z'),
  inventory: ['inventory.yaml'],
  limit: undefined,
  profileOverride: undefined,
  gate: { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false },
  ruleSet,
});

function hostNamed(name: string): Host {
  return {
    name,
    address: '192.0.2.7',
    port: 22,
    identityFiles: [],
    groups: [],
    labels: {},
    transport: 'ssh2',
    at: { file: 'inventory.yaml', line: 1, column: 1 },
  };
}

const hostReport = createHostReport(ruleSet, sha256, { failOn: 'high' });
const recording = new TextDecoder().decode(recordedHost('debian-12') ?? new Uint8Array());

/** @param changes readings that differ from what the demo's machine says */
export function machine(
  name: string,
  profile = 'stay-up',
  changes: Readonly<Record<string, Reading>> = {},
): HostReport {
  const demo = FLEET.find((each) => each.name === `${name}.example.com`);
  if (demo === undefined) throw new Error(`the demo has no ${name}`);
  const readings = new Map([
    ...readRecording(new TextEncoder().encode(editRecording(recording, demo.edit))),
    ...Object.entries(changes),
  ]);
  // A day on which every machine of the demo is maintained: what ends is another matter.
  return hostReport(
    hostNamed(demo.name),
    { host: demo.name, reached: true, readings: withToday(readings, '2021-03-01'), tookMs: 1 },
    profile,
  );
}

export function unreachable(): HostReport {
  const outcome: HostOutcome = {
    host: 'app3.example.com',
    reached: false,
    failure: { code: 'refused', detail: '192.0.2.7:22: connect ECONNREFUSED 192.0.2.7:22' },
    tookMs: 1,
  };
  return hostReport(hostNamed('app3.example.com'), outcome, 'stay-up');
}
