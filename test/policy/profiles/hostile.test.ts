import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { loadPolicies } from '../../../src/policy/load.js';
import { loadProfiles } from '../../../src/policy/profiles/load-profiles.js';
import { FACTS } from '../../support/policies.js';
import { assertComputed } from '../../support/computed-within.js';
import { cpuMsOf } from '../../support/cpu-time.js';

/** Of computing, generously, for a megabyte or two of somebody's profile. */
const MOST_MS = 4000;

const policies =
  loadPolicies(
    [
      {
        file: 'p.yaml',
        text: `policy: p
title: t
parameters: { most: { type: int, title: t, default: 3 } }
rules: [{ id: r, title: t, severity: low, requires: 'os.id == "a"', because: x }]
`,
      },
    ],
    FACTS,
  ).value ?? [];

function load(...texts: readonly string[]) {
  const results: ReturnType<typeof loadProfiles>[] = [];
  const took = cpuMsOf(() =>
    results.push(
      loadProfiles(
        texts.map((text, index) => ({ file: `mine${index}.yaml`, text })),
        policies,
      ),
    ),
  );
  const [result] = results;
  assert.ok(result !== undefined);
  assertComputed(took, MOST_MS);
  return result;
}

const HEAD = 'profile: mine\ntitle: t\n';
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

