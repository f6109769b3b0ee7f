import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { expandNames, isRangeProblem, nameAt, readNameRange } from '../../src/inventory/name-range.js';

function names(written: string): readonly string[] | string {
  const read = readNameRange(written);
  return isRangeProblem(read)
    ? read.map(({ message, start, end }) => `${start}-${end} ${message}`)
    : [...expandNames(read)];
}

const good: readonly (readonly [string, string])[] = [
  ['web', 'web'],
  ['web[1:3]', 'web1 web2 web3'],
  ['web[01:03].example.com', 'web01.example.com web02.example.com web03.example.com'],
  ['web[08:11]', 'web08 web09 web10 web11'],
  ['web[8:11]', 'web8 web9 web10 web11'],
  ['web[000:002]', 'web000 web001 web002'],
  ['web[0:2]', 'web0 web1 web2'],
  ['web[:2]', 'web0 web1 web2'],
  ['web[5:5]', 'web5'],
  ['web[1:10:3]', 'web1 web4 web7 web10'],
  ['web[1:9:3]', 'web1 web4 web7'],
  ['web[1:2:100]', 'web1'],
  ['r[a:c]', 'ra rb rc'],
  ['r[A:C]', 'rA rB rC'],
  ['r[a:f:2]', 'ra rc re'],
  ['r[1:2]-n[a:b]', 'r1-na r1-nb r2-na r2-nb'],
  ['r[1:2]n[1:2]x[1:2]', 'r1n1x1 r1n1x2 r1n2x1 r1n2x2 r2n1x1 r2n1x2 r2n2x1 r2n2x2'],
  ['[1:2]a', '1a 2a'],
];
for (const [written, expected] of good)
  void test(`range ${written}`, () => assert.deepEqual(names(written), expected.split(' ')));

const bad: readonly (readonly [string, readonly string[]])[] = [
  ['web[5:1]', ['3-8 the range [5:1] ends before it starts']],
  ['r[f:a]', ['1-6 the range [f:a] ends before it starts']],
  ['web[01:100]', ['3-11 the ends of the range [01:100] have leading zeros and not the same number of digits']],
  ['web[1:010]', ['3-10 the ends of the range [1:010] have leading zeros and not the same number of digits']],
  ['web[1]', ['3-6 this is no range']],
  ['web[]', ['3-5 this is no range']],
  ['web[1:]', ['3-7 the range has no end']],
  ['[::1]', ['0-5 this is an address in brackets, and no range']],
  ['[fe80::2]', ['0-9 this is an address in brackets, and no range']],
  ['[2001:db8::1]', ['0-13 this is an address in brackets, and no range']],
  ['web[1:2:3:4]', ['3-12 this is no range']],
  ['web[1:5:0]', ['3-10 the step of a range is a number from 1 up']],
  ['web[1:5:-1]', ['3-11 the step of a range is a number from 1 up']],
  ['web[a:5]', ['3-8 the ends of a range are two numbers or two letters']],
  ['web[aa:bb]', ['3-10 the ends of a range are two numbers or two letters']],
  ['web[a:Z]', ['3-8 the range [a:Z] mixes small and capital letters']],
  ['web[-5:5]', ['3-9 the ends of a range are two numbers or two letters']],
  ['web[1:99999999999999999]', ['3-24 the ends of a range are two numbers or two letters']],
  ['web[1:2', ['3-4 this bracket has no partner']],
  ['web1:2]', ['6-7 this bracket has no partner']],
  ['a[5:1]b[1]', ['1-6 the range [5:1] ends before it starts', '7-10 this is no range']],
];
for (const [written, expected] of bad)
  void test(`no range: ${written}`, () => assert.deepEqual(names(written), expected));

const bounds = fc.tuple(fc.nat(3000), fc.nat(200), fc.integer({ min: 1, max: 9 }), fc.boolean());
void test('a range makes as many names as it says, all different, the first and last as written', () =>
  fc.assert(
    fc.property(bounds, ([from, more, step, isPadded]) => {
      const write = (value: number): string => (isPadded ? String(value).padStart(5, '0') : String(value));
      const read = readNameRange(`h[${write(from)}:${write(from + more)}:${step}]`);
      assert.ok(!isRangeProblem(read));
      const made = [...expandNames(read)];
      assert.equal(made.length, Math.floor(more / step) + 1);
      assert.equal(made.length, read.count);
      assert.equal(new Set(made).size, made.length);
      assert.equal(made[0], `h${write(from)}`);
      assert.equal(made.at(-1), `h${write(from + Math.floor(more / step) * step)}`);
    }),
  ));

void test('what far too many names would be is known without writing one', () => {
  const read = readNameRange('a[1:999999999]b[1:999999999]c[0:999999999999]');
  assert.ok(!isRangeProblem(read));
  assert.ok(read.count > 1e29);
  assert.equal(nameAt(read, 0), 'a1b1c0');
});

void test('any text is a name with ranges, or it is said why not', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('[', ']', ':', '0', '1', '9', 'a', 'z', 'Z', '-', ' ')).map((parts) => parts.join('')),
      (written) => {
        const read = readNameRange(written);
        assert.ok(isRangeProblem(read) ? read.length > 0 : read.count >= 1);
      },
    ),
  ));
