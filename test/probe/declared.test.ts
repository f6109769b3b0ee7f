import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { after, test } from 'node:test';
import { REFUSED } from '../../src/facts/declared/readable-paths.js';
import type { FactDefinition } from '../../src/facts/definition.js';
import type { Reading, Readings } from '../../src/model/reading.js';
import { parseProbe } from '../../src/probe/parse.js';
import { parseRecording } from '../../src/probe/recording.js';
import { probeScript } from '../../src/probe/script.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { declare, refusals } from '../support/declared.js';
import { NONCE } from '../support/run-probe.js';
import { couldNotTest, isRoot, shellsHere } from '../support/shells.js';
import { within } from '../support/within.js';

const NOBODY = 65_534;
const folder = mkdtempSync(join(tmpdir(), 'kernward-declared-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface As {
  readonly argv?: readonly string[];
  readonly uid?: number;
  /** Shell commands before the probe; they may prepare what it sees. */
  readonly before?: string;
}

function answer(declared: readonly FactDefinition[], { argv = ['sh', '-s'], uid, before }: As = {}): Buffer {
  const [command = 'sh', ...args] = argv;
  const input = `${before ?? ''}${probeScript(NONCE, declared)}`;
  const who = uid === undefined ? {} : { uid, gid: uid };
  const { stdout, status, stderr } = spawnSync(command, args, {
    input,
    timeout: within(60_000),
    maxBuffer: 8 << 20,
    ...who,
  });
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

function read(declared: readonly FactDefinition[], as: As = {}): Readings {
  const parsed = parseProbe(answer(declared, as), NONCE, 'complete', declared);
  assert.ok(parsed.ok);
  return parsed.readings;
}

function short(reading: Reading | undefined): unknown {
  if (reading?.state === 'known') return reading.value;
  return reading?.state === 'unreadable' ? reading.cause : reading?.state;
}

const EXAMPLE = declare({
  'sysctl.vm.swappiness': { type: 'int', range: [0, 200] },
  'sysctl.net.ipv4.tcp_syncookies': { type: 'int' },
  'sysctl.kernel.no_such_knob': { type: 'int' },
  'sysctl.no_such_folder.knob': { path: '/proc/sys/kernel/no_such_folder/knob', type: 'int' },
  'sysctl.rmem': { path: '/proc/sys/net/ipv4/tcp_rmem', type: 'list', parse: 'words' },
  'sysctl.ostype': { path: ['/proc/sys/kernel/nowhere', '/proc/sys/kernel/ostype'], type: 'enum', values: ['Linux'] },
  'sysctl.forwarding': { path: '/proc/sys/net/ipv4/conf/*/forwarding', type: 'map' },
  'sysfs.sizes': { paths: '/sys/kernel/mm/transparent_hugepage/*/enabled', type: 'map', parse: 'selected' },
  'sysfs.read_ahead': { paths: '/sys/block/*/bdi/read_ahead_kb', type: 'map' },
  'sysfs.nothing': { path: '/sys/module/no_such_*/parameters/x', type: 'map' },
  'module.no_such_module.parameter': { type: 'int' },
  'cmdline.no_such_parameter': { type: 'string' },
  'boot.no_such_switch': { type: 'bool' },
  'config.CONFIG_NO_SUCH_OPTION': { type: 'bool' },
});

/** What `rest` below each entry of a folder says, by its name, as a fact of a map is. */
function found(folder: string, rest: string, told: (text: string) => string): unknown {
  const names = existsSync(folder) ? readdirSync(folder).filter((each) => existsSync(`${folder}/${each}/${rest}`)) : [];
  const valueOf = (each: string): string => told(readFileSync(`${folder}/${each}/${rest}`, 'utf8').trim());
  return names.length === 0 ? 'absent' : Object.fromEntries(names.toSorted().map((each) => [each, valueOf(each)]));
}

const { shells } = shellsHere();
for (const { name, argv } of shells)
  test(`${name}: every kind of declared fact is the truth`, () => {
    const readings = read(EXAMPLE, { argv });
    const said = (id: string): unknown => short(readings.get(id));
    assert.equal(said('sysctl.vm.swappiness'), Number(readFileSync('/proc/sys/vm/swappiness', 'utf8')));
    assert.equal(
      said('sysctl.net.ipv4.tcp_syncookies'),
      Number(readFileSync('/proc/sys/net/ipv4/tcp_syncookies', 'utf8')),
    );
    assert.deepEqual(said('sysctl.rmem'), readFileSync('/proc/sys/net/ipv4/tcp_rmem', 'utf8').trim().split(/\s+/));
    assert.equal(said('sysctl.ostype'), 'Linux');
    assert.deepEqual(
      said('sysctl.forwarding'),
      Object.fromEntries(
        readdirSync('/proc/sys/net/ipv4/conf')
          .toSorted()
          .map((each) => [each, readFileSync(`/proc/sys/net/ipv4/conf/${each}/forwarding`, 'utf8').trim()]),
      ),
    );
    assert.deepEqual(
      said('sysfs.sizes'),
      found('/sys/kernel/mm/transparent_hugepage', 'enabled', (text) => /\[(.*)\]/.exec(text)?.[1] ?? text),
    );
    assert.deepEqual(
      said('sysfs.read_ahead'),
      found('/sys/block', 'bdi/read_ahead_kb', (text) => text),
    );
    for (const id of [
      'sysctl.kernel.no_such_knob',
      'sysctl.no_such_folder.knob',
      'sysfs.nothing',
      'module.no_such_module.parameter',
      'cmdline.no_such_parameter',
    ])
      assert.equal(said(id), 'absent', id);
    assert.equal(said('boot.no_such_switch'), false);
    // Absent where the configuration can be read, and not known where it is nowhere; never a value.
    assert.ok(['absent', 'undetermined', 'denied'].includes(String(said('config.CONFIG_NO_SUCH_OPTION'))));
    // The catalogue's facts stand in the same answer.
    assert.equal(said('sysctl.kernel.ostype'), undefined);
    assert.equal(readings.get('sysctl.vm.overcommit_memory')?.state, 'known');
  });

test('without declared facts the script is what it was', () => {
  assert.equal(probeScript(NONCE, []), probeScript(NONCE));
  assert.doesNotMatch(probeScript(NONCE), /declared|kw_some|kconfig/);
});

interface Truth {
  readonly text?: string;
  readonly error?: string;
}

/** What each of the files holds, as another program of the same user reads it. */
function truthOf(paths: readonly string[], uid: number | undefined): readonly Truth[] {
  const script = `
    const { readFileSync } = require('node:fs');
    const paths = JSON.parse(readFileSync(0, 'utf8'));
    process.stdout.write(JSON.stringify(paths.map((path) => {
      try { return { text: readFileSync(path, 'utf8') }; } catch (error) { return { error: error.code }; }
    })));`;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['-e', script], {
    input: JSON.stringify(paths),
    maxBuffer: 64 << 20,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  assert.equal(status, 0, stderr.toString());
  const truths: readonly Truth[] = JSON.parse(stdout.toString());
  return truths;
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return path === '/proc/sys/fs/binfmt_misc' ? [] : entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function typeFor({ text = '' }: Truth): Readonly<Record<string, unknown>> {
  if (/^-?\d{1,15}\n$/.test(text)) return { type: 'int' };
  return /^[^\n]*\n?$/.test(text) ? { type: 'string' } : { type: 'list', parse: 'lines' };
}

/** What must become of a file with this truth. */
function expected(fact: FactDefinition, { text, error }: Truth): unknown {
  if (text !== undefined) return short(fact.parse(text));
  if (error === 'ENOENT') return 'absent';
  return error === 'EACCES' || error === 'EPERM' ? 'denied' : 'malformed';
}

function isRefused(path: string): boolean {
  return refusals({ 'sysctl.x': { path, type: 'string' } }).length > 0;
}

/** Counters that others move: between two looks they may be anything, and at both ends the same. */
const MOVING = /^\/proc\/sys\/(?:fs\/(?:file-nr|inode-|dentry-state)|kernel\/(?:ns_last_pid|random\/|pty\/))/;

const EVERY = [
  ...filesBelow('/proc/sys'),
  '/proc/sys/kernel/no_such_knob',
  '/proc/sys/net/ipv4/no_such_folder/knob',
  '/proc/sys/vm/swappiness2',
];

for (const [who, uid] of [
  ['whoever runs the tests', undefined],
  ['an unprivileged user', NOBODY],
] as const)
  test(`every name below /proc/sys reads as the kernel says, as ${who}`, { skip: uid !== undefined && !isRoot }, () => {
    const named = EVERY.map((path, index) => ({ path, id: `sysctl.name_${index}` }));
    const refused = named.filter(({ path }) => isRefused(path));
    for (const { path } of refused)
      assert.ok(
        /[^\w.:+@/-]/.test(path) ||
          REFUSED.some((each) => new RegExp(`^${each.path.replaceAll('*', '[^/]*')}(?:/|$)`).test(path)),
        `${path} is refused, and nothing says why`,
      );
    const readable = named.filter((each) => !refused.includes(each));
    const states = { known: 0, absent: 0, denied: 0, moving: 0, other: 0 };
    for (let from = 0; from < readable.length; from += 200) {
      const part = readable.slice(from, from + 200);
      const paths = part.map(({ path }) => path);
      const before = truthOf(paths, uid);
      const declared = declare(
        Object.fromEntries(part.map(({ id, path }, index) => [id, { path, ...typeFor(before[index] ?? {}) }])),
      );
      const readings = read(declared, uid === undefined ? {} : { uid });
      const later = truthOf(paths, uid);
      for (const [index, fact] of declared.entries()) {
        const got = short(readings.get(fact.id));
        const [was, is] = [before[index] ?? {}, later[index] ?? {}];
        if (MOVING.test(paths[index] ?? '') || !isDeepStrictEqual(was, is)) {
          assert.notEqual(got, 'absent');
          states.moving += 1;
          continue;
        }
        // A counter may come back to where it was between the two looks.
        const agrees = (): boolean =>
          isDeepStrictEqual(
            short(read([fact], uid === undefined ? {} : { uid }).get(fact.id)),
            expected(fact, truthOf([paths[index] ?? ''], uid)[0] ?? {}),
          );
        if (!isDeepStrictEqual(got, expected(fact, was)))
          assert.ok(agrees() || agrees() || agrees(), `${paths[index]} ${JSON.stringify(readings.get(fact.id))}`);
        const state =
          was.text !== undefined ? 'known' : got === 'absent' ? 'absent' : got === 'denied' ? 'denied' : 'other';
        states[state] += 1;
      }
    }
    console.log(`${who}: ${JSON.stringify(states)}, refused ${refused.length}`);
    assert.ok(states.known > 500 && states.absent >= 3, JSON.stringify(states));
    if (uid !== undefined) assert.ok(states.denied > 0);
  });

const LIST = { type: 'list', parse: 'lines' } as const;
const OF_ETC = declare({
  'file.conf': { path: '/etc/kw/*.conf', ...LIST },
  'file.all': { path: '/etc/kw/*', ...LIST },
  'file.link': { path: '/etc/kw/link', ...LIST },
  'file.pipe': { path: '/etc/kw/pipe', ...LIST },
  'file.large': { path: '/etc/kw/large', ...LIST },
  'file.lines': { path: '/etc/kw/lines', ...LIST },
  'file.hidden': { path: '/etc/kw/hidden/*', ...LIST },
  'file.odd': { path: '/etc/kw/odd/*', ...LIST },
  'file.colon': { path: '/etc/kw/colon/*', ...LIST },
  'file.gone': { path: '/etc/kw/gone', ...LIST },
  'file.keys': { path: '/etc/kw/keys/*', ...LIST },
  'file.large_letters': { path: '/etc/kw/letters/*', ...LIST },
  'file.below_link': { path: '/etc/kw/folder/below/x', ...LIST },
  'file.deep_below_link': { path: '/etc/kw/folder/below/deep/*', ...LIST },
  'file.beside_link': { path: '/etc/kw/folder/plain/x', ...LIST },
});

const SETUP = `mount -t tmpfs none /etc
mkdir -p /etc/kw/hidden /etc/kw/odd /etc/kw/colon /etc/kw/keys
cd /etc/kw
echo one >a.conf; : >b.conf; echo three >c.conf
ln -s /proc/1/environ link; mkfifo pipe
dd if=/dev/zero bs=1024 count=100 2>/dev/null | tr '\\0' x >large
i=0; while test $i -lt 600; do echo line; i=$((i + 1)); done >lines
echo secret >hidden/x; chmod 711 hidden
echo one >colon/a; echo two >colon/a:b
echo odd >'odd/a b'; echo '#' >'odd/kw $(touch /etc/kw/pwned)'
echo TOPSECRET >keys/server.key; echo fine >keys/server.crt
mkdir -p letters folder/plain
echo TOPSECRET >letters/Server.Key; echo fine >folder/plain/x
mkdir -p /etc/elsewhere/deep; echo TOPSECRET >/etc/elsewhere/x; echo TOPSECRET >/etc/elsewhere/deep/x
ln -s /etc/elsewhere folder/below
cd /
`;

const canMount = isRoot && spawnSync('unshare', ['-m', '--propagation', 'private', 'true']).status === 0;
if (!canMount) couldNotTest('declared files below /etc (no mount namespace)', isRoot);

test(
  'below /etc only plain files are read, and what was left out is never taken for absent',
  { skip: !canMount },
  () => {
    const script = join(folder, 'probe');
    writeFileSync(script, probeScript(NONCE, OF_ETC), { mode: 0o644 });
    const runs = shells.flatMap(({ argv }) => [0, NOBODY].map((uid) => ({ uid, argv: argv.join(' ') })));
    for (const { uid, argv } of runs) {
      const inner = `${SETUP}exec setpriv --reuid=${uid} --regid=${uid} --clear-groups ${argv} <${script}`;
      spawnSync('chmod', ['755', folder]);
      const { stdout, stderr } = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', inner], {
        timeout: within(60_000),
      });
      const parsed = parseProbe(stdout, NONCE, 'complete', OF_ETC);
      assert.ok(parsed.ok, stderr.toString());
      const said = (id: string): unknown => short(parsed.readings.get(id));
      assert.deepEqual(said('file.conf'), ['one', 'three']);
      assert.equal(said('file.all'), 'denied', 'a link and a pipe are among them');
      assert.equal(said('file.link'), 'denied');
      assert.equal(said('file.pipe'), 'denied');
      assert.equal(said('file.large'), 'truncated');
      assert.equal(said('file.lines'), 'truncated');
      assert.deepEqual(said('file.hidden'), uid === 0 ? ['secret'] : 'denied');
      assert.equal(said('file.odd'), 'malformed');
      assert.equal(said('file.colon'), 'malformed', 'what stands behind a colon of a name would count as content');
      assert.equal(said('file.gone'), 'absent');
      assert.equal(said('file.keys'), 'denied');
      assert.equal(said('file.large_letters'), 'denied');
      assert.equal(said('file.below_link'), 'denied');
      assert.equal(said('file.deep_below_link'), 'denied');
      assert.deepEqual(said('file.beside_link'), ['fine']);
      assert.doesNotMatch(stdout.toString(), /HOME=|TOPSECRET/);
    }
  },
);

const KNOBS = EVERY.filter(
  (path) =>
    /^\/proc\/sys\/(?:kernel|vm|net)\/[\w./]+$/.test(path) &&
    refusals({ 'sysctl.x': { path, type: 'string' } }).length === 0,
).slice(0, 197);
const MANY = declare({
  ...Object.fromEntries(KNOBS.map((path, index) => [`sysctl.many_${index}`, { path, ...LIST }])),
  'sysfs.read_ahead': { path: '/sys/block/*/bdi/read_ahead_kb', ...LIST },
  'sysctl.conf': { path: '/proc/sys/net/ipv4/conf/*/*', ...LIST },
  'boot.quiet': { type: 'bool' },
});

/** How many processes the script starts: numbers are given out in turn in a namespace of its own. */
function processes(declared: readonly FactDefinition[], argv: readonly string[]): number {
  const words = argv.map((word) => `'${word}'`).join(' ');
  const { stdout, stderr } = spawnSync(
    'unshare',
    ['-p', '-f', '--mount-proc', 'sh', '-c', `${words} >/dev/null; exec sh -c 'sh -c "echo \\$\\$"'`],
    { input: probeScript(NONCE, declared), timeout: within(60_000) },
  );
  const last = Number(stdout.toString());
  assert.ok(Number.isInteger(last) && last > 3, stderr.toString());
  return last;
}

test('200 declared facts: one script, at most a handful of processes, and bounded bytes and work', () => {
  assert.equal(MANY.length, 200);
  const script = probeScript(NONCE, MANY);
  const output = answer(MANY);
  const [own, all] = [cpuMsOf(() => answer([])), cpuMsOf(() => answer(MANY))];
  console.log(
    `200 declared facts: script ${probeScript(NONCE).length} → ${script.length} bytes, output ${answer([]).length} → ${output.length} bytes, CPU ${own} → ${all} ms`,
  );
  assert.ok(script.length < 64 * 1024);
  assert.ok(output.length < 1024 * 1024);
  assertComputed(all - own, 2000);
  for (const { name, argv } of isRoot ? shells : []) {
    const few = processes(EXAMPLE.slice(0, 1), argv);
    const none = processes([], argv);
    const many = processes(MANY, argv);
    console.log(`processes: ${name} ${none}, with one fact ${few}, with 200 ${many}`);
    assert.ok(few - none <= 4 && many - none <= 12, `${name}: ${none}, ${few}, ${many}`);
  }
});

test('more files than are read of one host are told, and take nothing from the others', () => {
  const letters = 'abcdefghiklmnoprstu'.split('');
  const declared = declare({
    ...Object.fromEntries(
      letters.map((letter) => [`sysctl.with_${letter}`, { path: `/proc/sys/net/ipv4/conf/*/*${letter}*`, ...LIST }]),
    ),
    'sysctl.vm.swappiness': { type: 'int' },
  });
  const readings = read(declared);
  assert.equal(short(readings.get('sysctl.vm.swappiness')), Number(readFileSync('/proc/sys/vm/swappiness', 'utf8')));
  const states = letters.map((letter) => short(readings.get(`sysctl.with_${letter}`)));
  assert.ok(states.includes('truncated'), JSON.stringify(states));
  assert.ok(states.some((state) => Array.isArray(state)));
});

test('a file that several patterns match is read once', () => {
  const declared = declare({
    'sysctl.of_all': { path: '/proc/sys/net/ipv4/conf/all/rp_filter', type: 'int' },
    'sysctl.of_each': { path: '/proc/sys/net/ipv4/conf/*/rp_filter', type: 'map' },
    'sysctl.of_loopback': { path: '/proc/sys/net/ipv4/conf/lo/*filter', type: 'map' },
  });
  for (const { argv } of shells) {
    const readings = read(declared, { argv });
    const ofLoopback = readFileSync('/proc/sys/net/ipv4/conf/lo/rp_filter', 'utf8').trim();
    assert.equal(
      short(readings.get('sysctl.of_all')),
      Number(readFileSync('/proc/sys/net/ipv4/conf/all/rp_filter', 'utf8')),
    );
    assert.equal(Reflect.get(Object(short(readings.get('sysctl.of_each'))), 'lo'), ofLoopback);
    assert.equal(Reflect.get(Object(short(readings.get('sysctl.of_loopback'))), 'rp_'), ofLoopback);
  }
});

test('a line or an end that is lost on the way never becomes another value', () => {
  const output = answer(EXAMPLE).toString('latin1');
  const whole = parseProbe(Buffer.from(output, 'latin1'), NONCE, 'complete', EXAMPLE);
  assert.ok(whole.ok);
  const truth = whole.readings;
  const start = output.indexOf(`kw ${NONCE} begin declared`);
  const lines = output.slice(start).split('\n');
  const check = (text: string, what: string): void => {
    const parsed = parseProbe(Buffer.from(text, 'latin1'), NONCE, 'truncated', EXAMPLE);
    assert.ok(parsed.ok);
    for (const { id } of EXAMPLE) {
      const reading = parsed.readings.get(id);
      if (reading?.state !== 'unreadable') assert.deepEqual(reading, truth.get(id), `${what}: ${id}`);
    }
    for (const [id, reading] of truth)
      if (!EXAMPLE.some((fact) => fact.id === id)) assert.deepEqual(parsed.readings.get(id), reading, id);
  };
  for (const [index, line] of lines.entries()) {
    const rest = lines.filter((_, other) => other !== index).join('\n');
    check(output.slice(0, start) + rest, `without ${line}`);
    check(output.slice(0, start) + lines.slice(0, index).join('\n'), `cut before ${line}`);
  }
});

test('a recording that was made before a fact was declared, or when it was declared differently, says so', () => {
  const old = parseRecording(answer([]), EXAMPLE);
  assert.ok(old.ok);
  for (const { id } of EXAMPLE) {
    const reading = old.readings.get(id);
    assert.equal(short(reading), 'not-collected', id);
    assert.match(reading?.state === 'unreadable' ? reading.detail : '', /before it was declared/);
  }
  const other = declare({
    'sysctl.vm.swappiness': { path: '/proc/sys/vm/dirty_ratio', type: 'int' },
    'sysctl.rmem': { path: '/proc/sys/net/ipv4/tcp_rmem', type: 'list', parse: 'words' },
  });
  const parsed = parseRecording(answer(EXAMPLE), other);
  assert.ok(parsed.ok);
  assert.equal(short(parsed.readings.get('sysctl.vm.swappiness')), 'not-collected');
  assert.equal(parsed.readings.get('sysctl.rmem')?.state, 'known');
});
