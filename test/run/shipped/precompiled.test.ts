function plain(policy: Policy) {
  return expressionsOf(policy).map(([id, expression]) => ({ id, ...expression, save: expression.save() }));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TSchema } from 'typebox';
import { isSoundFix, precompileValues } from '../../../src/run/shipped/precompile.js';
import {
  shippedFixes,
  shippedPolicies,
  shippedProfiles,
  shippedSupport,
} from '../../../src/run/shipped/package-files.js';
import { loadFixes } from '../../../src/kernel/fixes/load.js';
import { KernelFixSchema } from '../../../src/kernel/fixes/schema.js';
import { SupportSchema } from '../../../src/kernel/support/schema.js';
import { loadPolicies } from '../../../src/policy/load.js';
import type { Policy } from '../../../src/policy/policy.js';
import { PolicySchema, ProfileSchema } from '../../../src/policy/schema.js';
import { allFacts } from '../../../src/run/rule-set.js';
import { checkSchema } from '../../../src/text/schema.js';
import type { TextFile } from '../../../src/text/text-file.js';
import { readYaml, readYamlFile, type Path } from '../../../src/text/yaml/load.js';
import { shippedFixes as fixes } from '../../support/shipped-fixes.js';

const KINDS: readonly (readonly [TSchema, readonly TextFile[]])[] = [
  [PolicySchema, shippedPolicies()],
  [ProfileSchema, shippedProfiles()],
  [KernelFixSchema, shippedFixes()],
  [SupportSchema, shippedSupport()],
];
const FILES = KINDS.flatMap(([, files]) => files);

/** Every path of a value, the whole first. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  return [
    path,
    ...(typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) =>
          pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : []),
  ];
}

void test('the build knows every shipped file', () => {
  assert.ok(FILES.length > 50);
  assert.deepEqual(
    FILES.filter(({ checked }) => checked === undefined).map(({ file }) => file),
    [],
  );
});

void test('what the build knows is what the text says, mappings without prototype and all', () => {
  for (const { file, text, checked } of FILES) {
    assert.deepStrictEqual(readYamlFile({ file, text, checked }).value?.value, readYaml(text, file).value?.value, file);
  }
});

void test('every place in a file that the build knows is where it is in the text', () => {
  for (const { file, text, checked } of FILES) {
    const known = readYamlFile({ file, text, checked }).value;
    const read = readYaml(text, file).value;
    assert.ok(known && read, file);
    for (const path of [...pathsOf(read.value), ['no', 'such', 'path']]) {
      for (const part of ['key', 'value'] as const) {
        assert.deepEqual({ ...known.positionOf(path, part) }, read.positionOf(path, part), `${file} ${path.join('.')}`);
        const { at, ...line } = known.placeOf(path, part);
        const place = read.placeOf(path, part);
        assert.deepEqual({ ...line, at: { ...at } }, place, `${file} ${path.join('.')}`);
      }
      assert.equal(known.writtenAt(path), read.writtenAt(path));
      assert.deepEqual(known.spanOf(path)?.positionAt(0), read.spanOf(path)?.positionAt(0));
    }
  }
});

void test('a file that does not fit its schema, or is no YAML, is not taken for known', () => {
  const broken = { file: 'a.yaml', text: 'policy: [\n' };
  const unfit = { file: 'b.yaml', text: 'policy: Not Kebab\ntitle: x\nrules: []\n' };
  assert.deepEqual(precompileValues([{ schema: PolicySchema, files: [broken, unfit] }]), {});
});

function knownFixes(...files: readonly TextFile[]): readonly unknown[] {
  return Object.values(precompileValues([{ schema: KernelFixSchema, files, isSound: isSoundFix }]));
}

void test('a fix that fits its schema and is wrong otherwise is not taken for known, and told to be wrong', () => {
  const fix = shippedFixes().find(({ file }) => file.endsWith('/throttle-direct-reclaim.yaml'));
  assert.ok(fix?.checked !== undefined);
  const { file, text } = fix;
  const late = text.replace("in: '4.8'", "in: '6.14'");
  assert.notEqual(late, text);
  assert.equal(knownFixes({ file, text }).length, 1);
  assert.deepEqual(knownFixes({ file, text: late }), []);
  assert.deepEqual(
    loadFixes([{ file, text: late }]).diagnostics.map(({ code }) => code),
    ['fix/order'],
  );
});

void test('a fix that is known under another name of its file is told to be misplaced', () => {
  const [fix] = shippedFixes();
  assert.ok(fix?.checked !== undefined);
  assert.deepEqual(
    loadFixes([{ ...fix, file: 'policies/kernel-fixes/other.yaml' }]).diagnostics.map(({ code }) => code),
    ['fix/file-name'],
  );
});

void test('every shipped file that the build knows fits the schema of its kind', () => {
  for (const [schema, files] of KINDS)
    for (const { file, text } of files) {
      const source = readYaml(text, file).value;
      assert.ok(source);
      assert.deepEqual(checkSchema(schema, source).diagnostics, [], file);
    }
});

function expressionsOf({ rules, groupRules }: Policy) {
  return [
    ...rules.flatMap(({ id, requires, appliesTo, because }) =>
      [requires, ...(appliesTo === undefined ? [] : [appliesTo]), ...because.expressions].map(
        (expression) => [id, expression] as const,
      ),
    ),
    ...groupRules.map(({ id, ask }) => [id, ask.of] as const),
  ];
}

function withoutFunctions(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, leaf: unknown) => (typeof leaf === 'bigint' ? `${leaf}n` : leaf)));
}

void test('the expressions that the build knows are those of the text, all of them', () => {
  const facts = allFacts(fixes());
  const files = shippedPolicies();
  const known = loadPolicies(files, facts).value ?? [];
  const read = loadPolicies(
    files.map(({ file, text }) => ({ file, text })),
    facts,
  ).value;
  assert.ok(read !== undefined && read.length > 10);
  assert.deepEqual(withoutFunctions(known.map(plain)), withoutFunctions(read.map(plain)));
  const expressions = new Map(files.map(({ file, expressions: ofFile }) => [file, ofFile]));
  for (const policy of read)
    for (const [id, { source }] of expressionsOf(policy))
      assert.ok(Object.hasOwn(expressions.get(policy.file) ?? {}, source), `${id}: ${source}`);
});

void test('a mistake that two files make together is told with its place, one of them known', () => {
  const [known] = shippedPolicies();
  assert.ok(known?.checked !== undefined);
  const again = { file: 'again.yaml', text: known.text };
  const facts = allFacts(fixes());
  const told = (files: readonly TextFile[]): unknown =>
    loadPolicies(files, facts).diagnostics.map(({ code, at, help }) => ({ code, at: at && { ...at }, help }));
  const { checked: _, ...unknown } = known;
  assert.notDeepEqual(told([known, again]), []);
  assert.deepEqual(told([known, again]), told([unknown, again]));
  assert.deepEqual(told([again, known]), told([again, unknown]));
});
