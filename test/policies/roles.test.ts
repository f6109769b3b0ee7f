import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, type Readings, type Value } from '../../src/model/reading.js';
import { allRules } from '../../src/policy/policy.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { POLICIES, PROFILES, recordedHost, withDerived } from '../support/shipped-policies.js';

/**
 * For each profile a machine that satisfies it: no rule of it fails, and those of its role pass. Two rules of one profile
 * that cannot both pass would leave no such machine.
 */
type Settings = Readonly<Record<string, Value>>;

const OFF: Settings = { 'thp.enabled': 'never', 'thp.defrag': 'never', 'khugepaged.running': false };
const MADVISE: Settings = { 'thp.enabled': 'madvise', 'thp.defrag': 'madvise', 'khugepaged.running': true };
const UEK_7: Settings = {
  'uname.release': '5.15.0-100.96.32.el8uek.x86_64',
  'uname.version': '#2 SMP',
  'proc.version': 'Linux version 5.15.0-100.96.32.el8uek.x86_64 (x) (gcc) #2 SMP',
};
const UEK_6: Settings = {
  'uname.release': '5.4.17-2136.300.7.el8uek.x86_64',
  'uname.version': '#2 SMP',
  'proc.version': 'Linux version 5.4.17-2136.300.7.el8uek.x86_64 (x) (gcc) #2 SMP',
};
const DUMPS: Settings = {
  'sysctl.kernel.panic': 10,
  'kexec.crash_loaded': true,
  'kexec.crash_size': 268_435_456,
  'kdump.enabled': true,
};

const FAIL_FAST: Settings = {
  ...DUMPS,
  'sysctl.kernel.hung_task_panic': 1,
  'sysctl.kernel.softlockup_panic': 1,
  'sysctl.kernel.nmi_watchdog': 1,
  'sysctl.kernel.hardlockup_panic': 1,
  'sysctl.kernel.panic_on_oops': 1,
};
const KUBELET: Settings = {
  ...DUMPS,
  'sysctl.kernel.panic_on_oops': 1,
  'sysctl.vm.overcommit_memory': 1,
  'sysctl.vm.panic_on_oom': 0,
};

const CONTENT: Readonly<Record<string, readonly Settings[]>> = {
  'stay-up': [MADVISE, OFF],
  'fail-fast': [
    { ...MADVISE, ...FAIL_FAST },
    { ...OFF, ...FAIL_FAST },
  ],
  'kubernetes-node': [
    { ...MADVISE, ...KUBELET },
    { ...OFF, ...KUBELET },
  ],
  'mongodb-7': [OFF],
  'mongodb-8': [
    {
      'uname.machine': 'x86_64',
      'thp.enabled': 'always',
      'thp.defrag': 'defer+madvise',
      'khugepaged.max_ptes_none': 0,
      'khugepaged.running': true,
      'sysctl.vm.overcommit_memory': 1,
    },
    { ...OFF, 'uname.machine': 's390x' },
  ],
  redis: [MADVISE, OFF],
  'oracle-db': [OFF],
  'oracle-db-21c': [
    { ...MADVISE, ...UEK_7 },
    { ...OFF, ...UEK_6 },
  ],
  tidb: [OFF],
  clickhouse: [MADVISE, OFF],
  couchbase: [OFF],
  'sap-hana': [OFF],
  'sap-hana-sps08': [{ ...MADVISE, 'khugepaged.defrag': true }],
  'sql-server': [{ 'thp.enabled': 'always', 'thp.defrag': 'madvise', 'khugepaged.running': true }],
  cassandra: [OFF, { ...MADVISE, 'thp.defrag': 'never' }],
};

const RULES = allRules(POLICIES);
const ROLE = /^(?:database|kubernetes|fail-fast)-/;
/** What no setting mends: the kernel lacks the fix, and the finding is about just that. */
const OF_THE_KERNEL = new Set(['khugepaged-fix-missing', 'founding-incident']);

