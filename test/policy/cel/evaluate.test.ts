import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Environment as CelEnvironment } from '@marcbachmann/cel-js';
import { known, unreadable, type Reading } from '../../../src/model/reading.js';
import { toAlternatives } from '../../../src/policy/alternatives.js';
import type { CelValue } from '../../../src/policy/cel/value.js';
import { compiled, DENIED, ENVIRONMENT, FACTS, GONE, readingsWith, STOCK, value } from '../../support/policies.js';

const VALUES: readonly (readonly [source: string, expected: CelValue])[] = [
  ['sysctl.kernel.panic == 5', true],
  ['sysctl.kernel.panic + 3 * 2 - 1', 10n],
  ['7 / 2', 3n],
  ['-7 / 2', -3n],
  ['-7 % 2', -1n],
  ['thp.enabled in ["always", "never"]', true],
  ['thp.enabled == "never" ? "off" : "on"', 'on'],
  ['!kexec.crash_loaded', true],
  ['has(thp.enabled)', true],
  ['has(cmdline.panic)', true],
  ['has(cmdline.hung_task_panic)', false],
  ['"panic" in cmdline', true],
  ['"constructor" in cmdline', false],
  ['has(cmdline.constructor)', false],
  ['has(cmdline.__proto__)', false],
  ['"__proto__" in cmdline', false],
  ['cmdline.panic', '5'],
  ['cmdline["panic"]', '5'],
  ['int(cmdline.panic) + 1', 6n],
  ['string(sysctl.kernel.panic) + " s"', '5 s'],
  ['thp.sizes["2048kB"]', 'inherit'],
  ['thp.sizes.exists(size, thp.sizes[size] == "always")', false],
  ['thp.sizes.map(size, size)', ['2048kB', '64kB']],
  ['os.id_like.exists(name, name == "fedora")', true],
  ['os.id_like.all(name, size(name) == 6)', true],
  ['os.id_like.exists_one(name, name.startsWith("f"))', true],
  ['os.id_like.filter(name, name.endsWith("s"))', ['centos']],
  ['os.id_like.map(name, name.upperAscii()).join("+")', 'FEDORA+CENTOS'],
  ['os.id_like[1]', 'centos'],
  ['os.id_like + ["x"] == ["fedora", "centos", "x"]', true],
  ['size("混😀")', 2n],
  ['"a,b".split(",").size()', 2n],
  ['" a ".trim()', 'a'],
  ['"Ä".lowerAscii()', 'Ä'],
  ['false < true', true],
  ['versionAtLeast(os.version_id, "9", "rpm")', true],
  ['versionAtLeast(uname.release, "5.10.0-10-amd64", "dpkg")', false],
  ['versionAtLeast("9.4", "9.10", "rpm")', false],
  ['versionAtLeast("9", "9", "rpm")', true],
  ['versionAtLeast("22.04", "22.10", "rpm")', false],
  ['versionAtLeast("5.14.0-427.18.1.el9_4.x86_64", "5.14.0-70", "rpm")', true],
  ['versionAtLeast("1.2.3-4", "1.2.3", "dpkg")', true],
  ['versionAtLeast("1:1.2", "2.0-1", "dpkg")', true],
  ['versionAtLeast("6.1~rc1", "6.1", "dpkg")', false],
  ['versionAtLeast("6.17-rc3", "6.17", "upstream")', false],
  ['versionAtLeast("6.17.0", "6.17", "upstream")', true],
  ['rematch(os.id, "^r.*l$")', true],
  ['rematch(os.id, "he")', true],
  ['rematch(os.id, "^x")', false],
  ['[1, 2].exists(x, [3, 2].exists(y, x == y))', true],
  ['-9223372036854775808 < 0', true],
];

for (const [source, expected] of VALUES) {
  void test(`value: ${source}`, () => {
    const outcome = compiled(source).evaluate(STOCK);
    assert.deepEqual(outcome.decided ? outcome.value : outcome.doubts, expected);
  });
}

