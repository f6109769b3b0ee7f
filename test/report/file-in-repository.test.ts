import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileInRepository } from '../../src/report/file-in-repository.js';
import { github } from '../../src/report/formats/github.js';
import { sarif } from '../../src/report/formats/sarif.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';

const FILES: readonly (readonly [named: string, file: string | undefined])[] = [
  ['fleet.yaml', 'fleet.yaml'],
  ['./inventory/a b.yaml', 'inventory/a b.yaml'],
  ['ops/../inventory//hosts', 'inventory/hosts'],
  ['/home/runner/work/x/x/fleet.yaml', '/home/runner/work/x/x/fleet.yaml'],
  ...['', '-w', '-i', '--local', '<stdin>', './cloud.sh --list', '/dev/stdin', '/dev/fd/63', '/proc/self/fd/3'].map(
    (named): readonly [string, undefined] => [named, undefined],
  ),
  ['../elsewhere/fleet.yaml', undefined],
  ['a/../../b', undefined],
  ['.', undefined],
];

for (const [named, file] of FILES)
  test(`the file of a repository that ${JSON.stringify(named)} may be`, () =>
    assert.equal(fileInRepository(named), file));

test('SARIF and annotations give a host that no file names a place of no file', () => {
  const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail('mixed');
  for (const [named, file] of FILES) {
    const hosts = [...mixed.hosts];
    const report = {
      ...mixed,
      header: { ...mixed.header, inventory: [named] },
      hosts: hosts.map((host) => ({ ...host, definedAt: { file: named, line: 3 } })),
    };
    const options = { includePasses: false, colour: false, columns: 80 };
    const written = [...sarif.render(report, options)].join('');
    assert.equal(written.includes('"physicalLocation"'), file !== undefined, named);
    assert.match(written, /"logicalLocations"/);
    assert.equal([...github.render(report, options)].join('').includes('file='), file !== undefined, named);
  }
});
