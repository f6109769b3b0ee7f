import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hostKeyAlgorithms } from '../../../src/transports/ssh2/host-key-algorithms.js';
import {
  createKnownHosts,
  lookupHostKey,
  parseKnownHosts,
  type HostKeyLookup,
  type KnownHosts,
} from '../../../src/transports/host-keys/known-hosts.js';
import { getKeyType } from '../../../src/transports/host-keys/known-hosts-line.js';
import { scratch } from '../../support/scratch.js';
import { isHere } from '../../support/debian-tool.js';
import { findProgram } from '../../support/shells.js';
import { assertComputed } from '../../support/computed-within.js';
import { cpuMsOf } from '../../support/cpu-time.js';
import { codePoint } from '../../support/code-point.js';

function string(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
/** What stands behind the type, besides what the seed gives. */
const REST: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['e'],
  'ecdsa-sha2-nistp256': ['nistp256'],
};
/** A key blob with the right shape; what it would verify does not matter here. */
function blobOf(seed: string, type = 'ssh-ed25519'): Buffer {
  const rest = (REST[type] ?? []).map((text) => string(Buffer.from(text)));
  return Buffer.concat([
    string(Buffer.from(type)),
    ...rest,
    string(createHash('sha256').update(`${type}${seed}`).digest()),
  ]);
}
function lineOf(names: string, seed: string, type = 'ssh-ed25519'): string {
  return `${names} ${type} ${blobOf(seed, type).toString('base64')}`;
}
function hashed(name: string): string {
  const salt = createHash('sha1').update(`salt of ${name}`).digest();
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
function reading(text: string): KnownHosts {
  return createKnownHosts(parseKnownHosts([{ file: 'known_hosts', text }]).entries);
}
function look(text: string, name: string, port: number, blob: Buffer): HostKeyLookup {
  return lookupHostKey(reading(text), { names: [name], port }, getKeyType(blob) ?? '', blob);
}
function brief(found: HostKeyLookup): string {
  return 'at' in found ? `${found.known} ${found.at.line}` : found.known;
}

const A = blobOf('a');
const cases: readonly (readonly [
  what: string,
  text: string,
  name: string,
  port: number,
  blob: Buffer,
  gives: string,
])[] = [
  ['plain', lineOf('db1', 'a'), 'db1', 22, A, 'trusted 1'],
  ['plain, capitals', lineOf('DB1.Example', 'a'), 'db1.eXample', 22, A, 'trusted 1'],
  [
    'after a comment, a blank line and CRLF',
    `# hosts\r\n\r\n  ${lineOf('db1', 'a')} a comment\r\n`,
    'db1',
    22,
    A,
    'trusted 3',
  ],
  ['comma list', lineOf('x,db1,10.0.0.5', 'a'), '10.0.0.5', 22, A, 'trusted 1'],
  ['star', lineOf('*.example.com', 'a'), 'web01.example.com', 22, A, 'trusted 1'],
  ['star needs its dot', lineOf('*.example.com', 'a'), 'example.com', 22, A, 'unknown'],
  ['question mark', lineOf('web0?', 'a'), 'web07', 22, A, 'trusted 1'],
  ['question mark is one character', lineOf('web0?', 'a'), 'web011', 22, A, 'unknown'],
  ['negation', lineOf('*.example.com,!bad.example.com', 'a'), 'bad.example.com', 22, A, 'unknown'],
  ['negation spares the others', lineOf('*.example.com,!bad.example.com', 'a'), 'good.example.com', 22, A, 'trusted 1'],
  ['port', lineOf('[db1]:2222', 'a'), 'db1', 2222, A, 'trusted 1'],
  ['port of another', lineOf('[db1]:2222', 'a'), 'db1', 2223, A, 'unknown'],
  ['port does not hold for 22', lineOf('[db1]:2222', 'a'), 'db1', 22, A, 'unknown'],
  ['without a port it is good for every port', lineOf('db1', 'a'), 'db1', 2222, A, 'trusted 1'],
  ['without a port it makes no other port changed', lineOf('db1', 'b'), 'db1', 2222, A, 'unknown'],
  ['wildcard with port', lineOf('[*.example]:2222', 'a'), 'x.example', 2222, A, 'trusted 1'],
  ['IPv6', lineOf('2001:db8::1', 'a'), '2001:DB8::1', 22, A, 'trusted 1'],
  ['IPv6 with port', lineOf('[2001:db8::1]:2222', 'a'), '2001:db8::1', 2222, A, 'trusted 1'],
  ['hashed', lineOf(hashed('db1'), 'a'), 'db1', 22, A, 'trusted 1'],
  ['hashed with port', lineOf(hashed('[db1]:2222'), 'a'), 'db1', 2222, A, 'trusted 1'],
  ['hashed, another host', lineOf(hashed('db2'), 'a'), 'db1', 22, A, 'unknown'],
  ['hashed, another key', lineOf(hashed('db1'), 'b'), 'db1', 22, A, 'changed 1'],
  ['changed', lineOf('db1', 'b'), 'db1', 22, A, 'changed 1'],
  [
    'changed names the line of the same type',
    `${lineOf('db1', 'x', 'ssh-rsa')}\n${lineOf('db1', 'b')}`,
    'db1',
    22,
    A,
    'changed 2',
  ],
  ['changed, other type only', lineOf('db1', 'x', 'ssh-rsa'), 'db1', 22, A, 'changed 1'],
  ['two keys of one host', `${lineOf('db1', 'b')}\n${lineOf('db1', 'a')}`, 'db1', 22, A, 'trusted 2'],
  [
    'another key under the name with its port, this one under the bare name',
    `${lineOf('[db1]:2222', 'b')}\n${lineOf('db1', 'a')}`,
    'db1',
    2222,
    A,
    'changed 1',
  ],
  [
    'the same, the port hashed',
    `${lineOf(hashed('[db1]:2222'), 'b')}\n${lineOf('db1', 'a')}`,
    'db1',
    2222,
    A,
    'changed 1',
  ],
  [
    'the same, the bare name hashed',
    `${lineOf('[db1]:2222', 'b')}\n${lineOf(hashed('db1'), 'a')}`,
    'db1',
    2222,
    A,
    'changed 1',
  ],
  [
    'a key of another type under the name with its port, this one under the bare name',
    `${lineOf('[db1]:2222', 'b', 'ssh-rsa')}\n${lineOf('db1', 'a')}`,
    'db1',
    2222,
    A,
    'changed 1',
  ],
  [
    'a pattern names the port as well',
    `${lineOf('[db1]:2222', 'b')}\n${lineOf('*', 'a')}`,
    'db1',
    2222,
    A,
    'trusted 2',
  ],
  ['hashed bare name, good for every port', lineOf(hashed('db1'), 'a'), 'db1', 2222, A, 'trusted 1'],
  ['revoked', `@revoked ${lineOf('*', 'a')}`, 'db1', 22, A, 'revoked 1'],
  ['revoked wins over trusted', `${lineOf('db1', 'a')}\n@revoked ${lineOf('*', 'a')}`, 'db1', 22, A, 'revoked 2'],
  [
    'revoked for a hashed name wins, too',
    `${lineOf('db1', 'a')}\n@revoked ${lineOf(hashed('db1'), 'a')}`,
    'db1',
    22,
    A,
    'revoked 2',
  ],
  ['revoked for any port', `${lineOf('[db1]:2222', 'a')}\n@revoked ${lineOf('db1', 'a')}`, 'db1', 2222, A, 'revoked 2'],
  ['revoked elsewhere', `${lineOf('db1', 'a')}\n@revoked ${lineOf('db2', 'a')}`, 'db1', 22, A, 'trusted 1'],
  ['a revoked key is no known key', `@revoked ${lineOf('db1', 'b')}`, 'db1', 22, A, 'unknown'],
  ['a certificate authority vouches for no bare key', `@cert-authority ${lineOf('*', 'a')}`, 'db1', 22, A, 'unknown'],
  ['nothing', '', 'db1', 22, A, 'unknown'],
];
for (const [what, text, name, port, blob, gives] of cases)
  test(`known_hosts: ${what}`, () => assert.equal(brief(look(text, name, port, blob)), gives));

function atTwoNames(text: string): string {
  return brief(lookupHostKey(reading(text), { names: ['10.0.0.5', 'db1'], port: 22 }, 'ssh-ed25519', A));
}
test("another key for the address is not made good by one for the inventory's name", () => {
  assert.equal(atTwoNames(`${lineOf('10.0.0.5', 'b')}\n${lineOf('db1', 'a')}`), 'changed 1');
  assert.equal(atTwoNames(`${lineOf(hashed('10.0.0.5'), 'b')}\n${lineOf('db1', 'a')}`), 'changed 1');
  assert.equal(atTwoNames(`${lineOf('10.0.0.5', 'a')}\n${lineOf('db1', 'b')}`), 'trusted 1');
  assert.equal(atTwoNames(lineOf('db1', 'a')), 'trusted 1');
  assert.equal(atTwoNames(lineOf(hashed('db1'), 'a')), 'trusted 1');
});

test('a certificate authority for the host is told', () => {
  const found = look(`@cert-authority ${lineOf('*.example', 'ca')}`, 'db1.example', 22, A);
  assert.deepEqual(found, { known: 'unknown', certAuthority: { file: 'known_hosts', line: 1 } });
});

test('a line that cannot be read is a warning with its line, and trusts nobody', () => {
  const bad = [
    'db1',
    'db1 ssh-ed25519',
    'db1 ssh-ed25519 AAAA',
    `db1 ssh-rsa ${A.toString('base64')}`,
    `@trusted ${lineOf('db1', 'a')}`,
    lineOf('|1|short|hash', 'a'),
    lineOf('|2|AAAA|BBBB', 'a'),
    '\u001b[2Jdb1',
  ];
  const { entries, diagnostics } = parseKnownHosts([{ file: 'known_hosts', text: bad.join('\n') }]);
  assert.equal(entries.length, 0);
  assert.deepEqual(
    diagnostics.map(({ severity, at }) => [severity, at?.line]),
    bad.map((_, index) => ['warning', index + 1]),
  );
  assert.ok(diagnostics.every(({ excerpt = '' }) => !excerpt.includes('\u001b')));
  assert.deepEqual(
    diagnostics.map(({ excerpt }) => excerpt !== undefined),
    [false, true, true, true, true, true, true, false],
    'what is no line of known_hosts is not shown',
  );
});

test('of another file, named by mistake, no word is repeated', () => {
  const secrets = [
    '[default]',
    'aws_secret_access_key = hunter2',
    '@hunter2 x y',
    '-----BEGIN hunter2',
    'x hunter2 AAAA',
  ];
  const { diagnostics } = parseKnownHosts([{ file: 'known_hosts', text: secrets.join('\n') }]);
  assert.equal(diagnostics.length, secrets.length);
  assert.ok(!JSON.stringify(diagnostics).includes('hunter2'), JSON.stringify(diagnostics));
});

test('no text is too strange to be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint, maxLength: 200 }), (text) => {
      parseKnownHosts([{ file: 'f', text: `${text}\n@revoked ${text}\n${text} ssh-ed25519 ${text}` }]);
    }),
  );
});

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}(\.[a-z]{1,3})?)?$/u);
const port = fc.constantFrom(22, 2222);
function formOf(host: string, at: number): string {
  return at === 22 ? host : `[${host}]:${at}`;
}

