import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HostReport } from '../../src/model/report.js';
import {
  createHostReaders,
  createHostTeller,
  createJudgedCodec,
  MOST_PARTS,
  encodeHost,
  fromText,
} from '../../src/run/spool/encode-host.js';
import { hostTexts } from '../../src/report/host-text.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { arbitraryReport } from '../support/report/arbitrary.js';

function hostText(host: HostReport): string {
  return [...hostTexts(host)].join('');
}

/** However its readings are kept: what they are, and in which order. */
function plainly(host: HostReport): object {
  return { ...host, readings: [...host.readings] };
}

test('every host of the canonical reports comes back as it was', () => {
  for (const report of Object.values(CANONICAL_REPORTS))
    for (const host of report.hosts) assert.deepEqual(fromText(encodeHost(host)), host);
});

test('any host comes back as it was', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      // What JSON cannot tell apart (a prototype, minus zero) is taken out of the arbitrary host first.
      for (const host of report.hosts) {
        const plain = fromText(encodeHost(host));
        assert.deepEqual(fromText(encodeHost(plain)), plain);
        assert.equal(JSON.stringify([...plain.readings]), JSON.stringify([...host.readings]));
        assert.equal(JSON.stringify(plain.verdicts), JSON.stringify(host.verdicts));
      }
    }),
    { numRuns: 100 },
  );
});

test('hosts come back from a spool as they were, with what they share as the same objects', () => {
  const codec = createJudgedCodec();
  const hosts = Object.values(CANONICAL_REPORTS).flatMap((report) => [...report.hosts]);
  // A part is shared from the second time on that it is met.
  for (const round of [1, 2, 3]) {
    const texts = hosts.map((host) => codec.toText(host));
    for (const [index, host] of hosts.entries()) {
      const back = codec.fromText(texts[index] ?? '');
      assert.deepEqual(plainly(back), plainly(host));
      assert.equal(JSON.stringify(back.verdicts), JSON.stringify(host.verdicts));
      if (round === 3) for (const [id, reading] of host.readings) assert.equal(back.readings.get(id), reading);
    }
  }
});

test('a spool of hosts takes a host that another process made text of', () => {
  const codec = createJudgedCodec();
  for (const report of Object.values(CANONICAL_REPORTS))
    for (const host of report.hosts) assert.deepEqual(codec.fromText(encodeHost(host)), host);
});

test('hosts come back from threads as they were, with what hosts of two threads share as the same objects', () => {
  const hosts = Object.values(CANONICAL_REPORTS).flatMap((report) => [...report.hosts]);
  const openReader = createHostReaders(2);
  const threads = [1, 2].map(() => ({ ...createHostTeller(), reader: openReader() }));
  for (const round of [1, 2, 3]) {
    const told = threads.map(({ tell, allow, reader }) =>
      hosts.map((host) => {
        allow(reader.mayShare());
        // Each in JSON, as the objects of a thread are no objects of another.
        const { text, parts } = tell(host);
        if (parts !== undefined) reader.learn(JSON.parse(JSON.stringify(parts)));
        return text;
      }),
    );
    const [ones = [], others = []] = threads.map(({ reader }, thread) => (told[thread] ?? []).map(reader.read));
    for (const [index, host] of hosts.entries()) {
      const [one, other] = [ones[index] ?? assert.fail(), others[index] ?? assert.fail()];
      for (const back of [one, other]) {
        assert.deepEqual(plainly(back), plainly(host));
        assert.equal(hostText(back), hostText(host));
      }
      if (round < 3) continue;
      for (const [id, reading] of one.readings) assert.equal(other.readings.get(id), reading);
      for (const [at, { evidence }] of one.verdicts.entries()) {
        assert.equal(other.verdicts[at]?.evidence, evidence);
        for (const { fact, reading } of evidence) assert.equal(one.readings.get(fact) ?? reading, reading);
      }
    }
  }
});

test('any host comes back from a thread as it was', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const { tell, allow } = createHostTeller();
      const reader = createHostReaders(1)();
      for (const host of [...report.hosts, ...report.hosts]) {
        const plain = fromText(encodeHost(host));
        allow(reader.mayShare());
        const { text, parts } = tell(plain);
        if (parts !== undefined) reader.learn(parts);
        assert.deepEqual(plainly(reader.read(text)), plainly(plain));
        assert.equal(hostText(reader.read(text)), hostText(plain));
      }
    }),
    { numRuns: 100 },
  );
});

/** A host of which each reading and each verdict is met in no other. */
function different(host: HostReport, salt: string): HostReport {
  const readings = new Map(
    [...host.readings].map(([id, reading]) => [id, { ...reading, ...(reading.state === 'known' && { raw: salt }) }]),
  );
  const verdicts = host.verdicts.map((verdict) => ({ ...verdict, because: salt }));
  return { ...host, readings, verdicts };
}

test('all threads together share no more than one, and one that is lost leaves what it did not use', () => {
  const [host = assert.fail()] = CANONICAL_REPORTS['mixed']?.hosts ?? [];
  const openReader = createHostReaders(4);
  const shared = new Set<string>();
  const fill = (name: string): number => {
    const { tell, allow } = createHostTeller();
    const reader = openReader();
    const before = shared.size;
    for (let index = 0; index < 3000; index += 1) {
      const each = different(host, `${name} ${index}`);
      // Whatever is met twice is shared.
      for (const _ of [1, 2]) {
        allow(reader.mayShare());
        const { text, parts } = tell(each);
        if (parts !== undefined) {
          for (const [kind, texts] of Object.entries(parts)) for (const part of texts) shared.add(`${kind} ${part}`);
          reader.learn(parts);
        }
        if (index % 500 === 0) assert.deepEqual(plainly(reader.read(text)), plainly(each));
      }
    }
    reader.close();
    return shared.size - before;
  };
  const each = ['a', 'b', 'c', 'd'].map(fill);
  assert.ok(shared.size <= MOST_PARTS, each.join(', '));
  assert.ok(Math.min(...each) > 1000, each.join(', '));
  // One that takes the place of another has its part, while there is any.
  assert.equal(fill('e'), 0);
  const further = createHostReaders(2);
  further().close();
  assert.equal(further().mayShare() + further().mayShare(), MOST_PARTS);
});

test('what another thread has told costs a thread nothing', () => {
  const hosts = Object.values(CANONICAL_REPORTS).flatMap((report) => [...report.hosts]);
  const openReader = createHostReaders(2);
  const readers = [openReader(), openReader()];
  const [first, second] = readers.map((reader) => {
    const { tell, allow } = createHostTeller();
    allow(reader.mayShare());
    for (const host of [...hosts, ...hosts]) {
      const { parts } = tell(host);
      if (parts !== undefined) reader.learn(JSON.parse(JSON.stringify(parts)));
    }
    return reader.mayShare();
  });
  assert.ok((first ?? 0) < (second ?? 0), `${first} and ${second}`);
});
