import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { loadInventory } from '../../../src/inventory/load-inventory.js';
import { renderDiagnostics } from '../../../src/text/render-diagnostics.js';

const SECRET = 'hunter2-Tr0ub4dor';
function load(text: string) {
  return loadInventory([{ file: 'a.yaml', text }], { profiles: ['stay-up'] });
}

/** Texts with the secret in them, and mistakes on its line, so that excerpts of the line are shown. */
const holding: readonly (readonly [name: string, text: string, at: string])[] = [
  ['in the defaults', `defaults: {prot: 1, password: ${SECRET}}\n`, '1:21'],
  ['of a host', `hosts:\n  - {name: a, prot: 1, ansible_password: ${SECRET}}\n`, '2:24'],
  ['before a mistake on the line', `hosts:\n  - {name: a, password: ${SECRET}, prot: 1}\n`, '2:15'],
  ['in quotes', `defaults:\n  password: "${SECRET}" # ${SECRET}\n`, '2:3'],
  ['with another name', `defaults:\n  ansible_ssh_pass: ${SECRET}\n`, '2:3'],
  ['to become root', `defaults:\n  ansible_become_password: ${SECRET}\n`, '2:3'],
  ['a passphrase', `defaults:\n  passphrase: ${SECRET}\n`, '2:3'],
  ['in camel case', `defaults:\n  sshPassphrase: ${SECRET}\n`, '2:3'],
  ['a token in the labels', `defaults:\n  labels: {vault-token: ${SECRET}, "9": x}\n`, '2:12'],
  ['a private key', `defaults:\n  privateKey: ${SECRET}\n`, '2:3'],
  ['on the next line', `defaults:\n  password:\n    ${SECRET}\n  prot: 1\n`, '2:3'],
  ['as a block', `defaults:\n  password: |\n    ${SECRET}\n  prot: 1\n`, '2:3'],
  ['over several lines', `defaults: {password: "x\n  ${SECRET}", prot: 1}\n`, '1:12'],
  ['over several lines to the left', `  { defaults: { password: "x\n ${SECRET}", prot: 1} }\n`, '1:17'],
  ['with an explicit key', `defaults:\n  ? password\n  : ${SECRET}\n  prot: 1\n`, '2:5'],
  ['as a mapping', `defaults:\n  password: {vault: ${SECRET}}\n`, '2:3'],
  ['as a list', `defaults:\n  password: [${SECRET}]\n`, '2:3'],
  ['as a number', 'defaults:\n  password: 90210666\n', '2:3'],
  ['as a value of a key', `defaults:\n  identityFile: "-----BEGIN OPENSSH PRIVATE KEY----- ${SECRET}"\n`, '2:17'],
  [
    'as a block of a key',
    `defaults:\n  identityFile: |\n    -----BEGIN RSA PRIVATE KEY-----\n    ${SECRET}\n    -----END RSA PRIVATE KEY-----\n  prot: 1\n`,
    '2:17',
  ],
  ['in a list of keys', `defaults: {identityFile: ["-----BEGIN ${SECRET}"], prot: 1}\n`, '1:27'],
  ['as the name of a host', `hosts: ["-----BEGIN ${SECRET}"]\n`, '1:9'],
  ['a key of PuTTY', `defaults: {identityFile: "PuTTY-User-Key-File-3: ${SECRET}"}\n`, '1:26'],
];
for (const [name, text, at] of holding) {
  void test(`a secret ${name}: said where, and never repeated`, () => {
    const { value, diagnostics } = load(text);
    assert.equal(value, undefined);
    const found = diagnostics
      .filter(({ code }) => code === 'inventory/secret')
      .map((diagnostic) => `${diagnostic.at?.line}:${diagnostic.at?.column}`);
    assert.deepEqual(found, [at]);
    const everything = renderDiagnostics(diagnostics, { colour: false }) + JSON.stringify(diagnostics);
    assert.ok(!everything.includes(SECRET) && !everything.includes('90210666'), everything);
    assert.match(everything, /identityFile|SSH agent/);
  });
}

/** Files that are not even YAML, so that nobody knows what is a field. */
const broken: readonly (readonly [string, string])[] = [
  ['on the broken line', `defaults: {password: ${SECRET}, port: [}\n`],
  ['a key of a cloud', `[default]\naws_secret_access_key = ${SECRET}\n`],
  ['of an alias', `defaults: {password: *${SECRET}}\n`],
  ['with a tag', `defaults: {password: !${SECRET} x}\n`],
  ['of a second document', `a: 1\n--- {password: ${SECRET}}\n`],
  ['below', `password:\n  ${SECRET}: [\n`],
  ['in a block', `password: |\n  ${SECRET}\n b: [\n`],
  ['in a key', `k: |\n  -----BEGIN X-----\n ${SECRET}\n`],
  ['twice', `password: ${SECRET}\npassword: ${SECRET}\n`],
  ['behind an equals sign', `password = ${SECRET}\na: [\n`],
  ['in an INI file', `[web]\nweb1 ansible_password=${SECRET}\n`],
];
for (const [name, text] of broken) {
  void test(`a secret in a broken file, ${name}, is never repeated`, () => {
    const { value, diagnostics } = load(text);
    assert.equal(value, undefined);
    const everything = renderDiagnostics(diagnostics, { colour: false }) + JSON.stringify(diagnostics);
    assert.ok(!everything.includes(SECRET), everything);
  });
}

const harmless: readonly string[] = [
  'groups: {token: {hosts: [a]}, secret: {hosts: [b]}, password: {}}\n',
  'hosts: [password, token]\n',
  'hosts: [{name: a, labels: {passport: x, bypass: y, compass: z, key: w, tokens: v}}]\n',
  'hosts: [{name: a, identityFile: ~/.ssh/private_key}]\n',
];
for (const text of harmless) void test(`no secret: ${text.trim()}`, () => assert.deepEqual(load(text).diagnostics, []));

void test('a secret in any style and any place is never repeated', () => {
  const field = fc.constantFrom(
    'password',
    'ansible_password',
    'passphrase',
    'private_key',
    'become-pass',
    'PASSWORD',
    'api_key',
  );
  const style = fc.constantFrom(
    (text: string) => text,
    (text: string) => `"${text}"`,
    (text: string) => `'${text}'`,
    (text: string) => `[${text}]`,
    (text: string) => `{a: ${text}}`,
    (text: string) => `&x ${text}`,
  );
  const secret = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{15,20}$/);
  fc.assert(
    fc.property(field, style, secret, fc.boolean(), (name, write, value, isFlow) => {
      const text = isFlow
        ? `hosts: [{nam: x, ${name}: ${write(value)}, prot: 1}]\n`
        : `hosts:\n  - nam: x\n    ${name}: ${write(value)}\n    prot: 1\n`;
      const { diagnostics } = load(text);
      assert.ok(diagnostics.some(({ code }) => code === 'inventory/secret'));
      assert.ok(!JSON.stringify(diagnostics).includes(value));
    }),
  );
});