const REFUSED: Readonly<Record<string, string | readonly string[]>> = {
  nothing: '',
  'a text': 'hello',
  'a list': '[1, 2]',
  null: 'null',
  'no YAML': 'profile: [',
  'a tab': 'profile:\n\t- x',
  'a NUL': 'profile: a\0b',
  'a second document': `${HEAD}include: ["*"]\n---\n${HEAD}`,
  'a key of the prototype': `${HEAD}include: ["*"]\n__proto__: { include: ["*"] }\n`,
  'the constructor as a key': `${HEAD}include: ["*"]\nconstructor: { prototype: 1 }\n`,
  'a rule of the prototype': `${HEAD}include: [__proto__]\n`,
  'a severity of the prototype': `${HEAD}include: ["*"]\nseverities: { __proto__: high }\n`,
  'a severity of toString': `${HEAD}include: ["*"]\nseverities: { toString: high }\n`,
  'parameters of the prototype': `${HEAD}include: ["*"]\nparameters: { __proto__: { most: 1 } }\n`,
  'parameters of a policy, of the prototype': `${HEAD}include: ["*"]\nparameters: { p: { __proto__: 1 } }\n`,
  'parameters of hasOwnProperty': `${HEAD}include: ["*"]\nparameters: { hasOwnProperty: { most: 1 } }\n`,
  'the prototype as its base': `${HEAD}extends: __proto__\n`,
  'the constructor as its base': `${HEAD}extends: constructor\n`,
  'a field that nobody knows': `${HEAD}include: ["*"]\nexcluded: [r]\n`,
  'a key that stands twice': `${HEAD}include: ["*"]\ninclude: [r]\n`,
  'a severity that stands twice': `${HEAD}include: ["*"]\nseverities: { r: low, r: high }\n`,
  'a severity that there is not': `${HEAD}include: ["*"]\nseverities: { r: worst }\n`,
  'a text for a list': `${HEAD}include: r\n`,
  'a list for a text': `profile: [mine]\ntitle: t\ninclude: ["*"]\n`,
  'a number for an object': `${HEAD}include: ["*"]\nparameters: 3\n`,
  'a null in a list': `${HEAD}include: [null]\n`,
  'a list in a list': `${HEAD}include: [[r]]\n`,
  'a parameter of another type': `${HEAD}include: ["*"]\nparameters: { p: { most: "3" } }\n`,
  'a parameter that is no whole number': `${HEAD}include: ["*"]\nparameters: { p: { most: .nan } }\n`,
  'a parameter beyond 64 bits': `${HEAD}include: ["*"]\nparameters: { p: { most: ${'9'.repeat(100_000)} } }\n`,
  'neither include nor extends': HEAD,
  'itself as its base': `${HEAD}extends: mine\n`,
  'a base in a circle': [`${HEAD}extends: other\n`, 'profile: other\ntitle: t\nextends: mine\n'],
  'a base that is not there': `${HEAD}extends: nobody\n`,
  'the same name twice': [`${HEAD}include: ["*"]\n`, `${HEAD}include: ["*"]\n`],
  'an alias of what is around it': `${HEAD}include: &a [*a]\n`,
  'an alias of nothing': `${HEAD}include: [*nobody]\n`,
  'a thousand million laughs': `a0: &a0 [x]\n${many(12, (index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}*a${index}]\n`)}${HEAD}`,
  'a merge key': `base: &base { include: ["*"] }\n<<: *base\n${HEAD}`,
  'nesting without end, in lists': `${HEAD}include: ${'['.repeat(100_000)}`,
  'nesting without end, in objects': `${HEAD}parameters: ${'{a: '.repeat(50_000)}`,
  'nesting without end, by indents': `${HEAD}parameters:\n${many(600, (index) => `${' '.repeat(index + 1)}a:\n`)}`,
  'a tag of JavaScript': `${HEAD}include: !!js/function "function () {}"\n`,
  'a list of 100,000 rules that are not there': `${HEAD}include:\n${many(100_000, (index) => `  - x${index}\n`)}`,
  'a list of 20,000 patterns that fit nothing': `${HEAD}include:\n${many(20_000, (index) => `  - "*a*a*${index}"\n`)}`,
  '50,000 severities': `${HEAD}include: ["*"]\nseverities:\n${many(50_000, (index) => `  x${index}: low\n`)}`,
  '50,000 parameters': `${HEAD}include: ["*"]\nparameters:\n  p:\n${many(50_000, (index) => `    x${index}: 1\n`)}`,
  'a name of a million letters': `profile: ${'a'.repeat(1_000_000)}\ntitle: t\ninclude: [nobody]\n`,
  'a chain of 3,000 bases with a hole': Array.from(
    { length: 3000 },
    (_, index) => `profile: p${index}\ntitle: t\nextends: p${index + 1}\n`,
  ),
};

describe('a profile of a stranger is told by its place, in time', () => {
  for (const [what, text] of Object.entries(REFUSED))
    test(what, () => {
      const { value, diagnostics } = load(...(typeof text === 'string' ? [text] : text));
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      assert.equal(value, undefined);
      assert.ok(errors.length > 0, 'nothing is told');
      assert.ok(diagnostics.length <= 10_001, `${diagnostics.length} are told`);
      for (const { code, at, message } of errors.slice(0, 50)) {
        assert.match(at?.file ?? '', /^mine\d+\.yaml$/u, code);
        assert.ok(
          code === 'schema/more' || ((at?.line ?? 0) >= 1 && (at?.column ?? 0) >= 1),
          `${code} has no place: ${message.slice(0, 200)}`,
        );
        assert.ok(message.length < 1000, `${code}: a message of ${message.length} characters`);
      }
    });

  test('and nobody gets anything by the prototype', () => {
    assert.equal(Reflect.get({}, 'include'), undefined);
    assert.equal(Reflect.get({}, 'most'), undefined);
  });

  test('whatever it says, it is loaded or told', () => {
    const word = fc.constantFrom(
      'mine',
      'r',
      '*',
      'p',
      'most',
      '__proto__',
      'constructor',
      'stay-up',
      '',
      '1',
      'null',
      '&a',
      '*a',
      '<<',
    );
    const key = fc.constantFrom(
      'profile',
      'title',
      'extends',
      'include',
      'exclude',
      'severities',
      'parameters',
      'labels',
      'description',
      '__proto__',
      'x',
    );
    const value: fc.Arbitrary<string> = fc.letrec<{ readonly value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(word, tie('value')), { maxLength: 3 })
          .map((items) => `{${items.map(([name, of]) => `${name}: ${of}`).join(', ')}}`),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (lines) => {
        const { value: profiles, diagnostics } = load(lines.map(([name, of]) => `${name}: ${of}\n`).join(''));
        assert.equal(
          profiles === undefined,
          diagnostics.some(({ severity }) => severity === 'error'),
        );
      }),
      { numRuns: 300 },
    );
  });
});
