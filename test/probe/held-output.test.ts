import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { varyRecording } from '../../bench/vary-recording.js';
import type { Readings } from '../../src/model/reading.js';
import { answerWith, readRecording } from '../../src/probe/recording.js';
import { heapBytes } from '../support/heap-bytes.js';

// V8 keeps the whole of a text for a part of it. Readings wait while their host is asked further, and in fleets that are kept: what they
// are cut out of is to go.

const RECORDING = readFileSync(join('policies', 'hosts', 'debian-12.probe'), 'utf8');
const HOSTS = 400;

function readHosts(from: number): readonly Readings[] {
  return Array.from({ length: HOSTS }, (_, at) => {
    const nonce = String(from + at).padStart(32, '0');
    return readRecording(answerWith(Buffer.from(varyRecording(RECORDING, from + at)), nonce));
  });
}

void test('the readings of a host do not hold all that it said', () => {
  // What is kept for all hosts, and learnt of which files no two say the same.
  readHosts(0);
  const before = heapBytes();
  const kept = readHosts(HOSTS);
  const bytes = (heapBytes() - before) / kept.length;
  assert.ok(bytes < RECORDING.length / 2, `${Math.round(bytes)} bytes a host, which said ${RECORDING.length}`);
});