const DOUBTS: readonly (readonly [
  source: string,
  changes: Readonly<Record<string, Reading>>,
  kinds: readonly string[],
])[] = [
  ['sysctl.kernel.panic == 5', { 'sysctl.kernel.panic': DENIED }, ['unreadable sysctl.kernel.panic']],
  ['sysctl.kernel.panic == 5', { 'sysctl.kernel.panic': GONE }, ['absent sysctl.kernel.panic']],
  ['has(sysctl.kernel.panic)', { 'sysctl.kernel.panic': DENIED }, ['unreadable sysctl.kernel.panic']],
  ['has(cmdline.panic)', { cmdline: DENIED }, ['unreadable cmdline']],
  ['has(cmdline.panic)', { cmdline: GONE }, ['absent cmdline']],
  ['cmdline.nope == "1"', {}, ['absent cmdline.nope']],
  ['thp.sizes["16kB"] == "always"', {}, ['absent thp.sizes["16kB"]']],
  ['os.id_like[9] == "a"', {}, ['fault']],
  ['1 / (sysctl.kernel.panic - 5) == 0', {}, ['fault']],
  ['1 % (sysctl.kernel.panic - 5) == 0', {}, ['fault']],
  ['9223372036854775807 + sysctl.kernel.panic > 0', {}, ['fault']],
  ['-(-9223372036854775808) > 0', {}, ['fault']],
  ['int(os.id) == 1', {}, ['fault']],
  ['int("") == 0', {}, ['fault']],
  ['versionAtLeast(os.id, "9", "rpm")', {}, ['fault']],
  ['!versionAtLeast("", "9", "rpm")', {}, ['fault']],
  ['versionAtLeast("5.10.0-10-amd64", "5.10", "upstream")', {}, ['fault']],
  ['versionAtLeast("5.10.0-10-amd64", "5.10", "rpm")', {}, ['fault']],
  // To dpkg the revision is what follows the last dash, so that 5.10.0-9 would be an upstream version newer than 5.10.0.
  ['versionAtLeast(uname.release, "5.10.0-10", "dpkg")', {}, ['fault']],
  ['versionAtLeast("9", os.id, "rpm")', {}, ['fault']],
  ['versionAtLeast(os.id, "9", "rpm")', { 'os.id': DENIED }, ['unreadable os.id']],
  ['int("9999999999999999999") == 0', {}, ['fault']],
  // Both doubts are on record whichever side they are on: an unreadable fact is never hidden behind an absent one.
  [
    'thp.enabled == "never" || kexec.crash_loaded',
    { 'thp.enabled': DENIED, 'kexec.crash_loaded': GONE },
    ['unreadable thp.enabled', 'absent kexec.crash_loaded'],
  ],
  [
    'kexec.crash_loaded || thp.enabled == "never"',
    { 'thp.enabled': DENIED, 'kexec.crash_loaded': GONE },
    ['absent kexec.crash_loaded', 'unreadable thp.enabled'],
  ],
  ['[thp.enabled] == [os.id]', { 'thp.enabled': DENIED, 'os.id': GONE }, ['unreadable thp.enabled', 'absent os.id']],
  // A doubt that && or || could do without is no reason.
  [
    '(thp.enabled == "never" && false) || kexec.crash_loaded',
    { 'thp.enabled': DENIED, 'kexec.crash_loaded': GONE },
    ['absent kexec.crash_loaded'],
  ],
  // Values that are not of the fact's type are not values.
  ['sysctl.kernel.panic == 5', { 'sysctl.kernel.panic': value('5') }, ['unreadable sysctl.kernel.panic']],
  ['sysctl.kernel.panic == 5', { 'sysctl.kernel.panic': value(1.5) }, ['unreadable sysctl.kernel.panic']],
  ['sysctl.kernel.panic == 5', { 'sysctl.kernel.panic': value(2 ** 60) }, ['unreadable sysctl.kernel.panic']],
  ['thp.enabled == "never"', { 'thp.enabled': value('sometimes') }, ['unreadable thp.enabled']],
  ['has(thp.enabled)', { 'thp.enabled': value('sometimes') }, ['unreadable thp.enabled']],
];

for (const [source, changes, expected] of DOUBTS) {
  void test(`doubt: ${source} with ${JSON.stringify(changes)}`, () => {
    const outcome = compiled(source).evaluate(readingsWith(changes));
    assert.equal(outcome.decided, false);
    const doubts = outcome.decided ? [] : outcome.doubts;
    assert.deepEqual(
      doubts.map((doubt) => (doubt.kind === 'fault' ? 'fault' : `${doubt.kind} ${doubt.what}`)),
      expected,
    );
  });
}

void test('a fact that the readings do not have is unreadable', () => {
  const outcome = compiled('sysctl.kernel.panic == 5').evaluate(new Map());
  assert.deepEqual(outcome.evidence, [
    { fact: 'sysctl.kernel.panic', reading: unreadable('not-collected', 'these readings do not have it') },
  ]);
});

void test('evidence is what was read, in order, once; what was not needed is not read', () => {
  const outcome = compiled('os.id == "rhel" || sysctl.kernel.panic == 5 || os.id == "x"').evaluate(STOCK);
  assert.deepEqual(
    outcome.evidence.map(({ fact }) => fact),
    ['os.id'],
  );
  const both = compiled('os.id == "x" || sysctl.kernel.panic == 5 && os.id != "y"').evaluate(STOCK);
  assert.deepEqual(
    both.evidence.map(({ fact }) => fact),
    ['os.id', 'sysctl.kernel.panic'],
  );
});

void test('the facts and literals of an expression are known without evaluating it', () => {
  const { facts, literals } = compiled('has(thp.enabled) && (cmdline.panic == "5" || sysctl.kernel.panic > 3)');
  assert.deepEqual(facts, ['thp.enabled', 'cmdline', 'sysctl.kernel.panic']);
  assert.deepEqual(literals, ['panic', '5', 3n]);
});

