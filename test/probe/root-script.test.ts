import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FACTS, ROOT_FACTS } from '../../src/facts/index.js';
import { absent, known, unreadable, type Reading, type Readings } from '../../src/model/reading.js';
import { parseBecome, wantedOfRoot } from '../../src/probe/parse-root.js';
import { parseProbe } from '../../src/probe/parse.js';
import { ROOT_EDITIONS, ROOT_GREETING, rootScript } from '../../src/probe/root-script.js';
import { probeScript } from '../../src/probe/script.js';
import { NONCE } from '../support/run-probe.js';
import { couldNotTest, findProgram, isRoot, shellsHere } from '../support/shells.js';
import { isHere } from '../support/debian-tool.js';
import { within } from '../support/within.js';

const { shells } = shellsHere();
const PRIVATE = ['-m', '--propagation', 'private'];
const canMount = isRoot && spawnSync('unshare', [...PRIVATE, 'true']).status === 0;
if (!canMount)
  couldNotTest("root's script on files of root (no mount namespace: root with CAP_SYS_ADMIN is needed)", isRoot);
const skip = !canMount && 'no mount namespace';

function scriptsIn(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-root-'));
  try {
    writeFileSync(join(folder, 'root'), rootScript());
    writeFileSync(join(folder, 'probe'), probeScript(NONCE));
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
/** In a mount namespace of its own; `$W` is the folder. */
function inside(folder: string, commands: string): string {
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    [...PRIVATE, 'sh', '-c', `set -e; W=${folder}\n${commands}`],
    { encoding: 'utf8', timeout: within(60_000) },
  );
  assert.deepEqual([status, stderr], [0, '']);
  return stdout;
}
function asSection(output: string, status = 0, errors: readonly string[] = []): Uint8Array {
  return Buffer.from(
    `noise\nkw ${NONCE} begin become\nkw ${NONCE} there ${output.split('\n').filter((line) => line !== '').length}\n${output}kw ${NONCE} errors\n${errors.map((line) => `${line}\n`).join('')}kw ${NONCE} end become ${status}\n`,
  );
}
const wantsAll = wantedOfRoot(new Map());
function read(output: string): Readings {
  return parseBecome(asSection(output), NONCE, 'complete', wantsAll);
}
function outcome(reading: Reading | undefined): unknown {
  return reading?.state === 'known' ? reading.value : reading?.state === 'unreadable' ? reading.cause : reading?.state;
}

const CONF = `# a comment
path /srv/dumps
  core_collector makedumpfile -l --message-level 7 -d 31 secret$word -x=1 # and more
ssh root@dumps.example.com
final_action	poweroff
#path /no
auto_reset_crashkernel yes
failure_action dump_to_rootfs extra`;
const TOOLS = `# kdump-tools
USE_KDUMP=1
export KDUMP_COREDIR="/var/crash"
MAKEDUMP_ARGS='-c -d 31'
KDUMP_FAIL_CMD="reboot -f; sh -c secret"
SSH="root@host"
NFS=
nonsense
OTHER=/x
`;

for (const { name, argv } of shells) {
  const shell = argv.filter((word) => word !== '-s').join(' ');

  for (const [file, content, also] of [
    ['/etc/kdump.conf', CONF, ''],
    ['/etc/default/kdump-tools', TOOLS, ''],
    [
      '/etc/default/kdump-tools',
      TOOLS,
      'mkdir -p /var/crash/1 /var/crash/2; echo x >/var/crash/1/vmcore; : >/var/crash/1/vmcore-incomplete; echo x >/var/crash/2/dump.1; chmod 700 /var/crash/2',
    ],
  ] as const)
    test(
      `${name}: it says of ${file}${also === '' ? '' : ' and /var/crash'} what the probe says as root`,
      { skip },
      () =>
        scriptsIn((folder) => {
          writeFileSync(join(folder, 'config'), content);
          const prepare = `mkdir -p $W/up $W/work; mount -t tmpfs none $W/up; mkdir $W/up/u $W/up/w; cp -a /etc $W/up/u/; mount --bind $W/up/u/etc /etc; mkdir -p /etc/default; rm -f /etc/kdump.conf /etc/default/kdump-tools; cp $W/config ${file}; mount -t tmpfs none /var; ${also}`;
          const [said = '', probed = ''] = inside(
            folder,
            `${prepare}\n${shell} $W/root; echo =====; sh -s <$W/probe`,
          ).split('=====\n');
          const readings = read(said);
          const parsed = parseProbe(Buffer.from(probed), NONCE, 'complete');
          assert.ok(parsed.ok);
          // NFS is counted by the probe alone: every login may read /proc/mounts.
          const dumps = FACTS.filter(
            ({ id, origin }) =>
              origin.via === 'command' && origin.sections.includes('dumps') && !id.startsWith('mounts.'),
          );
          assert.ok(dumps.length > 8);
          for (const { id } of dumps) assert.deepEqual(readings.get(id), parsed.readings.get(id), id);
          assert.doesNotMatch(said, /secret|example|host/u);
          if (also !== '')
            assert.deepEqual(
              [outcome(readings.get('dumps.complete')), outcome(readings.get('dumps.incomplete'))],
              [2, 1],
            );
        }),
    );

  test(`${name}: files of pstore are counted, and processes only where /proc hides them`, { skip }, () =>
    scriptsIn((folder) => {
      const prepare =
        'mount -t tmpfs none /sys/fs/pstore; : >/sys/fs/pstore/dmesg-efi-1; : >/sys/fs/pstore/dmesg-efi-2; : >/sys/fs/pstore/console-ramoops-0';
      const open = read(inside(folder, `${prepare}\n${shell} $W/root`));
      assert.equal(outcome(open.get('pstore.dmesg_files')), 2);
      assert.equal(open.has('khugepaged.running'), false);
      const hidden = read(inside(folder, `mount -t proc -o hidepid=2 proc /proc\n${shell} $W/root`));
      const truth = parseProbe(
        Buffer.from(spawnSync('sh', ['-s'], { input: probeScript(NONCE) }).stdout),
        NONCE,
        'complete',
      );
      assert.ok(truth.ok);
      assert.deepEqual(outcome(hidden.get('khugepaged.running')), outcome(truth.readings.get('khugepaged.running')));
      // Without kernel threads in sight (a container) root knows no more.
      const tasks = hidden.get('tasks.in_d_state');
      assert.equal(tasks?.state, truth.readings.get('tasks.in_d_state')?.state);
    }),
  );

  test(
    `${name}: it starts no other program and no process`,
    {
      skip:
        !(isRoot && isHere(findProgram('strace') !== undefined, 'strace', 'strace')) && 'strace and root are needed',
    },
    () =>
      scriptsIn((folder) => {
        const trace = join(folder, 'trace');
        const words = [
          '-f',
          '-e',
          'trace=execve,clone,clone3,fork,vfork',
          '-o',
          trace,
          ...shell.split(' '),
          join(folder, 'root'),
        ];
        const { status } = spawnSync('strace', words, { stdio: 'ignore' });
        assert.equal(status, 0);
        const { stdout } = spawnSync('grep', ['-cE', 'execve|clone|fork', trace], { encoding: 'utf8' });
        assert.equal(stdout, '1\n');
      }),
  );
}

test('what is wanted of root: what was denied, and what only root can see', () => {
  const readings = new Map<string, Reading>([
    ...FACTS.map(({ id }) => [id, known(1, '1')] as const),
    ['dumps.complete', unreadable('denied', 'x')],
    ['dumps.flat', unreadable('undetermined', 'x')],
    ['kdump.path', absent('x')],
    ['sysctl.kernel.panic', unreadable('denied', 'x')],
  ]);
  assert.deepEqual(
    wantedOfRoot(readings).map(({ id }) => id),
    ['dumps.complete', ...ROOT_FACTS.map(({ id }) => id)],
  );
});

const GREETING = `${ROOT_GREETING} ${Object.entries(ROOT_EDITIONS)
  .map((entry) => entry.join(':'))
  .join(' ')}\n`;
const SAID = `${GREETING}part dumps\netc searchable\ncrash none\npart pstore\npstore 3\n`;
const cases: readonly (readonly [
  what: string,
  output: Uint8Array,
  ended: 'complete' | 'timed-out' | 'truncated',
  pstore: unknown,
  dumps: unknown,
])[] = [
  ['all is well', asSection(SAID), 'complete', 3, 'absent'],
  ['a complaint of sudo beside it', asSection(SAID, 0, ['sudo: unable to resolve host x']), 'complete', 3, 'absent'],
  ['sudo refuses', asSection('', 1, ['sudo: a password is required']), 'complete', 'denied', 'denied'],
  ['there is no sudo', asSection('', 127, ['sh: sudo: not found']), 'complete', 'denied', 'denied'],
  ['something else answers', asSection('hello\npart pstore\npstore 3\n'), 'complete', 'denied', 'denied'],
  ['it ends with a failure', asSection(SAID, 1), 'complete', 'denied', 'denied'],
  ['another protocol', asSection(SAID.replace('root 1', 'root 2')), 'complete', 'denied', 'denied'],
  [
    'another edition of one part',
    asSection(SAID.replace(`pstore:${ROOT_EDITIONS.pstore}`, 'pstore:00000000')),
    'complete',
    'not-collected',
    'absent',
  ],
  [
    'a part that it does not know',
    asSection(SAID.replace(` pstore:${ROOT_EDITIONS.pstore}`, '').replace('part pstore\npstore 3\n', '')),
    'complete',
    'not-collected',
    'absent',
  ],
  [
    'a part twice, the second one counts',
    asSection(`${SAID}part pstore\nnonsense\n`),
    'complete',
    'malformed',
    'absent',
  ],
  [
    'a collector that does not know the look',
    Buffer.from('kernward: this script speaks protocol 1\n'),
    'complete',
    'not-collected',
    'not-collected',
  ],
  ['cut off', Buffer.from(`kw ${NONCE} begin become\n${SAID}`), 'truncated', 'truncated', 'truncated'],
  ['too slow', Buffer.from(''), 'timed-out', 'timed-out', 'timed-out'],
];
for (const [what, output, ended, pstore, dumps] of cases)
  test(`the look as root: ${what}`, () => {
    const readings = parseBecome(output, NONCE, ended, wantsAll);
    assert.deepEqual(
      [outcome(readings.get('pstore.dmesg_files')), outcome(readings.get('dumps.complete'))],
      [pstore, dumps],
    );
  });
