import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFixes } from '../../../src/kernel/fixes/load.js';
import { fixSkeleton, isFixId, SKELETON_BLANKS } from '../../../src/kernel/fixes/skeleton.js';
import { fixFiles } from '../../support/shipped-fixes.js';

const FILE = 'policies/kernel-fixes/a-new-bug.yaml';
const TEXT = fixSkeleton('a-new-bug');

function indent(line: string): number {
  return line.length - line.trimStart().length;
}

/** The keys that have no value, and the lists that have no item. */
function blanksOf(text: string): readonly string[] {
  const lines = text.split('\n');
  let top = '';
  return lines.flatMap((line, index) => {
    const [, space, key = '', value] = /^( *)([a-zA-Z]+):(.*)$/.exec(line) ?? [];
    if (space === '') top = key;
    if (/^ *-$/.test(line)) return [top];
    const isOpen = value === '' && indent(lines[index + 1] ?? '') <= indent(line);
    return isOpen ? [space === '' ? key : `${top}.${key}`] : [];
  });
}

void test('the blanks that are named are those that there are', () => {
  assert.deepEqual(blanksOf(TEXT.replaceAll(/^ *#.*\n/gm, '')), [...SKELETON_BLANKS]);
});

void test('a skeleton has a mistake at every blank, and no other', () => {
  const { diagnostics } = loadFixes([...fixFiles(), { file: FILE, text: TEXT }]);
  const told = diagnostics.map(({ code, at }) => `${code.split('/')[0]} ${at?.file}:${at?.line}`);
  const open = TEXT.split('\n').flatMap((line, index) =>
    /^ *(?:[a-zA-Z.]+:|-)$/.test(line) && !/^(?:symptom|upstream|introduced|fixed|sources):$/.test(line)
      ? [`schema ${FILE}:${index + 1}`]
      : [],
  );
  assert.equal(open.length, SKELETON_BLANKS.length);
  assert.deepEqual(new Set(told), new Set(open));
  assert.equal(told.length, open.length);
});

/** What an author writes, and the rest as it stands. */
const FILLED: readonly (readonly [RegExp, string])[] = [
  [/^title:$/m, 'title: Something never ends'],
  [/^wrong:$/m, 'wrong: A loop goes round for ever.'],
  [/^symptom:\n {2}-$/m, 'symptom:\n  - a soft lockup'],
  [/^trigger:$/m, 'trigger: Load.'],
  [/^ {2}commit:$/m, '  commit: 0123456789abcdef0123456789abcdef01234567'],
  [/^ {2}subject:$/m, "  subject: 'mm: end the loop that never ended'"],
  [/^ {2}commit:$/m, '  commit: fedcba987654'],
  [/^ {2}in:$/m, "  in: '5.1'"],
  [/^ {2}allBackportsKnown:$/m, '  allBackportsKnown: true'],
  [/^ {2}mainline:$/m, "  mainline: '6.12'"],
  [/^ {2}stable: \{\}$/m, '  stable:'],
  [/^ {2}# {3}'6\.12': 6\.12\.42\n {2}# {3}'6\.1': 6\.1\.148$/m, "    '6.1': 6.1.148"],
  [/^confidence:$/m, 'confidence: high'],
  [/^sources:\n {2}-$/m, 'sources:\n  - https://www.cve.org/CVERecord?id=CVE-2024-56703'],
];

void test('a skeleton that was filled in is a known fix', () => {
  let text = TEXT;
  for (const [blank, words] of FILLED) {
    assert.match(text, blank);
    text = text.replace(blank, words);
  }
  const { value, diagnostics } = loadFixes([...fixFiles(), { file: FILE, text }]);
  assert.deepEqual(diagnostics, []);
  assert.equal(value?.find(({ fix }) => fix === 'a-new-bug')?.fixed.stable['6.1'], '6.1.148');
});

/** Comments that are examples: taken out of their comment, together with what they belong to, they are YAML of the schema. */
void test('what a skeleton shows as a comment fits the schema', () => {
  let text = TEXT;
  for (const [blank, words] of FILLED.filter(([, words]) => !words.includes('6.1.148') && words !== '  stable:'))
    text = text.replace(blank, words);
  text = text
    .replace(/^# (vendors:\n(?:#.*\n)+?)(?=# Who)/m, (block) => block.replaceAll(/^# /gm, ''))
    .replace(/^# (notAffected:\n(?:#.*\n)+?)(?=workaround)/m, (block) => block.replaceAll(/^# /gm, ''))
    .replace(/^# (followUps:\n(?:#.*\n)+?)(?=# What was)/m, (block) => block.replaceAll(/^# /gm, ''))
    .replace('another-id', 'khugepaged-trylock')
    .replace(/^# (notFound:\n(?:#.*\n)+?)(?=# high)/m, (block) => block.replaceAll(/^# /gm, ''))
    .replace(/^# (evidence:\n(?:#.*\n)+)$/m, (block) => block.replaceAll(/^# /gm, ''));
  const { value, diagnostics } = loadFixes([...fixFiles(), { file: FILE, text }]);
  assert.deepEqual(diagnostics, [], text);
  const fix = value?.find(({ fix }) => fix === 'a-new-bug');
  for (const key of ['vendors', 'notAffected', 'followUps', 'notFound', 'evidence'] as const)
    assert.ok(fix?.[key] !== undefined, key);
});

void test('what an id may be is what the schema takes', () => {
  for (const id of ['a', 'a-b', 'raid5d-waits', 'x2']) assert.ok(isFixId(id), id);
  for (const id of ['', 'A', '2x', 'a--b', 'a-', '-a', 'a_b', 'a/b', '../a', 'a b']) assert.ok(!isFixId(id), id);
});
