import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { known, type Reading } from '../../src/model/reading.js';
import type { HostReport, RuleSummary } from '../../src/model/report.js';
import { planRemedies, REMEDIATION_FORMATS, type RemedyFile } from '../../src/remediation/index.js';
import { HOSTILE } from '../support/report/hostile.js';
import { haveTool } from '../support/debian-tool.js';
import { headerOf, hostOf, ruleOf, setting } from '../support/remediation/reports.js';
import { canBeScratch, inScratch, onScratchHost } from '../support/remediation/scratch-host.js';
import { codePoint } from '../support/code-point.js';

/** What a host, an inventory or a policy says stands in files that root runs: it stays in comments and quotes. */

const folder = mkdtempSync(join(tmpdir(), 'kernward-hostile-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const canary = join(folder, 'canary');

const INJECTIONS = [
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `'; touch ${canary}; '`,
  `"; touch ${canary}; "`,
  `\ntouch ${canary}\n`,
  `{{ lookup('pipe', 'touch ${canary}') }}`,
  `{% set x = 1 %}{{ x }}`,
  `\nkernel.panic = 1\n`,
  `EOF\n`,
  `- hosts: all`,
  `\\`,
  `%n %% %s`,
  ...Object.values(HOSTILE),
];
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...INJECTIONS) },
  { weight: 1, arbitrary: fc.string({ unit: codePoint, maxLength: 40 }) },
  fc.tuple(fc.constantFrom(...INJECTIONS), fc.constantFrom(...INJECTIONS)).map(([a, b]) => a + b),
);

const SOUND = [
  setting('kernel.hung_task_panic', '0'),
  setting('/sys/kernel/mm/transparent_hugepage/enabled', 'madvise'),
] as const;

function arbitraryRule(id: string): fc.Arbitrary<RuleSummary> {
  return fc
    .record({
      name: text,
      value: text,
      policy: text,
      title: text,
      remediation: text,
      mayBreak: text,
      parameter: text,
      command: text,
      says: text,
    })
    .map(({ name, value, policy, title, remediation, mayBreak, parameter, command, says }) =>
      ruleOf(
        id,
        'high',
        {
          sysctl: [SOUND[0], setting(name, value)],
          sysfs: [SOUND[1], setting(`/sys/${name}`, value)],
          bootParameters: [parameter],
          commands: [command],
          packages: [command],
        },
        { policy, title, remediation, mayBreak, conflicts: [{ with: says, says, source: says }] },
      ),
    );
}

const scene = fc.record({
  rules: fc.tuple(arbitraryRule('a-rule'), arbitraryRule("b'rule")),
  hosts: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
  because: text,
  raw: text,
});

function reportsOf({
  hosts,
  because,
  raw,
}: {
  readonly hosts: readonly string[];
  readonly because: string;
  readonly raw: string;
}): readonly HostReport[] {
  return hosts.map((name, index) => {
    const host = hostOf(
      index === 0 ? 'here' : name,
      { 'a-rule': 'fail', "b'rule": 'fail' },
      new Map<string, Reading>([
        ['sysctl.kernel.hung_task_panic', known(1, raw)],
        ['cmdline', known({ hung_task_panic: raw }, raw)],
      ]),
    );
    return { ...host, verdicts: host.verdicts.map((verdict) => ({ ...verdict, because })) };
  });
}

function render(
  as: string,
  {
    rules,
    ...rest
  }: {
    readonly rules: readonly RuleSummary[];
    readonly hosts: readonly string[];
    readonly because: string;
    readonly raw: string;
  },
): readonly RemedyFile[] {
  const way = REMEDIATION_FORMATS.get(as);
  assert.ok(way);
  return way.render(planRemedies(headerOf(rules), reportsOf(rest))).files;
}