function machine(settings: Settings): Readings {
  const set: Settings = { 'support.today': '2026-03-01', ...settings };
  const host = recordedHost('debian-12');
  assert.ok(host !== undefined);
  return new Map([
    // Who keeps a setting is no matter of a role.
    ...[...host].filter(([id]) => id !== 'next_boot.files'),
    ...Object.entries(set).map(([id, value]) => [id, known(value, JSON.stringify(value))] as const),
  ]);
}

function judged(profile: string, settings: Settings, fix: string) {
  const chosen = PROFILES.get(profile);
  assert.ok(chosen !== undefined, profile);
  const readings = new Map([...withDerived(machine(settings)), ['fix.khugepaged_trylock', known(fix, fix)] as const]);
  return judgeHost({ host: 'one', reached: true, readings, tookMs: 0 }, RULES, chosen).verdicts;
}

void test('every profile has a machine that is content with it', () =>
  assert.deepEqual(Object.keys(CONTENT).toSorted(), [...PROFILES.keys()].toSorted()));

for (const [profile, machines] of Object.entries(CONTENT))
  for (const [index, settings] of machines.entries()) {
    void test(`${profile}: machine ${index + 1} passes the rules of its role, and no rule of the profile fails`, () => {
      const verdicts = judged(profile, settings, 'fixed');
      assert.deepEqual(
        verdicts.filter(({ result }) => result === 'fail').map(({ rule, because }) => `${rule}: ${because}`),
        [],
      );
      const ofRole = verdicts.filter(({ rule, result }) => ROLE.test(rule) && result !== 'notselected');
      assert.deepEqual(
        ofRole
          .filter(({ result }) => result !== 'pass' && result !== 'notapplicable')
          .map(({ rule, because }) => `${rule}: ${because}`),
        [],
      );
      if (profile !== 'stay-up') assert.ok(ofRole.some(({ result }) => result === 'pass'));
    });
  }

for (const [profile, machines] of Object.entries(CONTENT))
  void test(`${profile}: on a kernel without the khugepaged fix nothing contradicts the role either`, () => {
    const least = machines.map((settings) =>
      judged(profile, settings, 'missing')
        .filter(({ rule, result }) => result === 'fail' && !OF_THE_KERNEL.has(rule))
        .map(({ rule }) => rule),
    );
    // One machine of them must be content: where huge pages may be off as well, that one.
    assert.ok(
      least.some((fails) => fails.length === 0),
      JSON.stringify(least),
    );
  });

void test('stock Debian 12 (always) is a finding for each role that wants something else, and names the role', () => {
  for (const [profile, fails] of Object.entries({
    'mongodb-7': 'database-mongodb-7-thp',
    redis: 'database-redis-thp',
    'sql-server': undefined,
    'mongodb-8': 'database-mongodb-8-thp',
    'stay-up': 'thp-always',
  })) {
    const found = judged(profile, {}, 'fixed')
      .filter(({ result, rule }) => result === 'fail' && (ROLE.test(rule) || rule === 'thp-always'))
      .map(({ rule }) => rule);
    assert.deepEqual(found, fails === undefined ? [] : [fails], profile);
  }
});

void test('the evidence shows the parameter and who set it', () => {
  const [verdict] = judged('oracle-db-21c', { ...MADVISE, ...UEK_7 }, 'fixed').filter(
    ({ rule }) => rule === 'database-oracle-thp',
  );
  assert.equal(verdict?.result, 'pass');
  assert.deepEqual(
    verdict.evidence.find(({ fact }) => fact === 'param.oracleRelease')?.reading,
    known(21, 'set by the profile oracle-db-21c'),
  );
  const [byDefault] = judged('oracle-db', OFF, 'fixed').filter(({ rule }) => rule === 'database-oracle-thp');
  assert.deepEqual(
    byDefault?.evidence.find(({ fact }) => fact === 'param.oracleRelease')?.reading,
    known(19, 'the default of the policy database'),
  );
});
