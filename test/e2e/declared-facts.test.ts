import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kernwardWarm } from '../support/warm/commands.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';

const FACTS = `policy: mine
title: Settings that kernward does not know of
facts:
  sysctl.vm.swappiness: { type: int, range: [0, 200], title: How willingly the kernel swaps }
  sysctl.net.ipv4.tcp_syncookies: { type: int }
  sysfs.read_ahead: { paths: '/sys/block/*/bdi/read_ahead_kb', type: map }
  module.nvme_core.max_retries: { path: /sys/module/nvme_core/parameters/max_retries, type: int }
  cmdline.mitigations: { bootParameter: mitigations, type: string }
  config.CONFIG_PREEMPT_RT: { kernelConfig: CONFIG_PREEMPT_RT, type: enum, values: [y, n] }
  file.hosts: { path: /etc/hosts, type: list, parse: lines }
`;
const RULES = `rules:
  - id: mine-swappiness
    title: Nothing is swapped
    severity: high
    requires: sysctl.vm.swappiness > 200
    because: vm.swappiness is {sysctl.vm.swappiness}
    remediation: { summary: Set it., sysctl: { vm.swappiness: 10 } }
  - id: mine-syncookies
    title: SYN cookies are set in some way
    severity: high
    requires: sysctl.net.ipv4.tcp_syncookies >= 0
    because: x
  - id: mine-read-ahead
    title: Every disk says how far it reads ahead
    severity: high
    ifAbsent: notapplicable
    requires: sysfs.read_ahead.all(disk, int(sysfs.read_ahead[disk]) >= 0)
    because: x
  - id: mine-hosts
    title: There is a hosts file
    severity: high
    requires: size(file.hosts) > 0
    because: x
`;

interface Saved {
  readonly header: { readonly declaredFacts?: readonly { readonly id: string; readonly from: string }[] };
  readonly hosts: readonly {
    readonly readings: Readonly<
      Record<string, { readonly state: string; readonly value?: unknown; readonly detail?: string }>
    >;
    readonly verdicts: readonly { readonly rule: string; readonly result: string; readonly because: string }[];
    readonly collector?: { readonly differs: boolean };
  }[];
}

function onlyHost(report: Saved): Saved['hosts'][number] {
  const [host] = report.hosts;
  assert.ok(host);
  return host;
}
function results(report: Saved): Readonly<Record<string, string>> {
  return Object.fromEntries(onlyHost(report).verdicts.map(({ rule, result }) => [rule, result]));
}

