import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { varyRecording } from '../../bench/vary-recording.js';
import type { Readings } from '../../src/model/reading.js';
import { parseProbe } from '../../src/probe/parse.js';
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

/** A host with a thread of its own name, and much noise behind its answer. */
function noisy(host: number): Buffer {
  const named = RECORDING.replace(
    /(begin kthreads\n)([^]*?)(?=kw 0+ errors)/,
    (_, begin: string, rows: string) =>
      begin + rows.replace(/^\/[^:\n]*:/m, (path) => `${path}Ж${host}${'z'.repeat(20)} `),
  );
  return Buffer.from(`${named}noise ${'Ж'.repeat(100_000)}\n`);
}

function readNoisy(from: number, to: number): void {
  for (let host = from; host < to; host += 1) {
    const nonce = String(host).padStart(32, '0');
    assert.ok(parseProbe(answerWith(noisy(host), nonce), nonce, 'complete').ok);
  }
}

void test('what is kept of a text for other hosts does not hold all that its host said', () => {
  // A section that no two send alike is no longer shared.
  readNoisy(0, 80);
  const before = heapBytes();
  readNoisy(80, 110);
  const bytes = heapBytes() - before;
  assert.ok(bytes < 2_000_000, `${bytes} bytes of thirty hosts`);
});
