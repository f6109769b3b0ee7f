import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '../../../src/model/diagnostic.js';
import type { Host } from '../../../src/model/host.js';
import { createHostKeyPolicies } from '../../../src/transports/host-keys/policies-by-files.js';
import { planTargets, type Planned, type PlanOptions } from '../../../src/transports/targets/plan-targets.js';
import { rootFiles } from '../../../src/transports/ssh-config/files.js';
import { parseSshConfig } from '../../../src/transports/ssh-config/parse/parse.js';
import type { AskSsh } from '../../../src/transports/ssh-config/ssh-g/ssh-g.js';
import { jumpHosts, formatTarget, type Target } from '../../../src/transports/targets/target.js';
import { hostAt } from '../../support/hosts.js';
import { ALICE, filesOf } from '../ssh-config/in-memory.js';
import { assertComputed } from '../../support/computed-within.js';

const NOBODY: AskSsh = () =>
  Promise.resolve({
    value: undefined,
    diagnostics: [{ code: 'ssh-config/asked', severity: 'error', message: 'nobody is to be asked' }],
  });

function host(over: Partial<Host> = {}): Host {
  const { port: _port, ...rest } = hostAt(0, { name: 'db1', address: 'db1', transport: 'auto', ...over });
  return over.port === undefined ? rest : { ...rest, port: over.port };
}

function plan(config: string, hosts: readonly Host[], over: Partial<PlanOptions> = {}): Promise<Planned> {
  const parsed = parseSshConfig(rootFiles(ALICE.home), filesOf({ '/home/alice/.ssh/config': config }), ALICE);
  assert.ok(parsed.value, JSON.stringify(parsed.diagnostics));
  return planTargets(hosts, {
    config: parsed.value,
    local: ALICE,
    ask: NOBODY,
    policies: createHostKeyPolicies('strict', '/nowhere'),
    acceptsNew: false,
    identityFiles: [],
    defaultConnectTimeoutMs: 10_000,
    ...over,
  });
}
async function targetOf(config: string, over: Partial<Host> = {}, options: Partial<PlanOptions> = {}): Promise<Target> {
  const one = host(over);
  const { value, diagnostics } = await plan(config, [one], options);
  assert.ok(value, JSON.stringify(diagnostics));
  return value(one);
}

const CONFIG = `
Host db1
  HostName 10.0.0.5
  Port 2222
  User dba
  IdentityFile ~/.ssh/dba
  ConnectTimeout 3
  ProxyJump gate
Host gate
  User jumper
Host *
  AddressFamily inet
`;

/** What the inventory, the options and ssh_config say; then what holds. @see docs/reference/ssh-config.md, "What stands above what" */
const holds: readonly (readonly [string, Partial<Host>, Partial<PlanOptions>, (target: Target) => unknown, unknown])[] =
  [
    ['HostName leads elsewhere', {}, {}, ({ address }) => address, '10.0.0.5'],
    ['a name that stands in no block', { address: '192.0.2.1' }, {}, formatTarget, 'alice@192.0.2.1:22'],
    ["the inventory's port", { port: 22 }, {}, ({ port }) => port, 22],
    ["ssh_config's port", {}, {}, ({ port }) => port, 2222],
    ["the inventory's user", { user: 'own' }, { user: 'option' }, ({ user }) => user, 'own'],
    ['-u', {}, { user: 'option' }, ({ user }) => user, 'option'],
    ["ssh_config's user", {}, {}, ({ user }) => user, 'dba'],
    [
      "the inventory's key, alone",
      { identityFiles: ['k'] },
      { identityFiles: ['i'] },
      ({ settings: { keys } }) => [keys.files, keys.isOnly],
      [['k'], true],
    ],
    [
      '--identity, alone',
      {},
      { identityFiles: ['i'] },
      ({ settings: { keys } }) => [keys.files, keys.isOnly],
      [['i'], true],
    ],
    [
      "ssh_config's key, beside the agent's",
      {},
      {},
      ({ settings: { keys } }) => [keys.files, keys.isOnly],
      [['/home/alice/.ssh/dba'], false],
    ],
    ['--connect-timeout', {}, { connectTimeoutMs: 7000 }, ({ connectTimeoutMs }) => connectTimeoutMs, 7000],
    ["ssh_config's ConnectTimeout", {}, {}, ({ connectTimeoutMs }) => connectTimeoutMs, 3000],
    ['no ConnectTimeout', { address: 'x' }, {}, ({ connectTimeoutMs }) => connectTimeoutMs, 10_000],
    [
      "ssh_config's jump host, with its own user",
      {},
      { user: 'option' },
      (target) => jumpHosts(target).map(formatTarget),
      ['jumper@gate:22'],
    ],
    [
      "the inventory's jump hosts",
      { proxyJump: 'u@first:1,[2001:db8::1]:2' },
      {},
      (target) => jumpHosts(target).map(formatTarget),
      ['u@first:1', 'alice@[2001:db8::1]:2'],
    ],
    ['no jump, by the inventory', { proxyJump: 'none' }, {}, ({ route }) => route, { by: 'direct' }],
    [
      "the inventory's program",
      { proxyCommand: 'nc %h  %p' },
      {},
      ({ route }) => route,
      { by: 'program', words: ['nc', '%h', '%p'] },
    ],
    [
      "a jump host's keys by --identity",
      {},
      { identityFiles: ['i'] },
      (target) => jumpHosts(target).map(({ settings }) => settings.keys.files),
      [['i']],
    ],
    [
      "the inventory's options",
      { sshOptions: ['HostKeyAlias=Other', 'ConnectTimeout 9'] },
      {},
      ({ knownAs, connectTimeoutMs }) => [knownAs, connectTimeoutMs],
      [{ names: ['other'], port: 22 }, 9000],
    ],
    [
      'the names under which its key may stand',
      {},
      {},
      ({ knownAs }) => knownAs,
      { names: ['10.0.0.5', 'db1'], port: 2222 },
    ],
    ['other options', {}, {}, ({ settings }) => settings.addressFamily, 'inet'],
  ];
