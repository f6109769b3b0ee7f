import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT_FACTS } from '../../src/facts/index.js';
import type { Readings } from '../../src/model/reading.js';
import { parseBecome } from '../../src/probe/parse-root.js';
import type { Ended } from '../../src/probe/ended.js';
import { parsePackages } from '../../src/probe/parse.js';
import { answerWith, readRecording } from '../../src/probe/recording.js';

// What is computed from readings is found again by the objects that they are (`memoizeByReadings`): one that is another object for
// each host has everything computed anew that reads it.

const FOLDER = 'policies/hosts';
const RECORDED = readdirSync(FOLDER).filter((name) => name.endsWith('.probe'));

/** The nonces of two hosts. */
const FIRST = '1'.repeat(32);
const SECOND = '2'.repeat(32);

function assertShared(first: Readings, second: Readings): void {
  assert.ok(first.size > 0);
  const others = [...first].filter(([id, reading]) => second.get(id) !== reading).map(([id]) => id);
  assert.deepEqual(others, []);
  assert.equal(second.size, first.size);
}

for (const name of RECORDED)
  void test(`two hosts that answer what ${name} did share every reading`, () => {
    const recording = readFileSync(join(FOLDER, name));
    assertShared(readRecording(answerWith(recording, FIRST)), readRecording(answerWith(recording, SECOND)));
  });

for (const ended of ['complete', 'timed-out', 'truncated'] satisfies readonly Ended[])
  void test(`two hosts that say nothing at the second look (${ended}) share why`, () => {
    const silence = new Uint8Array();
    assertShared(parsePackages(silence, FIRST, ended), parsePackages(silence, SECOND, ended));
    assertShared(parseBecome(silence, FIRST, ended, ROOT_FACTS), parseBecome(silence, SECOND, ended, ROOT_FACTS));
  });

void test('two hosts whose files for the next boot are as long as those of most machines share them', () => {
  const recording = readFileSync(join(FOLDER, 'debian-12.probe')).toString();
  const settings = Array.from(
    { length: 100 },
    (_, at) => `/etc/sysctl.d/99-sysctl.conf:${at + 1}:vm.swappiness=${at}\n`,
  );
  const file = 'file /etc/sysctl.d/99-sysctl.conf\n';
  assert.ok(recording.includes(file) && recording.includes('\nkw 00000000000000000000000000000000 there 27\n'));
  const longer = Buffer.from(
    recording
      .replace(file, () => file + settings.join(''))
      .replace(/(?<=^kw 0{32} there )27$/m, String(27 + settings.length)),
  );
  const first = readRecording(answerWith(longer, FIRST));
  const files = first.get('next_boot.files');
  assert.ok(files?.state === 'known' && JSON.stringify(files.value).length > 4096, JSON.stringify(files).slice(0, 200));
  assertShared(first, readRecording(answerWith(longer, SECOND)));
});
