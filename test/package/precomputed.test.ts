/** What the build worked out, against what would be worked out without it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { scratch } from '../support/scratch.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

/** What the build made of our modules. */
const CODE = readdirSync('dist')
  .filter((name) => name.endsWith('.js'))
  .map((name) => readFileSync(join('dist', name), 'utf8'));

function outputOf(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'dist', program), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const INVENTORIES: Readonly<Record<string, string>> = {
  right: 'hosts: [{ name: a, port: 22, labels: { owner: me } }]\n',
  'an unknown field, at every depth': 'host: []\ngroups: { g: { hots: [a], hosts: [{ name: b, prot: 1 }] } }\n',
  'wrong types': 'hosts: [{ name: 1, port: "22" }, 7, [a]]\ngroups: [a]\n',
  'wrong values': 'hosts: [{ name: "", port: 99999, transport: ssh }, { address: b }]\ndefaults: { identityFile: 3 }\n',
  'no mapping': '[]\n',
};
for (const [what, text] of Object.entries(INVENTORIES))
  test(`an inventory is told the same by the command and by its modules: ${what}`, () => {
    writeFileSync(join(folder, 'i.yaml'), text);
    const [bundled, modules] = ['kernward.js', 'src/cli/main.js'].map((program) =>
      outputOf(program, 'inventory', 'list', '-o', 'jsonl', '-i', 'i.yaml'),
    );
    assert.deepEqual(bundled, modules);
    assert.equal(bundled?.status, what === 'right' ? 0 : 2, bundled?.stderr);
  });

for (const kind of ['policy', 'profile'])
  test(`the schema of a ${kind} is the same in the command and in its modules`, () => {
    const bundled = outputOf('kernward.js', 'policy', 'schema', kind);
    assert.deepEqual(bundled, outputOf('src/cli/main.js', 'policy', 'schema', kind));
    assert.ok(Object.hasOwn(Object(JSON.parse(bundled.stdout)), 'properties'));
  });

test('the digest of the probe in a report is that of the collector which is printed, from the command and its modules', () => {
  const recording = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
  writeFileSync(join(folder, 'r.yaml'), `hosts: [{ name: a, transport: recorded, recording: ${recording} }]\n`);
  for (const program of ['kernward.js', 'src/cli/main.js']) {
    const { stdout } = outputOf(program, 'scan', '-i', 'r.yaml', '-o', 'json', '--exit-zero');
    const collector = outputOf(program, 'collector').stdout;
    const digest = createHash('sha256').update(collector).digest('hex');
    assert.equal(JSON.parse(stdout).header.probe.sha256, digest);
    assert.ok(
      CODE.some((text) => text.includes(digest)),
      'the bundle works it out anew',
    );
  }
});

test('the library sends the probe that its modules make', async () => {
  const [bundled, modules] = await Promise.all(
    ['library.js', 'src/index.js'].map(async (file): Promise<string> => {
      const library: { readonly probeScript: (nonce: string) => string } = await import(
        pathToFileURL(join(process.cwd(), 'dist', file)).href
      );
      return library.probeScript('0123456789abcdef'.repeat(2));
    }),
  );
  assert.ok(bundled !== undefined && bundled.length > 10_000);
  assert.equal(bundled, modules);
  // Of its first function, whose name is short only in what is sent.
  const [start] = /^k0\(\)[^"\\\n]*/m.exec(bundled) ?? [];
  assert.ok(start !== undefined && CODE.some((text) => text.includes(start)), 'the bundle makes it anew');
});