for (const [what, over, options, read, expected] of holds)
  void test(`what holds: ${what}`, async () => assert.deepEqual(read(await targetOf(CONFIG, over, options)), expected));

void test('a ProxyCommand of ssh_config has its tokens, and is barred by the inventory', async () => {
  const config = 'Host db1\n  HostName 10.0.0.5\n  ProxyCommand connect %h %p %r\n';
  assert.deepEqual((await targetOf(config, { user: 'u' })).route, { by: 'command', line: 'connect 10.0.0.5 22 u' });
  assert.deepEqual((await targetOf(config, { proxyCommand: 'none' })).route, { by: 'direct' });
});

void test('StrictHostKeyChecking makes stricter, and never less strict', async () => {
  const policies = { policies: createHostKeyPolicies('accept-new', '/nowhere'), acceptsNew: true };
  assert.equal((await targetOf('StrictHostKeyChecking yes', {}, policies)).hostKeys.mode, 'strict');
  assert.equal((await targetOf('StrictHostKeyChecking no', {}, policies)).hostKeys.mode, 'accept-new');
  for (const checking of ['no', 'off', 'accept-new', 'ask', 'yes'])
    assert.equal((await targetOf(`StrictHostKeyChecking ${checking}`)).hostKeys.mode, 'strict', checking);
});

async function told(config: string, hosts: readonly Host[]): Promise<readonly string[]> {
  const { value, diagnostics } = await plan(config, hosts);
  assert.equal(
    value === undefined,
    diagnostics.some(({ severity }) => severity === 'error'),
  );
  return diagnostics.map(
    ({ code, severity, message, at }: Diagnostic) =>
      `${severity} ${code} ${at?.file ?? '-'}:${at?.line ?? 0} ${message}`,
  );
}

void test('new keys are accepted only where they are kept, in a file of the user', async () => {
  const acceptNew = { policies: createHostKeyPolicies('accept-new', '/nowhere'), acceptsNew: true };
  const modeFor = async (config: string): Promise<string> => (await targetOf(config, {}, acceptNew)).hostKeys.mode;
  assert.equal(await modeFor('UserKnownHostsFile ~/own'), 'accept-new');
  assert.equal(await modeFor('UserKnownHostsFile ~/own /dev/null'), 'accept-new');
  for (const files of ['/dev/null', '/dev/../dev//null', '"/dev/null" ~/own', 'none'])
    assert.equal(await modeFor(`UserKnownHostsFile ${files}`), 'strict', files);
  // Without a file of the user's own the first would be the one of the whole machine.
  assert.equal(await modeFor('UserKnownHostsFile none\nGlobalKnownHostsFile /etc/ssh/other'), 'strict');
  const { diagnostics } = await plan('UserKnownHostsFile /dev/null', [host()], acceptNew);
  assert.deepEqual(
    diagnostics.map(({ code, message }) => [code, message]),
    [
      [
        'ssh-config/host-keys-not-kept',
        'UserKnownHostsFile /dev/null of ssh_config for db1 keeps no key: --host-keys accept-new does not hold there, and a host key that is not known is refused',
      ],
    ],
  );
  assert.deepEqual((await plan('UserKnownHostsFile /dev/null', [host()])).diagnostics, []);
});

