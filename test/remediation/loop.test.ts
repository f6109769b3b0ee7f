import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, type Reading, type Readings } from '../../src/model/reading.js';
import type { HostReport, ReportHeader } from '../../src/model/report.js';
import { applyRule } from '../../src/policy/apply-rule.js';
import { allRules, type PolicyCase, type Rule } from '../../src/policy/policy.js';
import { ruleSummary } from '../../src/policy/rule-summary.js';
import { planRemedies, REMEDIATION_FORMATS } from '../../src/remediation/index.js';
import { ALL_FACTS, DERIVED, POLICIES, PROFILES, recordedHost, withDerived } from '../support/shipped-policies.js';
import { headerOf } from '../support/remediation/reports.js';
import { applied, canBeScratch } from '../support/remediation/scratch-host.js';

/** After the remedy of a shipped rule was applied to a host that fails it, with the real tools, the rule passes. */

const RULES = allRules(POLICIES);
const header: ReportHeader = headerOf(RULES.map(ruleSummary));
const derivedIds = new Set(DERIVED.map(({ id }) => id));
const byFile = RULES.filter(
  ({ informational, remediation }) =>
    !informational && (remediation?.sysctl !== undefined || remediation?.sysfs !== undefined),
);

/** Facts that are derived, and that a case may state all the same: which kernel runs is nothing that a remedy in files changes. */
function isStatable(id: string): boolean {
  return !derivedIds.has(id) || id.startsWith('fix.');
}

/** Which sizes of huge pages there are only the kernel knows, so that no rule can name their files; the summary tells of them. */
const BY_SIZE = [
  'database-clickhouse-thp: never, and always by the file of one size',
  'database-couchbase-thp: off, and on by the file of one size',
  'database-mongodb-7-thp: off, and on by the file of one size',
  'database-mongodb-8-thp: as the manual asks, and off by the files of all sizes',
  'database-mongodb-8-thp-legacy: off, and on by the file of one size',
  'database-redis-thp: never, and always by the file of one size',
  'database-sql-server-thp: always, and no size inherits it',
  'database-tidb-thp: off, and on by the file of one size',
  'thp-always: always for one size, whatever the file for all says',
].map((name) => [name, 'its file is that of one size'] as const);

/** What no file can mend, though it is in the rule's own remedy: the fail stays, and only the other cases show the way. */
const BEYOND: Readonly<Record<string, string>> = {
  ...Object.fromEntries(BY_SIZE),
  'database-mongodb-8-thp: a kernel without transparent huge pages': 'no file brings what the kernel was built without',
  'database-sql-server-thp: a kernel without transparent huge pages':
    'no file brings what the kernel was built without',
  'fail-fast-hung-task: an oops switched the detector off': 'the taint goes with a reboot',
  'fail-fast-hung-task-detection: a kernel without the detector': 'no file brings what the kernel was built without',
  'fail-fast-hung-task-detection: two minutes are too long for a profile that asks for one':
    'the remedy is for the default of the parameter; its step "verify" tells',
  'fail-fast-panic-timeout: s390 that dumps and stays down':
    'no sysctl decides it there; the summary names the action of the machine',
  'hard-lockup-auto-reboot: RHEL 7.0 as it is built':
    'that kernel has no sysctl for it; the summary names the boot parameter',
};

interface Judged {
  readonly rule: Rule;
  readonly readings: Readings;
  readonly chosen: Readings;
  /** Derived facts that the case states. */
  readonly stated: Readings;
}

function judge({ rule, chosen, stated }: Judged, readings: Readings) {
  return applyRule(rule, new Map([...withDerived(readings), ...stated]), chosen);
}

function ofCase(rule: Rule, { host, facts }: PolicyCase): Judged {
  const base = recordedHost(host);
  assert.ok(base);
  const those = (keep: (id: string) => boolean): Readings => new Map([...facts].filter(([id]) => keep(id)));
  return {
    rule,
    readings: new Map([...base, ...those((id) => !rule.parameters.has(id) && !derivedIds.has(id))]),
    chosen: those((id) => rule.parameters.has(id)),
    stated: those((id) => derivedIds.has(id)),
  };
}

function reportOf({ rule, readings }: Judged, because: string): HostReport {
  return {
    host: 'host',
    address: 'host',
    port: 22,
    groups: [],
    labels: {},
    profile: 'stay-up',
    transport: 'recorded',
    status: 'failing',
    tookMs: 1,
    readings: withDerived(readings),
    verdicts: [{ host: 'host', rule: rule.id, severity: rule.severity, result: 'fail', because, evidence: [] }],
  };
}

