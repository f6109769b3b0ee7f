import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { FACTS as PROBED, FURTHER_FACTS } from '../../src/facts/index.js';
import { MAX_TEXT } from '../../src/facts/parse.js';
import type { FactType } from '../../src/model/fact.js';
import type { Reading, Value } from '../../src/model/reading.js';
import { codePoint } from '../support/code-point.js';

const FACTS = [...PROBED, ...FURTHER_FACTS];

/** Whether a value is one that the fact's type allows. */
function fits(value: Value, type: FactType): boolean {
  switch (type.kind) {
    case 'int':
      return (
        Number.isSafeInteger(value) &&
        Number(value) >= (type.min ?? -Infinity) &&
        Number(value) <= (type.max ?? Infinity)
      );
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' && type.values.includes(value);
    case 'list':
      return Array.isArray(value);
    case 'map':
      return typeof value === 'object' && !Array.isArray(value);
    default:
      return type satisfies never;
  }
}

for (const fact of FACTS)
  test(`${fact.id}: ${fact.samples.length} samples`, () => {
    assert.ok(fact.samples.length > 0, 'a fact has samples');
    for (const sample of fact.samples) {
      const reading = fact.parse(sample.text);
      if ('known' in sample) {
        assert.equal(reading.state, 'known', `${JSON.stringify(sample.text)} gives ${JSON.stringify(reading)}`);
        assert.deepEqual(reading.state === 'known' && reading.value, sample.known);
        assert.ok(fits(sample.known, fact.type), 'the sample fits the type');
      } else assert.equal(reading.state === 'unreadable' ? reading.cause : reading.state, sample.otherwise);
    }
  });

test('ids are unique, sources are named, and sysctls are read where their name says', () => {
  assert.equal(new Set(FACTS.map(({ id }) => id)).size, FACTS.length);
  for (const { id, sources, title, origin } of FACTS) {
    assert.match(id, /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/);
    assert.ok(sources.length > 0 && title.length > 0 && !title.endsWith('.'), id);
    if (id.startsWith('sysctl.') && origin.via === 'file')
      assert.deepEqual(origin.paths, [`/proc/sys/${id.slice('sysctl.'.length).replaceAll('.', '/')}`]);
  }
});

/** Files of which a fact is one line. */
const OF_MANY_VALUES = new Set(['/proc/vmstat', '/proc/meminfo', '/proc/pressure/memory']);

function isMalformed(reading: Reading): boolean {
  return reading.state === 'unreadable' && reading.cause === 'malformed';
}

for (const { id, type, parse, origin } of FACTS)
  if (
    type.kind === 'int' &&
    origin.via === 'file' &&
    id !== 'boot.uptime' &&
    !origin.paths.some((path) => OF_MANY_VALUES.has(path))
  )
    test(`${id} takes exactly the integers of its range`, () => {
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = type;
      for (const value of [min, max])
        assert.deepEqual(parse(`${value}\n`), { state: 'known', value, raw: `${value}\n` });
      for (const wrong of [BigInt(min) - 1n, BigInt(max) + 1n, 2n ** 53n, 10n ** 30n])
        assert.ok(isMalformed(parse(`${wrong}\n`)), `${wrong}`);
      for (const wrong of [
        '',
        '\n',
        ' 1\n',
        '1 \n',
        '+1\n',
        '01\n',
        '-0\n',
        '1.0\n',
        '1e3\n',
        '0x1\n',
        '1\r\n',
        '1\u0000\n',
        '1\n2\n',
        '１\n',
        'NaN\n',
      ])
        assert.ok(isMalformed(parse(wrong)), JSON.stringify(wrong));
    });

const bytes = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        'always',
        '[never]',
        ' ',
        '\n',
        ':',
        '/',
        'hugepages-64kB/enabled',
        'ID=',
        '"',
        '\\',
        '0',
        '1',
        '(khugepaged)',
        'hidden /proc/1',
        'package linux 6.1-1\n',
        'found a-fix ',
        'read 1',
        'none ',
        '\u0000',
        '__proto__',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

test('whatever a host sends, a parser gives a value of its type or none', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FACTS), bytes, (fact, text) => {
      const reading = fact.parse(text);
      if (reading.state === 'known') assert.ok(fits(reading.value, fact.type), `${fact.id} ${JSON.stringify(reading)}`);
      if (reading.state === 'unreadable') assert.match(reading.detail, /^[\x20-\x7e…]*$/);
      assert.deepEqual(fact.parse(text), reading);
    }),
    { numRuns: 3000 },
  );
});

test('text without end is malformed, and quickly so', () => {
  for (const { id, parse } of FACTS)
    for (const unit of ['9', '\n', ':', 'ID="\\"', '[a] ', '/proc/1/stat:1 (', ') ']) {
      const text = unit.repeat(Math.ceil((MAX_TEXT * 16) / unit.length));
      const reading = parse(text);
      assert.ok(
        reading.state !== 'known' || id.startsWith('khugepaged.') || id === 'tasks.in_d_state',
        `${id} ${unit}`,
      );
    }
});

test('an integer that cannot be kept exactly is unreadable, and the reason is its size', () => {
  const timeout = FACTS.find(({ id }) => id === 'sysctl.kernel.hung_task_timeout_secs');
  // LONG_MAX / HZ, which the kernel allows, where HZ is 250.
  assert.deepEqual(timeout?.parse('36893488147419103\n'), {
    state: 'unreadable',
    cause: 'malformed',
    detail: 'out of range: 36893488147419103 is more than 2^53 - 1, beyond which integers are not kept exactly',
  });
  assert.deepEqual(timeout?.parse('9007199254740991\n'), {
    state: 'known',
    value: 9007199254740991,
    raw: '9007199254740991\n',
  });
  for (const [text, detail] of [
    ['9007199254740992', /^out of range/],
    ['99999999999999999999999', /^expected/],
    ['09007199254740992', /^expected/],
  ] as const) {
    const reading = timeout.parse(text);
    assert.match(reading.state === 'unreadable' ? reading.detail : '', detail);
  }
});
