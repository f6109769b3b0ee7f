import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import { compareRpm, parseRpm, RPM } from '../../../src/kernel/versions/rpm.js';
import { haveTool } from '../../support/debian-tool.js';
import { ascend, obeysTheLaws } from './order-laws.js';

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '2', '10', '007', '9') },
  fc.constantFrom('.', '_', '+', 'a', 'b', 'el', 'Z', '~', '^', '~rc', '^git'),
);
const part = fc
  .tuple(fc.constantFrom('0', '1', '3', '10', 'a'), fc.array(piece, { maxLength: 6 }))
  .map(([first, rest]) => first + rest.join(''));
const version = fc
  .tuple(fc.constantFrom('', '', '', '0:', '1:', '10:'), part, fc.option(part, { nil: undefined }))
  .map(([epoch, own, release]) => `${epoch}${own}${release === undefined ? '' : `-${release}`}`);

ascend('rpm', RPM, [
  '1.0~rc1-1',
  '1.0~rc2-1',
  '1.0',
  '1.0-1',
  '1.0-1.fc40',
  '1.0^20240101-1',
  '1.0.1-1',
  '1.9-1',
  '1.10-1',
  '4.9.101-2',
  '4.9.109-1',
  '1:0.1-1',
]);
obeysTheLaws('rpm', RPM, version);

for (const junk of ['', '-1', ':1', '1:', '1-2-3', '1 0', '1-', 'a:1'])
  void test(`rpm: ${JSON.stringify(junk)} is no version`, () => assert.equal(parseRpm(junk), undefined));

void test('rpm: agrees with the rpm library on 10,000 random pairs', (context) => {
  if (!haveTool(['rpm', '--version'], 'rpm')) return context.skip('no rpm');
  const all = fc.sample(fc.tuple(version, version), { numRuns: 10_000, seed: 20_240_917 });
  const folder = mkdtempSync(join(tmpdir(), 'kernward-rpm-'));
  writeFileSync(join(folder, 'pairs'), all.map((pair) => pair.join(' ')).join('\n'));
  const program = `for line in io.lines("${join(folder, 'pairs')}") do local a, b = line:match("^(%S+) (%S+)$"); print(rpm.vercmp(a, b) .. "\\n") end`;
  writeFileSync(join(folder, 'compare.lua'), program);
  const { stdout, stderr } = spawnSync('rpm', ['--eval', `%{lua: dofile("${join(folder, 'compare.lua')}")}`], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  const theirs = stdout.trim().split('\n').map(Number);
  assert.equal(theirs.length, all.length, stderr);
  assert.deepEqual(
    all.flatMap(([a, b], index) =>
      compareRpm(a, b) === theirs[index] ? [] : [[a, b, compareRpm(a, b), theirs[index]]],
    ),
    [],
  );
});