test('hashing the names changes no answer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, port, fc.constantFrom('a', 'b', 'c')), { maxLength: 12 }),
      name,
      port,
      (lines, asked, at) => {
        const plain = lines.map(([host, on, seed]) => lineOf(formOf(host, on), seed)).join('\n');
        const hidden = lines.map(([host, on, seed]) => lineOf(hashed(formOf(host, on)), seed)).join('\n');
        for (const host of [asked, ...lines.map(([one]) => one)]) {
          const [one, other] = [look(plain, host, at, A), look(hidden, host, at, A)];
          assert.equal(one.known, other.known);
        }
      },
    ),
  );
});

test('hashing the names changes no answer for a host of two names', () => {
  const line = fc.tuple(fc.constantFrom('one', 'two', 'three'), fc.constantFrom(22, 2222), fc.constantFrom('a', 'b'));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.constantFrom(22, 2222), (lines, at) => {
      const plain = lines.map(([host, on, seed]) => lineOf(formOf(host, on), seed)).join('\n');
      const hidden = lines.map(([host, on, seed]) => lineOf(hashed(formOf(host, on)), seed)).join('\n');
      const host = { names: ['one', 'two'], port: at };
      const [shown, found] = [plain, hidden].map((text) => lookupHostKey(reading(text), host, 'ssh-ed25519', A));
      assert.equal(found?.known, shown?.known);
    }),
  );
});

