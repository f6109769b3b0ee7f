import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { editRecording } from '../../../src/demo/edit-recording.js';
import { FACTS } from '../../../src/facts/index.js';
import { known } from '../../../src/model/reading.js';
import { LONGEST_SECTION, sharingSections } from '../../../src/probe/familiar/sections.js';
import { answerWith, readRecording } from '../../../src/probe/recording.js';
import { parseProbe } from '../../../src/probe/parse.js';

const NOTES: readonly string[] = ['there 1'];
const ERRORS: readonly string[] = [];

interface Section {
  readonly notes: readonly string[];
  readonly text: string;
  readonly errors: readonly string[];
  readonly status: number;
}

function section(changed: Partial<Section> = {}): Section {
  return { notes: NOTES, text: '/sys/a:1\n', errors: ERRORS, status: 0, ...changed };
}

void test('a section is one object for hosts that sent the same, and for those alone', () => {
  const shared = sharingSections<Section>();
  const first = shared('sysfs', section());
  const { readBefore, ...said } = first;
  assert.deepEqual(said, section());
  assert.ok(readBefore !== undefined);
  assert.equal(shared('sysfs', section()), first);
  for (const other of [
    section({ text: '/sys/a:2\n' }),
    section({ status: 1 }),
    section({ notes: ['there 1'] }),
    section({ errors: ['grep: /sys/b: Permission denied'] }),
  ]) {
    const kept = shared('sysfs', other);
    assert.notEqual(kept, first);
    const { readBefore: _, ...same } = kept;
    assert.deepEqual(same, other);
  }
  assert.notEqual(shared('sysctl', section()), first);
  assert.equal(shared('sysfs', section()), first);
});

void test('a long section, and one that never comes again, is nobody else’s', () => {
  const shared = sharingSections<Section>();
  const long = section({ text: 'x'.repeat(LONGEST_SECTION + 1) });
  assert.equal(shared('sysfs', long), long);
  for (let host = 0; host < 200; host += 1) shared('locked', section({ text: `/proc/uptime:${host}\n` }));
  const late = section({ text: '/proc/uptime:7777\n' });
  assert.equal(shared('locked', late), late);
  assert.equal(shared('locked', late), late);
});

void test('what is read of a section is read once for each fact, as long as the places are the same', () => {
  const { readBefore } = sharingSections<Section>()('sysfs', section());
  assert.ok(readBefore !== undefined);
  const [one, other] = FACTS;
  assert.ok(one !== undefined && other !== undefined);
  const [here, there] = [{}, {}];
  let read = 0;
  const ask = (fact: typeof one, places: object): unknown =>
    readBefore.reading(fact, places, () => known((read += 1), String(read)));
  assert.deepEqual(
    [ask(one, here), ask(one, here), ask(other, here), ask(one, there), ask(one, there), ask(one, here)],
    [1, 1, 2, 3, 3, 4].map((value) => known(value, String(value))),
  );
});

const RECORDING = readFileSync('policies/hosts/debian-12.probe').toString();
const NONCE = '3'.repeat(32);

/** Settings of a host, and what stands in the way of reading them. */
const HOST = fc.record({
  enabled: fc.constantFrom('[always] madvise never', 'always [madvise] never', 'x', ''),
  panic: fc.constantFrom('0', '5', '-1', 'none'),
  places: fc.constantFrom('as recorded', 'some searched', 'none'),
  fails: fc.constantFrom('nothing', 'sysfs', 'kthreads'),
  isCut: fc.boolean(),
});

function answerOf({
  enabled,
  panic,
  places,
  fails,
  isCut,
}: typeof HOST extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  let text = editRecording(RECORDING, {
    set: { '/sys/kernel/mm/transparent_hugepage/enabled': enabled, '/proc/sys/kernel/panic': panic },
  });
  if (places === 'some searched') text = text.replace(/^(kw 0{32} place) search (?=\/sys)/gm, '$1 there ');
  if (places === 'none') text = text.replace(/^kw 0{32} place \S+ \/(?:sys|proc)\S*\n/gm, '');
  if (fails !== 'nothing') text = text.replace(new RegExp(`^(kw 0{32} end ${fails}) 0$`, 'm'), '$1 3');
  if (isCut) text = text.slice(0, text.indexOf(' begin dumps'));
  return answerWith(Buffer.from(text), NONCE);
}

void test('hosts after one another are read as each by itself', () => {
  fc.assert(
    fc.property(fc.array(HOST, { minLength: 1, maxLength: 6 }), (hosts) => {
      for (const host of hosts) {
        const answer = answerOf(host);
        const parsed = parseProbe(answer, NONCE, 'complete');
        assert.ok(parsed.ok);
        // A recording is read without anything that other hosts sent.
        const alone = readRecording(answer);
        for (const [fact, reading] of parsed.readings) {
          const expected = alone.get(fact);
          if (expected?.state === 'unreadable' && expected.cause === 'not-collected') continue;
          assert.deepEqual(reading, expected, fact);
        }
      }
    }),
    { numRuns: 60 },
  );
});
