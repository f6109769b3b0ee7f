import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PACKAGE_FACTS } from '../../src/facts/index.js';
import type { Readings } from '../../src/model/reading.js';
import { answerPackages } from '../../bench/answer-packages.js';
import { packagesBody, packagesPieces } from '../../src/probe/packages-script.js';
import { packagesIn, parsePackages } from '../../src/probe/parse.js';
import { probeScript } from '../../src/probe/script.js';
import { shippedFixes } from '../support/shipped-fixes.js';
import {
  asHost,
  canBeAnotherHost,
  findDebianChangelog,
  haveRpmbuild,
  makeRpmDb,
  scratchFolder,
  type OtherHost,
} from '../support/kernel-packages.js';
import { couldNotTest, findProgram, isRoot, shellsHere } from '../support/shells.js';
import { isHere } from '../support/debian-tool.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { within } from '../support/within.js';

const { shells } = shellsHere();
const { folder, remove } = scratchFolder();
after(remove);

const NONCE = 'feed'.repeat(8);
const WANTED = shippedFixes().map(({ fix, upstream }) => ({ id: fix, subject: upstream.subject }));
const SCRIPT = packagesPieces(NONCE, WANTED).join('');
const SH = ['sh', '-s'];

let hosts = 0;
function lookAt(
  host: OtherHost,
  argv: readonly string[] = SH,
  script = SCRIPT,
): { readonly stdout: Buffer; readonly stderr: string; readonly readings: Readings } {
  hosts += 1;
  const [command = '', ...args] = asHost(host, argv, join(folder, `host-${hosts}`));
  const { stdout, stderr, status } = spawnSync(command, args, { input: script, timeout: within(60_000) });
  assert.equal(status, 0, stderr.toString());
  return { stdout, stderr: stderr.toString(), readings: parsePackages(stdout, NONCE, 'complete') };
}

function outcome(readings: Readings, id: string): unknown {
  const reading = readings.get(id);
  return reading?.state === 'known'
    ? reading.value
    : reading?.state === 'unreadable'
      ? `${reading.cause}: ${reading.detail}`
      : reading?.state;
}
function said(readings: Readings, fix: string): string {
  const value = outcome(readings, 'kernel.changelog');
  assert.ok(typeof value === 'object' && value !== null, JSON.stringify(value));
  return String(new Map(Object.entries(value)).get(fix));
}

const RELEASE = '6.1.0-56-amd64';
const real = findDebianChangelog();
if (real === undefined) couldNotTest('a real changelog of Debian');
const skip = (!canBeAnotherHost || real === undefined) && 'no mount namespace, or no changelog';
const canBeNobody = isRoot && isHere(findProgram('setpriv') !== undefined, 'setpriv', 'util-linux');
function debian(path = `linux-image-${RELEASE}/changelog.gz`, file = real ?? ''): OtherHost {
  return {
    release: RELEASE,
    doc: { [path]: file },
  };
}

/**
 * Its newest entries, to the first that has a fix which is asked for: a tenth of it, and of what awk computes. For what is not
 * about a search through all of it.
 */
const NEWEST_FIX = 'kvm-apic-timer-lockup';
const newest = join(folder, 'newest.gz');
if (real !== undefined) {
  const text = gunzipSync(readFileSync(real)).toString('utf8');
  const { subject = '' } = WANTED.find(({ id }) => id === NEWEST_FIX) ?? {};
  const end = text.indexOf('\nlinux (', text.indexOf('KVM: x86: Fix VM hard lockup'));
  assert.ok(subject.startsWith('KVM: x86: Fix VM hard lockup') && end > 0);
  writeFileSync(newest, gzipSync(text.slice(0, end + 1)));
}
function newestOf(path?: string): OtherHost {
  return debian(path, newest);
}

let searched: ReturnType<typeof lookAt> | undefined;
/** Of a whole changelog by this machine's sh: half a second of awk, for all who look at what came of it. */
const wholeSearch = (): ReturnType<typeof lookAt> => (searched ??= lookAt(debian()));

