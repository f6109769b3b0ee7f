import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../src/model/host.js';
import type { HostReport } from '../../src/model/report.js';
import { inventoryOfHosts } from '../../src/inventory/inventory-of-hosts.js';
import { askAll, planScan, type ScanChoices } from '../../src/run/plan-scan.js';
import { interruption } from '../../src/run/run-end.js';
import { collectFleet, scanFleet } from '../../src/run/scan-fleet.js';
import type { ScanPlan } from '../../src/run/scan-plan.js';
import { loadShippedRules } from '../../src/run/shipped/load-shipped-rules.js';
import type { World } from '../../src/run/world.js';
import { createTransports, NO_TRANSPORTS, type Transports } from '../../src/transports/create-transports.js';
import { failureOfAbort } from '../../src/transports/failure.js';
import type { Transport } from '../../src/transports/transport.js';
import { hostAt } from '../support/hosts.js';

const RULE_SET = loadShippedRules();
const STARTED_AT = new Date('2026-03-01T12:00:00Z');

function recorded(name: string): Host {
  return hostAt(22, { name, transport: 'recorded', recording: 'policies/hosts/debian-12.probe' });
}

function planned(hosts: readonly Host[], choices: Partial<ScanChoices> = {}): ScanPlan {
  const { value, diagnostics } = planScan({
    inventory: inventoryOfHosts(hosts),
    ruleSet: RULE_SET,
    startedAt: STARTED_AT,
    ...choices,
  });
  assert.ok(value, JSON.stringify(diagnostics));
  return value;
}

async function transportsFor(plan: ScanPlan): Promise<Transports> {
  const { value, diagnostics } = await createTransports(plan);
  assert.ok(value, JSON.stringify(diagnostics));
  return value;
}

/** A transport whose hosts say nothing until somebody ends the run. */
function silent(): Transports {
  const transport: Transport = {
    name: 'recorded',
    open: (host, signal) =>
      new Promise((resolve) => {
        const end = (): void => resolve({ ok: false, failure: failureOfAbort(signal, host.name) });
        if (signal.aborted) end();
        else signal.addEventListener('abort', end, { once: true });
      }),
    close: async () => undefined,
  };
  return { ...NO_TRANSPORTS, byName: new Map([['recorded', transport]]), forks: 8 };
}

async function scanned(plan: ScanPlan, world: Omit<World, 'write'>) {
  const hosts: HostReport[] = [];
  const result = await scanFleet(plan, {
    ...world,
    write: async (report) => {
      hosts.push(...report.hosts);
      return [];
    },
  });
  return { hosts, ...result };
}

test('transports and somebody who writes are all that a run needs', async () => {
  const plan = planned([recorded('a'), recorded('b')]);
  const { hosts, summary, header } = await scanned(plan, { transports: await transportsFor(plan) });
  assert.deepEqual(
    hosts.map(({ host, failure, verdicts }) => [host, failure, verdicts.length]),
    ['a', 'b'].map((name) => [name, undefined, RULE_SET.rules.length]),
  );
  assert.equal(summary.hosts, 2);
  assert.equal(header.startedAt, '2026-03-01T12:00:00Z');
});

test('a plan can be run twice, and says the same twice', async () => {
  const plan = planned([recorded('a')]);
  const transports = await transportsFor(plan);
  const [first, second] = [await scanned(plan, { transports }), await scanned(plan, { transports })];
  assert.deepEqual(
    first.hosts.map(({ verdicts }) => verdicts),
    second.hosts.map(({ verdicts }) => verdicts),
  );
  assert.notEqual(first.header.runId, second.header.runId);
});

test('the deadline of the plan ends the run: who has not answered, and who was not asked, is told so', async () => {
  const plan = planned([recorded('a'), recorded('b')], { pacing: { deadlineMs: 50, forks: 1 } });
  const said: string[] = [];
  const { hosts, summary } = await scanned(plan, { transports: silent(), warn: (sentence) => said.push(sentence) });
  assert.deepEqual(
    hosts.map(({ failure }) => failure?.code),
    ['run-deadline', 'run-deadline'],
  );
  assert.deepEqual(said, ['the deadline of 0.05 s passed: writing what is known']);
  assert.equal(summary.interrupted, false);
});

test('somebody who stops the run gives it the exit code of the signal', async () => {
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const stop = new AbortController();
    const plan = planned([recorded('a')]);
    setTimeout(() => stop.abort(interruption(name)), 20);
    const { hosts, exitCode, summary } = await scanned(plan, { transports: silent(), signal: stop.signal });
    assert.equal(hosts[0]?.failure?.code, 'interrupted');
    assert.equal(exitCode, code);
    assert.equal(summary.interrupted, true);
  }
});

test('what could not be written or recorded gives 4, and is told in the order of the run', async () => {
  const plan = planned([recorded('a')]);
  const { exitCode, unwritten, summary } = await scanFleet(plan, {
    transports: await transportsFor(plan),
    record: async (report) => ({ report, errors: ['no history'] }),
    write: async () => ['no csv'],
  });
  assert.deepEqual(unwritten, ['no history', 'no csv']);
  assert.equal(exitCode, 4);
  assert.notEqual(summary.exitCode, 4);
});

test('who is carried is judged without being asked', async () => {
  const host = recorded('a');
  const plan = planned([host]);
  const lines: string[] = [];
  const result = await collectFleet(plan, { transports: await transportsFor(plan) }, async (all) => {
    lines.push(...all);
  });
  assert.deepEqual(result, { hosts: 1, answered: 1 });
  // Between a header and an end.
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).kind ?? 'a host'),
    ['collected', 'a host', 'end'],
  );

  const outcome = { host: 'a', reached: true, readings: new Map(), tookMs: 3 } as const;
  const carrying = planned([host], {
    runHosts: { ...askAll([host]), asked: [], carried: new Map([[0, outcome]]) },
    asOf: '2026-04-01',
  });
  const { hosts } = await scanned(carrying, { transports: NO_TRANSPORTS });
  assert.equal(hosts[0]?.tookMs, 3);
  const day = hosts[0]?.readings.get('support.today');
  assert.equal(day?.state === 'known' ? day.value : day?.state, '2026-04-01');
});

test('a profile that there is not is told when the run is planned', () => {
  const host = { ...recorded('a'), profile: 'nobody' };
  const choices = { inventory: inventoryOfHosts([host]), ruleSet: RULE_SET, startedAt: STARTED_AT };
  assert.deepEqual(
    planScan(choices).diagnostics.map(({ code }) => code),
    ['profile/unknown'],
  );
  assert.equal(planScan({ ...choices, profile: 'stay-up' }).value?.profileOverride, 'stay-up');
});

/** Every function in a value, by its path. */
function functionsIn(value: unknown, path: string): readonly string[] {
  if (typeof value === 'function') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const members = value instanceof Map || value instanceof Set ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([name, member]) => functionsIn(member, `${path}.${String(name)}`));
}

test('nothing in a plan acts', () => {
  const { ruleSet: _, ...plan } = planned([recorded('a')]);
  assert.deepEqual(functionsIn(plan, 'plan'), []);
});
