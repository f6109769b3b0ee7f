import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TRIGGERS } from '../../../src/kernel/outcome/index.js';
import { derived, UNREADABLE, word, type Facts } from './readings.js';
import { TRUTH } from './truth.table.js';

void test('every trigger stands in the truth table with each outcome that it can have', () => {
  for (const trigger of TRIGGERS) {
    const outcomes = new Set(TRUTH.filter((row) => row.trigger === trigger).map((row) => row.outcome));
    assert.ok(outcomes.has('survives') && outcomes.has('reboots'), trigger);
  }
});

for (const row of TRUTH)
  void test(`${row.trigger}: ${row.name} (${row.evidence})`, () => {
    const expected: Record<string, string> = { outcome: row.outcome };
    if (row.reboots !== undefined) expected['reboots'] = String(row.reboots);
    if (row.by !== undefined) expected['reboot_by'] = row.by;
    if (row.after !== undefined) expected['reboot_after'] = String(row.after);
    const actual = Object.fromEntries(
      Object.keys(expected).map((name) => [name, word(derived(`${row.trigger}.${name}`, row.facts))]),
    );
    assert.deepEqual(actual, expected);
  });

void test('the four facts of a trigger never contradict each other', () => {
  for (const { trigger, facts, name } of TRUTH) {
    const [outcome, reboots, by, after] = ['outcome', 'reboots', 'reboot_by', 'reboot_after'].map((fact) =>
      word(derived(`${trigger}.${fact}`, facts)),
    );
    const label = `${trigger}: ${name}`;
    if (outcome !== '?')
      assert.equal(reboots, String(outcome === 'reboots' || outcome === 'dumps-then-reboots'), label);
    if (reboots === 'false') assert.deepEqual([by, after], ['absent', 'absent'], label);
    if (outcome === 'dumps-then-reboots') {
      assert.ok(by === 'kdump' || by === 'the hypervisor or the firmware', label);
      assert.equal(after, 'absent', label);
    }
    if (by !== undefined && by.startsWith('kernel.panic')) assert.ok(Number(after) >= 0, label);
  }
});

void test('a doubt hands its cause on, and says which fact it is about', () => {
  const denied = derived('hung_task.outcome', {
    'sysctl.kernel.hung_task_panic': UNREADABLE,
    'sysctl.kernel.panic': 5,
  });
  assert.equal(denied.state === 'unreadable' && denied.cause, 'denied');
  assert.match(denied.state === 'unreadable' ? denied.detail : '', /sysctl\.kernel\.hung_task_panic could not be read/);
  const unplaced = derived('hung_task.outcome', {
    'sysctl.kernel.hung_task_panic': 1,
    'sysctl.kernel.hung_task_warnings': 0,
    'sysctl.kernel.panic': 5,
    'uname.release': '4.9.0-19-amd64',
  });
  assert.equal(unplaced.state === 'unreadable' && unplaced.cause, 'undetermined');
});

function told(facts: Facts): readonly (string | undefined)[] {
  return ['kexec.in_hypervisor', 'panic.firmware_dumps', 'oops.goes_down'].map((fact) => word(derived(fact, facts)));
}

void test("the crash kernel of Xen's first domain is the hypervisor's, and the files of its kernel do not show it", () => {
  const first = { 'virtualization.type': 'xen', 'xen.first_domain': true, 'sysctl.kernel.panic_on_oops': 1 };
  const outcome = derived('oops.outcome', first);
  assert.match(outcome.state === 'unreadable' ? outcome.detail : '', /gives its crash kernel to the hypervisor/);
  assert.deepEqual(told(first), ['true', '?', 'true']);
  assert.deepEqual(told({ ...first, 'xen.first_domain': UNREADABLE }), ['?', '?', 'true']);
  assert.deepEqual(told({ ...first, 'xen.first_domain': false }), ['false', 'false', 'true']);
  // A reading of before, from a machine that is not on Xen.
  assert.deepEqual(told({ ...first, 'virtualization.type': 'kvm', 'xen.first_domain': UNREADABLE }), [
    'false',
    'false',
    'true',
  ]);
});

const COUNT = 'sysctl.kernel.hung_task_check_count';
for (const [name, facts, expected] of [
  ['the default on 64 bit', {}, 'false'],
  ['a short scan', { [COUNT]: 1000 }, 'true'],
  ['no scan', { [COUNT]: 0 }, 'true'],
  ['as many as a 32-bit kernel can have', { [COUNT]: 32768 }, '?'],
  ['the detector off', { 'sysctl.kernel.hung_task_timeout_secs': 0 }, 'true'],
  ['not compiled in', { 'sysctl.kernel.hung_task_timeout_secs': null, [COUNT]: null }, 'true'],
  ['oopsed', { 'sysctl.kernel.tainted': 128 }, 'true'],
  ['oopsed, count unreadable', { 'sysctl.kernel.tainted': 128, [COUNT]: UNREADABLE }, 'true'],
  ['count unreadable', { [COUNT]: UNREADABLE }, '?'],
  ['short scan, taint unreadable', { [COUNT]: 10, 'sysctl.kernel.tainted': UNREADABLE }, 'true'],
] as const)
  void test(`detector_blind: ${name}`, () => assert.equal(word(derived('hung_task.detector_blind', facts)), expected));
