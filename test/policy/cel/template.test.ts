import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reading } from '../../../src/model/reading.js';
import { compileTemplate } from '../../../src/policy/cel/template.js';
import { DENIED, ENVIRONMENT, GONE, readingsWith, value } from '../../support/policies.js';

const RENDERED: readonly (readonly [source: string, changes: Readonly<Record<string, Reading>>, text: string])[] = [
  ['reboots after {sysctl.kernel.panic} s', {}, 'reboots after 5 s'],
  ['{sysctl.kernel.panic}{os.id}', {}, '5rhel'],
  ['{{{sysctl.kernel.panic}}} and {{x}}', {}, '{5} and {x}'],
  ['{sysctl.kernel.panic * 1000} ms', {}, '5000 ms'],
  ['{sysctl.kernel.panic > 0 ? "reboots" : "freezes"}', {}, 'reboots'],
  [
    '{kexec.crash_loaded}, {os.id_like}, {cmdline}, {thp.sizes}',
    {},
    'false, fedora, centos, panic=5, quiet=, 2048kB=inherit, 64kB=never',
  ],
  ['{os.id_like}', { 'os.id_like': value([]) }, 'none'],
  ['{"}"} {\'{\'}', {}, '} {'],
  ['panic is {sysctl.kernel.panic}', { 'sysctl.kernel.panic': DENIED }, 'panic is (not known)'],
  ['panic is {sysctl.kernel.panic}', { 'sysctl.kernel.panic': GONE }, 'panic is (absent)'],
  ['{sysctl.kernel.panic + size(os.id)}', { 'sysctl.kernel.panic': GONE, 'os.id': DENIED }, '(not known)'],
  ['{cmdline.crashkernel}', {}, '(absent)'],
  ['{1 / (sysctl.kernel.panic - 5)}', {}, '(cannot be told: division by zero)'],
  ['a {os.id} b', { 'os.id': value('\u001b[2J\u202e\nx') }, String.raw`a \x1b[2J\u202e\nx b`],
  ['two\nlines   {os.id}', {}, 'two lines rhel'],
  ['no expression', {}, 'no expression'],
  ['', {}, ''],
];

for (const [source, changes, text] of RENDERED) {
  void test(`rendered: ${JSON.stringify(source)}`, () => {
    const result = compileTemplate(source, ENVIRONMENT);
    assert.ok('template' in result, 'problems' in result ? JSON.stringify(result.problems) : '');
    assert.equal(result.template.render(readingsWith(changes)).text, text);
  });
}

void test('a long value is cut', () => {
  const result = compileTemplate('{os.id}', ENVIRONMENT);
  assert.ok('template' in result);
  assert.equal(result.template.render(readingsWith({ 'os.id': value('x'.repeat(10_000)) })).text.length, 200);
});

void test('what it read is evidence', () => {
  const result = compileTemplate('{os.id} {sysctl.kernel.panic}', ENVIRONMENT);
  assert.ok('template' in result);
  const { evidence } = result.template.render(readingsWith({ 'os.id': DENIED }));
  assert.deepEqual(
    evidence.map(({ fact, reading }) => `${fact} ${reading.state}`),
    ['os.id unreadable', 'sysctl.kernel.panic known'],
  );
});

type Place = readonly [start: number, end: number, code: string];

const MISTAKES: readonly (readonly [source: string, places: readonly Place[]])[] = [
  [
    'a {os.idd} and {thp.enable}',
    [
      [3, 9, 'policy/unknown-fact'],
      [16, 26, 'policy/unknown-fact'],
    ],
  ],
  ['a {os.id', [[2, 3, 'policy/template']]],
  ['a } b', [[2, 3, 'policy/template']]],
  ['a {} b', [[3, 3, 'policy/syntax']]],
  ['{os.id == 1}', [[1, 11, 'policy/wrong-type']]],
  ['{"x}', [[0, 1, 'policy/template']]],
];

for (const [source, places] of MISTAKES) {
  void test(`mistakes: ${source}`, () => {
    const result = compileTemplate(source, ENVIRONMENT);
    assert.ok('problems' in result);
    assert.deepEqual(
      result.problems.map(({ start, end, code }) => [start, end, code]),
      places,
    );
  });
}
