import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { unpackedFolder } from '../support/debian-packages.js';
import { isHere } from '../support/debian-tool.js';
import { scratch } from '../support/scratch.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { canBeScratch, onScratchHost, write } from '../support/remediation/scratch-host.js';

/**
 * The whole way on a scratch root: a host is scanned by the command line, its report becomes files, the files are applied
 * by what they are for, and the host is scanned again.
 */

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const INVENTORY = 'hosts:\n  - { name: here, transport: local }\n';
const POLICY = `policy: scratch
title: what the scratch host must have
rules:
  - id: no-hung-task-panic
    title: A hung task must not panic the machine
    severity: high
    requires: sysctl.kernel.hung_task_panic == 0 && sysctl.kernel.panic_on_oops == 0
    because: kernel.hung_task_panic is {sysctl.kernel.hung_task_panic}
    remediation:
      summary: Set both to 0.
      sysctl: { kernel.hung_task_panic: 0, kernel.panic_on_oops: 0 }
      commands: [journalctl -k]
  - id: thp-asked-for
    title: Huge pages for those who ask
    severity: low
    requires: thp.enabled != "always" && thp.defrag == "defer+madvise"
    because: transparent_hugepage/enabled is {thp.enabled}
    remediation:
      summary: Set enabled to madvise.
      sysfs: { /sys/kernel/mm/transparent_hugepage/enabled: madvise, /sys/kernel/mm/transparent_hugepage/defrag: defer+madvise }
`;

const THP = 'sys-mm/transparent_hugepage';
const BEFORE: Readonly<Record<string, string>> = {
  'proc-sys/kernel/hung_task_panic': '1\n',
  'proc-sys/kernel/panic_on_oops': '1\n',
  [`${THP}/enabled`]: '[always] madvise never\n',
  [`${THP}/defrag`]: '[always] defer defer+madvise madvise never\n',
};

/** systemd-tmpfiles writes from the start of a file and keeps the rest; a kernel keeps the word alone, and shows it in brackets. */
const LIKE_A_KERNEL = `choices() { for f in /sys/kernel/mm/transparent_hugepage/*; do printf '[%s]\\n' "$(sed 's/.*\\[\\([^]]*\\)\\].*/\\1/' $f)" >$f; done; }`;
const TMPFILES = `#!/bin/sh\n: >/sys/kernel/mm/transparent_hugepage/enabled; : >/sys/kernel/mm/transparent_hugepage/defrag\nexec W/systemd-tmpfiles "$@"\n`;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = scratch();
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Undefined for a folder, and for what can only be written or not be read. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function prepare(folder: string): void {
  for (const name of ['kernel', 'vm']) {
    mkdirSync(join(folder, 'proc-sys', name), { recursive: true });
    for (const file of readdirSync(`/proc/sys/${name}`)) {
      const text = textOf(`/proc/sys/${name}/${file}`);
      if (text !== undefined) write(join(folder, 'proc-sys', name, file), text);
    }
  }
  for (const [file, text] of Object.entries(BEFORE)) write(join(folder, file), text);
  write(join(folder, 'inventory.yaml'), INVENTORY);
  write(join(folder, 'policy.yaml'), POLICY);
  write(
    join(folder, 'profile.yaml'),
    "profile: scratch\ntitle: all of it\ninclude: ['no-hung-task-panic', 'thp-asked-for']\n",
  );
  write(join(folder, 'tmpfiles-like-a-kernel'), TMPFILES.replace('W', folder));
  spawnSync('cp', ['/usr/bin/systemd-tmpfiles', join(folder, 'systemd-tmpfiles')]);
  spawnSync('chmod', ['755', join(folder, 'tmpfiles-like-a-kernel')]);
}

function scan(folder: string, name: string): string {
  const args = `-i inventory.yaml --no-shipped -p policy.yaml -p profile.yaml --profile scratch -q -o json:${name}.json`;
  return `cd ${folder}; HOME=${folder} ${process.execPath} ${MAIN} scan ${args}`;
}
/** Reads the report and writes files beside it, whatever host this is. */
async function remediate(folder: string, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await kernwardWarm(folder, 'remediate', ...args);
  assert.equal(status, 0, stderr);
  return stdout;
}

function resultsIn(folder: string, name: string): Readonly<Record<string, string>> {
  const report: {
    readonly hosts: readonly { readonly verdicts: readonly { readonly rule: string; readonly result: string }[] }[];
  } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  return Object.fromEntries(report.hosts.flatMap(({ verdicts }) => verdicts.map(({ rule, result }) => [rule, result])));
}

function stateOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(BEFORE).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

interface Run {
  readonly as: string;
  /** Shell commands that apply what lies in `remedies/`. */
  readonly apply: string;
  readonly alsoRevert?: string;
}

const ANSIBLE =
  'ANSIBLE_HOME=$PWD/.ansible ANSIBLE_LOCALHOST_WARNING=0 ansible-playbook -i here, -c local -e ansible_become=false remedies/kernward-remediate.yaml';

const RUNS: readonly Run[] = [
  {
    as: 'bash',
    apply: 'sh remedies/remedy-01.sh apply; sh remedies/remedy-01.sh apply; sh remedies/remedy-01.sh verify',
    alsoRevert: 'sh remedies/remedy-01.sh revert',
  },
  {
    as: 'sysctl.d',
    apply:
      'cp remedies/remedy-01/etc/sysctl.d/* /etc/sysctl.d/; cp remedies/remedy-01/etc/tmpfiles.d/* /etc/tmpfiles.d/; sysctl --system >/dev/null; systemd-tmpfiles --create /etc/tmpfiles.d/10-kernward-scratch.conf',
  },
  { as: 'ansible', apply: `${ANSIBLE}; choices; ${ANSIBLE} | grep -E 'changed=0 .*failed=0'` },
];