/** Random well-typed expressions over the stock facts, and over whatever readings. */
const { bool: randomBool } = fc.letrec<{ bool: string; int: string; text: string; list: string }>((tie) => ({
  int: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'cel' },
    fc.integer({ min: -3, max: 9 }).map((n) => (n < 0 ? `(${n})` : String(n))),
    fc.constantFrom(
      'sysctl.kernel.panic',
      'sysctl.kernel.hung_task_panic',
      'sysctl.kernel.hung_task_timeout_secs',
      'size(os.id_like)',
      'size(cmdline)',
    ),
    fc.tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('bool'), tie('int'), tie('int')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie('text').map((t) => `size(${t})`),
  ),
  text: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'cel' },
    fc.constantFrom(
      '"rhel"',
      '""',
      '"a,b"',
      'os.id',
      'sysctl.kernel.watchdog_cpumask',
      'cmdline.panic',
      'cmdline.nope',
      'cmdline["quiet"]',
      'os.id_like[0]',
      'os.id_like[7]',
    ),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
    tie('int').map((n) => `string(${n})`),
  ),
  list: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'cel' },
    fc.constantFrom('os.id_like', '["rhel", "x"]', 'os.id_like + ["y"]'),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `[${a}, ${b}]`),
  ),
  bool: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'cel' },
    fc.constantFrom(
      'true',
      'false',
      'kexec.crash_loaded',
      'hung_task.reboots',
      '(thp.enabled == "always")',
      'has(thp.enabled)',
      'has(cmdline.panic)',
      'has(sysctl.kernel.panic)',
    ),
    fc
      .tuple(tie('bool'), fc.constantFrom('&&', '||', '==', '!='), tie('bool'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(tie('int'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('int'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('text'), fc.constantFrom('==', '!='), tie('text')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('text'), tie('list')).map(([a, b]) => `(${a} in ${b})`),
    fc
      .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'), tie('text'))
      .map(([l, loop, t]) => `(${l}).${loop}(x, x == ${t} || size(x) > 4)`),
    tie('bool').map((b) => `!(${b})`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
}));

/** cel-js's own evaluator, on the same facts. */
const celJs = (() => {
  const environment = new CelEnvironment()
    .registerVariable('sysctl', {
      schema: {
        kernel: { panic: 'int', hung_task_panic: 'int', hung_task_timeout_secs: 'int', watchdog_cpumask: 'string' },
      },
    })
    .registerVariable('thp', { schema: { enabled: 'string' } })
    .registerVariable('os', { schema: { id: 'string', id_like: 'list<string>' } })
    .registerVariable('kexec', { schema: { crash_loaded: 'bool' } })
    .registerVariable('hung_task', { schema: { reboots: 'bool' } })
    .registerVariable('cmdline', 'map<string, string>');
  const context = {
    sysctl: { kernel: { panic: 5n, hung_task_panic: 1n, hung_task_timeout_secs: 120n, watchdog_cpumask: '0-3' } },
    thp: { enabled: 'always' },
    os: { id: 'rhel', id_like: ['fedora', 'centos'] },
    kexec: { crash_loaded: false },
    hung_task: { reboots: true },
    cmdline: { panic: '5', quiet: '' },
  };
  return (source: string): unknown => {
    try {
      return environment.evaluate(source, context);
    } catch {
      return 'error';
    }
  };
})();

void test('on known facts the answer is that of cel-js', () => {
  fc.assert(
    fc.property(randomBool, (source) => {
      const outcome = compiled(source, 'bool').evaluate(STOCK);
      assert.equal(outcome.decided ? outcome.value : 'error', celJs(source), source);
    }),
    { numRuns: 1500 },
  );
});

const factIds = FACTS.map(({ id }) => id);

void test('invariant 2: an answer that was given without a fact is the same whatever that fact is', () => {
  fc.assert(
    fc.property(
      randomBool,
      fc.subarray(factIds, { maxLength: 3 }),
      fc.subarray(factIds, { maxLength: 2 }),
      (source, unread, gone) => {
        const expression = compiled(source, 'bool');
        const changes = {
          ...Object.fromEntries(gone.map((id) => [id, GONE])),
          ...Object.fromEntries(unread.map((id) => [id, DENIED])),
        };
        const outcome = expression.evaluate(readingsWith(changes));
        if (!outcome.decided) return;
        for (const id of unread) {
          const fact = ENVIRONMENT.facts.get(id);
          for (const alternative of fact === undefined ? [] : toAlternatives(fact, expression.literals)) {
            const other = expression.evaluate(readingsWith({ ...changes, [id]: alternative }));
            assert.equal(
              other.decided ? other.value : 'undecided',
              outcome.value,
              `${source} with ${id} ${JSON.stringify(alternative)}`,
            );
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
});

void test('the same readings give the same outcome, in whatever order a host named its entries', () => {
  const forwards = readingsWith({ 'thp.sizes': known({ a: '1', b: '2' }, '') });
  const backwards = readingsWith({ 'thp.sizes': known({ b: '2', a: '1' }, '') });
  const expression = compiled('thp.sizes.map(k, k + thp.sizes[k])');
  const [a, b] = [expression.evaluate(forwards), expression.evaluate(backwards)];
  assert.deepEqual(a.decided && a.value, b.decided && b.value);
});
