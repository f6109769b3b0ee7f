import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { editRecording } from '../../../src/demo/edit-recording.js';
import { FACTS } from '../../../src/facts/index.js';
import { known } from '../../../src/model/reading.js';
import { sharingLines, sharingLists } from '../../../src/probe/familiar/lists.js';
import { LONGEST_SECTION, MOST_MISSED, PAUSE, sharingSections } from '../../../src/probe/familiar/sections.js';
import { answerWith, readRecording } from '../../../src/probe/recording.js';
import { parseProbe } from '../../../src/probe/parse.js';
import { heapBytes } from '../../support/heap-bytes.js';

const sharedList = sharingLists();
const sharedText = sharingLines();
const NOTES = sharedList('sysfs', ['there 1']);
const ERRORS = sharedText('sysfs', '');

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
    section({ notes: sharedList('sysfs', ['there 2']) }),
    section({ errors: sharedText('sysfs', 'grep: /sys/b: Permission denied\n') }),
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
  for (const lists of [
    { notes: ['there 1'] },
    { errors: [] },
    { notes: sharedList('sysfs', [`missing /${'x'.repeat(300)}`]) },
    { errors: sharedText('sysfs', 'grep: /sys/b: Permission denied\n'.repeat(1000)) },
  ]) {
    const own = section(lists);
    assert.equal(shared('sysfs', own), own, 'with lists that are not shared');
  }
  for (let host = 0; host < MOST_MISSED + 9; host += 1) shared('locked', section({ text: `/proc/uptime:${host}\n` }));
  const late = section({ text: '/proc/uptime:7777\n' });
  assert.equal(shared('locked', late), late);
  assert.equal(shared('locked', late), late);
  for (let host = 0; host < PAUSE; host += 1) shared('locked', section({ text: `/proc/uptime:${host}\n` }));
  assert.equal(shared('locked', late), shared('locked', late), 'it is tried again');
  assert.notEqual(shared('locked', late), late);
});

void test('what many hosts send stays, whatever odd ones come between', () => {
  const shared = sharingSections<Section>();
  const first = shared('sysfs', section());
  for (let host = 0; host < 1000; host += 1) {
    if (host % 5 !== 0) shared('sysfs', section({ text: `/sys/a:${host}\n` }));
    else assert.equal(shared('sysfs', section()), first);
  }
});

void test('what is read of a section is read once for the same facts, as long as the places are the same', () => {
  const { readBefore } = sharingSections<Section>()('sysfs', section());
  assert.ok(readBefore !== undefined);
  const [one, other] = [FACTS.slice(0, 1), FACTS.slice(1, 2)];
  const [here, there] = [{}, {}];
  let read = 0;
  const ask = (facts: typeof FACTS, places: object): unknown =>
    readBefore.readings(facts, places, () => [known((read += 1), String(read))]);
  assert.deepEqual(
    [ask(one, here), ask(one, here), ask(other, here), ask(one, there), ask(one, there), ask(one, here)],
    [1, 1, 2, 3, 3, 1].map((value) => [known(value, String(value))]),
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

/** What a host answers that says much of no use, and in other words than others. */
function much(host: number): Uint8Array {
  const noise = `grep: /proc/${host}/stat: Permission denied\n`.repeat(10_000);
  return answerWith(
    Buffer.from(
      RECORDING.replace(/^(?=kw 0{32} end sysfs)/m, () => noise)
        .replace(/^(kw 0{32} begin (?:kthreads|places)\n)/gm, (begin) => `${begin}${noise}`)
        .replace(/^(\/proc\/sys\/kernel\/panic:).*$/m, (_, setting: string) => `${setting}${host}`)
        .replace(/^(?=kw 0{32} there )/m, () => `kw ${'0'.repeat(32)} missing /sys/${host}${'x'.repeat(1000)}\n`),
    ),
    NONCE,
  );
}

void test('of a host that sends much, nothing but what is shared is kept', () => {
  for (let host = 0; host < 40; host += 1) parseProbe(answerWith(Buffer.from(RECORDING), NONCE), NONCE, 'complete');
  const before = heapBytes();
  for (let host = 0; host < 40; host += 1) parseProbe(much(host), NONCE, 'complete');
  const bytes = heapBytes() - before;
  assert.ok(bytes < 4 * 1024 * 1024, `${bytes} bytes more`);
});

void test('a recording is read for itself, before and after a host that sends the same', () => {
  // Of a probe that did not ask for it yet.
  const old = Buffer.from(
    RECORDING.replace(/^\/proc\/sys\/kernel\/panic_on_oops:.*\n/m, '').replace(
      /(?<=begin sysctl\n(?:.*\n)*?kw 0{32} there )\d+/,
      (count) => String(Number(count) - 1),
    ),
  );
  const [recorded, live] = [answerWith(old, '4'.repeat(32)), answerWith(old, NONCE)];
  const causes = (): readonly unknown[] => {
    const parsed = parseProbe(live, NONCE, 'complete');
    assert.ok(parsed.ok);
    return [readRecording(recorded), parsed.readings, readRecording(recorded)].map((readings) => {
      const reading = readings.get('sysctl.kernel.panic_on_oops');
      return reading?.state === 'unreadable' ? reading.cause : reading?.state;
    });
  };
  assert.deepEqual(causes(), ['not-collected', 'malformed', 'not-collected']);
  assert.deepEqual(causes(), ['not-collected', 'malformed', 'not-collected']);
});

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
