import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelFixesPage } from '../../../src/kernel/fixes/reference-page.js';
import { loadFixes } from '../../../src/kernel/fixes/load.js';
import { fixFiles, shippedFix, shippedFixes } from '../../support/shipped-fixes.js';

void test('every shipped file loads without a diagnostic', () => assert.ok(shippedFixes().length >= 35));

void test('ids are unique and name their files', () => {
  assert.deepEqual(
    shippedFixes()
      .map(({ fix }) => `policies/kernel-fixes/${fix}.yaml`)
      .sort(),
    fixFiles().map(({ file }) => file),
  );
});

void test('every source is https, and every file has the line for editors', () => {
  for (const { sources, fix } of shippedFixes())
    for (const source of sources) assert.equal(new URL(source).protocol, 'https:', fix);
  for (const { file, text } of fixFiles())
    assert.ok(text.startsWith('# yaml-language-server: $schema=../../schemas/kernel-fix.schema.json\n'), file);
});

void test('subjects are whole: nothing of a changelog could be matched on one that is cut short', () => {
  for (const { upstream, fix } of shippedFixes()) {
    assert.ok(
      upstream.subject.length >= 20 && !/…|\.\.\.|\s{2}|\n/.test(upstream.subject),
      `${fix}: ${upstream.subject}`,
    );
  }
});

void test('the page names every fix with its fact, commit and first versions', () => {
  const page = kernelFixesPage(shippedFixes());
  for (const fix of shippedFixes()) {
    const section = page.split(`\n## ${fix.fix}\n`)[1]?.split('\n## ')[0] ?? '';
    assert.ok(section.includes(`fix.${fix.fix.replaceAll('-', '_')}`), fix.fix);
    for (const said of [
      fix.fixed.mainline,
      ...Object.values(fix.fixed.stable),
      ...(fix.upstream.commit === undefined ? [] : [fix.upstream.commit]),
    ])
      assert.ok(section.includes(said), `${fix.fix}: ${said}`);
  }
});

const K1 = 'policies/kernel-fixes/khugepaged-trylock.yaml';
function k1(from: string | RegExp, to: string): readonly { file: string; text: string }[] {
  const text = fixFiles().find(({ file }) => file === K1)?.text ?? '';
  const changed = text.replace(from, to);
  assert.notEqual(changed, text, 'the mistake is in');
  return [{ file: K1, text: changed }];
}

const MISTAKES: readonly (readonly [string, readonly { file: string; text: string }[], string, RegExp])[] = [
  [
    'a stable version of another series',
    k1('4.9.104', '4.8.104'),
    'fix/version',
    /not a stable version of the 4\.9 series/,
  ],
  ['a series that is newer than the fix', k1("'4.14': 4.14.37", "'4.19': 4.19.37"), 'fix/order', /began after 4\.16/],
  ['a series that both has it and never got it', k1("'4.15']", "'4.9']"), 'fix/order', /cannot both/],
  ['a series of the main line after the fix among the never', k1("'4.15']", "'4.16']"), 'fix/order', /from the start/],
  [
    'a number that is not how Red Hat writes it',
    k1('3.10.0-1160.el7\n', '3.10.0-1160\n'),
    'fix/version',
    /not how rhel numbers/,
  ],
  [
    'a last build without the fix after the first with it',
    k1('lacksUpTo: 3.10.0-1127.el7', 'lacksUpTo: 3.10.0-1170.el7'),
    'fix/order',
    /not before/,
  ],
  [
    'an upload of another series',
    k1('fixed: 4.15.0-24.26', 'fixed: 4.14.0-24.26'),
    'fix/version',
    /not of the 4\.15 series/,
  ],
  ['an entry of Red Hat without el', k1("      el: '7'\n", ''), 'fix/version', /needs el/],
  ['an entry that says nothing', k1('      never: true\n', ''), 'fix/version', /needs one of/],
  ['a test without a value', k1('    is: absent\n', ''), 'fix/test', /either is or oneOf/],
  [
    'a fact that is not there',
    k1('fact: khugepaged.running\n', 'fact: khugepaged.runing\n'),
    'fix/unknown-fact',
    /khugepaged\.runing/,
  ],
  [
    'an id that is not the name of the file',
    k1('fix: khugepaged-trylock', 'fix: khugepaged-try-lock'),
    'fix/file-name',
    /must be called/,
  ],
  ['a source that is not https', k1('https://access', 'http://access'), 'schema/', /./],
  ['a field that nobody knows', k1('workaround:', 'workarond: none\nworkaround:'), 'schema/', /workarond/],
  [
    'a follow-up that nobody knows',
    k1('confidence: high', 'followUps:\n  - fix: khugepaged-trylok\n    how: brought\nconfidence: high'),
    'fix/unknown-fix',
    /no known fix khugepaged-trylok/,
  ],
  [
    'a follow-up of itself',
    k1('confidence: high', 'followUps:\n  - fix: khugepaged-trylock\n    how: left\nconfidence: high'),
    'fix/order',
    /leads back to khugepaged-trylock/,
  ],
  [
    'a package with the bug that is not before the one with the fix',
    k1(
      '      knownFrom: "the changelog of linux 4.15',
      '      bugFrom: 4.15.0-24.26\n      knownFrom: "the changelog of linux 4.15',
    ),
    'fix/order',
    /4\.15\.0-24\.26 is not before/,
  ],
  [
    'a series without the bug and with its fix',
    k1('      never: true\n', '      never: true\n      notAffected: true\n'),
    'fix/order',
    /says that no package has the bug/,
  ],
  [
    'two fixes of one id',
    [...k1('confidence: high', 'confidence: medium'), ...k1('confidence: high', 'confidence: medium')],
    'fix/duplicate-id',
    /two known fixes/,
  ],
];