/** What a scan says of the host as it is prepared, for all who mend it. */
let before: string | undefined;

function reportOfPrepared(folder: string): string {
  const { status, output } = onScratchHost(folder, `${scan(folder, 'before')} || test $? = 1`);
  assert.equal(status, 0, output);
  assert.deepEqual(stateOf(folder), BEFORE, 'kernward itself changes nothing');
  return readFileSync(join(folder, 'before.json'), 'utf8');
}

for (const { as, apply, alsoRevert } of RUNS)
  test(
    `a host that fails passes after its remedy was applied by ${as}`,
    { skip: !canBeScratch && 'no mount namespace' },
    () =>
      inFolder(async (folder) => {
        prepare(folder);
        const bind = `mount --bind ${folder}/tmpfiles-like-a-kernel /usr/bin/systemd-tmpfiles`;
        before ??= reportOfPrepared(folder);
        write(join(folder, 'before.json'), before);
        await remediate(folder, 'before.json', '-p', 'policy.yaml', '--as', as, '-o', 'remedies');
        assert.deepEqual(resultsIn(folder, 'before'), { 'no-hung-task-panic': 'fail', 'thp-asked-for': 'fail' });
        assert.deepEqual(stateOf(folder), BEFORE, 'kernward itself changes nothing');

        const second = onScratchHost(
          folder,
          `${LIKE_A_KERNEL}\n${bind}\ncd ${folder}\n${apply}\nchoices\n${scan(folder, 'after')}`,
        );
        assert.equal(second.status, 0, second.output);
        assert.deepEqual(
          resultsIn(folder, 'after'),
          { 'no-hung-task-panic': 'pass', 'thp-asked-for': 'pass' },
          second.output,
        );
        for (const name of ['etc/sysctl.d/90-kernward-scratch.conf', 'etc/tmpfiles.d/10-kernward-scratch.conf'])
          assert.ok(existsSync(join(folder, name)), name);

        if (alsoRevert === undefined) return;
        const third = onScratchHost(folder, `cd ${folder}\n${alsoRevert}`);
        assert.equal(third.status, 0, third.output);
        assert.deepEqual(stateOf(folder), { ...BEFORE, [`${THP}/enabled`]: 'always\n', [`${THP}/defrag`]: 'always\n' });
        assert.ok(!existsSync(join(folder, 'etc/sysctl.d/90-kernward-scratch.conf')), 'the file is gone');
        assert.deepEqual(readdirSync(join(folder, 'var-lib-kernward')), []);
      }),
  );

test(
  'what sets the key as well, and later, is told by the script',
  { skip: !canBeScratch && 'no mount namespace' },
  () =>
    inFolder(async (folder) => {
      prepare(folder);
      write(join(folder, 'etc/sysctl.d/99-mine.conf'), 'kernel/hung_task_panic=1\n');
      reportOfPrepared(folder);
      write(join(folder, 'apply.sh'), await remediate(folder, 'before.json', '-p', 'policy.yaml', '--as', 'bash'));
      const { status, output } = onScratchHost(
        folder,
        `cd ${folder}; ${LIKE_A_KERNEL}\nsh apply.sh apply; choices; sh apply.sh verify`,
      );
      assert.equal(status, 0, output);
      assert.match(output, /set there as well: \/etc\/sysctl\.d\/99-mine\.conf:1:kernel\/hung_task_panic=1/);
    }),
);

test("tuned reads the profile as it is meant, by tuned's own loader", (context) =>
  inFolder(async (folder) => {
    const tuned = unpackedFolder('tuned');
    if (!isHere(tuned !== undefined, "tuned's own loader", 'tuned') || tuned === undefined) {
      context.skip('tuned is not here');
      return;
    }
    const made = await kernwardWarm(folder, 'demo', '--folder', 'demo');
    assert.equal(made.status, 0, made.stderr);
    const rules = ['founding-incident', 'thp-always', 'thp-defrag-always'].flatMap((rule) => ['--rule', rule]);
    await remediate(folder, 'demo/report.json', '--as', 'tuned', '-l', 'db1.example.com', ...rules, '-o', 'out');
    writeFileSync(
      join(folder, 'load.py'),
      [
        'import json',
        'from tuned.profiles.locator import Locator',
        'from tuned.profiles.factory import Factory',
        'from tuned.profiles.merger import Merger',
        'from tuned.profiles.loader import Loader',
        'from tuned.profiles.variables import Variables',
        "profile = Loader(Locator(['out/remedy-01/etc/tuned']), Factory(), Merger(), None, Variables()).load(['kernward-remedy-01'])",
        'print(json.dumps({name: dict(unit.options) for name, unit in profile.units.items()}))',
      ].join('\n'),
    );
    const { stdout, stderr: complaint } = spawnSync('python3', ['load.py'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: join(tuned, 'usr/lib/python3/dist-packages') },
    });
    assert.deepEqual(
      JSON.parse(stdout.trim().split('\n').at(-1) ?? ''),
      {
        sysctl: { 'kernel.hung_task_panic': '0' },
        vm: { transparent_hugepages: 'madvise' },
        sysfs: { '/sys/kernel/mm/transparent_hugepage/defrag': 'madvise' },
      },
      complaint,
    );
  }));