/** The kernel does more than keep the word: `never` ends khugepaged (start_stop_khugepaged() in mm/khugepaged.c). */
function withConsequences(readings: Readings): Readings {
  const enabled: Reading | undefined = readings.get('thp.enabled');
  return enabled?.state === 'known' && enabled.value === 'never'
    ? new Map([...readings, ['khugepaged.running', known(false, 'never')]])
    : readings;
}

function remedied(judged: Judged, by: 'administrator' | 'boot'): string {
  const before = judge(judged, judged.readings);
  assert.equal(before.result, 'fail');
  const way = REMEDIATION_FORMATS.get('sysctl.d');
  assert.ok(way);
  const { files } = way.render(planRemedies(header, [reportOf(judged, before.because)]));
  const { result, because } = judge(judged, withConsequences(applied(judged.readings, files, by)));
  return result === 'pass' || result === 'notapplicable' ? result : `${result}: ${because}`;
}

test('there are rules to try', () => assert.ok(byFile.length >= 25, `${byFile.length}`));

for (const rule of byFile) {
  const cases = rule.cases.filter(({ gives, facts }) => gives === 'fail' && [...facts.keys()].every(isStatable));
  test(`${rule.id} has a case that fails on what a host can have`, () => assert.ok(cases.length > 0));
  for (const each of cases) {
    const name = `${rule.id}: ${each.name}`;
    for (const by of ['administrator', 'boot'] as const)
      test(`${name}: mended by the ${by}`, { skip: !canBeScratch && 'no mount namespace' }, () => {
        const outcome = remedied(ofCase(rule, each), by);
        if (BEYOND[name] === undefined) assert.match(outcome, /^(?:pass|notapplicable)$/);
        else assert.doesNotMatch(outcome, /^pass$/, 'it is mended after all');
      });
  }
}

function settingsOf({ remediation }: Rule) {
  return [
    ...Object.entries(remediation?.sysctl ?? {}).map(([name, value]) => ({ fact: `sysctl.${name}`, name, value })),
    ...Object.entries(remediation?.sysfs ?? {}).flatMap(([name, value]) =>
      ALL_FACTS.filter(
        (fact) =>
          'origin' in fact && fact.id.startsWith('thp.') && name.endsWith(`/transparent_hugepage/${fact.id.slice(4)}`),
      ).map(({ id }) => ({ fact: id, name, value })),
    ),
  ];
}

test('a rule passes with every value that its remediation accepts', () => {
  let tried = 0;
  for (const rule of byFile)
    for (const { fact, name } of settingsOf(rule))
      for (const value of rule.remediation?.accepts?.[name] ?? []) {
        const failing = rule.cases.find(({ gives, facts }) => gives === 'fail' && [...facts.keys()].every(isStatable));
        assert.ok(failing);
        const judged = ofCase(rule, failing);
        const others = settingsOf(rule)
          .filter((setting) => setting.name !== name)
          .map((setting): [string, Reading] => [setting.fact, known(setting.value, String(setting.value))]);
        const { result } = judge(judged, new Map([...judged.readings, ...others, [fact, known(value, String(value))]]));
        assert.equal(result, 'pass', `${rule.id} with ${name}=${value}`);
        tried += 1;
      }
  assert.ok(tried > 4);
});

/** Rules of one profile that want opposite things, of which never both can fail on one host. */
const OPPOSITES: ReadonlySet<string> = new Set([
  // Each is about platforms that the other leaves out.
  'database-mongodb-8-thp database-mongodb-8-thp-legacy /sys/kernel/mm/transparent_hugepage/enabled',
  // One fails where a hung task does not reboot the machine, the other only where it does.
  'fail-fast-hung-task founding-incident kernel.hung_task_panic',
]);

test('the remedies of the rules of a profile agree with each other, or it is known that they cannot', () => {
  const found = new Set<string>();
  for (const { rules } of PROFILES.values()) {
    const selected = byFile.filter(({ id }) => rules.has(id));
    for (const a of selected)
      for (const b of selected.filter(({ id }) => id > a.id))
        for (const mine of settingsOf(a))
          for (const theirs of settingsOf(b).filter(({ name }) => name === mine.name)) {
            const takes = (rule: Rule, own: string | number, value: string | number): boolean =>
              own === value || (rule.remediation?.accepts?.[mine.name] ?? []).includes(value);
            if (!takes(a, mine.value, theirs.value) && !takes(b, theirs.value, mine.value))
              found.add(`${a.id} ${b.id} ${mine.name}`);
          }
  }
  assert.deepEqual([...found].sort(), [...OPPOSITES].sort());
});
