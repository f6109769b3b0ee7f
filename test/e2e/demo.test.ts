import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startKernward } from '../support/kernward.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-demo-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const demo = startKernward(folder, ['demo', '--folder', 'fleet'], { COLUMNS: '110' }).ended;

test('the demo judges every host of its fleet as expected, and says so', async () => {
  const { status, stdout, stderr } = await demo;
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^All 14 hosts were judged as expected\.$/m);
  const [found, worst, next] = stdout.trimEnd().split('\n').slice(-3);
  assert.match(
    found ?? '',
    /^Found: 5 of 14 hosts fail \(2 critical and 5 high findings\), 2 have lesser findings, 2 are clean, 1 could not be decided, 4 did not answer\.$/,
  );
  assert.match(worst ?? '', /^Worst: db1\.example\.com\. A hung task reboots this machine, .*no vmcore is saved\.$/);
  assert.match(next ?? '', /^Next: {2}open fleet\/report\.html .*kernward\.js scan --local/);
  const written = readdirSync(join(folder, 'fleet'));
  for (const file of ['inventory.yaml', 'report.json', 'findings.csv', 'hosts.csv'])
    assert.ok(written.includes(file), `${file} is not in the folder`);
  assert.ok(!written.includes('audit_key'), 'the private key of the demo was left behind');
});

test("the founding incident's machine fails with the full chain of causes", async () => {
  const { stdout } = await demo;
  const chain = stdout.slice(stdout.indexOf('db1.example.com ('));
  for (const link of [
    /khugepaged/,
    /lacks the fix/,
    /120 s/,
    /hung_task_panic\s*=\s*1/,
    /kernel\.panic=5 after 5 s/,
    /no crash\s+dump/,
    /What breaks the chain/i,
  ])
    assert.match(chain, link);
});

test('the picture in the README is what the demo prints', async () => {
  const { stdout } = await demo;
  const printed = new Set(stdout.split('\n'));
  const picture = /```text\n([\s\S]*?)\n```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const lines = picture.split('\n').filter((line) => line.trim() !== '…');
  assert.ok(lines.length > 10);
  for (const line of lines) assert.ok(printed.has(line), `the demo does not print: ${line}`);
});