function contentLines({ text: whole }: RemedyFile): readonly string[] {
  return whole.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '.conf': ['kernel.hung_task_panic = 0', 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise'],
  'tuned.conf': ['[main]', '[sysctl]', 'kernel.hung_task_panic=0', '[vm]', 'transparent_hugepages=madvise'],
};

test('in files of sysctl.d, tmpfiles.d and tuned nothing stands outside of comments but what is meant to be set', () => {
  fc.assert(
    fc.property(scene, (given) => {
      const dropIns = render('sysctl.d', given).filter(({ path }) => path.endsWith('.conf'));
      assert.deepEqual(dropIns.flatMap(contentLines).sort(), [...(EXPECTED['.conf'] ?? [])].sort());
      for (const { path } of dropIns)
        assert.match(path, /^remedy-\d\d\/etc\/(?:sysctl|tmpfiles)\.d\/[0-9a-z-]+\.conf$/);
      const profiles = render('tuned', given).filter(({ path }) => path.endsWith('tuned.conf'));
      assert.deepEqual(
        profiles
          .flatMap(contentLines)
          .map((line) => line.replace(/^summary=.*/, ''))
          .filter((line) => line !== ''),
        EXPECTED['tuned.conf'],
      );
    }),
  );
});

test('names of hosts and rules never become names of folders', () => {
  fc.assert(
    fc.property(scene, fc.constantFrom(...REMEDIATION_FORMATS.keys()), (given, as) => {
      for (const { path } of render(as, given)) assert.match(path, /^[A-Za-z0-9./-]+$/);
    }),
  );
});

const shells = haveTool(['bash', '-c', ':'], 'bash') && haveTool(['dash', '-c', ':'], 'dash');

test('no word of a script becomes a command: it parses, and tells its usage', { skip: !shells }, () => {
  fc.assert(
    fc.property(scene, (given) => {
      const [script] = render('bash', given);
      assert.ok(script);
      for (const shell of ['bash', 'dash']) {
        const parsed: SpawnSyncReturns<string> = spawnSync(shell, ['-n'], { input: script.text, encoding: 'utf8' });
        assert.equal(parsed.status, 0, parsed.stderr);
      }
      const asked = spawnSync('sh', ['-s'], { input: script.text, encoding: 'utf8', cwd: folder });
      assert.equal(asked.status, 2);
      assert.match(asked.stderr, /^usage: sh remedy-01\.sh apply \| verify \| revert\n/);
      assert.ok(!existsSync(canary));
    }),
    { numRuns: 60 },
  );
});

const everything = {
  rules: [
    fc.sample(arbitraryRule('a-rule'), { numRuns: 1, seed: 1 }),
    fc.sample(arbitraryRule("b'rule"), { numRuns: 1, seed: 2 }),
  ].flat(),
  hosts: ['here', ...INJECTIONS],
  because: INJECTIONS.join(' '),
  raw: INJECTIONS.join(' '),
};

test(
  'shellcheck has nothing to say, but that what stands in quotes may have been meant to run: it is not',
  { skip: !haveTool(['shellcheck', '--version'], 'shellcheck') },
  () => {
    const [script] = render('bash', everything);
    const { status, stdout } = spawnSync('shellcheck', ['--exclude=SC2016', '-'], {
      input: script?.text,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
  },
);

test(
  'applied on a scratch root the script does what it says and nothing else',
  { skip: !canBeScratch && 'no mount namespace' },
  () =>
    inScratch((scratch) => {
      const [script] = render('bash', everything);
      for (const [file, old] of [
        ['proc-sys/kernel/hung_task_panic', '1'],
        ['sys-mm/transparent_hugepage/enabled', '[always] madvise never'],
      ] as const) {
        mkdirSync(dirname(join(scratch, file)), { recursive: true });
        writeFileSync(join(scratch, file), `${old}\n`);
      }
      writeFileSync(join(scratch, 'apply.sh'), script?.text ?? '');
      const { status, output } = onScratchHost(
        scratch,
        `sh ${scratch}/apply.sh apply && sh ${scratch}/apply.sh verify && sh ${scratch}/apply.sh revert`,
      );
      assert.equal(status, 0, output);
      assert.ok(!existsSync(canary));
    }),
);

const ansible = haveTool(['ansible-playbook', '--version'], 'ansible-core');
const ENV = {
  ...process.env,
  ANSIBLE_HOME: join(folder, '.ansible'),
  ANSIBLE_LOCALHOST_WARNING: '0',
  LC_ALL: 'C.UTF-8',
};

test(
  'ansible-playbook finds nothing wrong with the playbook, and lists the one host that has a plain name',
  { skip: !ansible },
  () => {
    const [playbook] = render('ansible', everything);
    assert.ok(playbook);
    const file = join(folder, 'playbook.yaml');
    writeFileSync(file, playbook.text);
    const check = spawnSync('ansible-playbook', ['-i', 'here,', '--syntax-check', file], {
      encoding: 'utf8',
      env: ENV,
    });
    assert.equal(check.status, 0, check.stderr);
    const list = spawnSync('ansible-playbook', ['-i', 'here,other,third', '--list-hosts', file], {
      encoding: 'utf8',
      env: ENV,
    });
    assert.match(list.stdout, /hosts \(1\):\n\s+here\n/);
    assert.match(playbook.text, /^# left out, because Ansible would not read the name as that of one host: /m);
  },
);

test('ansible reads no template in what a host sent', { skip: !ansible || !canBeScratch }, () =>
  inScratch((scratch) => {
    const [playbook] = render('ansible', everything);
    writeFileSync(join(scratch, 'playbook.yaml'), playbook?.text ?? '');
    const { output } = onScratchHost(
      scratch,
      `cd ${scratch}; HOME=${scratch} ANSIBLE_HOME=${scratch}/.ansible ansible-playbook -i here, -c local -e ansible_become=false --check --diff playbook.yaml`,
    );
    assert.match(output, /failed=0/, output);
    assert.ok(output.includes("{{ lookup('pipe', 'touch"), output);
    assert.ok(!existsSync(canary));
  }),
);

test('a playbook without a file to bring is one that ansible-playbook accepts', { skip: !ansible }, () => {
  const way = REMEDIATION_FORMATS.get('ansible');
  const files = way?.render(
    planRemedies(headerOf([ruleOf('new-kernel', 'high', { packages: ['linux'] })]), [
      hostOf('here', { 'new-kernel': 'fail' }),
    ]),
  ).files;
  const file = join(folder, 'empty.yaml');
  writeFileSync(file, files?.[0]?.text ?? '');
  const { status, stderr } = spawnSync('ansible-playbook', ['-i', 'here,', '--syntax-check', file], {
    encoding: 'utf8',
    env: ENV,
  });
  assert.equal(status, 0, stderr);
  assert.match(files?.[0]?.text ?? '', /# {3}packages: linux/);
});
