import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jumpChain, type ResolveHop } from '../../../src/transports/ssh-config/jump-chain.js';
import type { JumpHop } from '../../../src/transports/ssh-config/jump.js';
import { createAskSsh } from '../../../src/transports/ssh-config/ssh-g/ssh-g.js';
import { resolveIn } from './in-memory.js';
import { askOurs, HOME, LOCAL, writeFiles } from './real-ssh.js';
import { within } from '../../support/within.js';

void test('ssh -G answers what we cannot decide', async () => {
  const configFile = writeFiles({
    config: 'Match exec "test %h = yes"\n  Port 7\n  ProxyJump alice@gate:2222,inner\nMatch exec "true"\n  User bob\n',
  });
  const ask = createAskSsh({ local: LOCAL, configFile });
  const [yes, no] = await Promise.all([
    ask({ host: 'yes' }),
    ask({ host: 'no', port: 9, user: 'carol', options: ['ConnectTimeout=4'] }),
  ]);
  assert.deepEqual(
    [yes.value?.port, yes.value?.user, yes.value?.route],
    [7, 'bob', { by: 'jump', hops: [{ host: 'gate', user: 'alice', port: 2222 }, { host: 'inner' }] }],
  );
  assert.deepEqual(
    [no.value?.port, no.value?.user, no.value?.route, no.value?.connectTimeoutSeconds],
    [9, 'carol', { by: 'direct' }, 4],
  );
  assert.deepEqual([no.value?.ciphers, no.value?.identityFiles], [undefined, undefined]);
});

void test('each line that ssh refuses is told once, at its line and with the way out, and not once a host', async () => {
  const config = 'Host *\n  User x\nNoSuchKeyword x\n  Prot 22\n  Port abc\nKexAlgorithms nonsense\n';
  const configFile = writeFiles({ config });
  const ask = createAskSsh({ local: LOCAL, configFile });
  const [one, other] = await Promise.all([ask({ host: 'h' }), ask({ host: 'other' })]);
  assert.equal(one.value, undefined);
  assert.deepEqual(one.diagnostics, other.diagnostics);
  assert.deepEqual(
    one.diagnostics.map(({ at, message, help }) => [at?.file === configFile && at.line, message, help?.slice(0, 27)]),
    [
      [3, 'ssh knows no option nosuchkeyword', 'correct or remove the line;'],
      [4, 'ssh knows no option prot', 'did you mean port? or, wher'],
      [5, "ssh refuses this line: Bad port 'abc'.", 'correct the line, as ssh_co'],
      [
        6,
        'ssh refuses this line: Unsupported KEX algorithm "nonsense": Bad SSH2 KexAlgorithms \'nonsense\'.',
        'correct the line, as ssh_co',
      ],
    ],
  );
});

void test('names that ssh would take for options never reach it', async () => {
  const touched = join(HOME, 'touched');
  const ask = createAskSsh({ local: LOCAL, configFile: writeFiles({ config: '' }) });
  for (const query of [
    { host: '-oProxyCommand=x' },
    { host: '' },
    { host: 'h', user: '-x' },
    { host: `$(touch ${touched})` },
    { host: 'h', jump: '-x' },
  ]) {
    const { value, diagnostics } = await ask(query);
    assert.equal(value, undefined);
    assert.equal(diagnostics[0]?.code, 'ssh-config/name');
  }
});

function script(name: string, body: string): string {
  const path = join(HOME, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o700);
  return path;
}

void test('no ssh, a dumb ssh and a hanging ssh are diagnostics', async () => {
  writeFiles({ config: '' });
  for (const [ssh, words] of [
    ['/no/such/ssh', /ENOENT/],
    [script('dumb', 'echo hello'), /something else/],
    [script('hang', 'exec sleep 30'), /within \d+ ms/],
    [script('loud', 'yes'), /printed more than|within/],
  ] as const) {
    const { value, diagnostics } = await createAskSsh({ local: LOCAL, ssh, timeoutMs: within(500) })({ host: 'h' });
    assert.equal(value, undefined);
    assert.match(diagnostics[0]?.message ?? '', words);
  }
});

/** `ssh -v` names the files and the command it has expanded; `ssh -G` does not. */
void test('paths and commands are expanded as ssh expands them when it connects', () => {
  const paths = [
    '~/.ssh/%r@%h',
    '/%n/%k/%p',
    '%d/%u-%i/%L/%l',
    '%%/${KW_NAME}',
    'none',
    '~',
    '~//x',
    'relative',
    '${KW_EMPTY}/e%%h',
  ];
  const files = {
    config: `HostName Real.Example\nHostKeyAlias Alias\nUser bob\nPort 2200\nProxyCommand true %h %n %p %r %k %% "x y"\n${paths.map((path) => `IdentityFile ${path}\nCertificateFile ${path}`).join('\n')}\n`,
  };
  const asked = { files, host: 'Given' };
  const config = writeFiles(files);
  const { stderr } = spawnSync('ssh', ['-v', '-F', config, '-o', 'BatchMode=yes', '--', 'Given'], {
    encoding: 'utf8',
    env: LOCAL.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: within(20_000),
  });
  const named = (what: string): readonly string[] =>
    [...stderr.matchAll(new RegExp(`^debug1: ${what} file (.*) type -?\\d+\\r?$`, 'gm'))].map(([, path]) => path ?? '');
  const ours = askOurs(asked);
  assert.ok(ours.says === 'config');
  assert.deepEqual(ours.value.identityFiles, named('identity'));
  assert.deepEqual(ours.value.certificateFiles, named('certificate'));
  assert.deepEqual(ours.value.route, {
    by: 'command',
    command: /^debug1: Executing proxy command: exec (.*?)\r?$/m.exec(stderr)?.[1],
  });
});

const CHAINS: readonly (readonly [config: string, chain: readonly string[] | string])[] = [
  ['', []],
  ['Host t\nProxyJump a', ['a:22']],
  ['Host t\nProxyJump a,b,u@c:7', ['a:22', 'b:22', 'c:7']],
  ['Host t\nProxyJump b\nHost b\nHostName real-b\nPort 9\nProxyJump a', ['a:22', 'real-b:9']],
  ['Host t\nProxyJump a,b\nHost b\nProxyJump never', ['a:22', 'b:22']],
  ['Host t\nProxyJump a,b\nHost a\nProxyJump first', ['first:22', 'a:22', 'b:22']],
  ['Host t\nProxyJump a\nHost a\nProxyCommand nc %h %p', ['a:22']],
  ['Host t\nProxyJump a\nHost a\nProxyJump b\nHost b\nProxyJump a', 'ssh-config/jump-loop'],
  ['ProxyJump a', 'ssh-config/jump-loop'],
];

for (const [config, gives] of CHAINS)
  void test(`the way to t: ${JSON.stringify(config)}`, async () => {
    const files = { '/home/alice/.ssh/config': config };
    const resolve: ResolveHop = ({ host, user, port }: JumpHop, jump) =>
      Promise.resolve(
        resolveIn(files, {
          host,
          ...(user === undefined ? {} : { user }),
          ...(port === undefined ? {} : { port }),
          ...(jump === undefined ? {} : { jump }),
        }),
      );
    const target = resolveIn(files, 't').value;
    assert.ok(target !== undefined);
    const { value, diagnostics } = await jumpChain(target, resolve);
    assert.deepEqual(value?.map(({ hostName, port }) => `${hostName}:${port}`) ?? diagnostics[0]?.code, gives);
  });
