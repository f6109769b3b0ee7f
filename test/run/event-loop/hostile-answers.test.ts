/** How long one turn of the event loop computes on an answer, however a host lays it out: a timer, a signal or a packet waits for that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { hostileAnswers } from '../../../bench/hostile-answers.js';
import type { ThreadClock } from '../../../bench/turn-cpu.js';
import { createPackageLookups } from '../../../src/kernel/fixes/package-lookups.js';
import { notCollected } from '../../../src/model/reading.js';
import { parseRecording } from '../../../src/probe/recording.js';
import { DEFAULTS } from '../../../src/run/defaults.js';
import { createJudgeOutcome } from '../../../src/run/judge-outcome.js';
import { recordedHost } from '../../../src/run/shipped/package-files.js';
import { loadShippedRules } from '../../../src/run/shipped/load-shipped-rules.js';
import { encodeHost } from '../../../src/run/spool/encode-host.js';
import { withToday } from '../../../src/run/support-date.js';
import { assertComputed } from '../../support/computed-within.js';
import { openComputingClock } from '../../support/computing-clock.js';
import { hostAt } from '../../support/hosts.js';
import { MOST_MS, MOST_TRIES, PAUSE_MS } from '../../support/report/longest-turn.js';

const RECORDED = Buffer.from(recordedHost('debian-12') ?? assert.fail('no recorded host')).toString();
const HOST = hostAt(22, { name: 'hostile' });
const RULE_SET = loadShippedRules();
const judge = createJudgeOutcome({ ruleSet: RULE_SET, gate: DEFAULTS.gate, waivers: undefined, past: undefined });
const lookups = createPackageLookups(RULE_SET.fixes, undefined);

/** All that is made of an answer, until it waits for its place in the report. */
function take(bytes: Uint8Array): void {
  const parsed = parseRecording(bytes);
  if (!parsed.ok) return;
  const readings = withToday(parsed.readings, '2026-03-01');
  lookups((id) => readings.get(id) ?? notCollected(id));
  encodeHost(judge(HOST, { host: HOST.name, reached: true, readings, tookMs: 1 }, undefined, { count: true }));
}

void test('an answer as large as it may be is read and judged in a part of a turn, however it is laid out', async () => {
  take(Buffer.from(RECORDED)); // compiled
  const cpuOf = (bytes: Uint8Array, clock: ThreadClock): number => {
    const before = clock.ms();
    take(bytes);
    return clock.ms() - before;
  };
  let clock = openComputingClock();
  let answers = 0;
  try {
    for (const { name, bytes } of hostileAnswers(RECORDED, DEFAULTS.terms.maxBytes)) {
      // Garbage of the answers before may be collected in one of them.
      const tries = [cpuOf(bytes, clock)];
      while (tries.length < MOST_TRIES && Math.min(...tries) > MOST_MS) {
        await pause(PAUSE_MS);
        clock.close();
        clock = openComputingClock();
        tries.push(cpuOf(bytes, clock));
      }
      assertComputed(Math.min(...tries), MOST_MS, name);
      answers += 1;
    }
  } finally {
    clock.close();
  }
  assert.ok(answers > 150, `${answers}`);
});