describe('declared facts of a real sshd', needsSshd(), () => {
  let folder: string;
  let sshd: Sshd;
  const REACH = ['--host-keys', 'file:known_hosts', '-q'] as const;
  const OWN = ['-p', 'mine.yaml', '--no-shipped', '--allow-read', '/etc/hosts'] as const;

  const inventory = (key: string, transport = 'ssh2'): string => {
    writeFileSync(
      join(folder, `${key}-${transport}.yaml`),
      `defaults: { user: ${sshd.user}, port: ${sshd.port}, transport: ${transport}, identityFile: ${join(folder, key)} }\nhosts: [ 127.0.0.1 ]\n`,
    );
    return `${key}-${transport}.yaml`;
  };
  const report = async (command: string, ...args: readonly string[]): Promise<Saved> => {
    const { stderr, status } = await kernwardWarm(folder, command, ...args, '-o', 'json:report.json');
    assert.ok(status === 0 || status === 1 || status === 3, stderr);
    const saved: Saved = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    return saved;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kernward-declared-'));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'mine.yaml'), FACTS + RULES);
    const keys = ['free', 'plain', 'with-facts'].map((name) => ({ name, ...makeKey(join(folder, name)) }));
    for (const [name, args] of [
      ['plain', []],
      ['with-facts', ['-p', 'mine.yaml', '--allow-read', '/etc/hosts']],
    ] as const) {
      const { stdout, stderr } = await kernwardWarm(folder, 'collector', ...args);
      assert.ok(stdout.startsWith('#!/bin/sh'), stderr);
      mkdirSync(join(folder, 'bin'), { recursive: true });
      writeFileSync(join(folder, 'bin', name), stdout, { mode: 0o755 });
    }
    sshd = await startSshd({
      authorizedKeys: keys.map(({ name, publicKey }) =>
        name === 'free' ? publicKey : `restrict,command="${join(folder, 'bin', name)}" ${publicKey}`,
      ),
    });
    writeFileSync(join(folder, 'known_hosts'), sshd.knownHosts());
  });
  after(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const transport of ['ssh2', 'openssh'])
    test(`${transport}: rules judge what the kernel says`, async () => {
      const saved = await report('scan', '-i', inventory('free', transport), ...REACH, ...OWN);
      const { readings } = onlyHost(saved);
      assert.equal(readings['sysctl.vm.swappiness']?.value, Number(readFileSync('/proc/sys/vm/swappiness', 'utf8')));
      const { 'mine-read-ahead': readAhead, ...others } = results(saved);
      assert.deepEqual(others, { 'mine-swappiness': 'fail', 'mine-syncookies': 'pass', 'mine-hosts': 'pass' });
      assert.ok(readAhead === 'pass' || readAhead === 'notapplicable', readAhead);
      assert.equal(
        saved.header.declaredFacts?.find(({ id }) => id === 'sysctl.vm.swappiness')?.from,
        '/proc/sys/vm/swappiness',
      );
    });

  test('the run decides what is read below /etc', async () => {
    const { status, stderr } = await kernwardWarm(folder, 'scan', '-i', inventory('free'), ...REACH, '-p', 'mine.yaml');
    assert.equal(status, 2);
    assert.match(stderr, /mine\.yaml:10:23: error: \/etc\/hosts is below \/etc.*\[policy\/not-allowed\]/);
    assert.match(stderr, /--allow-read \/etc\/hosts/);
  });

  test('explain says where it was read, and remediate what to set', async () => {
    await report('scan', '-i', inventory('free'), ...REACH, ...OWN);
    const explained = await kernwardWarm(folder, 'explain', '127.0.0.1', 'mine-swappiness', '--report', 'report.json');
    assert.match(explained.stdout, /sysctl\.vm\.swappiness = \d+ \(read from \/proc\/sys\/vm\/swappiness\)/);
    const remedy = await kernwardWarm(folder, 'remediate', 'report.json', '-p', 'mine.yaml', '--as', 'sysctl.d');
    assert.match(remedy.stdout, /^vm\.swappiness ?= ?10$/m);
    assert.doesNotMatch(remedy.stdout, /the probe does not read it/);
  });

  test('what was collected before, or with another declaration, is not taken for it', async () => {
    for (const [args, expected] of [
      [['-p', 'mine.yaml', '--allow-read', '/etc/hosts'], 'fail'],
      [[], 'unknown'],
    ] as const) {
      await kernwardWarm(folder, 'collect', '-i', inventory('free'), ...REACH, ...args, '-o', 'readings.jsonl');
      const saved = await report('eval', 'readings.jsonl', '-p', 'mine.yaml', '--no-shipped');
      assert.equal(results(saved)['mine-swappiness'], expected);
    }
    await report('scan', '-i', inventory('free'), ...REACH, ...OWN);
    writeFileSync(join(folder, 'old.json'), readFileSync(join(folder, 'report.json')));
    writeFileSync(join(folder, 'other.yaml'), (FACTS + RULES).replace('range: [0, 200]', 'range: [0, 100]'));
    for (const [policy, expected] of [
      ['mine.yaml', 'fail'],
      ['other.yaml', 'unknown'],
    ] as const) {
      const again = ['--rerun', 'unreachable', 'old.json', '-p', policy, '--no-shipped', '--allow-read', '/etc/hosts'];
      const saved = await report('scan', '-i', inventory('free'), ...REACH, ...again);
      assert.equal(results(saved)['mine-swappiness'], expected);
      if (expected === 'unknown')
        assert.match(onlyHost(saved).readings['sysctl.vm.swappiness']?.detail ?? '', /declared differently/);
    }
  });

  test('a collector answers for what it was installed with, and for nothing more', async () => {
    const withFacts = await report('scan', '-i', inventory('with-facts'), ...REACH, ...OWN);
    assert.equal(onlyHost(withFacts).collector?.differs, false);
    assert.equal(results(withFacts)['mine-swappiness'], 'fail');
    const plain = await report('scan', '-i', inventory('plain'), ...REACH, ...OWN);
    assert.equal(onlyHost(plain).collector?.differs, true);
    assert.ok(
      Object.values(results(plain)).every((result) => result === 'unknown'),
      JSON.stringify(results(plain)),
    );
    const reading = onlyHost(plain).readings['sysctl.vm.swappiness'];
    assert.match(reading?.detail ?? '', /kernward collector -p FILE/);
    assert.equal(onlyHost(plain).readings['sysctl.kernel.panic']?.state, 'known');
    // More than it was installed with, and another declaration under the same name.
    writeFileSync(
      join(folder, 'more.yaml'),
      `policy: more\ntitle: more\nfacts:\n  sysctl.vm.swappiness: { type: int, path: /proc/sys/vm/dirty_ratio }\n  sysctl.vm.dirty_bytes: { type: int }\n  sysctl.net.ipv4.tcp_syncookies: { type: int }\n${RULES.split('  - id: mine-read-ahead')[0] ?? ''}`,
    );
    const more = await report('scan', '-i', inventory('with-facts'), ...REACH, '-p', 'more.yaml', '--no-shipped');
    assert.deepEqual(results(more), { 'mine-swappiness': 'unknown', 'mine-syncookies': 'pass' });
    assert.equal(onlyHost(more).readings['sysctl.vm.dirty_bytes']?.state, 'unreadable');
  });
});
