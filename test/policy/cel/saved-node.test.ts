import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDescendants } from '../../../src/policy/cel/node.js';
import { openNode, saveNode } from '../../../src/policy/cel/saved-node.js';
import { compileExpression } from '../../../src/policy/cel/expression.js';
import { compiled, DENIED, ENVIRONMENT, GONE, readingsWith, STOCK } from '../../support/policies.js';

/** One of each kind of node, and what JSON has no word for. */
const SOURCES = [
  'sysctl.kernel.panic > 9007199254740993 || !kexec.crash_loaded && -sysctl.kernel.panic < 0',
  'has(thp.enabled) ? thp.enabled in ["always", "never"] : has(cmdline.panic)',
  'cmdline["panic"] == "5" && os.id_like[1] == "centos"',
  'os.id_like.filter(name, name.endsWith("s")).exists(name, size(name) == 6 && rematch(os.id, "^r.*l$"))',
  '"a,b".split(",").size() == 2',
] as const;

const HOSTS = [STOCK, readingsWith({ 'sysctl.kernel.panic': DENIED, 'os.id': GONE }), new Map()];

function reopened(source: string) {
  const opened = openNode(JSON.parse(JSON.stringify(compiled(source).save())), ENVIRONMENT.facts);
  assert.ok(opened);
  return opened;
}

void test('every kind of node is among them', () => {
  const ops = new Set(SOURCES.flatMap((source) => withDescendants(reopened(source)).map(({ op }) => op)));
  assert.deepEqual(
    [...ops].toSorted(),
    'and binary call choose fact has-fact has-key list literal local loop match negate not or part'.split(' '),
  );
});

for (const source of SOURCES) {
  void test(`saved and opened again it is the same: ${source}`, () => {
    const saved = compiled(source).save();
    assert.deepEqual(saveNode(reopened(source)), saved);
    const again = compileExpression(source, { ...ENVIRONMENT, saved: { [source]: saved } }, 'bool');
    assert.ok('expression' in again);
    assert.deepEqual(again.expression.facts, compiled(source).facts);
    assert.deepEqual(again.expression.literals, compiled(source).literals);
    for (const readings of HOSTS) {
      assert.deepEqual(again.expression.evaluate(readings), compiled(source).evaluate(readings));
      assert.deepEqual(again.expression.explain(readings), compiled(source).explain(readings));
    }
  });
}

void test('a fact that is not there is told at its place, as for a text that was never saved', () => {
  const source = 'sysctl.kernel.panic > 0';
  const saved = compiled(source).save();
  const facts = new Map(ENVIRONMENT.facts);
  facts.delete('sysctl.kernel.panic');
  const told = compileExpression(source, { ...ENVIRONMENT, facts, saved: { [source]: saved } }, 'bool');
  assert.ok('problem' in told);
  assert.deepEqual(told, compileExpression(source, { ...ENVIRONMENT, facts }, 'bool'));
});

void test('a text that names what every object has is not taken for a saved expression', () => {
  for (const source of ['constructor', '__proto__', 'toString'])
    assert.ok('problem' in compileExpression(source, { ...ENVIRONMENT, saved: {} }, 'bool'), source);
});
