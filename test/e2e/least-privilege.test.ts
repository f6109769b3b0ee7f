import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectedHosts } from '../support/collected-hosts.js';
import type { Reading } from '../../src/model/reading.js';
import { collectorScript } from '../../src/probe/collector.js';
import { factEditions } from '../../src/probe/fact-editions.js';
import { rootScript } from '../../src/probe/root-script.js';
import { probeDigest } from '../../src/run/header.js';
import { ACCOUNT, accountIn, needsAccount } from '../support/account.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, startSshd, type KeyPair, type Sshd } from '../support/sshd.js';
import { type Ended } from '../support/kernward.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { isHere } from '../support/debian-tool.js';
import { secondsWithin, within } from '../support/within.js';

const hasSudo = isHere(existsSync('/usr/bin/sudo'), 'sudo', 'sudo');
const skip = needsSshd().skip || needsAccount().skip || (!hasSudo && 'sudo is not installed');

interface Collected {
  readonly collector?: { readonly protocol: number; readonly sha256?: string; readonly differs: boolean };
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly readings: Readonly<Record<string, Reading>>;
}

const RC_HOME = '/home/kernward-rc';

/** Counters and times go on between two looks. */
const MOVING = /^(?:vmstat|pressure|boot|tasks|khugepaged\.(?:full|pages|in|running))|warn_count/u;
function settled({ readings }: Collected, but: readonly string[] = []): Readonly<Record<string, Reading>> {
  return Object.fromEntries(Object.entries(readings).filter(([id]) => !MOVING.test(id) && !but.includes(id)));
}
function outcome(reading: Reading | undefined): unknown {
  return reading?.state === 'known' ? reading.value : reading?.state === 'unreadable' ? reading.cause : reading?.state;
}
function detail(reading: Reading | undefined): string {
  return reading?.state === 'unreadable' ? reading.detail : '';
}

/** What only root may see of the host: settings of kdump, a directory of dumps, a file of pstore. */
const ROOT_ONLY = [
  'kdump.target',
  'kdump.path',
  'dumps.complete',
  'dumps.incomplete',
  'dumps.flat',
  'pstore.dmesg_files',
];
const MAKE_ROOT_ONLY = `
  mount -t tmpfs none /var; mkdir -p /var/crash/1; echo x >/var/crash/1/vmcore; chmod 700 /var/crash/1
  mount -t tmpfs none /sys/fs/pstore; : >/sys/fs/pstore/dmesg-efi-1; chmod 750 /sys/fs/pstore
  mount -t tmpfs none /usr/local/sbin; mount -t tmpfs none /usr/local/bin`;

