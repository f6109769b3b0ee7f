import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { KEYWORDS } from '../../../src/transports/ssh-config/parse/keywords.js';
import { DISK_FILES } from '../../../src/transports/ssh-config/disk-files.js';
import { expandGlob } from '../../../src/transports/ssh-config/parse/path-glob.js';
import { parseSshG } from '../../../src/transports/ssh-config/ssh-g/parse-ssh-g.js';
import { matchPattern, matchPatternList } from '../../../src/transports/ssh-config/match/pattern.js';
import { ALICE, filesOf, resolveIn } from './in-memory.js';
import { assertComputed } from '../../support/computed-within.js';
import { cpuMsOf } from '../../support/cpu-time.js';
import { codePoint } from '../../support/code-point.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-ssh-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const fragment = fc.oneof(
  fc.constantFrom(
    ...KEYWORDS.keys(),
    'Host',
    'Match',
    'Include',
    'host',
    'user',
    'exec',
    'all',
    'final',
    ' ',
    ' ',
    '=',
    '"',
    "'",
    '\\',
    '#',
    ',',
    '!',
    '*',
    '?',
    '[',
    ']',
    '%',
    '%h',
    '${',
    '}',
    '~',
    '\n',
    '\n',
    '\r',
    '\t',
    '\f',
    '\0',
    '\ud800',
    '\u202e',
    '@',
    ':',
    '/',
    '-',
    '0',
    '99999999999999999999',
    'none',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 5 }),
  fc.string({ maxLength: 5, unit: codePoint }),
);
const hostile = fc.array(fragment, { maxLength: 80 }).map((parts) => parts.join(''));

