import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { foldNames } from '../../../src/text/names/fold-names.js';

const FOLDED: readonly (readonly [names: readonly string[], folded: readonly string[]])[] = [
  [[], []],
  [['web1'], ['web1']],
  [['web1', 'web2', 'web3'], ['web[1-3]']],
  [['web01', 'web02', 'web10', 'web11'], ['web[01-02,10-11]']],
  [['web9', 'web10', 'web11'], ['web[9-11]']],
  [['db2.example.com', 'db1.example.com'], ['db[1-2].example.com']],
  [
    ['db1.a.example', 'db1.b.example'],
    ['db1.a.example', 'db1.b.example'],
  ],
  [
    ['rack2-web01', 'rack2-web02', 'rack3-web01'],
    ['rack2-web[01-02]', 'rack3-web01'],
  ],
  [['web1a', 'web2a'], ['web[1-2]a']],
  [
    ['10.0.0.7', '10.0.0.8', '10.0.1.8'],
    ['10.0.0.[7-8]', '10.0.1.8'],
  ],
  [['web10', 'web09', 'web08'], ['web[08-10]']],
  [
    ['i-0123456789', 'i-0123456790'],
    ['i-0123456789', 'i-0123456790'],
  ],
  [['7', '8', '10'], ['[7-8,10]']],
  [
    ['web2', 'mail', 'web1'],
    ['web[1-2]', 'mail'],
  ],
];

for (const [names, folded] of FOLDED)
  test(`${names.join(' ')} is ${folded.join(' ')}`, () =>
    assert.deepEqual(
      foldNames(names).map(({ text }) => text),
      folded,
    ));

/** The names again, of which a folded name was made. */
function unfold(folded: string): readonly string[] {
  const { head, list, tail } = /^(?<head>[^[]*)\[(?<list>[\d,-]+)\](?<tail>.*)$/s.exec(folded)?.groups ?? {};
  if (head === undefined || list === undefined || tail === undefined) return [folded];
  return list.split(',').flatMap((part) => {
    const [first = '', last = first] = part.split('-');
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => {
      const width = first.startsWith('0') ? first.length : 0;
      return `${head}${String(Number(first) + index).padStart(width, '0')}${tail}`;
    });
  });
}

test('every name is there again, and no other', () => {
  const name = fc
    .tuple(fc.constantFrom('web', 'db', 'rack1-', ''), fc.nat(300), fc.constantFrom(1, 2, 3), fc.constantFrom('', '.a'))
    .map(([head, number, width, tail]) => `${head}${String(number).padStart(width, '0')}${tail}`);
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 60 }), (names) => {
      const folded = foldNames(names);
      assert.deepEqual(folded.flatMap(({ text }) => unfold(text)).toSorted(), names.toSorted());
      for (const { text, names: many } of folded) assert.equal(many, unfold(text).length, text);
    }),
  );
});
