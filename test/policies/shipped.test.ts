import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintPolicies } from '../../src/policy/lint-policies.js';
import { loadPolicies } from '../../src/policy/load.js';
import { allRules } from '../../src/policy/policy.js';
import { loadProfiles } from '../../src/policy/profiles/load-profiles.js';
import { testPolicies } from '../../src/policy/test-policies.js';
import {
  ALL_FACTS,
  inWords,
  POLICIES,
  POLICY_FILES,
  PROFILE_FILES,
  PROFILES,
  recordedHost,
  USED_FACTS,
  withDerived,
} from '../support/shipped-policies.js';

const RULES = allRules(POLICIES);

void test('the shipped policies have no diagnostics', () => {
  assert.equal(inWords(loadPolicies(POLICY_FILES, ALL_FACTS).diagnostics), '');
  assert.equal(inWords(lintPolicies(POLICY_FILES, ALL_FACTS)), '');
});

void test('the shipped profiles have no diagnostics', () => {
  assert.equal(inWords(loadProfiles(PROFILE_FILES, POLICIES).diagnostics), '');
});

void test('every case gives what it says, and no pass rests on a fact that was not read', () => {
  const results = testPolicies({ policies: POLICIES, facts: ALL_FACTS, base: recordedHost, derived: USED_FACTS });
  assert.deepEqual(
    results
      .filter(({ problem }) => problem !== undefined)
      .map((item) => `${item.at.file}:${item.at.line} ${item.rule}, ${item.case}: ${item.problem}`),
    [],
  );
  assert.ok(results.length > 3 * RULES.length, `${results.length} cases`);
});

const applying = RULES.filter(({ appliesTo, ifAbsent }) => appliesTo !== undefined || ifAbsent === 'notapplicable');
for (const rule of applying)
  void test(`${rule.id} shows a machine that it is not about`, () => {
    assert.ok(rule.cases.some(({ gives }) => gives === 'notapplicable'));
  });

/** What a policy file is for: its rules' ids, so that a rule which vanishes is noticed. */
const TOPICS: Readonly<Record<string, readonly string[]>> = {
  'crash-dump': [
    'crash-kernel-not-armed',
    'crash-kernel-nothing-reserved',
    'crash-kernel-reserved-not-loaded',
    'kexec-load-disabled',
    'crash-kernel-too-small',
    'kdump-not-enabled',
    'kdump-leaves-machine-down',
    'earlier-dumps-unfinished',
    'panic-log-not-kept',
    'panic-says-little',
  ],
  database: [
    'database-mongodb-7-thp',
    'database-mongodb-8-thp',
    'database-mongodb-8-thp-legacy',
    'database-redis-thp',
    'database-oracle-thp',
    'database-tidb-thp',
    'database-clickhouse-thp',
    'database-couchbase-thp',
    'database-sap-hana-thp',
    'database-sql-server-thp',
    'database-cassandra-thp-defrag',
  ],
  'fail-fast': [
    'fail-fast-hung-task',
    'fail-fast-hung-task-detection',
    'fail-fast-crash-kernel',
    'fail-fast-panic-timeout',
    'fail-fast-oops',
    'fail-fast-soft-lockup',
    'fail-fast-hard-lockup',
  ],
  'hung-task': [
    'hung-task-auto-reboot',
    'hung-task-detection-off',
    'hung-task-detection-blind',
    'hung-task-detection-dead',
    'hung-task-reports-used-up',
  ],
  groups: ['cluster-uniform-kernel', 'cluster-exposed-to-hung-task'],
  khugepaged: ['founding-incident', 'khugepaged-fix-missing', 'khugepaged-not-stopped'],
  kubernetes: ['kubernetes-kubelet-settings'],
  lockup: ['soft-lockup-auto-reboot', 'hard-lockup-auto-reboot', 'lockup-detection-off', 'rcu-stall-auto-reboot'],
  'next-boot': [
    'settings-change-at-next-boot',
    'boot-tools-disagree',
    'fixes-lost-at-next-boot',
    'next-boot-older-kernel',
  ],
  oom: ['oom-auto-reboot', 'oom-daemon-missing'],
  panic: ['oops-auto-reboot', 'warn-auto-reboot', 'panic-freezes'],
  storage: ['nfs-hang-reboots', 'storage-outwaits-hung-task', 'dm-suspended-now'],
  support: [
    'os-support-ended',
    'os-support-extended-only',
    'os-support-ends-soon',
    'kernel-series-ended',
    'kernel-series-ends-soon',
  ],
  symptoms: [
    'oom-kills-since-boot',
    'memory-pressure-now',
    'hung-tasks-since-boot',
    'hung-task-reports-taken',
    'soft-lockup-since-boot',
    'oops-since-boot',
    'khugepaged-blocked-now',
    'many-tasks-blocked-now',
    'compaction-stalls',
    'huge-page-fallbacks',
    'livepatch-half-applied',
  ],
  thp: ['thp-always', 'thp-defrag-always'],
};