for (const [what, files, code, message] of MISTAKES)
  void test(`a mistake has its place: ${what}`, () => {
    const { value, diagnostics } = loadFixes(files);
    assert.equal(value, undefined);
    const found = diagnostics.find(
      (diagnostic) => diagnostic.code.startsWith(code) && message.test(diagnostic.message),
    );
    assert.ok(found !== undefined, JSON.stringify(diagnostics));
    assert.equal(found.at?.file, K1);
    assert.ok((found.at?.line ?? 0) > 1);
  });

void test('all mistakes of all files at once', () => {
  const { diagnostics } = loadFixes([
    ...k1('4.9.104', '4.8.104'),
    ...k1('fixed: 4.15.0-24.26', 'fixed: 4.15.0'),
    { file: 'x.yaml', text: 'fix: [' },
  ]);
  assert.ok(
    new Set(diagnostics.map(({ code }) => code)).size >= 3,
    JSON.stringify(diagnostics.map(({ code, message }) => [code, message])),
  );
});

void test('a mistyped follow-up is told with the fix that was meant', () => {
  const { diagnostics } = loadFixes(
    k1('confidence: high', 'followUps:\n  - fix: khugepaged-trylok\n    how: brought\nconfidence: high'),
  );
  assert.deepEqual(
    diagnostics.map(({ help }) => help),
    ['did you mean khugepaged-trylock?'],
  );
});

void test('a follow-up whose own file has a mistake is not told as unknown', () => {
  const files = fixFiles().map(({ file, text }) => ({
    file,
    text: file.endsWith('/memcg-oom-slow-kill.yaml') ? text.replace('title:', 'titel:') : text,
  }));
  assert.deepEqual(
    [...new Set(loadFixes(files).diagnostics.map(({ at }) => at?.file))],
    ['policies/kernel-fixes/memcg-oom-slow-kill.yaml'],
  );
});

void test('a circle of follow-ups is told at each of its fixes', () => {
  const files = fixFiles().map(({ file, text }) => ({
    file,
    text: file.endsWith('/memcg-oom-slow-kill.yaml')
      ? `${text}followUps:\n  - fix: memcg-oom-soft-lockup\n    how: left\n`
      : text,
  }));
  assert.deepEqual(
    loadFixes(files).diagnostics.map(({ code, at }) => [code, at?.file]),
    ['memcg-oom-slow-kill', 'memcg-oom-soft-lockup'].map((id) => ['fix/order', `policies/kernel-fixes/${id}.yaml`]),
  );
});

void test('a bug is not after its fix', () => {
  const file = 'policies/kernel-fixes/throttle-direct-reclaim.yaml';
  const text = (fixFiles().find((one) => one.file === file)?.text ?? '').replace("in: '4.8'", "in: '6.14'");
  assert.deepEqual(
    loadFixes([{ file, text }]).diagnostics.map(({ code }) => code),
    ['fix/order'],
  );
});

void test('what marks who is not affected is there for the founding bug', () => {
  assert.deepEqual(
    shippedFix('khugepaged-trylock').notAffected?.map(({ fact }) => fact),
    ['thp.enabled', 'khugepaged.running'],
  );
});
