import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { intern, interning, internSaved } from '../../src/facts/intern.js';
import { heapBytes } from '../support/heap-bytes.js';
import { memoizeByReadings } from '../../src/facts/memoize-by-readings.js';
import { absent, known, unreadable, type FactId, type Reading } from '../../src/model/reading.js';

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

void test('a part of a list that is looked at for others is looked at once, and mixes no hosts', () => {
  fc.assert(
    fc.property(fc.array(machine, { maxLength: 40 }), (machines) => {
      const part: readonly FactId[] = INPUTS.slice(0, 2);
      const ofPart = memoizeByReadings(part, (read) => ({ text: part.map((id) => JSON.stringify(read(id))).join() }));
      const whole = memoizeByReadings([...INPUTS], (read) => ({ text: words(read) }), part);
      for (const readings of machines) {
        const looks: FactId[] = [];
        const read = (id: FactId): Reading | undefined => readings.get(id);
        const looked = (id: FactId): Reading | undefined => {
          looks.push(id);
          return read(id);
        };
        ofPart(looked);
        const computed = looks.length;
        assert.equal(whole(looked).text, words(read));
        // What was computed for the part took a look at each again, and so does what is computed for the whole.
        const again = looks.slice(computed);
        assert.ok(again.length === 1 || again.length === 1 + INPUTS.length, String(again));
        assert.equal(again[0], 'c');
      }
    }),
  );
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
