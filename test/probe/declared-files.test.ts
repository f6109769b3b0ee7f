import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reading } from '../../src/model/reading.js';
import { declaredTable, readDeclaredFiles } from '../../src/probe/output/declared-files.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { declare } from '../support/declared.js';

/** What becomes of files that a pattern matches. */
function readingOf(path: string, type: 'map' | 'list', files: Readonly<Record<string, string>>): Reading | undefined {
  const [fact] = declare({ 'sysctl.x': { path, type } });
  assert.ok(fact !== undefined);
  const content = Object.entries(files).map(([name, text]) => text.replace(/[^\n]*\n/g, (line) => `${name}:${line}`));
  const matched = `matched ${Object.keys(files).length} ${path}`;
  const section = { text: `asked x\n${matched}\n${content.join('')}`, notes: [], errors: [], status: 0 };
  return readDeclaredFiles(fact, declaredTable(section));
}

function valueOf(...args: Parameters<typeof readingOf>): unknown {
  const reading = readingOf(...args);
  return reading?.state === 'known' ? reading.value : reading;
}

const CONF = '/proc/sys/net/ipv4/conf';

test('a line of a file ends in a newline and nowhere else', () => {
  for (const mark of ['\u2028', '\u2029'])
    assert.deepEqual(valueOf(`${CONF}/*/x`, 'list', { [`${CONF}/a/x`]: `one${mark}two\n\nthree\n` }), [
      `one${mark}two`,
      'three',
    ]);
  const reading = readingOf(`${CONF}/*/x`, 'list', { [`${CONF}/a/x`]: 'one\rtwo\n' });
  assert.equal(reading?.state === 'unreadable' ? reading.cause : reading, 'malformed');
  assert.match(reading?.state === 'unreadable' ? reading.detail : '', /one\\rtwo/);
});

/** The keys of files that hold the same. */
function all(path: string, ...names: readonly string[]): unknown {
  return valueOf(path, 'map', Object.fromEntries(names.map((name) => [name, '1\n'])));
}

test('what the stars stand for is the key, the first star as much as it can be', () => {
  assert.deepEqual(all(`${CONF}/*/x`, `${CONF}/eth0/x`, `${CONF}/eth0.100/x`), { eth0: '1', 'eth0.100': '1' });
  assert.deepEqual(all(`${CONF}/*/*_filter`, `${CONF}/lo/rp_filter`), { 'lo/rp': '1' });
  assert.deepEqual(all(`${CONF}/a/*a*`, `${CONF}/a/banana`), { 'banan/': '1' });
  assert.deepEqual(all(`${CONF}/a/b*n*a`, `${CONF}/a/banana`), { 'ana/': '1' });
  assert.deepEqual(all(`${CONF}/a/*b*`, `${CONF}/a/b`), { '/': '1' });
});

test('a long name from a host is matched in time that grows with its length', () => {
  const name = `${CONF}/${'a'.repeat(3000)}/${'a'.repeat(3000)}`;
  assertComputed(
    cpuMsOf(() => readingOf(`${CONF}/*a*/*a*b`, 'map', { [name]: '1\n' })),
    1000,
  );
});
