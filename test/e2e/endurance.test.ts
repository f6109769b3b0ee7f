import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { HostReport } from '../../src/model/report.js';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { startProxy, startTcp } from '../support/misbehaving.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { kernward, startKernward } from '../support/kernward.js';
import { secondsWithin, within } from '../support/within.js';

const MINE = `policy: mine
title: For these tests
rules:
  - { id: real, title: a, severity: high, requires: 'sysctl.kernel.panic >= -1 || sysctl.kernel.panic < -1', because: x }
`;

describe('endurance against a real sshd', needsSshd(), () => {
  let folder: string;
  let sshd: Sshd;

  /** Hosts by name and port, all on loopback, all with the sshd's keys. */
  const scanned = async (ports: Readonly<Record<string, number>>, ...args: readonly string[]) => {
    const hosts = Object.entries(ports).map(
      ([name, port]) => `  - { name: ${name}, address: 127.0.0.1, port: ${port} }\n`,
    );
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `defaults: { user: ${sshd.user}, identityFile: ${join(folder, 'key')} }\nhosts:\n${hosts.join('')}`,
    );
    const { status, stderr } = await kernward(
      folder,
      'scan',
      '-i',
      'inventory.yaml',
      '--no-shipped',
      '-p',
      'mine.yaml',
      '-o',
      'json:report.json',
      ...args,
    );
    const { value: report } = parseAsWritten(readFileSync(join(folder, 'report.json'), 'utf8'), 'report.json');
    assert.ok(report, stderr);
    return { status, stderr, hosts: new Map<string, HostReport>([...report.hosts].map((host) => [host.host, host])) };
  };

  /** The real sshd, behind a proxy that resets the first connections. */
  const flaky = async (failures: number) => {
    let contacts = 0;
    const proxy = await startProxy(sshd.port, (client, server) => {
      contacts += 1;
      if (contacts <= failures) client.resetAndDestroy();
      else server.pipe(client);
    });
    return { ...proxy, contacts: () => contacts };
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kernward-endurance-'));
    const { publicKey } = makeKey(join(folder, 'key'));
    makeKey(join(folder, 'stranger'));
    sshd = await startSshd({ authorizedKeys: [publicKey] });
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    const [, key = ''] = /^\S+ (.*)$/m.exec(sshd.knownHosts('ed25519')) ?? [];
    writeFileSync(join(folder, '.ssh', 'known_hosts'), `* ${key}\n`);
    writeFileSync(join(folder, 'mine.yaml'), MINE);
  });

  after(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const FLAKY: readonly {
    readonly failures: number;
    readonly retries?: number;
    readonly code: string | undefined;
    readonly attempts: number | undefined;
  }[] = [
    { failures: 0, code: undefined, attempts: undefined },
    { failures: 1, code: undefined, attempts: 2 },
    { failures: 2, code: 'disconnected', attempts: 2 },
    { failures: 2, retries: 2, code: undefined, attempts: 3 },
    { failures: 1, retries: 0, code: 'disconnected', attempts: undefined },
  ];
  for (const { failures, retries, code, attempts } of FLAKY)
    test(`${failures} lost connections and ${retries ?? 'the usual'} retries: ${code ?? 'reached'}`, async () => {
      const proxy = await flaky(failures);
      try {
        const { status, hosts } = await scanned(
          { host: proxy.port },
          ...(retries === undefined ? [] : ['--retries', String(retries)]),
        );
        const host = hosts.get('host');
        assert.deepEqual([host?.failure?.code, host?.attempts, status], [code, attempts, code === undefined ? 0 : 3]);
        assert.equal(proxy.contacts(), attempts ?? 1);
      } finally {
        await proxy.stop();
      }
    });

  test('who is refused, or shows another key, is asked once', async () => {
    const proxy = await flaky(0);
    const other = await startSshd({ authorizedKeys: [] });
    try {
      const changed = await scanned({ host: other.port }, '--retries', '5');
      assert.deepEqual(
        [changed.hosts.get('host')?.failure?.code, changed.hosts.get('host')?.attempts],
        ['host-key-changed', undefined],
      );
      writeFileSync(
        join(folder, 'strange.yaml'),
        `hosts:\n  - { name: host, address: 127.0.0.1, port: ${proxy.port}, user: ${sshd.user}, identityFile: ${join(folder, 'stranger')} }\n`,
      );
      const before = proxy.contacts();
      await kernward(
        folder,
        'scan',
        '-i',
        'strange.yaml',
        '--no-shipped',
        '-p',
        'mine.yaml',
        '-o',
        'json:strange.json',
        '--retries',
        '5',
      );
      assert.match(readFileSync(join(folder, 'strange.json'), 'utf8'), /"code":"authentication-failed"/);
      assert.equal(proxy.contacts() - before, 1);
    } finally {
      await other.stop();
      await proxy.stop();
    }
  });

  test('retries end with the deadline of the host', async () => {
    let contacts = 0;
    const closes = await startTcp((socket) => {
      contacts += 1;
      socket.end();
    });
    try {
      // Ten retries wait for 52 s on the average.
      const seconds = Math.min(10, Number(secondsWithin(3)));
      const { hosts } = await scanned({ host: closes.port }, '--retries', '10', '--host-timeout', String(seconds));
      const host = hosts.get('host');
      assert.ok(host !== undefined && host.tookMs < seconds * 1000 + within(500), `${host?.tookMs} ms`);
      assert.ok(contacts >= 2 && contacts < 11, `${contacts} contacts`);
      assert.equal(host.attempts, contacts);
      assert.match(host.failure?.code ?? '', /^(?:disconnected|host-timed-out)$/);
    } finally {
      await closes.stop();
    }
  });

  test('the deadline of the run ends it: who answered stands in the report, who was not done or not asked is run-deadline', async () => {
    const hole = await startTcp(() => undefined);
    try {
      const deadline = secondsWithin(4);
      const { status, stderr, hosts } = await scanned(
        { good: sshd.port, hangs: hole.port, waits: hole.port, never: sshd.port },
        '--forks',
        '1',
        '--connect-timeout',
        '600',
        '--deadline',
        deadline,
      );
      assert.equal(status, 3, stderr);
      assert.deepEqual(
        [...hosts.values()].map(({ host, failure }) => [host, failure?.code]),
        [
          ['good', undefined],
          ['hangs', 'run-deadline'],
          ['waits', 'run-deadline'],
          ['never', 'run-deadline'],
        ],
      );
      assert.match(
        hosts.get('hangs')?.failure?.detail ?? '',
        new RegExp(`during key exchange: the run's deadline of ${deadline} s passed`),
      );
      assert.match(hosts.get('waits')?.failure?.detail ?? '', /this host was not asked: the run's deadline/);
      assert.match(stderr, new RegExp(`the deadline of ${deadline} s passed: writing what is known`));
    } finally {
      await hole.stop();
    }
  });

  test('hosts of one group are asked one at a time, and the others meanwhile', async () => {
    let open = 0;
    let most = 0;
    const hole = await startTcp((socket) => {
      open += 1;
      socket.once('close', () => (open -= 1));
      // A little later: that the one before was let go of may be seen after the next has come.
      setTimeout(() => (most = Math.max(most, open)), within(200));
    });
    try {
      const ports = { slow1: hole.port, slow2: hole.port, slow3: hole.port, good1: sshd.port, good2: sshd.port };
      const hosts = Object.entries(ports).map(
        ([name, port]) => `      - { name: ${name}, address: 127.0.0.1, port: ${port} }\n`,
      );
      writeFileSync(
        join(folder, 'groups.yaml'),
        `defaults: { user: ${sshd.user}, identityFile: ${join(folder, 'key')} }\ngroups:\n  hypervisor-7:\n    forks: 1\n    hosts:\n${hosts.slice(0, 3).join('')}  other:\n    hosts:\n${hosts.slice(3).join('')}`,
      );
      const limited = [
        'scan',
        '-i',
        'groups.yaml',
        '--no-shipped',
        '-p',
        'mine.yaml',
        '--connect-timeout',
        secondsWithin(2),
        '--retries',
        '0',
        '-o',
        'json:groups.json',
      ];
      const { status, stderr } = await kernward(folder, ...limited);
      assert.equal(status, 3, stderr);
      const { value: report } = parseAsWritten(readFileSync(join(folder, 'groups.json'), 'utf8'), 'groups.json');
      assert.deepEqual(
        [...(report?.hosts ?? [])].map(({ failure }) => failure?.code),
        ['connect-timed-out', 'connect-timed-out', 'connect-timed-out', undefined, undefined],
      );
      assert.equal(most, 1, 'connections to the group at once');
      await kernward(folder, ...limited, '--group-forks', 'hypervisor-7=3');
      assert.equal(most, 3, 'connections to the group at once, three allowed');
    } finally {
      await hole.stop();
    }
  });

  test('collect keeps the deadline of the run as well', async () => {
    const hole = await startTcp(() => undefined);
    try {
      writeFileSync(
        join(folder, 'hole.yaml'),
        `defaults: { identityFile: ${join(folder, 'key')} }\nhosts:\n  - { name: hangs, address: 127.0.0.1, port: ${hole.port} }\n  - { name: waits, address: 127.0.0.1, port: ${hole.port} }\n`,
      );
      const { status, stdout } = await startKernward(folder, [
        'collect',
        '-i',
        'hole.yaml',
        '--forks',
        '1',
        '--connect-timeout',
        '30',
        '--deadline',
        '2',
      ]).ended;
      assert.equal(status, 3);
      assert.deepEqual(
        [...stdout.matchAll(/"code":"([a-z-]+)"/g)].map(([, code]) => code),
        ['run-deadline', 'run-deadline'],
      );
    } finally {
      await hole.stop();
    }
  });
});
