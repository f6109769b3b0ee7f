import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectedHosts } from './collected-hosts.js';
import { stringify } from 'yaml';
import type { UsedTransport } from '../../src/model/host.js';
import { makeNetworks, MANY, needsNetworks, NETWORK, type Networks, type SshServer } from './networks.js';
import { recordedAnswer } from './recorded-answer.js';
import { makeKey } from './sshd.js';
import { secondsWithin, within } from './within.js';

interface Line {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  readonly transportReason?: string;
  readonly via?: readonly string[];
  readonly failure?: { readonly code: string; readonly detail: string };
}

interface Ended {
  readonly status: number | null;
  readonly hosts: Readonly<Record<string, Line>>;
  readonly stderr: string;
}

function countOf(text: string, sign: RegExp): number {
  return text.match(sign)?.length ?? 0;
}

/** Everything about ways to hosts, by one transport; a test file for each, since together they take minutes. */
export function testWays(transport: Extract<UsedTransport, 'ssh2' | 'openssh'>): Promise<void> {
  return describe(`ways to hosts by ${transport}, in network namespaces`, needsNetworks(), () => {
    let networks: Networks;
    let bastion: SshServer;
    let one: SshServer;
    let two: SshServer;
    let knownHosts: string;
    let files = 0;

    before(async () => {
      networks = makeNetworks();
      // Who is asked in numbers, and how hosts are reached, is what is looked at; `two` answers by itself.
      const answer = { config: [`ForceCommand ${recordedAnswer(networks.folder)}`] };
      [bastion, one, two] = await Promise.all([
        networks.startSshd('bastion', answer),
        networks.startSshd('one', answer),
        networks.startSshd('two'),
      ]);
      await networks.startOdd('one', 'late', '2200', '127.0.0.1', '22', String(within(1500)));
      knownHosts = file('known_hosts', [
        `${NETWORK.bastion} ${bastion.hostKey}`,
        `${NETWORK.one},[${NETWORK.one}]:2200 ${one.hostKey}`,
        ...MANY.map((address) => `${address} ${one.hostKey}`),
        `${NETWORK.two},${NETWORK.inner} ${two.hostKey}`,
        '',
      ]);
    });
    after(() => networks.stop());

    const file = (name: string, lines: readonly string[]): string => {
      const path = join(networks.folder, `${files++}-${name}`);
      writeFileSync(path, lines.join('\n'));
      return path;
    };

    /** `kernward collect`, run on the client. */
    const collect = (inventory: object, ...options: readonly string[]): Promise<Ended> =>
      new Promise((resolve) => {
        const path = file('inventory.yaml', [stringify(inventory)]);
        const [program = '', ...argv] = networks.onClient(
          process.execPath,
          join(process.cwd(), 'dist', 'kernward.js'),
          'collect',
          '-q',
          '-i',
          path,
          ...options,
        );
        const child = spawn(program, argv, {
          cwd: networks.folder,
          env: { PATH: process.env['PATH'], HOME: networks.folder, KERNWARD_SSH_CONFIG: 'none' },
          stdio: ['ignore', 'pipe', 'pipe'],
          // A run that does not end is a failure, and not a wait for ever.
          timeout: within(300_000),
          killSignal: 'SIGKILL',
        });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        child.on('close', (status) => {
          const lines = collectedHosts<Line>(stdout);
          resolve({ status, hosts: Object.fromEntries(lines.map((line) => [line.name, line])), stderr });
        });
      });
    const keysOf = (path = knownHosts): readonly string[] => ['--host-keys', `file:${path}`];

    const defaults = (): object => ({ user: 'root', identityFile: networks.key.file, transport });
    /** ssh_config, since a jump host has its keys from there. */
    const config = (...more: readonly string[]): string =>
      file('ssh_config', [
        ...more,
        'Host *',
        `  IdentityFile ${networks.key.file}`,
        '  IdentitiesOnly yes',
        '  User root',
        '',
      ]);
    const timeouts = ['--connect-timeout', secondsWithin(6), '--host-timeout', secondsWithin(60)];

    void test(`${transport}: directly, over one and over two, late, into black holes, and by a program`, async () => {
      const { hosts, status, stderr } = await collect(
        {
          defaults: defaults(),
          hosts: [
            { name: 'direct', address: NETWORK.bastion },
            { name: 'behind', address: NETWORK.one, proxyJump: NETWORK.bastion },
            { name: 'other-network', address: NETWORK.two, proxyJump: `root@${NETWORK.bastion}:22` },
            { name: 'chain', address: NETWORK.inner, proxyJump: `${NETWORK.bastion},${NETWORK.one}` },
            { name: 'late', address: NETWORK.one, port: 2200, proxyJump: NETWORK.bastion },
            { name: 'hole', address: NETWORK.hole },
            { name: 'hole-behind', address: NETWORK.innerHole, proxyJump: NETWORK.bastion },
            { name: 'refused-behind', address: NETWORK.one, port: 2323, proxyJump: NETWORK.bastion },
            { name: 'not-forwarded', address: NETWORK.one },
            { name: 'program', address: NETWORK.bastion, proxyCommand: 'nc %h %p' },
            { name: 'no-program', address: NETWORK.bastion, proxyCommand: 'nc-that-is-not-there %h %p' },
            { name: 'silent-program', address: NETWORK.bastion, proxyCommand: 'false' },
          ],
        },
        ...keysOf(),
        '-F',
        config(),
        ...timeouts,
      );
      assert.equal(status, 3, stderr);
      for (const reached of ['direct', 'behind', 'other-network', 'chain', 'late', 'program'])
        assert.deepEqual([hosts[reached]?.failure, hosts[reached]?.transport], [undefined, transport], reached);
      assert.deepEqual(hosts['chain']?.via, [`root@${NETWORK.bastion}:22`, `root@${NETWORK.one}:22`]);
      assert.equal(hosts['direct']?.via, undefined);
      const codes = Object.fromEntries(
        Object.values(hosts).flatMap(({ name, failure }) => (failure === undefined ? [] : [[name, failure.code]])),
      );
      assert.deepEqual(
        codes,
        {
          hole: 'connect-timed-out',
          'hole-behind': 'connect-timed-out',
          'refused-behind': 'refused',
          'not-forwarded': codes['not-forwarded'],
          'no-program': 'jump-host-failed',
          'silent-program': 'jump-host-failed',
        },
        JSON.stringify(Object.values(hosts).map(({ failure }) => failure)),
      );
      assert.match(codes['not-forwarded'] ?? '', /^(?:network-unreachable|connect-timed-out)$/u);
      assert.match(
        hosts['refused-behind']?.failure?.detail ?? '',
        new RegExp(`from the jump host ${NETWORK.bastion}`, 'u'),
      );
    });

    void test(`${transport}: the key of every hop is verified by the same policy`, async () => {
      const stranger = makeKey(join(networks.folder, `stranger-${transport}`))
        .publicKey.split(' ')
        .slice(0, 2)
        .join(' ');
      const line = {
        bastion: `${NETWORK.bastion} ${bastion.hostKey}`,
        one: `${NETWORK.one} ${one.hostKey}`,
        inner: `${NETWORK.inner} ${two.hostKey}`,
      };
      const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
        [
          'a changed key of the first',
          [`${NETWORK.bastion} ${stranger}`, line.one, line.inner],
          'jump-host-failed',
          /jump host 10\.99\.0\.1 .*host-key-changed/u,
        ],
        [
          'an unknown key of the second',
          [line.bastion, line.inner],
          'jump-host-failed',
          /jump host 10\.99\.1\.2 .*host-key-unknown/u,
        ],
        [
          'a changed key of the host',
          [line.bastion, line.one, `${NETWORK.inner} ${stranger}`],
          'host-key-changed',
          /10\.99\.3\.2/u,
        ],
      ];
      for (const [what, lines, code, sign] of cases) {
        const inventory = {
          defaults: defaults(),
          hosts: [{ name: 'chain', address: NETWORK.inner, proxyJump: `${NETWORK.bastion},${NETWORK.one}` }],
        };
        const { hosts, stderr } = await collect(
          inventory,
          ...keysOf(file('known_hosts', [...lines, ''])),
          '-F',
          config(),
          ...timeouts,
        );
        assert.equal(hosts['chain']?.failure?.code, code, `${what}: ${JSON.stringify(hosts)} ${stderr}`);
        assert.match(hosts['chain']?.failure?.detail ?? '', sign, what);
      }
    });

    void test(`${transport}: a jump host that answers in the name of who is behind it is not believed, and nobody logs in to it there`, async () => {
      // Every account and key of the client is welcome at it: only host keys are in its way.
      const endIt = networks.impersonate('bastion', NETWORK.one);
      try {
        for (const policy of ['file', 'accept-new']) {
          const before = countOf(bastion.log(), /^Accepted publickey/gmu);
          const inventory = {
            defaults: { ...defaults(), proxyJump: NETWORK.bastion },
            hosts: [
              { name: 'target', address: NETWORK.one },
              { name: 'chain', address: NETWORK.inner, proxyJump: `${NETWORK.bastion},${NETWORK.one}` },
            ],
          };
          const known = file('known_hosts', [
            `${NETWORK.bastion} ${bastion.hostKey}`,
            `${NETWORK.one} ${one.hostKey}`,
            `${NETWORK.inner} ${two.hostKey}`,
            '',
          ]);
          const keys =
            policy === 'file'
              ? [...keysOf(known), '-F', config()]
              : ['--host-keys', 'accept-new', '-F', config(`UserKnownHostsFile ${known}`)];
          const { hosts, status, stderr } = await collect(inventory, ...keys, ...timeouts);
          assert.equal(status, 3, stderr);
          assert.equal(hosts['target']?.failure?.code, 'host-key-changed', JSON.stringify(hosts));
          assert.equal(hosts['chain']?.failure?.code, 'jump-host-failed', JSON.stringify(hosts));
          assert.match(hosts['chain'].failure.detail, /10\.99\.1\.2 .*host-key-changed/u);
          // As the jump host it was logged in to once for both, or once for each chain; in the name of another never.
          const logins = countOf(bastion.log(), /^Accepted publickey/gmu) - before;
          assert.ok(logins >= 1 && logins <= 2, `${policy}: ${logins} logins`);
          assert.equal(countOf(readFileSync(known, 'utf8'), /\n/gu), 3, 'nothing was written down of it');
        }
      } finally {
        endIt();
      }
    });

    void test(`${transport}: a dead jump host fails all hosts behind it, and is tried a few times`, async () => {
      const dead = await networks.startOdd('bastion', 'dead', '2299');
      try {
        const inventory = {
          defaults: { ...defaults(), proxyJump: `${NETWORK.bastion}:2299` },
          hosts: MANY.slice(0, 60),
        };
        const { hosts, status } = await collect(inventory, ...keysOf(), '-F', config(), ...timeouts);
        assert.equal(status, 3);
        assert.equal(Object.keys(hosts).length, 60);
        for (const { failure } of Object.values(hosts)) {
          assert.equal(failure?.code, 'jump-host-failed');
          assert.match(
            failure.detail,
            /^the jump host 10\.99\.0\.1 \(root@10\.99\.0\.1:2299\) cannot be passed: disconnected: /u,
          );
        }
        const attempts = countOf(dead.log(), /^connection$/gmu);
        assert.ok(attempts >= 2 && attempts <= 8, `${attempts} attempts`);
      } finally {
        await dead.stop();
      }
    });

    void test(`${transport}: 120 hosts behind a jump host that takes few connections`, async () => {
      const narrow = await networks.startSshd('bastion', {
        port: 2222,
        config: ['MaxStartups 2:50:3', 'MaxSessions 1', `LoginGraceTime ${secondsWithin(20)}`],
      });
      try {
        const known = file('known_hosts', [
          `[${NETWORK.bastion}]:2222 ${narrow.hostKey}`,
          ...MANY.map((address) => `${address} ${one.hostKey}`),
          '',
        ]);
        const many = transport === 'ssh2' ? MANY : MANY.slice(0, 24);
        const inventory = { defaults: { ...defaults(), proxyJump: `${NETWORK.bastion}:2222` }, hosts: many };
        const { hosts, status, stderr } = await collect(
          inventory,
          ...keysOf(known),
          '-F',
          config(),
          '--forks',
          '24',
          '--connect-timeout',
          secondsWithin(60),
          '--auth-timeout',
          secondsWithin(60),
          '--host-timeout',
          secondsWithin(200),
          '--probe-timeout',
          secondsWithin(120),
          '--packages-timeout',
          secondsWithin(120),
        );
        assert.deepEqual(
          Object.values(hosts).flatMap(({ name, failure }) => (failure === undefined ? [] : [[name, failure]])),
          [],
          stderr,
        );
        assert.equal(status, 0, stderr);
        const connections = countOf(narrow.log(), /^Accepted publickey/gmu);
        assert.ok(connections >= 1 && connections <= 4, `${connections} connections to the jump host`);
      } finally {
        await narrow.stop();
      }
    });

    void test(`${transport}: a jump host that dies in the middle fails its hosts with that reason`, async () => {
      const mortal = await networks.startSshd('bastion', { port: 2223 });
      const silent = await networks.startOdd('one', 'silent', '2201');
      try {
        const known = file('known_hosts', [`[${NETWORK.bastion}]:2223 ${mortal.hostKey}`, '']);
        const inventory = {
          defaults: { ...defaults(), port: 2201, proxyJump: `${NETWORK.bastion}:2223` },
          hosts: MANY.slice(0, 5),
        };
        const running = collect(
          inventory,
          ...keysOf(known),
          '-F',
          config(),
          '--connect-timeout',
          secondsWithin(60),
          '--host-timeout',
          secondsWithin(90),
        );
        const deadline = Date.now() + within(60_000);
        while (countOf(silent.log(), /^connection$/gmu) < 5 && Date.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 50));
        await mortal.kill();
        const { hosts } = await running;
        for (const { name, failure } of Object.values(hosts))
          assert.equal(failure?.code, 'jump-host-failed', `${name}: ${JSON.stringify(failure)}`);
      } finally {
        await silent.stop();
      }
    });

    void test(`${transport}: a run ends though its jump host died between two hosts`, async () => {
      const mortal = await networks.startSshd('bastion', { port: 2223 });
      const silent = await networks.startOdd('one', 'silent', '2201');
      try {
        const known = file('known_hosts', [`[${NETWORK.bastion}]:2223 ${mortal.hostKey}`, '']);
        const inventory = {
          defaults: { ...defaults(), port: 2201, proxyJump: `${NETWORK.bastion}:2223` },
          hosts: MANY.slice(0, 2),
        };
        const timeouts = ['--connect-timeout', secondsWithin(60), '--host-timeout', secondsWithin(90)];
        const running = collect(inventory, ...keysOf(known), '-F', config(), '--forks', '1', ...timeouts);
        const deadline = Date.now() + within(60_000);
        while (countOf(silent.log(), /^connection$/gmu) < 1 && Date.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 50));
        await mortal.kill();
        const { hosts } = await running;
        assert.deepEqual(
          Object.values(hosts).map(({ failure }) => failure?.code),
          ['jump-host-failed', 'jump-host-failed'],
        );
      } finally {
        await silent.stop();
      }
    });

    void test(`${transport}: ssh_config says all of it`, async () => {
      const path = config(
        'Host gate',
        `  HostName ${NETWORK.bastion}`,
        'Host app',
        `  HostName ${NETWORK.one}`,
        '  ProxyJump gate',
        '  HostKeyAlias the-app',
        'Host db',
        `  HostName ${NETWORK.inner}`,
        '  ProxyJump app',
        `  UserKnownHostsFile ${file('own_known_hosts', [`${NETWORK.inner} ${two.hostKey}`, ''])}`,
        'Host by-nc',
        `  HostName ${NETWORK.bastion}`,
        '  ProxyCommand sh -c "exec nc %h %p"',
        'Host careless',
        `  HostName ${NETWORK.two}`,
        '  ProxyJump gate',
        '  StrictHostKeyChecking no',
        `  UserKnownHostsFile ${file('empty', [''])}`,
        'Host not-over-gate',
        `  HostName ${NETWORK.one}`,
        '  ProxyJump gate',
        `  ConnectTimeout ${secondsWithin(3)}`,
        'Host *',
        `  UserKnownHostsFile ${file('known_hosts', [`${NETWORK.bastion} ${bastion.hostKey}`, `the-app ${one.hostKey}`, ''])}`,
        '  GlobalKnownHostsFile /dev/null',
      );
      const inventory = {
        defaults: { transport },
        hosts: ['gate', 'app', 'db', 'by-nc', 'careless', { name: 'not-over-gate', proxyJump: 'none' }],
      };
      const { hosts, stderr } = await collect(inventory, '-F', path, '--host-timeout', secondsWithin(60));
      for (const reached of ['gate', 'app', 'db', 'by-nc'])
        assert.deepEqual(hosts[reached]?.failure, undefined, `${reached}: ${stderr}`);
      assert.deepEqual(
        [hosts['db']?.address, hosts['db']?.port, hosts['db']?.via],
        [NETWORK.inner, 22, [`root@${NETWORK.bastion}:22`, `root@${NETWORK.one}:22`]],
      );
      assert.equal(hosts['careless']?.failure?.code, 'host-key-unknown');
      assert.match(stderr, /ssh-config\/host-key-checking/u);
      assert.match(hosts['not-over-gate']?.failure?.code ?? '', /^(?:network-unreachable|connect-timed-out)$/u);
    });
  });
}
