/** What `npm run release` makes, used as whoever downloads it does: on a machine that has no Node.js. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inRoot, makeCleanRoot } from '../support/clean-root.js';
import { needsRelease } from '../support/release-needs.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

const folder = scratch();
const made = join(folder, 'release');
const root = join(folder, 'root');
after(() => rmSync(folder, { recursive: true, force: true }));

const { version: VERSION }: { readonly version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
const EXECUTABLE = `kernward-${VERSION}-linux-x64`;

/** Of a command that must end with `expected`. */
function output(script: string, expected = 0): string {
  const { status, stdout, stderr } = inRoot(root, `cd /work; ${script}`);
  assert.equal(status, expected, `${script}: ${stdout}${stderr}`);
  return stdout;
}

describe('a release', needsRelease(), () => {
  before(() => {
    const { status, stderr } = spawnSync(process.execPath, [join('scripts', 'release.mjs'), `--to=${made}`, 'x64'], {
      encoding: 'utf8',
      timeout: within(300_000),
    });
    assert.equal(status, 0, stderr);
    makeCleanRoot(root, ['libstdc++6', 'passwd']);
    copyFileSync(join(made, EXECUTABLE), join(root, 'usr', 'bin', 'kw'));
    mkdirSync(join(root, 'work'));
    copyFileSync(join('policies', 'hosts', 'debian-12.probe'), join(root, 'work', 'db1.probe'));
    writeFileSync(
      join(root, 'work', 'fleet.yaml'),
      'hosts: [{ name: db1, transport: recorded, recording: db1.probe }, { name: self, transport: local }]\n',
    );
  });

  test('its files are those that SHA256SUMS names', () => {
    const said = readFileSync(join(made, 'SHA256SUMS'), 'utf8');
    const files = readdirSync(made)
      .filter((name) => name !== 'SHA256SUMS')
      .toSorted();
    const real = files.map((name) => {
      const digest = createHash('sha256')
        .update(readFileSync(join(made, name)))
        .digest('hex');
      return `${digest}  ${name}\n`;
    });
    assert.equal(said, real.join(''));
  });

  test('the executable is below 110 MB, and says what it is without Node.js or ssh', () => {
    const { size } = statSync(join(made, EXECUTABLE));
    assert.ok(size < 110_000_000, `${size} bytes`);
    const said: unknown = JSON.parse(output('! command -v node >&2; ! command -v ssh >&2; kw version --json'));
    const own = spawnSync(process.execPath, [join('dist', 'kernward.js'), 'version', '--json'], { encoding: 'utf8' });
    const { version, commit, policies }: Readonly<Record<string, unknown>> = JSON.parse(own.stdout);
    const { node } = Object(said);
    assert.deepEqual(said, {
      schema: 1,
      version,
      commit,
      node,
      platform: 'linux x64',
      form: 'executable',
      ssh: null,
      sqlite: 'node:sqlite',
      policies,
    });
    assert.match(String(node), /^24\./u);
  });

  test('the executable runs the demo: it is the fleet, and what looks names up, too', () => {
    const said = output('kw demo');
    assert.match(said, /^All 14 hosts were judged as expected\.$/mu);
    assert.match(said, /`kw scan --local`/u);
    assert.match(output('cat kernward-demo/report.html'), /<html/u);
  });

  test('it scans, collects, evaluates, reports, explains and compares', () => {
    output('kw scan -i fleet.yaml --fail-on never -o json:scan.json -o html:scan.html');
    output('kw collect -i fleet.yaml > fleet.jsonl; kw eval fleet.jsonl --fail-on never -o json:eval.json');
    assert.match(output('kw report scan.json -o csv-hosts'), /,db1,/u);
    assert.match(output('kw report scan.json -o html'), /<html/u);
    assert.match(output('kw explain --report scan.json db1'), /Debian GNU\/Linux 12/u);
    // The root itself is one of the hosts, of which not everything is known.
    assert.match(output('kw diff scan.json eval.json', 3), /^0 newly-failing,/mu);
  });

  test('it keeps a history, in processes of its own', () => {
    output('kw scan -i fleet.yaml --fail-on never --history=history.db --quiet');
    output('kw scan -i fleet.yaml --fail-on never --history=history.db --quiet');
    assert.equal(output('kw history trend --history=history.db -o csv').trim().split('\n').length, 3);
  });

  test('what it lists, prints and completes is what the package lists, prints and completes', () => {
    for (const args of [
      'policy list',
      'facts',
      'collector',
      'fix list',
      'completion bash',
      '__complete -- scan --pro',
      '--help',
    ]) {
      const own = spawnSync(process.execPath, [join('dist', 'kernward.js'), ...args.split(' ')], { encoding: 'utf8' });
      assert.equal(output(`kw ${args}`), own.stdout, args);
    }
  });

  test('a mistake of the user is told as ever, with its exit code', () => {
    assert.equal(inRoot(root, 'cd /work; echo "hosts: [" > bad.yaml; kw scan -i bad.yaml').status, 2);
    assert.equal(inRoot(root, 'kw __program:nothing').status, 4);
  });
});