void test('each policy holds the rules of its topic', () => {
  assert.deepEqual(
    Object.fromEntries(
      POLICIES.map(({ id, rules, groupRules }) => [id, [...rules, ...groupRules].map((rule) => rule.id)]),
    ),
    TOPICS,
  );
});

void test("a role has its own rules and no other role's", () => {
  for (const [id, { rules }] of PROFILES) {
    const ofRoles = [...rules.keys()].filter((rule) => /^(?:database|kubernetes)-/.test(rule));
    const own = id === 'kubernetes-node' ? 'kubernetes-' : `database-${id.replace(/-db(?:-21c)?$|-sps08$/, '')}`;
    assert.deepEqual(
      ofRoles.filter((rule) => !rule.startsWith(own)),
      [],
      id,
    );
    assert.equal(ofRoles.length > 0, id !== 'stay-up' && id !== 'fail-fast', id);
  }
});

void test('a profile that a conflict names does not judge by the rule that it contradicts', () => {
  const named = RULES.flatMap(({ id, conflicts }) =>
    conflicts.flatMap(({ profile }) => (profile === undefined ? [] : [{ id, profile }])),
  );
  assert.ok(named.length >= 9);
  assert.deepEqual(
    named.filter(({ id, profile }) => PROFILES.get(profile)?.rules.has(id) !== false),
    [],
  );
});

void test('every rule is selected by a profile', () => {
  const selected = new Set([...PROFILES.values()].flatMap(({ rules }) => [...rules.keys()]));
  assert.deepEqual(
    RULES.map(({ id }) => id).filter((id) => !selected.has(id)),
    [],
  );
});

function selectedBy(profile: string): readonly string[] {
  return [...(PROFILES.get(profile)?.rules.keys() ?? [])];
}

void test('stay-up asks for nothing that only fail-fast wants, and the other way round', () => {
  assert.deepEqual(
    selectedBy('stay-up').filter((id) => id.startsWith('fail-fast-')),
    [],
  );
  assert.deepEqual(
    selectedBy('fail-fast').filter((id) => id.endsWith('-auto-reboot')),
    ['warn-auto-reboot'],
  );
});

void test('no remedy shortens a threshold of lockups: RHEL 6 boots with 60 s of its own', () => {
  for (const { id, remediation } of RULES)
    if (remediation?.sysctl?.['kernel.watchdog_thresh'] !== undefined)
      assert.ok(remediation.accepts?.['kernel.watchdog_thresh']?.includes(60) === true, id);
});

void test('no profile asks a machine for two opposite things', () => {
  // A machine that reboots on a hung task, and one that does not: each profile is content with exactly one of them.
  const opposite = [
    ['hung-task-auto-reboot', 'fail-fast-hung-task'],
    ['oops-auto-reboot', 'fail-fast-oops'],
    ['soft-lockup-auto-reboot', 'fail-fast-soft-lockup'],
    ['hard-lockup-auto-reboot', 'fail-fast-hard-lockup'],
  ];
  for (const [id, { rules }] of PROFILES)
    for (const pair of opposite)
      assert.ok(pair.filter((rule) => rules.has(rule)).length <= 1, `${id}: ${pair.join(' and ')}`);
  for (const id of ['stay-up', 'fail-fast'])
    for (const pair of opposite)
      assert.equal(pair.filter((rule) => PROFILES.get(id)?.rules.has(rule)).length, 1, `${id}: ${pair.join(' and ')}`);
});

void test('the stock Debian 12 host gives the gate of stay-up nothing to stop at', () => {
  const readings = withDerived(recordedHost('debian-12') ?? new Map());
  const stopping = RULES.filter(({ id }) =>
    ['critical', 'high'].includes(PROFILES.get('stay-up')?.rules.get(id) ?? ''),
  );
  assert.ok(stopping.length >= 6);
  for (const rule of stopping) {
    const applies = rule.appliesTo?.evaluate(readings) ?? { decided: true, value: true };
    const required = rule.requires.evaluate(readings);
    assert.ok(applies.decided && (applies.value === false || (required.decided && required.value === true)), rule.id);
  }
});
