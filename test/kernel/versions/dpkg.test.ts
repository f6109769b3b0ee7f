import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import * as fc from 'fast-check';
import { compareDeb, DPKG, parseDeb } from '../../../src/kernel/versions/dpkg.js';
import { haveTool } from '../../support/debian-tool.js';
import { ascend, obeysTheLaws } from './order-laws.js';

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '2', '9', '10', '007', '42') },
  fc.constantFrom('.', '~', '+', 'a', 'rc', 'deb', 'bpo', 'Z', '.0', '~~'),
);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const version = fc
  .tuple(
    fc.constantFrom('', '', '', '0:', '1:', '12:'),
    fc.constantFrom('0', '1', '6', '4', '10'),
    text,
    fc.option(fc.tuple(fc.constantFrom('0', '1', 'a', '~'), text), { nil: undefined }),
    fc.constantFrom('', '', '', '-1', '-x'),
  )
  .map(
    ([epoch, first, rest, revision, dash]) =>
      `${epoch}${first}${rest}${revision === undefined ? '' : `${dash}-${revision.join('')}`}`,
  );

function pairs(count: number, seed: number): readonly (readonly [string, string])[] {
  return fc.sample(fc.tuple(version, version), { numRuns: count, seed });
}

ascend('dpkg', DPKG, [
  '1.0~rc1',
  '1.0~rc2',
  '1.0',
  '1.0-1~bpo12+1',
  '1.0-1',
  '1.0-1+b1',
  '1.0.1',
  '1.9',
  '1.10',
  '4.16~rc3-1~exp1',
  '4.16-1',
  '6.1.55-1',
  '6.1.55-1+deb12u1',
  '6.12.117-1~deb12u1',
  '6.12.117-1',
  '1:0.1',
]);
obeysTheLaws('dpkg', DPKG, version);

for (const junk of ['', '-1', ':1', '1:', '1.0_1', 'x1', '1.0-', '1.0 ', 'a:1'])
  void test(`dpkg: ${JSON.stringify(junk)} is no version`, () => assert.equal(parseDeb(junk), undefined));

void test('dpkg: agrees with the dpkg library on 10,000 random pairs', (context) => {
  if (!haveTool(['perl', '-MDpkg::Version', '-e', '1'], 'libdpkg-perl')) return context.skip('no Dpkg::Version');
  const all = pairs(10_000, 20_240_917);
  const program = 'while (<STDIN>) { chomp; my ($a, $b) = split /\\t/; print version_compare($a, $b), "\\n" }';
  const { stdout, status } = spawnSync('perl', ['-MDpkg::Version', '-e', program], {
    input: all.map((pair) => pair.join('\t')).join('\n'),
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  const theirs = stdout.trim().split('\n').map(Number);
  assert.equal(theirs.length, all.length);
  assert.deepEqual(
    all.flatMap(([a, b], index) =>
      compareDeb(a, b) === theirs[index] ? [] : [[a, b, compareDeb(a, b), theirs[index]]],
    ),
    [],
  );
});

void test('dpkg: agrees with dpkg itself on 200 random pairs', (context) => {
  if (!haveTool(['dpkg', '--version'], 'dpkg')) return context.skip('no dpkg');
  const script =
    'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done';
  const all = pairs(200, 4);
  const { stdout } = spawnSync('sh', ['-c', script], {
    input: `${all.map((pair) => pair.join(' ')).join('\n')}\n`,
    encoding: 'utf8',
  });
  const theirs = stdout.trim().split('\n').map(Number);
  assert.deepEqual(
    all.flatMap(([a, b], index) =>
      compareDeb(a, b) === theirs[index] ? [] : [[a, b, compareDeb(a, b), theirs[index]]],
    ),
    [],
  );
});
