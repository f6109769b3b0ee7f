import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { intern, interning, internSaved } from '../../src/facts/intern.js';
import { heapBytes } from '../support/heap-bytes.js';
import { memoizeByReadings } from '../../src/facts/memoize-by-readings.js';
import { absent, known, notCollected, unreadable, type FactId, type Reading } from '../../src/model/reading.js';

const INPUTS = ['a', 'b', 'c'] as const;
const parse = interning((text) => known(Number(text), text));

const reading: fc.Arbitrary<Reading | undefined> = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((value) => parse(String(value))),
  fc.constant(intern(absent('there is none'))),
  fc.constant(unreadable('denied', 'no')),
  fc.constant(undefined),
);
const machine = fc
  .tuple(reading, reading, reading)
  .map(
    (readings) =>
      new Map<FactId, Reading>(
        INPUTS.flatMap((id, at) => (readings[at] === undefined ? [] : [[id, readings[at]] as const])),
      ),
  );

function words(read: (id: FactId) => Reading | undefined): string {
  return INPUTS.map((id) => JSON.stringify(read(id))).join();
}

void test('an answer is the same with and without the memory of other hosts', () => {
  fc.assert(
    fc.property(fc.array(machine, { maxLength: 40 }), (machines) => {
      const answer = memoizeByReadings(INPUTS, (read) => ({ text: words(read) }));
      for (const readings of machines)
        assert.equal(
          answer((id) => readings.get(id)).text,
          words((id) => readings.get(id)),
        );
    }),
  );
});

void test('it is computed once for all hosts of which the same is read, and again where one thing differs', () => {
  let computed = 0;
  const answer = memoizeByReadings(INPUTS, (read) => ({ text: words(read), nth: ++computed }));
  const of = (a: string, b: string): object =>
    answer((id) => (id === 'a' ? parse(a) : id === 'b' ? parse(b) : intern(absent(`no ${id}`))));
  assert.equal(of('1', '2'), of('1', '2'));
  assert.equal(computed, 1);
  assert.notEqual(of('1', '2'), of('2', '1'));
  assert.equal(computed, 2);
});

void test('several answers to one list of facts are not mixed, and a host is looked at once for all of them', () => {
  let looks = 0;
  const first = memoizeByReadings(INPUTS, (read) => ({ text: `first ${words(read)}` }));
  const second = memoizeByReadings(INPUTS, (read) => ({ text: `second ${words(read)}` }));
  for (const value of ['1', '2', '1']) {
    const read = (): Reading => {
      looks += 1;
      return parse(value);
    };
    assert.equal(first(read).text, `first ${words(() => parse(value))}`);
    assert.equal(second(read).text, `second ${words(() => parse(value))}`);
  }
  // Each host once, and what is new a second time to compute each answer.
  assert.equal(looks, 3 * INPUTS.length + 2 * 2 * INPUTS.length);
});

void test('where every host differs it keeps nothing, and still answers', () => {
  let computed = 0;
  const answer = memoizeByReadings(['a'], (read) => ({ text: JSON.stringify(read('a')), nth: ++computed }));
  for (let at = 0; at < 5000; at += 1)
    assert.match(answer(() => known(at, String(at))).text, new RegExp(`"value":${at}[,}]`));
  assert.equal(computed, 5000);
});

function plain(text: string): Reading {
  return /^\d+$/.test(text) ? known(Number(text), text) : unreadable('malformed', text);
}

void test('a text gives the same reading as without interning, and the same object while it is remembered', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('0', '1', ''), fc.string(), fc.string({ minLength: 1025, maxLength: 1100 })), {
        maxLength: 300,
      }),
      (texts) => {
        const interningOne = interning(plain);
        for (const text of texts) assert.deepEqual(interningOne(text), plain(text));
        assert.equal(interningOne('7'), interningOne('7'));
      },
    ),
  );
});

void test('readings without a value are one object only where they say the same', () => {
  assert.equal(intern(absent('x')), intern(absent('x')));
  assert.notEqual(intern(absent('x')), intern(absent('y')));
  assert.notEqual(intern(unreadable('denied', 'x')), intern(unreadable('timed-out', 'x')));
  assert.notEqual(intern(absent('denied x')), intern(unreadable('denied', 'x')));
});

void test('what comes back of saved readings is what was saved, and the same object for all hosts that say the same', () => {
  const anyReading = fc.oneof(
    fc
      .tuple(fc.oneof(fc.integer(), fc.string(), fc.array(fc.string())), fc.string())
      .map(([value, raw]) => known(value, raw)),
    fc.string().map(absent),
    fc.string().map((detail) => unreadable('denied', detail)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), anyReading)), (lines) => {
      for (const [fact, reading] of lines) {
        const first = internSaved(fact, structuredClone(reading));
        assert.deepEqual(first, reading);
        assert.equal(internSaved(fact, structuredClone(reading)), first);
      }
    }),
  );
  const shared = internSaved('boot', known('same', 'same'));
  for (let host = 0; host < 1000; host += 1) internSaved('counter', known(host, String(host)));
  assert.equal(internSaved('boot', known('same', 'same')), shared, 'a counter took the place of another fact');
});

