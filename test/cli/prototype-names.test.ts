import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

/** Words that every object of JavaScript has a meaning for. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'x.__proto__'];

function kernward(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(process.cwd(), 'dist', 'kernward.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
    timeout: within(60_000),
  });
}

test('facts may be called as what every object has: they are read, judged, written and read again as any other', () => {
  const ids = NAMES.map((name) => `sysctl.${name}`);
  const policy = {
    policy: 'names',
    title: 'Names',
    facts: Object.fromEntries(ids.map((id) => [id, { type: 'int', path: '/proc/sys/vm/swappiness' }])),
    rules: ids.map((id, index) => ({
      id: `rule-${index}`,
      title: `Rule ${index}`,
      severity: 'high',
      requires: `${id} < 0`,
      because: `it is {${id}}`,
      cases: [{ name: 'no', facts: { [id]: 1 }, gives: 'fail' }],
    })),
  };
  writeFileSync(join(folder, 'names.json'), JSON.stringify(policy));
  const swappiness = Number(readFileSync('/proc/sys/vm/swappiness', 'utf8'));
  const tested = kernward('policy', 'test', 'names.json');
  assert.match(tested.stdout, new RegExp(`${NAMES.length} passed, 0 failed`), tested.stderr);
  const options = ['--local', '--no-shipped', '-p', 'names.json', '-o', 'json:report.json', '-o', 'csv:report.csv'];
  const { status, stderr } = kernward('scan', ...options);
  assert.equal(status, 1, stderr);
  const again = kernward(
    'report',
    'report.json',
    '-o',
    'json:again.json',
    '-o',
    'html:page.html',
    '-o',
    'sarif:r.sarif',
  );
  assert.equal(again.status, 1, again.stderr);
  for (const file of ['report.json', 'again.json']) {
    const [host] = JSON.parse(readFileSync(join(folder, file), 'utf8')).hosts;
    for (const [index, id] of ids.entries()) {
      assert.equal(host.readings[id]?.value, swappiness, `${file}: ${id}`);
      const verdict = host.verdicts.find(({ rule }: { readonly rule: string }) => rule === `rule-${index}`);
      assert.equal(verdict?.because, `it is ${swappiness}`);
      assert.equal(verdict?.evidence[0]?.fact, id);
    }
  }
});
