import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isReadable, meets, objectionTo } from '../../src/facts/declared/may-be-read.js';
import { ALLOWED_SYSFS, REFUSED } from '../../src/facts/declared/readable-paths.js';
import { loadDeclaredFacts, MOST_DECLARED } from '../../src/policy/declared-facts.js';
import { loadPolicies } from '../../src/policy/load.js';
import { lintPolicies } from '../../src/policy/lint-policies.js';
import { getPaths } from '../../src/probe/probe-paths.js';
import { probeBody } from '../../src/probe/script.js';
import { rootScript } from '../../src/probe/root-script.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';
import { CATALOGUE, declare, refusals } from '../support/declared.js';

const INT = { type: 'int' } as const;
const LIST = { type: 'list', parse: 'lines' } as const;

/** What a hostile author would have read, and with what code it is refused. */
const ATTACKS: readonly (readonly [what: string, facts: Readonly<Record<string, unknown>>, code: string])[] = [
  ['another root', { 'file.x': { path: '/root/.ssh/id_rsa', ...LIST } }, 'policy/declared-fact'],
  ['another root, called sysfs', { 'sysfs.x': { path: '/proc/1/environ', type: 'string' } }, 'policy/declared-fact'],
  ['upwards', { 'sysctl.x': { path: '/proc/sys/../1/environ', type: 'string' } }, 'policy/not-readable'],
  ['upwards in the end', { 'sysctl.x': { path: '/proc/sys/kernel/..', type: 'string' } }, 'policy/not-readable'],
  ['a hidden part', { 'sysfs.x': { path: '/sys/module/x/parameters/.x', type: 'string' } }, 'policy/not-readable'],
  ['a command', { 'sysctl.x': { path: '/proc/sys/kernel/$(reboot)', type: 'string' } }, 'policy/not-readable'],
  ['a quote', { 'sysctl.x': { path: "/proc/sys/kernel/'; reboot; '", type: 'string' } }, 'policy/not-readable'],
  ['a line break', { 'sysctl.x': { path: '/proc/sys/kernel/x\nreboot', type: 'string' } }, 'policy/not-readable'],
  ['a backtick', { 'sysctl.x': { path: '/proc/sys/kernel/`reboot`', type: 'string' } }, 'policy/not-readable'],
  ['a brace', { 'sysfs.x': { path: '/sys/block/{sda,sdb}/ro', type: 'string' } }, 'policy/not-readable'],
  ['a class', { 'sysfs.x': { path: '/sys/block/[a-z]*/ro', type: 'map' } }, 'policy/not-readable'],
  ['a question mark', { 'sysfs.x': { path: '/sys/block/sd?/ro', type: 'string' } }, 'policy/not-readable'],
  ['an empty part', { 'sysctl.x': { path: '/proc/sys//kernel/panic_x', type: 'string' } }, 'policy/not-readable'],
  ['stars everywhere', { 'sysctl.x': { path: '/proc/sys/net/*/*/*', type: 'map' } }, 'policy/not-readable'],
  ['three stars in a part', { 'sysctl.x': { path: '/proc/sys/vm/*a*b*', type: 'map' } }, 'policy/not-readable'],
  ['two stars side by side', { 'sysctl.x': { path: '/proc/sys/vm/a**', type: 'map' } }, 'policy/not-readable'],
  ['a long path', { 'sysctl.x': { path: `/proc/sys/kernel/${'x'.repeat(250)}`, type: 'int' } }, 'policy/not-readable'],
  ['a secret sysctl', { 'sysctl.net.ipv4.tcp_fastopen_key': { type: 'string' } }, 'policy/not-readable'],
  [
    'a secret, by a star',
    { 'sysctl.x': { path: '/proc/sys/net/ipv6/conf/*/stable_*', type: 'map' } },
    'policy/not-readable',
  ],
  [
    'a secret, by two stars',
    { 'sysctl.x': { path: '/proc/sys/net/ipv6/conf/*/*', type: 'map' } },
    'policy/not-readable',
  ],
  ['a sysctl that waits for every CPU', { 'sysctl.vm.stat_refresh': { type: 'string' } }, 'policy/not-readable'],
  [
    'a file system that is mounted by a look',
    { 'sysctl.fs.binfmt_misc.status': { type: 'string' } },
    'policy/not-readable',
  ],
  ['the same, by a star', { 'sysctl.x': { path: '/proc/sys/fs/binfmt_*/*', type: 'map' } }, 'policy/not-readable'],
  ['a sysctl of a module from elsewhere', { 'sysctl.lnet.stats': { type: 'string' } }, 'policy/not-readable'],
  [
    'a file that blocks',
    { 'sysfs.x': { path: '/sys/kernel/tracing/trace_pipe', type: 'string' } },
    'policy/not-readable',
  ],
  ...['/sys/class/watchdog/*/status', '/sys/devices/system/cpu/intel_pstate/no_turbo'].map(
    (path) => [path, { 'sysfs.x': { path, type: 'list' } }, 'policy/not-readable'] as const,
  ),
  // A change of scheduler waits for I/O that is stuck, with the lock that a reader takes.
  ...[
    '/sys/block/*/queue/scheduler',
    '/sys/block/*/queue/read_ahead_kb',
    '/sys/block/sda/q*/*',
    '/sys/block/*/queue/iosched/low_latency',
  ].map((path) => [path, { 'sysfs.x': { path, type: 'map' } }, 'policy/not-readable'] as const),
  ...['net/ipv6/conf/all/addr_gen_mode', 'kernel/ftrace_enabled', 'net/core/netdev_rss_key'].map(
    (name) => [name, { 'sysctl.x': { path: `/proc/sys/${name}`, type: 'string' } }, 'policy/not-readable'] as const,
  ),
  ['debugfs', { 'sysfs.x': { path: '/sys/kernel/debug/x', type: 'string' } }, 'policy/not-readable'],
  ['a wait for wakeups', { 'sysfs.x': { path: '/sys/power/wakeup_count', type: 'string' } }, 'policy/not-readable'],
  ['a star that may be that', { 'sysfs.x': { path: '/sys/power/*', type: 'map' } }, 'policy/not-readable'],
  [
    'the memory of a device',
    { 'sysfs.x': { path: '/sys/class/net/eth0/device/resource0', type: 'string' } },
    'policy/not-readable',
  ],
  [
    'by links elsewhere',
    { 'sysfs.x': { path: '/sys/block/*/device/subsystem/devices', type: 'map' } },
    'policy/not-readable',
  ],
  [
    'addresses of the kernel',
    { 'sysfs.x': { path: '/sys/module/ext4/sections/.text', type: 'string' } },
    'policy/not-readable',
  ],
  [
    'a colon in a name',
    { 'sysfs.x': { path: '/sys/class/fc_remote_ports/rport-0:0-1/dev_loss_tmo', type: 'int' } },
    'policy/not-readable',
  ],
  ['shadow', { 'file.x': { path: '/etc/shadow', ...LIST } }, 'policy/not-readable'],
  ['shadow, by a star', { 'file.x': { path: '/etc/*shadow', ...LIST } }, 'policy/not-readable'],
  ['host keys', { 'file.x': { path: '/etc/ssh/ssh_host_rsa_key', ...LIST } }, 'policy/not-readable'],
  ['a private key', { 'file.x': { path: '/etc/ssl/private/server.key', ...LIST } }, 'policy/not-readable'],
  ['the folder of keys', { 'file.x': { path: '/etc/app/private/*', ...LIST } }, 'policy/not-readable'],
  ['the environment', { 'file.x': { path: '/etc/environment', ...LIST } }, 'policy/not-readable'],
  ['credentials', { 'file.x': { path: '/etc/app/credentials.conf', ...LIST } }, 'policy/not-readable'],
  ['a star in a folder of /etc', { 'file.x': { path: '/etc/*/passwd', ...LIST } }, 'policy/not-readable'],
  [
    'a secret parameter',
    { 'cmdline.rd_luks_key': { bootParameter: 'rd.luks.key', type: 'string' } },
    'policy/not-readable',
  ],
  [
    'a password on the command line',
    { 'cmdline.x': { bootParameter: 'app.password', type: 'string' } },
    'policy/not-readable',
  ],
  ...['x.psk', 'wpa.conf', 'talos.config', 'systemd.proxy'].map(
    (bootParameter) => [bootParameter, { 'boot.x': { bootParameter, type: 'string' } }, 'policy/not-readable'] as const,
  ),
  ['a secret of a module', { 'module.app.api_key': { type: 'string' } }, 'policy/not-readable'],
  ['all of a module', { 'module.x': { path: '/sys/module/app/parameters/*', type: 'map' } }, 'policy/not-readable'],
  ['the command line of the build', { 'config.CONFIG_CMDLINE': { type: 'string' } }, 'policy/not-readable'],
  [
    'the same under another name',
    { 'config.x': { kernelConfig: 'CONFIG_CMDLINE', type: 'string' } },
    'policy/not-readable',
  ],
  ...[
    'app/id_rsa.old',
    'app/ID_ED25519',
    'nslcd.conf',
    'sssd/sssd.conf',
    'apt/auth.conf',
    'containers/auth.json',
    'app/wpa_supplicant.conf',
    'rancher/k3s/k3s.yaml',
    'app/a.keystore',
    'app/a.KDBX',
    'app/a.ovpn',
    'app/A.JKS',
    'app/a.P12',
    'app/a.Pfx',
    'app/Secrets.txt',
    'SSH/sshd_config',
  ].map((name) => [name, { 'file.x': { path: `/etc/${name}`, ...LIST } }, 'policy/not-readable'] as const),
  ['awk in a parameter', { 'boot.x': { bootParameter: "x' '{system(1)}", type: 'string' } }, 'policy/not-readable'],
  ['a star for parameters', { 'boot.x': { bootParameter: '*', type: 'string' } }, 'policy/not-readable'],
  ['a name of ours', { 'sysctl.kernel.panic': INT }, 'policy/fact-taken'],
  ['a group of ours', { 'sysctl.kernel': { path: '/proc/sys/kernel/x', ...INT } }, 'policy/fact-taken'],
  ['below a fact of ours', { 'sysctl.kernel.panic.x': INT }, 'policy/fact-taken'],
  ['a word of CEL', { 'sysctl.x.in': INT }, 'policy/declared-fact'],
  [
    'a number out of several files',
    { 'sysctl.x': { path: '/proc/sys/net/ipv4/conf/*/rp_filter', ...INT } },
    'policy/declared-fact',
  ],
  ['a map out of one file', { 'sysctl.vm.swappiness': { type: 'map' } }, 'policy/declared-fact'],
  ['an enum without values', { 'sysctl.vm.swappiness': { type: 'enum' } }, 'policy/declared-fact'],
  ['a range from its end', { 'sysctl.vm.swappiness': { type: 'int', range: [9, 1] } }, 'policy/declared-fact'],
  ['two places', { 'boot.x': { bootParameter: 'x', path: '/proc/sys/vm/x', type: 'string' } }, 'policy/declared-fact'],
  ['no place', { 'sysfs.x': { type: 'string' } }, 'policy/declared-fact'],
  ['a number under the texts', { 'cmdline.loglevel': INT }, 'policy/declared-fact'],
];

