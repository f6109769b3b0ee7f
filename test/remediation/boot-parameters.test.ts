import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readBootFiles } from '../../src/kernel/next-boot/boot-files.js';
import { nextCommandLine } from '../../src/kernel/next-boot/command-line.js';
import { planRemedies } from '../../src/remediation/index.js';
import { file } from '../support/next-boot/told.js';
import { headerOf, hostOf, ruleOf } from '../support/remediation/reports.js';

/** A line for the configuration of GRUB that the work by hand tells of, in a shell and by kernward's own reading of the next boot. */

const RULE = ruleOf('crash-kernel', 'medium', { bootParameters: ['crashkernel=512M', 'hung_task_panic=0'] });

function told(): readonly string[] {
  const { remedies } = planRemedies(headerOf([RULE]), [hostOf('a', { 'crash-kernel': 'fail' })]);
  return remedies.flatMap(({ instructions }) => instructions.flatMap(({ lines }) => lines));
}

/** What others have put there before: an installer or an administrator, the image of a cloud, and Debian's kdump-tools 1:1.8.1. */
const BEFORE: Readonly<Record<string, string>> = {
  '/etc/default/grub': 'GRUB_CMDLINE_LINUX_DEFAULT="quiet hung_task_panic=1"\nGRUB_CMDLINE_LINUX="panic=5"\n',
  '/etc/default/grub.d/50-cloudimg-settings.cfg': 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0 hung_task_panic=1"\n',
  '/etc/default/grub.d/kdump-tools.cfg':
    'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=384M-:128M"\n',
};

function withRemedy(): Readonly<Record<string, string>> {
  const [, path, line] =
    told()
      .map((each) => /^ *Debian, Ubuntu: .*(\/etc\/default\/grub\.d\/\S+\.cfg).* (GRUB_\w+="[^"]*")/.exec(each))
      .find((match) => match !== null) ?? [];
  assert.ok(path !== undefined && line !== undefined, told().join('\n'));
  return { ...BEFORE, [path]: `${line}\n` };
}

/** Sourced as grub-mkconfig sources them, and joined as 10_linux joins them for an entry that is not for recovery (GRUB 2.06). */
const AS_GRUB_DOES = [
  '. "$1/etc/default/grub"',
  'for x in "$1"/etc/default/grub.d/*.cfg; do if [ -e "$x" ]; then . "$x"; fi; done',
  'echo "${GRUB_CMDLINE_LINUX} ${GRUB_CMDLINE_LINUX_DEFAULT}"',
].join('\n');

void test('a boot parameter that is added on Debian wins over what kdump-tools and others add', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-grub-'));
  try {
    for (const [path, text] of Object.entries(withRemedy())) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { stdout } = spawnSync('sh', ['-ec', AS_GRUB_DOES, 'sh', folder], { encoding: 'utf8' });
    const words = stdout.trim().split(/\s+/);
    const last = (name: string) => words.filter((word) => word.startsWith(`${name}=`)).at(-1);
    // The kernel takes the last crashkernel=: get_last_crashkernel() in kernel/crash_core.c.
    assert.equal(last('crashkernel'), 'crashkernel=512M', stdout);
    assert.equal(last('hung_task_panic'), 'hung_task_panic=0', stdout);
    assert.equal(last('panic'), 'panic=5', stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

void test('kernward reads of those files that it is the added one which the next boot has', () => {
  const lines = Object.entries(withRemedy()).flatMap(([path, text]) =>
    file(
      path,
      ...text
        .trim()
        .split('\n')
        .map((line) => line.replace('="', '= ').replace('"', '').replaceAll('$', '@')),
    ),
  );
  const line = nextCommandLine(
    readBootFiles(lines),
    new Map([
      ['crashkernel', '512M'],
      ['hung_task_panic', '0'],
    ]),
  );
  for (const [name, value] of [
    ['crashkernel', '512M'],
    ['hung_task_panic', '0'],
  ] as const) {
    const said = line.ask(name);
    assert.ok(said !== undefined && 'value' in said, JSON.stringify(said));
    assert.equal(said.value, value);
  }
});

void test('whoever starts by another way is told of it: recovery, ostree, SUSE', () => {
  const text = told().join('\n');
  assert.match(text, /recovery/);
  assert.match(text, /rpm-ostree kargs --append="crashkernel=512M" --append="hung_task_panic=0"/);
  assert.match(text, /SUSE: .*GRUB_CMDLINE_LINUX_DEFAULT.*grub2-mkconfig/);
  // kdump-commandline.service writes over it at the next boot what that file asks for.
  assert.match(
    text,
    /SUSE with kdump 2\.0\.19 or later: KDUMP_CRASHKERNEL="crashkernel=512M" in \/etc\/sysconfig\/kdump/,
  );
});