describe('least privilege, against a real sshd and a real sudo', { skip }, () => {
  const folder = scratch();
  const servers: Sshd[] = [];
  let key: KeyPair;
  let collector = '';
  let root = '';
  let sudoers = '';
  before(async () => {
    key = makeKey(join(folder, 'key'));
    const printed = await Promise.all([
      kernwardWarm(folder, 'collector'),
      kernwardWarm(folder, 'collector', '--root'),
      kernwardWarm(folder, 'collector', '--sudoers', ACCOUNT.name),
    ]);
    [collector = '', root = '', sudoers = ''] = printed.map(({ stdout }) => stdout);
  });
  after(async () => {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the command prints what is installed, and sudo finds its lines in order', () => {
    assert.equal(collector, collectorScript());
    assert.equal(root, rootScript());
    const file = join(folder, 'checked');
    writeFileSync(file, sudoers, { mode: 0o440 });
    const { status, stdout, stderr } = spawnSync('visudo', ['-cf', file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });

  test('the advice lets no lines into sudoers.d that visudo does not take, and loses none that were there', async () => {
    const { stdout: help } = await kernwardWarm(folder, 'collector', '--help');
    const [, advice = ''] = /--sudoers audit \| ssh root@HOST '([^']+)'/u.exec(help) ?? [];
    const place = join(folder, 'sudoers.d');
    mkdirSync(place);
    const installed = join(place, 'kernward');
    const install = (input: string): number | null =>
      spawnSync('sh', ['-c', advice.replace('/etc/sudoers.d', place)], { input }).status;
    assert.notEqual(install(sudoers.replace('sha256:', 'md5:')), 0);
    assert.equal(existsSync(installed), false);
    assert.equal(install(sudoers), 0);
    assert.equal(readFileSync(installed, 'utf8'), sudoers);
    assert.equal(statSync(installed).mode & 0o777, 0o440);
    assert.notEqual(install(`${sudoers} ALL=(`), 0);
    assert.equal(readFileSync(installed, 'utf8'), sudoers);
    // Without the digest, for a sudo that has none.
    assert.equal(install(sudoers.replace(/sha256:\S+ /u, '')), 0);
  });

  test('a name that sudoers reads as more than one account is refused', async () => {
    for (const name of ['ALL', 'ADMINS', 'Defaults', 'User_Alias', '%wheel', '#0', 'a b', 'a,b']) {
      const { status, stdout } = await kernwardWarm(folder, 'collector', '--sudoers', name);
      assert.deepEqual([status, stdout], [2, ''], name);
    }
  });

  let servedFolders = 0;
  interface Host {
    /** The collector to be installed, with the key bound to it; none: the key is free. */
    readonly collector?: string;
    readonly root?: string;
    /** Lines of sshd_config. */
    readonly config?: readonly string[];
    /** Lines before those of kernward. */
    readonly defaults?: readonly string[];
    readonly sudoers?: string;
    /** Of the key that is bound to the collector, in place of `restrict,`. */
    readonly options?: string;
    /** ~/.ssh/rc of the account. */
    readonly rc?: string;
    /** /etc/ssh/sshrc, which is root's and run for every account. */
    readonly sshrc?: string;
  }
  const serve = async (host: Host): Promise<Sshd> => {
    const at = join(folder, `host-${servedFolders++}`);
    mkdirSync(at, { mode: 0o755 });
    writeFileSync(join(at, 'collector'), host.collector ?? '');
    writeFileSync(join(at, 'root'), host.root ?? rootScript());
    writeFileSync(
      join(at, 'sudoers'),
      [...(host.defaults ?? []), 'root ALL=(ALL) ALL', host.sudoers ?? sudoers, ''].join('\n'),
      { mode: 0o440 },
    );
    const install = `cp '${at}/root' /usr/local/sbin/kernward-root; cp '${at}/collector' /usr/local/bin/kernward-collector; chmod 755 /usr/local/sbin/* /usr/local/bin/*; mount --bind '${at}/sudoers' /etc/sudoers`;
    writeFileSync(join(at, 'rc'), `${host.rc ?? ''}\n`);
    const makeRc =
      host.rc === undefined
        ? ''
        : `; mount -t tmpfs none /home; mkdir -p ${RC_HOME}/.ssh; cp '${at}/rc' ${RC_HOME}/.ssh/rc; chmod -R a+rX /home`;
    writeFileSync(join(at, 'sshrc'), `${host.sshrc ?? ''}\n`);
    const makeSshrc =
      host.sshrc === undefined
        ? ''
        : `; mount -t tmpfs none /etc/ssh; cp '${at}/sshrc' /etc/ssh/sshrc; chmod 644 /etc/ssh/sshrc`;
    const line =
      host.collector === undefined
        ? key.publicKey
        : (await kernwardWarm(folder, 'collector', '--authorized-keys', `${key.file}.pub`)).stdout
            .trim()
            .replace('restrict,', host.options ?? 'restrict,');
    const server = await startSshd({
      authorizedKeys: [line],
      hostKeyTypes: ['ed25519'],
      config: host.config ?? [],
      within: `${accountIn(at, host.rc === undefined ? {} : { home: RC_HOME })}\n${MAKE_ROOT_ONLY}\n${install}${makeRc}${makeSshrc}`,
    });
    servers.push(server);
    writeFileSync(join(folder, 'known_hosts'), servers.map(({ knownHosts }) => knownHosts()).join(''));
    return server;
  };
  const ask = async (command: string, server: Sshd, transport: string, ...more: readonly string[]): Promise<Ended> => {
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `defaults: { user: ${ACCOUNT.name}, port: ${server.port}, transport: ${transport}, identityFile: ${key.file} }\nhosts: [ 127.0.0.1 ]\n`,
    );
    return kernwardWarm(folder, command, '-i', 'inventory.yaml', '--host-keys', 'file:known_hosts', '-q', ...more);
  };
  const collect = async (server: Sshd, transport: string, ...more: readonly string[]): Promise<Collected> => {
    const { stdout, stderr } = await ask('collect', server, transport, ...more);
    return collectedHosts<Collected>(stdout)[0] ?? assert.fail(stderr);
  };

  for (const transport of ['ssh2', 'openssh']) {
    test(`${transport}: with the forced command a host says the same as without it, the second look too`, async () => {
      const free = await collect(await serve({}), transport);
      const forced = await collect(await serve({ collector }), transport);
      assert.equal(free.collector, undefined);
      assert.deepEqual(forced.collector, { protocol: 1, sha256: probeDigest(), differs: false });
      assert.deepEqual(settled(forced), settled(free));
      assert.notEqual(forced.readings['kernel.installed'], undefined);
      assert.equal(outcome(forced.readings['dumps.complete']), 'denied');
      assert.equal(forced.readings['pstore.dmesg_files'], undefined);
    });

    test(`${transport}: one sudo reads what only root may read, under requiretty and NOEXEC, and changes nothing else`, async () => {
      const log = join(folder, `sudo-${transport}.log`);
      const defaults = ['Defaults requiretty', 'Defaults noexec', `Defaults logfile=${log}`];
      for (const host of [{ defaults }, { defaults, collector }]) {
        const server = await serve(host);
        const without = await collect(server, transport);
        const runsBefore = existsSync(log) ? readFileSync(log, 'utf8').split('COMMAND=').length : 1;
        const become = await collect(server, transport, '--become');
        assert.deepEqual(
          ['dumps.complete', 'dumps.flat', 'pstore.dmesg_files'].map((id) => outcome(become.readings[id])),
          [1, 0, 1],
          detail(become.readings['dumps.complete']),
        );
        assert.deepEqual(settled(become, ROOT_ONLY), settled(without, ROOT_ONLY));
        assert.equal(readFileSync(log, 'utf8').split('COMMAND=').length, runsBefore + 1);
      }
    });
  }

  test('without become no sudo is started', async () => {
    const log = join(folder, 'unused.log');
    await collect(await serve({ collector, defaults: [`Defaults logfile=${log}`] }), 'ssh2');
    assert.equal(existsSync(log), false);
  });

  /** A folder whose programs, and a file for shells, say whom they ran as; and a library that says it of everything it is loaded by. */
  const makeTraps = (name: string): { readonly at: string; readonly ranAs: () => readonly string[] } => {
    const at = join(folder, name);
    const log = join(at, 'log');
    mkdirSync(at, { mode: 0o755 });
    chmodSync(folder, 0o711); // the account has to get to them
    writeFileSync(log, '');
    chmodSync(log, 0o666);
    const words = `/usr/bin/id -u >>${log}\n`;
    for (const program of 'awk cat cut grep head id ls od readlink rpm dpkg sed sh sort stat tail test tr uname wc zcat'.split(
      ' ',
    ))
      writeFileSync(join(at, program), `#!/bin/sh\n${words}`, { mode: 0o755 });
    writeFileSync(join(at, 'start'), words);
    writeFileSync(
      join(at, 'spy.c'),
      `#include <fcntl.h>\n#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) static void spy(void) { char text[32]; int fd = open("${log}", O_WRONLY | O_APPEND); if (fd >= 0) { write(fd, text, (size_t)snprintf(text, sizeof text, "%d\\n", (int)geteuid())); close(fd); } }\n`,
    );
    const made = spawnSync('cc', ['-shared', '-fPIC', '-o', join(at, 'spy.so'), join(at, 'spy.c')], {
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, made.stderr);
    return { at, ranAs: () => readFileSync(log, 'utf8').split('\n').slice(0, -1) };
  };
  const hasCompiler = isHere(existsSync('/usr/bin/cc'), 'cc', 'gcc');

  test(
    'root runs nothing that the environment or the folder of the account names, though sudo keeps all of it',
    { skip: !hasCompiler && 'no cc' },
    async () => {
      const { at, ranAs } = makeTraps('traps-of-root');
      // By name and by prefix, as careless sudoers have it; no secure_path, and no env_reset.
      const kept =
        'PATH ENV BASH_ENV LD_PRELOAD LD_LIBRARY_PATH IFS TMPDIR PS4 SHELLOPTS LANG LC_ALL HOME PWD OLDPWD CDPATH';
      const hostile = `PATH=${at} ENV=${at}/start BASH_ENV=${at}/start LD_PRELOAD=${at}/spy.so IFS=abcdef TMPDIR=${at} PS4=$(${at}/id) SHELLOPTS=xtrace LANG=xx_XX.UTF-8 LC_ALL=tr_TR.UTF-8 CDPATH=${at}`;
      for (const defaults of [
        [`Defaults env_keep += "${kept}"`],
        ['Defaults !env_reset', `Defaults env_keep += "${kept}"`],
      ]) {
        const server = await serve({ defaults });
        const calm = await collect(server, 'ssh2', '--become');
        const script = join(folder, 'as-root.sh');
        writeFileSync(
          script,
          `cd ${at} && echo 'kernward-root 1' | env -i ${hostile
            .split(' ')
            .map((word) => `'${word}'`)
            .join(' ')} /usr/bin/sudo -n /usr/local/sbin/kernward-root`,
        );
        // What kernward starts is started here by the account itself, who may set what it likes.
        const asked = spawnSync(
          'ssh',
          [
            '-F',
            'none',
            '-i',
            key.file,
            '-o',
            `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
            '-p',
            String(server.port),
            `${ACCOUNT.name}@127.0.0.1`,
            'sh -s',
          ],
          { encoding: 'utf8', input: readFileSync(script, 'utf8'), timeout: within(60_000) },
        );
        assert.match(asked.stdout, /kernward-root/u, asked.stderr);
        assert.equal(outcome(calm.readings['dumps.complete']), 1);
        assert.match(asked.stdout, /^part dumps$/mu);
        assert.deepEqual(
          ranAs().filter((uid) => uid === '0'),
          [],
          `${defaults.join('; ')}: something of the account ran as root`,
        );
      }
    },
  );

  test(
    'who holds the key to the forced command runs nothing else, by the environment that distributions accept, and by no rc where it is off',
    { skip: !hasCompiler && 'no cc' },
    async () => {
      const { at, ranAs } = makeTraps('traps-of-key');
      const attack = (server: Sshd): string =>
        spawnSync(
          'ssh',
          [
            '-F',
            'none',
            '-i',
            key.file,
            '-o',
            `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
            '-o',
            `SetEnv=BASH_ENV=${at}/start ENV=${at}/start LD_PRELOAD=${at}/spy.so PATH=${at} LC_ALL=C`,
            '-p',
            String(server.port),
            `${ACCOUNT.name}@127.0.0.1`,
            `sh ${at}/start; $(${at}/id) \`${at}/id\``,
          ],
          { encoding: 'utf8', input: `; sh ${at}/start\n$(sh ${at}/start)\n`, timeout: within(60_000) },
        ).stdout;
      const guarded = await serve({
        collector,
        config: ['AcceptEnv LANG LC_*', 'PermitUserRC no', 'PermitUserEnvironment no'],
      });
      attack(guarded);
      assert.deepEqual(ranAs(), []);
      // And that the traps are traps: with what docs/security.md warns of they spring.
      attack(await serve({ collector, config: ['AcceptEnv *'] }));
      assert.notDeepEqual(ranAs(), []);
    },
  );

  const RC: Readonly<Record<string, string>> = {
    'prints noise': 'echo "noise from rc"; echo "more of it" >&2',
    'ends with 1': 'exit 1',
    'ends what started it': 'kill -9 $PPID',
    'reads what is meant for the probe': 'cat >/dev/null',
    // Six times as long as the probe may take; sshd leaves it on the machine, and there it ends.
    'never ends': `sleep ${secondsWithin(60)}`,
  };
  const withRc = async (rc: string, options: string): Promise<Collected> => {
    const server = await serve({ collector, options, rc });
    return collect(server, 'ssh2', '--probe-timeout', secondsWithin(10), '--retries', '0');
  };
  for (const [what, rc] of Object.entries(RC))
    test(`an rc of the account that ${what} is not run: \`restrict\` holds no-user-rc`, async () => {
      const guarded = await withRc(rc, 'restrict,');
      assert.equal(guarded.failure, undefined, JSON.stringify(guarded.failure));
      assert.equal(guarded.collector?.differs, false);
      // And that it would be run: without it sshd reads the file before the command.
      const open = await withRc(rc, '');
      // It gets neither the probe's input nor its place; only its time counts.
      assert.equal(open.failure?.code, what === 'never ends' ? 'probe-timed-out' : undefined, open.failure?.detail);
    });

  for (const [what, sshrc] of Object.entries(RC))
    test(`an sshrc of the machine that ${what} changes nothing but the time it takes`, async () => {
      const log = join(folder, `sshrc-${what.replaceAll(' ', '-')}`);
      writeFileSync(log, '');
      chmodSync(folder, 0o711);
      chmodSync(log, 0o666);
      const plain = await collect(await serve({ collector }), 'ssh2');
      const server = await serve({ collector, sshrc: `echo ran >>${log}\n${sshrc}` });
      for (const transport of ['ssh2', 'openssh']) {
        const found = await collect(server, transport, '--probe-timeout', secondsWithin(10), '--retries', '0');
        if (what === 'never ends') assert.equal(found.failure?.code, 'probe-timed-out');
        else {
          assert.equal(found.failure, undefined, JSON.stringify(found.failure));
          assert.deepEqual(settled(found), settled(plain));
        }
      }
      assert.match(readFileSync(log, 'utf8'), /^(?:ran\n){2}/u, 'sshd runs it, whatever the key says');
    });

  const REFUSED: readonly (readonly [what: string, host: Host])[] = [
    ['no line in sudoers', { sudoers: '' }],
    ['a password is wanted', { sudoers: `${ACCOUNT.name} ALL=(ALL) ALL` }],
    ['another script is in its place', { root: `${rootScript()}# changed\n` }],
  ];
  for (const [what, host] of REFUSED)
    test(`a refused sudo denies these facts alone: ${what}`, async () => {
      const server = await serve({ ...host, collector });
      const without = await collect(server, 'ssh2');
      const become = await collect(server, 'ssh2', '--become');
      assert.deepEqual(
        ['dumps.complete', 'pstore.dmesg_files'].map((id) => outcome(become.readings[id])),
        ['denied', 'denied'],
      );
      assert.match(
        detail(become.readings['dumps.complete']),
        /sudo does not let this login run it: .*(?:password|not allowed|denied)/u,
      );
      assert.deepEqual(settled(become, ROOT_ONLY), settled(without, ROOT_ONLY));
    });

  test('become: sudo stands in an inventory, too', async () => {
    const server = await serve({ collector });
    writeFileSync(
      join(folder, 'become.yaml'),
      `defaults: { user: ${ACCOUNT.name}, port: ${server.port}, identityFile: ${key.file}, become: sudo }\nhosts: [ 127.0.0.1 ]\n`,
    );
    const { stdout, stderr } = await kernwardWarm(
      folder,
      'collect',
      '-i',
      'become.yaml',
      '--host-keys',
      'file:known_hosts',
      '-q',
    );
    const { readings } = collectedHosts<Collected>(stdout)[0] ?? assert.fail(stderr);
    assert.equal(outcome(readings['pstore.dmesg_files']), 1, stderr);
  });

  test('another edition of the collector: the host is reached, the report warns, and what it does not ask for is not collected', async () => {
    const older = collectorScript().replace(` ${factEditions().get('sysctl.kernel.hung_task_panic') ?? '?'}`, '');
    const server = await serve({ collector: older });
    const { collector: seen, readings } = await collect(server, 'ssh2');
    assert.equal(seen?.differs, true);
    assert.deepEqual(
      Object.entries(readings)
        .filter(([, reading]) => outcome(reading) === 'not-collected')
        .map(([id]) => id)
        .filter((id) => !id.startsWith('kernel.')),
      ['sysctl.kernel.hung_task_panic'],
    );
    const { stdout, status } = await ask(
      'scan',
      server,
      'ssh2',
      '-o',
      'json:report.json',
      '-o',
      'table',
      '-o',
      'csv-hosts:hosts.csv',
      '-o',
      'sarif:report.sarif',
    );
    assert.match(
      stdout.replaceAll(/\s+/gu, ' '),
      /1 host with another collector than this kernward prints \(127\.0\.0\.1\)/u,
    );
    assert.ok(status === 1 || status === 3, String(status));
    const report: {
      readonly header: { readonly probe: { readonly sha256: string } };
      readonly hosts: readonly Collected[];
    } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    assert.equal(report.header.probe.sha256, probeDigest());
    assert.equal(report.hosts[0]?.collector?.differs, true);
    const csv = readFileSync(join(folder, 'hosts.csv'), 'utf8');
    const columns = csv.slice(0, csv.indexOf('\r\n')).split(',');
    assert.match(
      csv,
      new RegExp(`,differs(?:,[^,\r\n]*){${columns.length - 1 - columns.indexOf('collector')}}\r\n`, 'u'),
    );
    assert.match(readFileSync(join(folder, 'report.sarif'), 'utf8'), /"ruleId": ?"host-other-collector"/u);
  });

  test('another protocol: the host is not reached, and the reason says what to install', async () => {
    for (const transport of ['ssh2', 'openssh']) {
      const server = await serve({
        collector: collectorScript().replaceAll('kernward 1 ', 'kernward 0 ').replaceAll('protocol 1', 'protocol 0'),
      });
      const { failure } = await collect(server, transport);
      assert.equal(failure?.code, 'collector-protocol');
      assert.match(
        failure?.detail ?? '',
        /speaks protocol 0, and this kernward 1: install the one that kernward collector prints/u,
      );
    }
  });
});
