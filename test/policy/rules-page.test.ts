import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../src/policy/load.js';
import { ownRulesPage } from '../../src/policy/rules-page.js';
import { CATALOGUE } from '../support/declared.js';

test('what a policy says stays text in the page: nothing ends a block of code, and no terminal acts on it', () => {
  const text = JSON.stringify({
    policy: 'x',
    title: 'red \u001b[31m and `code`',
    rules: [
      {
        id: 'x-rule',
        title: 'a | b ` c',
        severity: 'low',
        requires: 'sysctl.kernel.ostype != "```\u001b[2J\\n```"',
        because: 'x',
        rationale: 'one ` stray \u202e',
        remediation: { summary: 'x', commands: ['echo ```', 'echo \u001b[2J'], bootParameters: ['a=``'] },
      },
    ],
  });
  const policies = loadPolicies(
    [{ file: 'x.yaml', text }],
    [...CATALOGUE, { id: 'sysctl.kernel.ostype', title: 'x', type: { kind: 'string' }, sources: [] }],
  ).value;
  assert.ok(policies !== undefined);
  assert.equal(policies.length, 1);
  const page = ownRulesPage(policies, new Map(), []);
  assert.doesNotMatch(page, /(?!\n)[\p{Cc}\p{Cf}]/u);
  assert.match(page, /\n````cel\nsysctl\.kernel\.ostype != "```\\x1b\[2J\\n```"\n````\n/);
  assert.match(page, /\n````sh\necho ```\necho \\x1b\[2J\n````\n/);
  assert.match(page, /On the kernel command line: ``` a=`` ```/);
  assert.match(page, /one \\` stray/);
});