void test('no text, host or user makes it throw', () => {
  fc.assert(
    fc.property(hostile, hostile, fc.oneof(hostile, fc.constant('h')), (config, included, host) => {
      const { value, diagnostics } = resolveIn(
        { '/home/alice/.ssh/config': config, '/home/alice/.ssh/x': included },
        { host, user: host },
      );
      assert.equal(
        value === undefined,
        diagnostics.some(({ severity }) => severity === 'error'),
      );
      for (const { code } of diagnostics) assert.match(code, /^ssh-config\/[a-z-]+$/);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

void test('no output of ssh -G makes it throw', () => {
  fc.assert(
    fc.property(hostile, (noise) => {
      parseSshG('h', `hostname h\nport 22\n${noise}\nproxyjump ${noise}`, noise, ALICE);
    }),
    { numRuns: 500, seed: 7 },
  );
  assert.deepEqual(
    parseSshG('h', 'Welcome!', '', ALICE).diagnostics.map(({ code }) => code),
    ['ssh-config/asked'],
  );
});

// Of computing; what is not bounded takes for ever.
function quick(what: string, act: () => unknown): void {
  return void test(`in bounded time: ${what}`, () => {
    const tookMs = cpuMsOf(act);
    assertComputed(tookMs, 20_000);
  });
}

quick('stars', () => assert.equal(matchPattern('a'.repeat(20_000), `${'*a'.repeat(500)}b`), false));
quick('a list of stars', () =>
  assert.equal(
    matchPatternList('a'.repeat(1000), Array.from({ length: 300 }, () => `${'*a'.repeat(100)}b`).join(',')),
    false,
  ),
);
quick('stars in an Include', () =>
  resolveIn(
    { '/home/alice/.ssh/config': `Include ${'*a'.repeat(100)}b`, [`/home/alice/.ssh/${'a'.repeat(250)}`]: '' },
    'h',
  ),
);
quick('files that include each other without end', () =>
  assert.equal(
    resolveIn({ '/home/alice/.ssh/config': 'Include x x x x', '/home/alice/.ssh/x': 'Include x x x x' }, 'h').value,
    undefined,
  ),
);
function level(depth: number): string {
  return Array.from({ length: 40 }, () => `Include l${depth}`).join('\n');
}
quick('files that include each other by the thousand', () => {
  const files = Object.fromEntries(
    Array.from({ length: 14 }, (_, depth) => [`/home/alice/.ssh/l${depth}`, level(depth + 1)]),
  );
  const { diagnostics } = resolveIn({ ...files, '/home/alice/.ssh/config': level(0) }, 'h');
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['ssh-config/include'],
  );
});
quick('one line of a megabyte', () => resolveIn({ '/home/alice/.ssh/config': `Host ${'a '.repeat(500_000)}` }, 'h'));
quick('a thousand hosts in a file of two thousand blocks', () => {
  const config = Array.from({ length: 2000 }, (_, i) => `Host h${i} *.net${i}.example\nPort ${i + 1}\n`).join('');
  for (let i = 0; i < 20; i++)
    assert.equal(resolveIn({ '/home/alice/.ssh/config': config }, `h${i}`).value?.port, i + 1);
});

void test('* and ? as a regular expression would', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 6 });
  fc.assert(
    fc.property(text, pattern, (subject, written) => {
      const wanted = new RegExp(`^${written.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(
        subject,
      );
      assert.equal(matchPattern(subject, written), wanted);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

void test('Include patterns as the shell expands them', () => {
  const names = ['a', 'a.conf', 'b.conf', 'B.conf', '.dot.conf', 'ab', 'a-b', 'a[b', '1x', '[x]', 'é.conf'];
  mkdirSync(join(folder, 'd', 'sub'), { recursive: true });
  for (const name of names) for (const directory of ['d', 'd/sub']) writeFileSync(join(folder, directory, name), '');
  for (const pattern of [
    '*',
    '*.conf',
    '?.conf',
    '[ab]*',
    '[!ab]*',
    '[a-c].conf',
    '.*conf',
    '*/*.conf',
    '\\[x]',
    'a[b',
    '[]x]*',
    '[^a]*',
    'a\\*',
    'missing',
    'sub',
    '*b',
    '[a-]*',
    '?',
  ]) {
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `shopt -s nullglob; unset LC_ALL; LC_CTYPE=C.UTF-8; LC_COLLATE=C; for f in ${join(folder, 'd')}/${pattern}; do [ -e "$f" ] && printf '%s\\n' "$f"; done`,
      ],
      { encoding: 'utf8' },
    );
    assert.deepEqual(
      expandGlob(`${join(folder, 'd')}/${pattern}`, DISK_FILES),
      stdout.split('\n').filter((line) => line !== ''),
      pattern,
    );
  }
});

void test('files that others can write, and what is no file, are refused', () => {
  const path = join(folder, 'config');
  writeFileSync(path, 'Port 7\n');
  for (const [mode, checkOwner, read] of [
    [0o600, true, 'text'],
    [0o644, true, 'text'],
    [0o666, true, 'refused'],
    [0o666, false, 'text'],
  ] as const) {
    chmodSync(path, mode);
    assert.equal(DISK_FILES.read(path, checkOwner).read, read);
  }
  assert.deepEqual(DISK_FILES.read(folder, false), { read: 'text', text: '' });
  assert.equal(DISK_FILES.read(join(folder, 'gone'), true).read, 'missing');
  assert.equal(DISK_FILES.read('/dev/null', false).read, 'refused');
  spawnSync('mkfifo', [join(folder, 'fifo')]);
  assert.equal(DISK_FILES.read(join(folder, 'fifo'), false).read, 'refused');
});

void test('names that every object has are no keywords', () => {
  for (const word of ['constructor', '__proto__', 'toString']) {
    assert.deepEqual(
      resolveIn({ '/home/alice/.ssh/config': `${word} x` }, 'h').value?.undecidable.map(({ reason }) => reason),
      ['unknown-keyword'],
    );
    assert.equal(resolveIn({ '/home/alice/.ssh/config': `CheckHostIP ${word}` }, 'h').value, undefined);
    assert.equal(resolveIn({ '/home/alice/.ssh/config': `IdentityAgent \${${word}}` }, 'h').value, undefined);
  }
  assert.equal(filesOf({}).exists('/'), false);
});