test('asking in any order gives the same answers: what is learned of hashed names loses nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, fc.constantFrom('a', 'b')), { maxLength: 10 }),
      fc.array(fc.nat(9), { maxLength: 20 }),
      (lines, order) => {
        const text = lines.map(([host, seed]) => lineOf(hashed(host), seed)).join('\n');
        const used = reading(text);
        for (const index of order) {
          const host = lines[index]?.[0];
          if (host === undefined) continue;
          assert.equal(
            lookupHostKey(used, { names: [host], port: 22 }, 'ssh-ed25519', A).known,
            look(text, host, 22, A).known,
          );
        }
      },
    ),
  );
});

const hasKeygen = isHere(findProgram('ssh-keygen') !== undefined, 'ssh-keygen', 'openssh-client');
const withoutKeygen = { skip: !hasKeygen && 'ssh-keygen is not installed' };

test('ssh-keygen -F finds the same lines, -H hides names that we find, -R removes them', withoutKeygen, () => {
  const directory = scratch();
  const file = join(directory, 'known_hosts');
  const hosts = ['db1', 'web01.example.com', '10.0.0.5', '2001:db8::1', 'other'];
  const plain = [
    lineOf('db1', 'a'),
    lineOf('[db1]:2222', 'b'),
    lineOf('10.0.0.5,web01.example.com', 'a'),
    lineOf('2001:db8::1', 'c'),
    '',
  ].join('\n');
  const patterned = [lineOf('*.example.com,!web02.example.com', 'a'), lineOf('web0?.example.*', 'b'), ''].join('\n');
  const found = (asked: string): boolean => spawnSync('ssh-keygen', ['-F', asked, '-f', file]).status === 0;
  const ours = (host: string, at: number): boolean => {
    const steps = reading(readFileSync(file, 'utf8')).lookupByName(
      { names: [host], port: at },
      'ssh-ed25519',
      Buffer.alloc(0),
    );
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value.known === 'changed';
    }
  };
  const agree = (asked: readonly string[]): void => {
    for (const host of asked)
      for (const at of [22, 2222]) assert.equal(ours(host, at), found(formOf(host, at)), `${host}:${at}`);
  };
  writeFileSync(file, plain);
  agree(hosts);
  assert.equal(spawnSync('ssh-keygen', ['-H', '-f', file]).status, 0);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /db1/u);
  agree(hosts);
  assert.equal(spawnSync('ssh-keygen', ['-R', 'db1', '-f', file]).status, 0);
  agree(hosts);
  writeFileSync(file, patterned);
  agree(['web01.example.com', 'web02.example.com', 'x.example.org', 'web03.example.org', 'example.com']);
  rmSync(directory, { recursive: true });
});

