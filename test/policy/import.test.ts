import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IMPORTS } from '../../src/policy/import/index.js';
import type { ImportKind } from '../../src/policy/import/kinds.js';
import { toPolicy } from '../../src/policy/import/to-policy.js';
import { loadPolicies } from '../../src/policy/load.js';
import { loadDeclaredFacts } from '../../src/policy/declared-facts.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { CATALOGUE } from '../support/declared.js';

function imported(kind: ImportKind, text: string): ReturnType<typeof toPolicy> {
  return toPolicy(IMPORTS[kind](text, 'x'), 'x', 'x', CATALOGUE);
}

const SIZE = 1 << 20;
const HOSTILE: readonly (readonly [what: string, kind: ImportKind, text: string])[] = [
  ['a value of blanks', 'sysctl.conf', `vm.swappiness = a${' '.repeat(SIZE)}b`],
  ['a name, and blanks', 'sysctl.conf', `vm.swappiness${' '.repeat(SIZE)}x`],
  ['blanks and nothing', 'sysctl.conf', `-${' '.repeat(SIZE)}`],
  ['brackets', 'sysctl.conf', '['.repeat(SIZE)],
  ['equals', 'sysctl.conf', '='.repeat(SIZE)],
  ['many names', 'sysctl.conf', Array.from({ length: 20_000 }, (_, index) => `vm.x${index}=1\n`).join('')],
  ['many lines', 'sysctl.conf', 'vm.swappiness=1\n'.repeat(SIZE / 16)],
  ...[
    ['its, and blanks', `  its('value') { should eq${' '.repeat(SIZE)}x`],
    ['its, and brackets', `  its('value') { should ${'}'.repeat(SIZE)}x`],
    ['its, and blanks with brackets', `  its('value') { should ${' }'.repeat(SIZE / 2)}x`],
    ['blanks', `${' '.repeat(SIZE)}x`],
    ['its with open brackets', `  its${'('.repeat(SIZE)}`],
    ['a matcher of blanks', `  its('value') { should cmp${' '.repeat(SIZE)}( 1${' '.repeat(SIZE)}x }`],
    ['describe, and blanks', `describe${' '.repeat(SIZE)}x`],
    ['describe, and brackets', `describe${'('.repeat(SIZE)}x`],
    ['a name, and blanks', `describe kernel_parameter('a')${' '.repeat(SIZE)}x`],
  ].map(([what = '', line = '']) => [what, 'inspec', `describe kernel_parameter('vm.x') do\n${line}\nend\n`] as const),
  ['brackets', 'goss', '['.repeat(SIZE)],
  ['blanks', 'goss', ' '.repeat(SIZE)],
];

for (const [what, kind, text] of HOSTILE)
  test(`a hostile file for ${kind}, ${what}, takes less than a second`, () => {
    const ms = cpuMsOf(() => imported(kind, text));
    assertComputed(ms, 1000);
  });

test('two bounds on one parameter become one rule with both', () => {
  const { text, rules, left } = imported(
    'inspec',
    `describe kernel_parameter('vm.swappiness') do
  its('value') { should cmp >= 1 }
  its('value') { should be <= 5 }
end
describe kernel_parameter('kernel.panic') do
  its('value') { should be > 0 }
  its('value') { should be < 61 }
  its('value') { should_not eq 30 }
end
describe kernel_parameter('kernel.yama.ptrace_scope') do
  its('value') { should cmp == 1 }
  its('value') { should cmp == 2 }
end
`,
  );
  assert.equal(rules, 3);
  assert.match(text, /requires: "sysctl\.vm\.swappiness >= 1 && sysctl\.vm\.swappiness <= 5"/);
  assert.match(text, /title: "vm\.swappiness >= 1 and <= 5"/);
  assert.match(text, /requires: "sysctl\.kernel\.panic > 0 && sysctl\.kernel\.panic < 61"/);
  assert.deepEqual(
    left.map(({ line }) => line),
    [8, 12],
  );
  const file = { file: 'x.yaml', text };
  const { definitions, diagnostics } = loadDeclaredFacts([file], CATALOGUE, 'any');
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(loadPolicies([file], [...CATALOGUE, ...definitions]).diagnostics, []);
});

test('what was read of plain files is read still', () => {
  const conf = imported(
    'sysctl.conf',
    '-vm.swappiness  =  10  \n kernel.core_pattern=|/usr/bin/x %p a\nvm.x =\n= 1\nx\n',
  );
  assert.match(conf.text, /sysctl\.vm\.swappiness == 10/);
  assert.match(conf.text, /\|\/usr\/bin\/x/);
  assert.deepEqual(
    conf.left.map(({ line }) => line),
    [3, 4, 5],
  );
  for (const its of [
    "its('value') { should eq 0 }",
    'its(:value) { should cmp 0 } # why',
    'its "value" { should cmp(0) }',
    "its('value'){should cmp == '0'}",
    "its('value') { should be == 0 }",
  ]) {
    const { text, left } = imported('inspec', `describe kernel_parameter("vm.swappiness") do\n  ${its}\nend\n`);
    assert.deepEqual(left, [], its);
    assert.match(text, /sysctl\.vm\.swappiness == 0/, its);
  }
});

test('what the kernel only tells is checked, and nobody is told to set it', () => {
  const names = [
    'kernel.ostype',
    'kernel.osrelease',
    'kernel.random.boot_id',
    'fs.file-nr',
    'net.ipv4.conf.eth0/1.mc_forwarding',
  ];
  const { text, rules, left } = imported('sysctl.conf', names.map((name) => `${name} = 1\n`).join(''));
  assert.deepEqual({ rules, left }, { rules: names.length, left: [] });
  assert.doesNotMatch(text, /sysctl: \{/);
  assert.doesNotMatch(text, /Set /);
  assert.match(text, /kernel\.ostype cannot be set/);
  assert.match(imported('sysctl.conf', 'kernel.panic = 1\n').text, /sysctl: \{ "kernel\.panic": 1 \}/);
  const file = { file: 'x.yaml', text };
  const { definitions, diagnostics } = loadDeclaredFacts([file], CATALOGUE, 'any');
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(loadPolicies([file], [...CATALOGUE, ...definitions]).diagnostics, []);
});
