import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isThisMachine, loadTargets } from '../../src/news/targets/load.js';
import { TargetsSchema } from '../../src/news/targets/schema.js';
import { renderDiagnostics } from '../../src/text/render-diagnostics.js';

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
  ['an address in the file', '{ slack: { url: https://hooks.slack.com/services/T/B/x } }', 'notify/secret'],
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

const SECRET = 'hunter2';
/** A secret where its place should be named, or beside it; and files that are not even YAML. */
const BY_MISTAKE: Readonly<Record<string, string>> = {
  'the address itself': `slack: { url: https://hooks.example/${SECRET} }`,
  'the address in place of the way': `slack: https://hooks.example/${SECRET}`,
  'the password itself': `mail: { server: a, from: b, to: [c], user: d, password: ${SECRET} }`,
  'the password in brackets': `mail: { server: a, from: b, to: [c], user: d, password: { ${SECRET} } }`,
  'the password in a list': `mail: { server: a, from: b, to: [c], user: d, password: [${SECRET}] }`,
  'the password below another word': `mail: { server: a, from: b, to: [c], user: d, password: { value: ${SECRET} } }`,
  'the password on a line of its own': `mail:\n      password: >\n        ${SECRET}\n      x: 1`,
  'the address as a file': `slack: { url: { file: "https://hooks.example/${SECRET}" } }`,
  'the address as a variable': `slack: { url: { env: "https://hooks.example/${SECRET}" } }`,
  'a header': `webhook: { url: { env: A }, headers: { Authorization: Bearer ${SECRET} } }`,
  'a header with all in its name': `webhook: { url: { env: A }, headers: { "Authorization: Bearer ${SECRET}": 1 } }`,
  'a header that is nothing': `webhook: { url: { env: A }, headers: Bearer ${SECRET} }`,
  'a header as a list': `webhook: { url: { env: A }, headers: ["X-Key: ${SECRET}"] }`,
  'a field that is not there': `webhook: { url: { env: A }, token: ${SECRET} }`,
  'a mistake behind it on the line': `webhook: { url: { file: ${SECRET} }, x: 1 }`,
  'a login in the address of the proxy': `slack: { url: { env: A }, proxy: "http://u:${SECRET}@p:1" }`,
  'a login in the address of the server': `mail: { server: "u:${SECRET}@p:25", from: b, to: [c] }`,
  'an argument beside a mistake': `command: { run: [curl, -H, "X-Key: ${SECRET}"], timeout: x }`,
  'a bracket that is never closed': `slack: { url: https://hooks.example/${SECRET}, : [ }`,
  'a key that stands twice': `slack: { url: ${SECRET}, url: ${SECRET} }`,
  'an alias': `slack: { url: *${SECRET} }`,
  'a tag': `slack: { url: !${SECRET} x }`,
  'a quote that is never closed': `slack: { url: "https://hooks.example/${SECRET}`,
};
for (const [what, target] of Object.entries(BY_MISTAKE))
  test(`a secret that was written into the file is not repeated: ${what}`, () => {
    const text = `targets:\n  ops:\n    ${target}\n`;
    const { value, diagnostics } = loadTargets([{ file: 'notify.yaml', text }], beside);
    const everything = renderDiagnostics(diagnostics, { colour: false }) + JSON.stringify(diagnostics);
    assert.equal(value, undefined);
    assert.ok(diagnostics.length > 0 && diagnostics.every(({ at }) => (at?.line ?? 0) >= 2));
    assert.ok(!everything.includes(SECRET), everything);
  });

test('what is no secret is shown', () => {
  const text = 'targets:\n  ops: { command: { run: [x], timout: 5 }, tell: [sometimes] }\n';
  const { diagnostics } = loadTargets([{ file: 'notify.yaml', text }], beside);
  const shown = renderDiagnostics(diagnostics, { colour: false });
  assert.match(shown, /ops: \{ command: \{ run: \[\*\], timout: \*/u);
  assert.match(shown, /did you mean timeout\?/u);
});