test(
  'a line is taken where ssh-keygen takes it, whatever its key is called and stands behind it',
  withoutKeygen,
  () => {
    const directory = scratch();
    const made = (type: string): string => {
      const file = join(directory, `id_${type}`);
      assert.equal(spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]).status, 0);
      return readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '';
    };
    const [rsa, ed, ec] = [made('rsa'), made('ed25519'), made('ecdsa')];
    const file = join(directory, 'known_hosts');
    const lines: readonly string[] = [
      ...['ssh-rsa', 'rsa-sha2-512', 'rsa-sha2-256', 'RSA', 'ssh-ed25519'].map((type) => `h ${type} ${rsa}`),
      ...['ssh-ed25519', 'ED25519', 'rsa-sha2-512', 'ssh-dss', 'ecdsa-sha2-nistp256'].map((type) => `h ${type} ${ed}`),
      ...['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa'].map((type) => `h ${type} ${ec}`),
      ...[
        ' a comment',
        '\tx',
        '\r',
        ';junk',
        'junk',
        ',x',
        '#x',
        '=',
        '==',
        '===',
        'AAAA',
        'AAAAAAAA',
        '\u00a0x',
      ].flatMap((behind) => [
        `h ssh-rsa ${rsa}${behind}`,
        `h ssh-ed25519 ${ed}${behind}`,
        `h ecdsa-sha2-nistp256 ${ec}${behind}`,
      ]),
      ...[rsa, ed, ec].flatMap((key) =>
        ['ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp256'].flatMap((type) => [
          `h ${type} ${key.replaceAll('=', '')}`,
          `h ${type} ${key.slice(0, -4)}`,
          `h ${type} ${key.slice(0, 20)};${key.slice(20)}`,
          `h ${type} ${key.slice(0, 20)} ${key.slice(20)}`,
          `h ${type} ${key.replaceAll('+', '-').replaceAll('/', '_')}`,
          ` \th\t ${type} \t${key}`,
          `@revoked h ${type} ${key}`,
        ]),
      ),
      'h 1024 35 1234',
    ];
    for (const line of lines) {
      writeFileSync(file, `${line}\n`);
      const { status, stdout } = spawnSync('ssh-keygen', ['-lF', 'h', '-f', file], { encoding: 'utf8' });
      const { entries } = parseKnownHosts([{ file, text: line }]);
      assert.equal(entries.length === 1, status === 0 && stdout.includes('SHA256:'), JSON.stringify(line));
    }
    rmSync(directory, { recursive: true });
  },
);

