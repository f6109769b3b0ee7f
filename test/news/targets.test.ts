import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isThisMachine, loadTargets } from '../../src/news/targets/load.js';
import { TargetsSchema } from '../../src/news/targets/schema.js';

const beside = (named: string, by: string): string => `beside ${by}: ${named}`;

test('the example shows every field, and is read without a word', () => {
  const text = readFileSync('notify.example.yaml', 'utf8');
  const { value, diagnostics } = loadTargets([{ file: 'notify.example.yaml', text }], beside);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    value?.map(({ name, way }) => [name, way.kind, way.timeoutMs]),
    [
      ['ops-channel', 'slack', 20_000],
      ['ops-team', 'teams', 20_000],
      ['tickets', 'webhook', 30_000],
      ['management', 'mail', 20_000],
      ['pager', 'command', 20_000],
    ],
  );
  const fields = new Set<string>();
  JSON.stringify(TargetsSchema, (key, part: unknown) => {
    if (key === 'properties' && typeof part === 'object' && part !== null)
      for (const name of Object.keys(part)) fields.add(name);
    return part;
  });
  assert.deepEqual(
    [...fields].filter((name) => !new RegExp(`\\b${name}:`).test(text)),
    [],
  );
});

const WRONG: readonly (readonly [name: string, target: string, code: string])[] = [
  ['no way', '{}', 'notify/way'],
  ['two ways', '{ command: { run: [x] }, slack: { url: { env: A } } }', 'notify/way'],
  ['a secret nowhere', '{ slack: { url: {} } }', 'notify/secret'],
  ['a secret twice', '{ slack: { url: { env: A, file: b } } }', 'notify/secret'],
  ['a login without a password', '{ mail: { server: a, from: b, to: [c], user: d } }', 'notify/secret'],
  ['mail in clear to another machine', '{ mail: { server: a, from: b, to: [c], tls: none } }', 'notify/tls'],
  ['a port that is none', "{ mail: { server: 'a:70000', from: b, to: [c] } }", 'notify/port'],
  ['an address in the file', '{ slack: { url: https://hooks.slack.com/services/T/B/x } }', 'schema/type'],
  ['a field that is not there', '{ slack: { url: { env: A }, insecure: true } }', 'schema/unknown-key'],
  ['an occasion that is not there', '{ command: { run: [x] }, tell: [sometimes] }', 'schema/value'],
  ['a command as one text', '{ command: { run: page --team kernel } }', 'schema/type'],
  ['a proxy with a password', '{ teams: { url: { env: A }, proxy: "http://a:b@proxy" } }', 'schema/pattern'],
];
for (const [name, target, code] of WRONG)
  test(`${name} is refused at its line`, () => {
    const { diagnostics } = loadTargets([{ file: 'notify.yaml', text: `targets:\n  ops: ${target}\n` }], beside);
    const [first] = diagnostics;
    assert.equal(first?.at?.line, 2);
    assert.ok(diagnostics.length >= 1 && (first.help ?? first.message) !== '');
    assert.ok(first.code === code || first.code.startsWith('schema/'), first.code);
    assert.equal(first.code.startsWith('schema/'), code.startsWith('schema/'));
  });

test('names are told apart over files', () => {
  const text = 'targets: { ops: { command: { run: [x] } } }\n';
  const { diagnostics } = loadTargets(
    [
      { file: 'a.yaml', text },
      { file: 'b.yaml', text },
    ],
    beside,
  );
  assert.deepEqual(
    diagnostics.map(({ code, at }) => [code, at?.file]),
    [['notify/duplicate', 'b.yaml']],
  );
});

test('files stand beside the file that names them', () => {
  const text = 'targets: { ops: { slack: { url: { file: url }, ca: ca.pem } } }\n';
  const [target] = loadTargets([{ file: 'x/n.yaml', text }], beside).value ?? [];
  assert.ok(target?.way.kind === 'slack' && target.way.url.kind === 'file' && target.way.ca?.kind === 'file');
  assert.deepEqual([target.way.url.file, target.way.ca.file], ['beside x/n.yaml: url', 'beside x/n.yaml: ca.pem']);
});

test('this machine is what can be no other', () => {
  for (const name of ['localhost', '127.0.0.1', '127.1.2.3', '::1']) assert.ok(isThisMachine(name), name);
  for (const name of ['localhost.example.com', '127.0.0.1.nip.io', '10.0.0.1', 'mail', '::', '128.0.0.1'])
    assert.ok(!isThisMachine(name), name);
});
