import assert from 'node:assert/strict';
import test from 'node:test';
import { known } from '../../src/model/reading.js';
import type { HostReport } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { xlsx } from '../../src/report/xlsx/xlsx.js';
import { countHost, emptyTally, toSummary } from '../../src/verdict/summary.js';
import { heapBytes } from '../support/heap-bytes.js';
import { CANONICAL_REPORTS, GATE } from '../support/report/canonical.js';

const HOSTS = 10_000;
/** What ten thousand of these hosts take is more than four times as much: see the last test. */
const MAX_GROWTH_BYTES = 15 * 2 ** 20;

const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail();
const templates = [...mixed.hosts];

/** One of ten thousand, with strings of its own. */
function hostNumber(index: number): HostReport {
  const template = templates[index % templates.length] ?? assert.fail();
  const name = `host${index}.example.com`;
  const notes = Array.from({ length: 150 }, (_, note) => `${name} ${note}`);
  return {
    ...template,
    host: name,
    readings: new Map([...template.readings, ['kernel.livepatches', known(notes, '')]]),
    verdicts: template.verdicts.map((verdict) => ({ ...verdict, host: name })),
  };
}

/** Hosts that are made when they are asked for, and the heap when the last of them is, against the heap at the first. */
function measuredFleet(): { readonly hosts: Iterable<HostReport>; readonly growth: () => number } {
  let growth = 0;
  const hosts = {
    *[Symbol.iterator]() {
      const before = heapBytes();
      for (let index = 0; index < HOSTS; index += 1) yield hostNumber(index);
      growth = heapBytes() - before;
    },
  };
  return { hosts, growth: () => growth };
}

for (const format of FORMATS.values())
  test(`${format.id} holds none of 10,000 hosts for longer than it writes it`, () => {
    const { hosts, growth } = measuredFleet();
    let longest = 0;
    for (const chunk of format.render({ ...mixed, hosts }, { includePasses: true, colour: false, columns: 100 }))
      longest = Math.max(longest, chunk.length);
    assert.ok(longest < 200_000, `a chunk of ${longest} characters`);
    assert.ok(growth() < MAX_GROWTH_BYTES, `the heap grew by ${growth()}`);
  });

test('a workbook holds none of 10,000 hosts for longer than it writes it', () => {
  const { hosts, growth } = measuredFleet();
  let longest = 0;
  for (const chunk of xlsx({ ...mixed, hosts })) longest = Math.max(longest, chunk.length);
  assert.ok(longest < 200_000, `a chunk of ${longest} bytes`);
  assert.ok(growth() < MAX_GROWTH_BYTES, `the heap grew by ${growth()}`);
});

test('the tally holds none of 10,000 hosts', () => {
  const { hosts, growth } = measuredFleet();
  const tally = emptyTally(GATE);
  for (const host of hosts) countHost(tally, host);
  assert.equal(toSummary(tally, { gate: GATE, rules: 5, tookMs: 0 }).hosts, HOSTS);
  assert.ok(growth() < MAX_GROWTH_BYTES, `the heap grew by ${growth()}`);
});

test('the measure would see them: held together they take more than four times what is allowed', () => {
  const { hosts, growth } = measuredFleet();
  const all = [...hosts];
  assert.equal(all.length, HOSTS);
  assert.ok(growth() > 4 * MAX_GROWTH_BYTES, `the heap grew by ${growth()}`);
});