test('a key of RSA is the same key by each of its names', () => {
  const key = blobOf('a', 'ssh-rsa');
  for (const type of ['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'])
    assert.equal(brief(look(`db1 ${type} ${key.toString('base64')} me@here`, 'db1', 22, key)), 'trusted 1');
});

test('10,000 hashed names cost a look-up by key and not 10,000 hashes', () => {
  const text = Array.from({ length: 10_000 }, (_, index) => lineOf(hashed(`host${index}`), `key${index}`)).join('\n');
  const used = reading(text);
  const tookMs = cpuMsOf(() => {
    for (let index = 0; index < 10_000; index++)
      assert.equal(used.lookupByKey({ names: [`host${index}`], port: 22 }, blobOf(`key${index}`))?.known, 'trusted');
  });
  // By name it would be 100 million HMACs, minutes.
  assertComputed(tookMs, 5000);
});

test('a long walk through hashed names yields, so that a run goes on', () => {
  const text = Array.from({ length: 2000 }, (_, index) => lineOf(hashed(`host${index}`), `key${index}`)).join('\n');
  const steps = reading(text).lookupByName({ names: ['stranger'], port: 22 }, 'ssh-ed25519', Buffer.alloc(0));
  let breaths = 0;
  while (steps.next().done !== true) breaths++;
  assert.ok(breaths >= 7);
});

test('algorithms of known types are proposed first, and each once', () => {
  const all = hostKeyAlgorithms([]);
  assert.deepEqual(hostKeyAlgorithms(['ssh-rsa']).slice(0, 4), [
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
    'ssh-ed25519',
  ]);
  for (const types of [['ssh-rsa'], ['ecdsa-sha2-nistp256', 'ssh-rsa'], ['nonsense']])
    assert.deepEqual(hostKeyAlgorithms(types).toSorted(), all.toSorted());
});

test('types known for a host: its own, else those of all hashed names', () => {
  const used = reading([lineOf('db1', 'a', 'ssh-rsa'), lineOf(hashed('db2'), 'b', 'ecdsa-sha2-nistp256')].join('\n'));
  assert.deepEqual(used.likelyTypes({ names: ['db1'], port: 2222 }), ['ssh-rsa']);
  assert.deepEqual(used.likelyTypes({ names: ['db2'], port: 22 }), ['ecdsa-sha2-nistp256']);
});