void test('a fact that several lists have is asked for once, and what one list learns mixes no hosts', () => {
  fc.assert(
    fc.property(fc.array(machine, { maxLength: 40 }), (machines) => {
      const part: readonly FactId[] = INPUTS.slice(0, 2);
      const ofPart = memoizeByReadings(part, (read) => ({ text: part.map((id) => JSON.stringify(read(id))).join() }));
      const whole = memoizeByReadings([...INPUTS], (read) => ({ text: words(read) }));
      for (const readings of machines) {
        const looks: FactId[] = [];
        const read = (id: FactId): Reading | undefined => readings.get(id);
        const looked = (id: FactId): Reading | undefined => {
          looks.push(id);
          return read(id);
        };
        ofPart(looked);
        const before = looks.length;
        assert.equal(whole(looked).text, words(read));
        // What the readings do not hold is asked for each time; what is computed takes a look at each again.
        const missing = part.filter((id) => !readings.has(id));
        const again = looks.slice(before, before + missing.length + 1);
        assert.deepEqual(again, [...missing, 'c']);
        assert.ok([0, INPUTS.length].includes(looks.length - before - again.length), String(looks));
      }
    }),
  );
});

void test('what was not collected when one list was looked at and is derived before another one is', () => {
  const one = memoizeByReadings(['later'], (read) => ({ text: JSON.stringify(read('later')) }));
  const other = memoizeByReadings(['later', 'a'], (read) => ({ text: JSON.stringify(read('later')) }));
  // An answer that would be found if it were taken for not collected.
  assert.match(other(notCollected).text, /not-collected/);
  const derived = new Map<FactId, Reading>();
  const read = (id: FactId): Reading => derived.get(id) ?? notCollected(id);
  assert.match(one(read).text, /not-collected/);
  derived.set('later', known(1, 'one'));
  assert.match(other(read).text, /"value":1/);
});

function textOf(a: Reading, b: Reading): string {
  return `${JSON.stringify(a)}${JSON.stringify(b)}`;
}

void test('what is read of one host while others are looked at is not taken for theirs, nor theirs for its own', () => {
  const ofBoth = memoizeByReadings(['a', 'b'], (read) => ({
    text: `${JSON.stringify(read('a'))}${JSON.stringify(read('b'))}`,
  }));
  const ofOne = memoizeByReadings(['b'], (read) => ({ text: JSON.stringify(read('b')) }));
  for (let host = 0; host < 20; host += 1) {
    // More others than are remembered, asked the same question in the middle of this one.
    const others = Array.from({ length: 10 }, (_, at) => {
      const [a, b] = [known(at, `a of ${host}-${at}`), known(at, `b of ${host}-${at}`)];
      return { a, b, read: (id: FactId): Reading => (id === 'a' ? a : b) };
    });
    const [a, b] = [known(host, `a of ${host}`), known(host, `b of ${host}`)];
    let looks = 0;
    const read = (id: FactId): Reading => {
      if (id === 'b' && looks++ === 0)
        for (const other of others) assert.equal(ofBoth(other.read).text, textOf(other.a, other.b));
      return id === 'a' ? a : b;
    };
    // An answer that would be found if it were taken for one of theirs.
    assert.equal(ofOne(() => b).text, JSON.stringify(b));
    const answer = ofBoth(read);
    assert.equal(answer.text, textOf(a, b));
    for (const other of others.toReversed()) assert.equal(ofOne(other.read).text, JSON.stringify(other.b));
    assert.equal(
      ofBoth((id) => (id === 'a' ? a : b)),
      answer,
    );
  }
});

void test('what was found of a host does not hold it', async () => {
  const of = memoizeByReadings(['a'], (read) => ({ said: read('a') }));
  const known = new Map(Array.from({ length: 20 }, (_, at) => [at, parse(String(at))]));
  const ask = (at: number): WeakRef<object> => {
    const read = (): Reading | undefined => known.get(at);
    of(read);
    return new WeakRef(read);
  };
  const first = ask(0);
  // Another question is asked of many others, this one of none.
  const other = memoizeByReadings(['b'], () => ({}));
  for (const at of known.keys()) other(() => known.get(at));
  // What was asked of a weak reference holds it to the end of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  heapBytes();
  assert.equal(first.deref(), undefined);
});