for (const { name, argv } of shells)
  test(`${name}: a real changelog of Debian`, { skip }, () => {
    const { readings, stderr } = lookAt(debian(), argv);
    assert.equal(stderr, '');
    assert.match(String(outcome(readings, 'kernel.package')), /^linux 6\.\d+\.\d+-\d/);
    assert.match(
      said(readings, 'sbitmap-wakeup-race'),
      /^found: - blk-mq: fix IO hang from sbitmap wakeup race \[linux \(6\.1\.82-1\)\]$/,
    );
    assert.match(
      said(readings, 'kvm-apic-timer-lockup'),
      /^found: - \[x86\] KVM: x86: Fix VM hard lockup after prolonged inactivity with periodic HV timer \(CVE-2025-71104\) \[linux/,
    );
    assert.equal(said(readings, 'khugepaged-trylock'), 'not found, and older entries have been removed from it');
    assert.deepEqual(
      Object.keys(Object(outcome(readings, 'kernel.changelog'))).sort(),
      WANTED.map(({ id }) => id).sort(),
    );
    assert.ok(Array.isArray(outcome(readings, 'kernel.installed')));
  });

function searchedIn(stdout: Buffer): readonly string[] {
  return stdout.toString().match(/^(?:found|silent) .*$/gm) ?? [];
}

/** Debian goes on: of what it added later the bench knows nothing. */
function isOfLater(line: string): boolean {
  return Number(/\[linux \(6\.1\.(?<patch>\d+)-\d+\)\]$/.exec(line)?.groups?.['patch']) > 187;
}

test('simulated hosts of the bench answer as that changelog does', { skip }, () => {
  const simulated = searchedIn(answerPackages(Buffer.from(SCRIPT), RELEASE, '6.1.187-1') ?? Buffer.alloc(0));
  const found = searchedIn(wholeSearch().stdout);
  assert.equal(simulated.length, WANTED.length);
  assert.deepEqual(
    simulated.filter((_, index) => !isOfLater(found[index] ?? '')),
    found.filter((line) => !isOfLater(line)),
  );
});

test('an unprivileged user reads the same', { skip: skip || (!canBeNobody && 'root and setpriv are needed') }, () => {
  chmodSync(folder, 0o755);
  const { readings } = lookAt(newestOf(), ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-s']);
  assert.match(said(readings, NEWEST_FIX), /^found: /);
  assert.ok(Array.isArray(outcome(readings, 'kernel.installed')));
});

test('every place of Debian and Ubuntu', { skip }, () => {
  for (const place of [
    `linux-modules-${RELEASE}`,
    `linux-image-unsigned-${RELEASE}`,
    `linux-image-${RELEASE}-unsigned`,
    `linux-image-${RELEASE}`,
  ])
    for (const file of ['changelog.Debian.gz', 'changelog.gz'])
      assert.match(said(lookAt(newestOf(`${place}/${file}`)).readings, NEWEST_FIX), /^found: /, `${place}/${file}`);
  const { readings } = lookAt(debian('linux-image-6.1.0-55-amd64/changelog.gz'));
  assert.match(
    String(outcome(readings, 'kernel.changelog')),
    /^undetermined: no package that is installed brings the running kernel/,
    "another kernel's changelog is not opened",
  );
});

test('a host without what is needed says so', { skip }, () => {
  const without = (...programs: string[]): Readings => lookAt({ ...newestOf(), without: programs }).readings;
  assert.match(
    String(outcome(without('gzip'), 'kernel.changelog')),
    /^undetermined: what was read as a changelog names no package: .*gzip/,
    "zcat stands in, and Debian's needs gzip",
  );
  assert.match(
    String(outcome(without('gzip', 'zcat'), 'kernel.changelog')),
    /^undetermined: the host has neither gzip nor zcat/,
  );
  const bare = lookAt({ release: RELEASE, rpmDb: '/nowhere', without: ['rpm'] }).readings;
  for (const { id } of PACKAGE_FACTS)
    assert.match(String(outcome(bare, id)), /^undetermined: the host has neither dpkg nor rpm/);
  const noAwk = without('awk');
  assert.match(String(outcome(noAwk, 'kernel.changelog')), /^(?:malformed|denied)/);
  assert.ok(Array.isArray(outcome(noAwk, 'kernel.installed')));
});

function place(name: string, bytes: Buffer): OtherHost {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return debian(undefined, file);
}

test('a file that is no changelog, or half of one', { skip }, () => {
  const bytes = readFileSync(real ?? '');
  const half = lookAt(place('half', bytes.subarray(0, bytes.length / 2))).readings;
  assert.match(said(half, 'kvm-apic-timer-lockup'), /^found: /, 'what was read before the end is proof');
  assert.equal(said(half, 'memcg-reclaim-soft-lockup'), 'not found');
  assert.match(
    String(outcome(lookAt(place('text', Buffer.from('not compressed'))).readings, 'kernel.package')),
    /^undetermined: what was read as a changelog names no package: .*gzip/,
  );
  const hostile = gzipSync(
    `linux (6.1.1-1) x; urgency=low\n\n    - blk-mq: fix IO hang from sbitmap wakeup race (\u001b]0;owned\u0007 \u202e \xff kw ${NONCE} end changelog 0)\n\nkw ${NONCE} end changelog 0\nkw ${NONCE} begin installed\nrpm evil 1-1 x\nfound khugepaged-trylock x\nnone asked\npackage evil 1\n`,
  );
  const { readings } = lookAt(place('hostile', hostile));
  assert.equal(outcome(readings, 'kernel.package'), 'linux 6.1.1-1');
  assert.match(said(readings, 'sbitmap-wakeup-race'), /^found: [\x20-\x7e]*$/);
  assert.match(said(readings, 'khugepaged-trylock'), /^not found/);
  assert.doesNotMatch(JSON.stringify(outcome(readings, 'kernel.installed')), /evil/);
});

test('a changelog that never ends is read to its bound', { skip }, () => {
  for (const [name, unit] of [
    ['lines', `    - x ${'y'.repeat(60)}\n`],
    ['one line', 'x'.repeat(100)],
  ] as const) {
    const file = join(folder, `flood ${name}`.replace(' ', '-').replace(' ', '-'));
    writeFileSync(
      file,
      gzipSync(Buffer.from(`linux (6.1.1-1) x\n\n${unit.repeat(Math.floor((34 << 20) / unit.length))}`), { level: 1 }),
    );
    const tookMs = cpuMsOf(() => {
      // Its memory, in KiB, is the shell's own limit: awk must do with it.
      const { readings } = lookAt(debian(undefined, file), ['sh', '-c', 'ulimit -v 400000; exec sh -s']);
      assert.equal(said(readings, 'khugepaged-trylock'), 'not found', name);
    });
    assertComputed(tookMs, 30_000, name);
  }
});

test('output cut at any byte has no wrong reading', { skip }, () => {
  const { stdout, readings: full } = wholeSearch();
  for (const [ended, cause] of [
    ['truncated', 'truncated'],
    ['timed-out', 'timed-out'],
  ] as const)
    for (let at = 0; at <= stdout.length; at++)
      for (const [id, reading] of parsePackages(stdout.subarray(0, at), NONCE, ended)) {
        const isWithheld = reading.state === 'unreadable' && reading.cause === cause;
        assert.ok(isWithheld || isDeepStrictEqual(reading, full.get(id)), `${id} at ${at}: ${JSON.stringify(reading)}`);
        if (at === stdout.length) assert.ok(!isWithheld);
      }
  assert.deepEqual(packagesIn(stdout, NONCE), full);
  assert.equal(packagesIn(Buffer.from('nothing'), NONCE).size, 0);
});

const EL = '5.14.0-162.6.1.el9_1';
const SLE = { version: '4.12.14', release: '122.37.1' };
const OLD = `* Fri Sep 16 2022 B A <b@a.example> [5.14.0-162.5.1.el9_1]
- ext4: fix deadlock due to mbcache entry corruption (Lukas Czerner) [2145193]
- [block] blk-mq: fix IO hang from sbitmap wakeup race (C D) [2]
- md/raid10: prevent soft lockup while flush writes (E F) [3]
`;
const canRpm = canBeAnotherHost && haveRpmbuild();
const rpmDb = canRpm
  ? makeRpmDb(join(folder, 'rpm'), [
      {
        name: 'kernel-core',
        version: '5.14.0',
        release: '162.6.1.el9_1',
        files: [`/boot/vmlinuz-${EL}.x86_64`],
        changelog: `* Fri Sep 30 2022 A B <a@b.example> [5.14.0-162.6.1.el9_1]\n- Revert "md/raid10: prevent soft lockup while flush writes" (E F) [4]\n\n${OLD}`,
      },
      {
        name: 'kernel-core',
        version: '5.14.0',
        release: '284.11.1.el9_2',
        files: ['/boot/vmlinuz-5.14.0-284.11.1.el9_2.x86_64'],
        changelog: OLD,
      },
      { name: 'kernel', version: '5.14.0', release: '284.11.1.el9_2', files: [], changelog: OLD },
      {
        name: 'kernel-default',
        ...SLE,
        files: ['/boot/vmlinuz-4.12.14-122.37-default'],
        changelog:
          '* Fri Sep 30 2022 tiwai@suse.example\n- mm: memcg: fix memcg reclaim soft lockup\n  (VM Functionality, bsc#1180056).\n- commit 1234567\n',
      },
    ])
  : '';

for (const { name, argv } of shells)
  test(`${name}: the package of a kernel in a real rpm database`, { skip: !canRpm && 'no rpmbuild' }, () => {
    const { readings, stderr } = lookAt({ release: `${EL}.x86_64`, rpmDb, boot: [`vmlinuz-${EL}.x86_64`] }, argv);
    assert.equal(stderr, '');
    assert.equal(outcome(readings, 'kernel.package'), `kernel-core ${EL}`);
    assert.equal(
      said(readings, 'ext4-xattr-mbcache'),
      'found: - ext4: fix deadlock due to mbcache entry corruption (Lukas Czerner) [2145193] [B A <b@a.example> [5.14.0-162.5.1.el9_1]]',
    );
    assert.match(said(readings, 'sbitmap-wakeup-race'), /^found: - \[block\] blk-mq/);
    assert.equal(
      said(readings, 'raid10-flush-soft-lockup'),
      'reverted: - Revert "md/raid10: prevent soft lockup while flush writes" (E F) [4]',
    );
    assert.equal(said(readings, 'khugepaged-trylock'), 'not found');
    assert.deepEqual(outcome(readings, 'kernel.installed'), [
      'kernel 5.14.0-284.11.1.el9_2 x86_64',
      'kernel-core 5.14.0-162.6.1.el9_1 x86_64',
      'kernel-core 5.14.0-284.11.1.el9_2 x86_64',
      'kernel-default 4.12.14-122.37.1 x86_64',
    ]);
  });

test('SUSE, whose lines are wrapped', { skip: !canRpm && 'no rpmbuild' }, () => {
  const { readings } = lookAt({ release: '4.12.14-122.37-default', rpmDb, boot: ['vmlinuz-4.12.14-122.37-default'] });
  assert.equal(outcome(readings, 'kernel.package'), 'kernel-default 4.12.14-122.37.1');
  assert.match(
    said(readings, 'memcg-reclaim-soft-lockup'),
    /^found: - mm: memcg: fix memcg reclaim soft lockup \(VM Functionality, bsc#1180056\)\. /,
  );
});

test('a kernel that rpm did not bring', { skip: !canRpm && 'no rpmbuild' }, () => {
  const { readings } = lookAt({ release: '6.1.99', rpmDb, boot: ['vmlinuz-6.1.99'] });
  assert.match(
    String(outcome(readings, 'kernel.package')),
    /^undetermined: what was read as a changelog names no package/,
  );
  assert.match(
    String(outcome(lookAt({ release: '6.1.99', rpmDb }).readings, 'kernel.package')),
    /^undetermined: no package that is installed/,
  );
  assert.match(
    String(outcome(lookAt({ release: '$(reboot) /../..', rpmDb }).readings, 'kernel.changelog')),
    /^undetermined: .*osrelease does not say/,
  );
});

test('nothing to look for: the changelog is left alone', { skip }, () => {
  const { readings } = lookAt(newestOf(), SH, packagesPieces(NONCE, []).join(''));
  assert.match(String(outcome(readings, 'kernel.changelog')), /^not-collected/);
  assert.ok(Array.isArray(outcome(readings, 'kernel.installed')));
});

test('each body refuses the first line of the other, and a line that it cannot take apart', () => {
  const [first = ''] = SCRIPT.split('\n');
  const [probeFirst = '', ...probe] = probeScript(NONCE).split('\n');
  const strangers = [
    [probe.join('\n'), first],
    [packagesBody(), probeFirst],
    [packagesBody(), first.replace(' packages ', ' package ')],
    [packagesBody(), first.replace(/'$/, " $(x)'")],
  ] as const;
  for (const [body, line] of strangers) {
    const { status, stdout, stderr } = spawnSync('sh', ['-s'], { input: `${line}\n${body}` });
    assert.equal(status, 2, String(stderr));
    assert.doesNotMatch(String(stdout), /^kw /m);
  }
});

const code = packagesBody().replace(/^\s*#.*$/gm, '');

test('nothing runs before the last line is read, nothing writes, and no other process is looked at', () => {
  assert.equal(code.trimEnd().split('\n').at(-1), 'kw_packages && echo "kw $kw_n over"');
  for (const banned of [
    /\b(?:rm|mv|cp|tee|dd|touch|mkdir|mktemp|chmod|chown|curl|wget|ssh|eval|source|sudo|su|apt|yum|dnf|zypper|ps)\b(?!:)/,
    /\/proc\/(?!sys\/kernel\/osrelease)/,
    /rpm -[^q]/,
  ])
    assert.doesNotMatch(code.replaceAll(/'\n[\s\S]*?\n {4}\}'/g, ''), banned);
  const shell = code.replace(/'\s+function takes_back[\s\S]*?\n {4}\}'/, '');
  assert.ok(shell.length < code.length - 1000, 'the awk program was left out');
  const redirections = [...shell.matchAll(/[0-9]?>>?\s*&?[\w/$"{}-]+/g)].map(([text]) => text);
  assert.deepEqual(new Set(redirections), new Set(['2>/dev/null', '>/dev/null', '2>&1', '>&3', '3>&-', '3>&1', '>&2']));
  assert.ok(SCRIPT.length < 16_384, `${SCRIPT.length} bytes`);
});

function count(host: OtherHost, argv: readonly string[]): number {
  hosts += 1;
  const words = argv.map((word) => `'${word}'`).join(' ');
  // In a new PID namespace numbers are given out in turn: 1 is unshare's child, 2 the script's shell, the last one asks.
  const inner = [
    'unshare',
    '-p',
    '-f',
    '--mount-proc',
    'sh',
    '-c',
    `mount --bind ${join(folder, `host-${hosts}`)}/osrelease /proc/sys/kernel/osrelease; ${words} >/dev/null; exec sh -c 'sh -c "echo \\$\\$"'`.replaceAll(
      "'",
      `'"'"'`,
    ),
  ];
  const [command = '', ...args] = asHost(host, inner, join(folder, `host-${hosts}`));
  const { stdout, stderr } = spawnSync(command, args, { input: SCRIPT });
  const last = Number(stdout.toString());
  assert.ok(Number.isInteger(last) && last > 3, stderr.toString());
  // The outer shell, mount, and whoever asks are not the script's.
  return last - 3;
}

test('it starts at most 15 processes on the host', { skip: skip || (!canRpm && 'no rpmbuild') }, () => {
  const counts = shells.map(({ name, argv }) => ({
    name,
    deb: count(newestOf(), argv),
    rpm: count({ release: `${EL}.x86_64`, rpmDb, boot: [`vmlinuz-${EL}.x86_64`] }, argv),
  }));
  console.log(
    `processes of the second look, the shell included: ${counts.map(({ name, deb, rpm }) => `${name} ${deb} (dpkg) ${rpm} (rpm)`).join(', ')}`,
  );
  for (const { name, deb, rpm } of counts) assert.ok(deb <= 15 && rpm <= 15, `${name} starts ${deb} and ${rpm}`);
});

test('the search agrees with the whole changelog, read here', { skip }, () => {
  const text = gunzipSync(readFileSync(real ?? ''))
    .toString('utf8')
    .replace(/\s+/g, ' ');
  const { readings } = wholeSearch();
  for (const { id, subject } of WANTED)
    assert.equal(
      said(readings, id).startsWith('found: '),
      text.includes(`- ${subject} `) || text.includes(`] ${subject} `),
      id,
    );
});