void test('what is not followed is told once, with the number of the hosts', async () => {
  const hosts = ['a', 'b', 'c'].map((name) => host({ name, address: name }));
  assert.deepEqual(await told('StrictHostKeyChecking no', hosts), [
    'warning ssh-config/host-key-checking -:0 StrictHostKeyChecking no of ssh_config for a (and 2 more hosts) is not followed: a host key that is not known is refused',
  ]);
});

void test('a mistake of a jump host is a mistake of every host behind it, told once, and no other host suffers', async () => {
  const hosts = ['a', 'b', 'c', 'd'].map((name) => host({ name, address: name }));
  const {
    value,
    diagnostics,
    mistakes,
    targetOf: led,
  } = await plan('Host gate\n IdentityFile %y\nHost a b c\n ProxyJump gate\n', hosts);
  assert.equal(value, undefined);
  assert.deepEqual(
    [...mistakes].map(([name, wrong]) => [name, wrong.map(({ code }) => code)]),
    ['a', 'b', 'c'].map((name) => [name, ['ssh-config/token']]),
  );
  assert.match(
    diagnostics.map(({ message }) => message).join('\n'),
    /^a: the jump host gate: .* \(and for 2 more hosts\)$/u,
  );
  assert.equal(led(host({ name: 'd', address: 'd' })).address, 'd');
  assert.throws(() => led(host({ name: 'a', address: 'a' })), /nothing was planned for a/u);
});

void test('mistakes: a circle, a token, a refused connection, a hop; once each, with a place', async () => {
  assert.match(
    (await told('Host a\n ProxyJump b\nHost b\n ProxyJump a\n', [host({ name: 'a', address: 'a' })])).join('\n'),
    /^error ssh-config\/jump-loop inventory\.yaml:1 a: it is reached over more than 16 jump hosts/u,
  );
  assert.match(
    (await told('Host db1\n IdentityFile %y\n', [host()])).join('\n'),
    /^error ssh-config\/token inventory\.yaml:1 db1: /u,
  );
  const many = Array.from({ length: 300 }, (_, index) => host({ name: `h${index}`, address: `h${index}` }));
  assert.deepEqual((await told('Host h*\n ProxyJump gate\nHost gate\n IdentityFile %y\n', many)).length, 1);
});

void test('revoked keys that ssh2 cannot read are not passed over', async () => {
  assert.match(
    (await told('RevokedHostKeys /revoked\n', [host({ transport: 'ssh2' })])).join('\n'),
    /^error ssh-config\/revoked-host-keys inventory\.yaml:1 db1: /u,
  );
  assert.deepEqual(await told('RevokedHostKeys /revoked\n', [host({ transport: 'auto' })]), []);
});

void test('what only ssh can say is asked of it, once for each jump host', async () => {
  const asked: string[] = [];
  const ask: AskSsh = (query) => {
    asked.push(query.host);
    return NOBODY(query);
  };
  const hosts = Array.from({ length: 5 }, (_, index) =>
    host({ name: `h${index}`, address: `h${index}`, proxyJump: 'gate' }),
  );
  await plan('Match host gate exec "true"\n  User x\n', hosts, { ask });
  assert.deepEqual(asked, ['gate']);
});

void test('ten thousand hosts are planned in seconds', async () => {
  const blocks = Array.from(
    { length: 300 },
    (_, index) => `Host rack${index}-*\n  User u${index}\n  ProxyJump gate${index % 20}\n`,
  ).join('');
  const hosts = Array.from({ length: 10_000 }, (_, index) =>
    host({ name: `rack${index % 300}-${index}.example.com`, address: `rack${index % 300}-${index}.example.com` }),
  );
  const before = process.cpuUsage();
  const { value } = await plan(
    `${blocks}Host gate*\n  User jumper\nHost *\n  IdentityFile ~/.ssh/fleet\n  ConnectTimeout 5\n`,
    hosts,
  );
  const { user, system } = process.cpuUsage(before);
  assert.ok(value);
  const targets = hosts.map(value);
  assert.equal(new Set(targets.flatMap(jumpHosts)).size, 20);
  assert.equal(new Set(targets.map(({ settings }) => settings)).size, 1);
  assertComputed((user + system) / 1000, 20_000);
});
