import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { clean } from '../../src/text/clean.js';
import { safeJson } from '../../src/text/safe-json.js';
import { canonical, render } from '../support/saved-report.js';

/** Names that move the cursor, turn the text round, or hide in it. */
const HOSTILE = '\u009b2J\u202eevil\u2066x\u200b\u2028\u007f\u{e0041}\ud800\u001b]0;t\u0007';

test('what a terminal acts on is escaped, and reads back', () => {
  for (const indent of [undefined, 2]) {
    const text = safeJson({ [HOSTILE]: [HOSTILE] }, undefined, indent);
    assert.equal(clean(text.replaceAll('\n', '')), text.replaceAll('\n', ''));
    assert.deepEqual(JSON.parse(text), { [HOSTILE]: [HOSTILE] });
  }
});

test('any value reads back as JSON.stringify would have it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = safeJson(value);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.equal(clean(text), text);
    }),
  );
});

for (const format of ['json', 'jsonl', 'sarif'])
  test(`the format ${format} shows nothing of a hostile host as it is`, () => {
    const report = canonical('mixed');
    const [first] = [...report.hosts];
    assert.ok(first);
    const host = {
      ...first,
      host: HOSTILE,
      labels: { [HOSTILE]: HOSTILE },
      verdicts: first.verdicts.map((each) => ({ ...each, host: HOSTILE, because: HOSTILE })),
    };
    const lines = render(format, { ...report, hosts: [host] }).split('\n');
    for (const line of lines) assert.equal(clean(line), line);
  });