describe('what a hostile author of a policy gains', () => {
  for (const [what, facts, code] of ATTACKS) test(`${what}: ${code}`, () => assert.deepEqual(refusals(facts), [code]));

  test('a pattern of many stars is refused at once', () => {
    const path = `/proc/sys/vm/${'*a'.repeat(60)}`;
    const ms = cpuMsOf(() => assert.match(objectionTo(path, 'any')?.message ?? '', /stars in one part/));
    assertComputed(ms, 500);
  });

  test('whether two patterns may name one file is known at once, and by every way to match them', () => {
    const ms = cpuMsOf(() => assert.ok(!meets(`/${'*a'.repeat(90)}`, `/${'*a'.repeat(90)}b`)));
    assertComputed(ms, 500);
    const pattern = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 5 }).map((letters) => letters.join(''));
    const few = ['', 'a', 'b'];
    const names = few.flatMap((a) => few.flatMap((b) => few.map((c) => a + b + c)));
    const all = names.flatMap((one) => names.flatMap((two) => names.map((three) => one + two + three)));
    const matched = (text: string): ReadonlySet<string> =>
      new Set(all.filter((name) => new RegExp(`^${text.replaceAll('*', '.*')}$`).test(name)));
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const both = matched(other);
        assert.equal(
          meets(`/${one}`, `/${other}`),
          [...matched(one)].some((name) => both.has(name)),
          `${one} ${other}`,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('whatever path is taken stands in the script as it is, and the script stays one that a shell understands', () => {
    const part = fc.oneof(
      fc.constantFrom('kernel', 'vm', 'net', '*', '..', '.', '', 'x*', "'", '$(x)', '`', '\n', ' ', '~', '-n', 'é'),
      fc.string({ maxLength: 6 }),
    );
    const path = fc
      .tuple(
        fc.constantFrom('/proc/sys', '/sys/block', '/sys/module', '/sys/kernel/mm', '/etc', '/'),
        fc.array(part, { maxLength: 4 }),
      )
      .map(([root, parts]) => [root, ...parts].join('/'));
    let taken = 0;
    fc.assert(
      fc.property(path, (text) => {
        if (objectionTo(text, 'any') !== undefined) return;
        taken += 1;
        assert.match(text, /^\/(?:proc\/sys|sys|etc)(?:\/[A-Za-z0-9_:+@*-][\w.:+@*-]*)+$/);
        assert.doesNotMatch(text, /\.\.\/|\/\.|shadow/);
        for (const { path: refused } of REFUSED) assert.notEqual(text, refused);
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken > 20, `${taken} of 3000`);
    const declared = declare({
      'sysctl.a': { path: '/proc/sys/vm/x-y_z.1+3@4', type: 'string' },
      'sysctl.b': { path: '/proc/sys/vm/-n', type: 'string' },
      'sysctl.c': { path: '/proc/sys/vm/*x*', type: 'map' },
      'file.d': { path: '/etc/-rf', ...LIST },
      'config.CONFIG_X': { type: 'string' },
      'boot.x': { type: 'string' },
    });
    const { status, stderr } = spawnSync('sh', ['-n'], { input: probeBody(declared), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    for (const fact of declared) for (const each of getPaths(fact)) assert.ok(probeBody(declared).includes(each));
  });

  test('no pattern that is allowed below /sys can name what is refused', () => {
    for (const shape of ALLOWED_SYSFS)
      for (const { path } of REFUSED)
        if (!shape.includes('*')) assert.ok(!`${shape}/`.startsWith(`${path}/`), `${shape} is refused: ${path}`);
    for (const { path } of REFUSED) assert.notEqual(objectionTo(path.replaceAll('*', 'x'), 'any'), undefined, path);
  });

  test("root's script knows nothing of it", () => {
    declare({ 'sysctl.vm.swappiness': INT });
    assert.doesNotMatch(rootScript(), /declared|swappiness/);
  });

  test('below /etc only what the run allows', () => {
    const facts = { 'file.x': { path: '/etc/security/limits.d/*.conf', ...LIST } };
    assert.deepEqual(refusals(facts, []), ['policy/not-allowed']);
    assert.deepEqual(refusals(facts, ['/etc/security/limits']), ['policy/not-allowed']);
    assert.deepEqual(refusals(facts, ['/etc/security/limits.d/x.conf']), ['policy/not-allowed']);
    for (const allowed of ['/etc', '/etc/security', '/etc/security/limits.d'])
      assert.deepEqual(refusals(facts, [allowed]), []);
    assert.deepEqual(refusals({ 'file.x': { path: '/etc/shadow', ...LIST } }, ['/etc']), ['policy/not-readable']);
    for (const path of ['/etc/*', '/root', '/etc/../root', '/etcetera', '/']) assert.ok(!isReadable(path), path);
  });

  test('the number of facts is bounded, and that is told', () => {
    const many = Object.fromEntries(
      Array.from({ length: MOST_DECLARED + 5 }, (_, index) => [`sysctl.vm.x${index}`, INT]),
    );
    const text = `policy: test\ntitle: test\nfacts: ${JSON.stringify(many)}\n`;
    const { diagnostics } = loadDeclaredFacts([{ file: 'x.yaml', text }], CATALOGUE, 'any');
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['policy/too-many-facts'],
    );
  });
});

function policy(file: string, facts: string, rules = ''): { readonly file: string; readonly text: string } {
  return { file, text: `policy: ${file.replace('.yaml', '')}\ntitle: test\nfacts:\n${facts}${rules}` };
}

test('two policies may declare a fact alike, and not differently', () => {
  const a = policy('a.yaml', '  sysctl.vm.swappiness: { type: int, title: one }\n');
  const b = policy('b.yaml', '  sysctl.vm.swappiness: { type: int, title: another }\n');
  const c = policy('c.yaml', '  sysctl.vm.swappiness: { type: string }\n');
  const alike = loadDeclaredFacts([a, b], CATALOGUE, 'any');
  assert.deepEqual([alike.definitions.length, alike.diagnostics.length], [1, 0]);
  const [problem] = loadDeclaredFacts([a, c], CATALOGUE, 'any').diagnostics;
  assert.equal(problem?.code, 'policy/declared-twice');
  assert.deepEqual(problem?.at, { file: 'c.yaml', line: 4, column: 3 });
  assert.match(problem?.message ?? '', /differently at a\.yaml:4/);
});

function check(facts: string, requires: string): readonly string[] {
  const file = policy(
    'x.yaml',
    facts,
    `rules:\n  - id: x\n    title: x\n    severity: low\n    requires: ${requires}\n    because: x\n`,
  );
  const { definitions, standIns, diagnostics } = loadDeclaredFacts([file], CATALOGUE, 'any');
  const loaded = loadPolicies([file], [...CATALOGUE, ...definitions, ...standIns]);
  return [...diagnostics, ...loaded.diagnostics].map(({ code }) => code);
}

test('expressions are checked by what is declared, and a mistake in a declaration is told once', () => {
  const INT_FACT = '  sysctl.vm.swappiness: { type: int }\n';
  assert.deepEqual(check(INT_FACT, 'sysctl.vm.swappiness <= 10'), []);
  assert.deepEqual(check(INT_FACT, 'sysctl.vm.swappiness == "ten"'), ['policy/wrong-type']);
  assert.deepEqual(
    check('  cmdline.mitigations: { type: enum, values: [auto, off] }\n', 'cmdline.mitigations != "of"').length,
    1,
  );
  assert.deepEqual(
    check('  cmdline.mitigations: { type: string }\n', 'has(cmdline.mitigations) && cmdline.panic == "1"'),
    [],
  );
  assert.deepEqual(check('  sysctl.vm.swappiness: { type: int, range: [9, 1] }\n', 'sysctl.vm.swappiness <= 10'), [
    'policy/declared-fact',
  ]);
  assert.deepEqual(check('  sysctl.vm.swappiness: { type: integer }\n', 'sysctl.vm.swappiness != "x"').length, 1);
});

test('however the file is written: JSON, quoted keys, indented', () => {
  const facts = { 'sysctl.vm.swappiness': { type: 'int' } };
  const rules = [{ id: 'x', title: 'x', severity: 'low', requires: 'sysctl.vm.swappiness <= 10' }];
  const json = JSON.stringify({ policy: 'x', title: 'x', facts, rules });
  const rest = 'rules: [{ id: x, title: x, severity: low, requires: sysctl.vm.swappiness <= 10 }]';
  for (const text of [
    json,
    JSON.stringify(JSON.parse(json), null, 2),
    `"policy": x\n"title": x\n"facts": { sysctl.vm.swappiness: { type: int } }\n${rest}\n`,
    `'policy': x\n'title': x\n? facts\n: { sysctl.vm.swappiness: { type: int } }\n${rest}\n`,
    `  policy: x\n  title: x\n  facts: { sysctl.vm.swappiness: { type: int } }\n  ${rest}\n`,
  ]) {
    const file = { file: 'x.yaml', text };
    const { definitions, diagnostics } = loadDeclaredFacts([file], CATALOGUE, 'any');
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      definitions.map(({ id }) => id),
      ['sysctl.vm.swappiness'],
      text,
    );
    assert.deepEqual(loadPolicies([file], [...CATALOGUE, ...definitions]).diagnostics, []);
  }
});

test('a sysctl that nobody declared: the lines to add', () => {
  const file = {
    file: 'x.yaml',
    text: 'policy: x\ntitle: x\nrules:\n  - { id: x, title: x, severity: low, requires: sysctl.vm.swappiness <= 10, because: x }\n',
  };
  const [problem] = loadPolicies([file], CATALOGUE).diagnostics;
  assert.equal(problem?.code, 'policy/unknown-fact');
  assert.match(problem?.help ?? '', /\nfacts:\n {2}sysctl\.vm\.swappiness:\n {4}type: int$/);
});

test('a sysctl whose name has a dash: the lines to add, with its path', () => {
  for (const [requires, path] of [
    ['sysctl.fs.aio-max-nr >= 65536', 'fs/aio-max-nr'],
    ['1 < 2 && sysctl.fs.lease-break-time <= 45', 'fs/lease-break-time'],
    ['sysctl.kernel.perf_event_max_sample-rate_x == 1', 'kernel/perf_event_max_sample-rate_x'],
  ] as const) {
    const [problem] = loadPolicies(
      [
        {
          file: 'x.yaml',
          text: `policy: x\ntitle: x\nrules:\n  - { id: x, title: x, severity: low, requires: ${requires} }\n`,
        },
      ],
      CATALOGUE,
    ).diagnostics;
    const name = `sysctl.${path.replaceAll('/', '.').replaceAll('-', '_')}`;
    assert.ok(problem?.help?.endsWith(`facts:\n  ${name}:\n    path: /proc/sys/${path}\n    type: int`), problem?.help);
    declare({ [name]: { path: `/proc/sys/${path}`, type: 'int' } });
  }
});

function ofSample(sample: string): readonly string[] {
  const file = policy('x.yaml', `  sysctl.vm.swappiness: { type: int, range: [0, 200], samples: [${sample}] }\n`);
  return loadDeclaredFacts([file], CATALOGUE, 'any').diagnostics.map(({ code }) => code);
}

test('samples are checked', () => {
  assert.deepEqual(ofSample('{ text: "60\\n", gives: 60 }, { text: "201\\n", gives: { unreadable: malformed } }'), []);
  assert.deepEqual(ofSample('{ text: "60\\n", gives: 61 }'), ['policy/wrong-sample']);
  assert.deepEqual(ofSample('{ text: "201\\n", gives: 201 }'), ['policy/wrong-sample']);
});

test('lint knows the facts of the files that it is given', () => {
  const file = policy(
    'x.yaml',
    '  sysctl.vm.swappiness: { type: int }\n',
    'rules:\n  - { id: x, title: x, severity: low, requires: sysctl.vm.swappiness <= 10, because: x }\n',
  );
  assert.ok(
    lintPolicies([file], CATALOGUE).every(
      ({ code }) => code === 'policy/missing-words' || code === 'policy/missing-case',
    ),
  );
});
