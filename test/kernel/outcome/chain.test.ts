import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainOutcome, OUTCOME_FACTS, renderChain } from '../../../src/kernel/outcome/index.js';
import { derived, reading, STOCK, UNREADABLE, type Facts } from './readings.js';
import { TRUTH } from './truth.table.js';

function readingsOf(facts: Facts) {
  return new Map(Object.entries({ ...STOCK, ...facts }).map(([id, stated]) => [id, reading(stated)] as const));
}
function lines(facts: Facts): readonly string[] {
  return renderChain(explainOutcome('hung_task', readingsOf(facts)));
}

const FOUNDING: Facts = {
  'uname.release': '3.10.0-1127.el7.x86_64',
  'sysctl.kernel.hung_task_panic': 1,
  'sysctl.kernel.panic': 5,
};

void test('the founding incident reads like its post-mortem', () => {
  const numbered = lines(FOUNDING).filter((line) => /^\d/.test(line));
  assert.deepEqual(numbered, [
    '1. sysctl.kernel.hung_task_timeout_secs = 120: the hung-task detector looks for tasks that are blocked uninterruptibly (D state, not killable) for more than 120 s',
    '2. sysctl.kernel.hung_task_check_interval_secs = 0: a scan every 120 s: a task is found hung between 120 and 240 s after it stopped',
    '3. sysctl.kernel.tainted = 0: the kernel has not oopsed since boot (no taint D), so the detector works',
    '4. sysctl.kernel.hung_task_check_count = 4194304: each scan looks at no more than 4194304 threads',
    '5. sysctl.kernel.hung_task_panic = 1: the first task that is found hung panics the kernel',
    '6. kexec.crash_loaded = false: no crash kernel is loaded, so kdump saves no dump after a panic',
    '7. sysctl.kernel.panic = 5: 5 s after the panic the kernel restarts the machine',
    '8. hung_task.outcome = reboots: a hung task reboots this machine, by kernel.panic=5 after 5 s, and no vmcore is saved',
  ]);
  assert.ok(
    lines(FOUNDING).includes(
      '   to break it: sysctl kernel.hung_task_panic=0, now and where it was set: hung tasks are reported, and the machine stays up',
    ),
  );
});

void test('a scan more often than the timeout narrows when a task is found', () => {
  const found = lines({ ...FOUNDING, 'sysctl.kernel.hung_task_check_interval_secs': 10 }).find((line) =>
    line.startsWith('2'),
  );
  assert.equal(
    found,
    '2. sysctl.kernel.hung_task_check_interval_secs = 10: a scan every 10 s: a task is found hung between 120 and 140 s after it stopped',
  );
});

void test('with its crash kernel kernel.panic is not in the chain at all', () => {
  const links = explainOutcome('hung_task', readingsOf({ ...FOUNDING, 'kexec.crash_loaded': true }));
  assert.ok(!links.some((link) => link.fact === 'sysctl.kernel.panic'));
  assert.match(links.at(-1)?.says ?? '', /crash kernel, which tries to save a dump and then normally reboots/);
});

void test('a fact that decides and is not known ends the chain, and says between what', () => {
  const links = explainOutcome('hung_task', readingsOf({ ...FOUNDING, 'kexec.crash_loaded': UNREADABLE }));
  assert.match(
    links.at(-2)?.says ?? '',
    /not known \(Permission denied\), and it decides between dumps-then-reboots and reboots/,
  );
  assert.match(links.at(-1)?.says ?? '', /cannot be told/);
});

void test('a fact that is not known and does not decide is said, and the chain goes on', () => {
  const links = explainOutcome(
    'hung_task',
    readingsOf({ ...FOUNDING, 'sysctl.kernel.hung_task_warnings': UNREADABLE }),
  );
  assert.ok(links.some((link) => link.says.includes('the outcome is the same whatever it is')));
  assert.equal(links.at(-1)?.fact, 'hung_task.outcome');
  assert.match(links.at(-1)?.says ?? '', /by kernel\.panic=5 after 5 s/);
});

void test('a machine that stays up needs nothing to be broken', () => {
  assert.deepEqual(
    explainOutcome('hung_task', readingsOf({})).flatMap((link) => link.breaks),
    [],
  );
});

void test('every chain of the truth table ends in its outcome, and each break of a reboot is about a link that led there', () => {
  for (const { trigger, facts, name } of TRUTH) {
    const links = explainOutcome(trigger, readingsOf(facts));
    assert.deepEqual(links.at(-1)?.reading, derived(`${trigger}.outcome`, facts), `${trigger}: ${name}`);
    assert.ok(
      links.slice(0, -1).every((link) => link.says !== '' && link.setBy !== ''),
      `${trigger}: ${name}`,
    );
  }
});

void test('a dump that the firmware of POWER has saved is not one of kdump', () => {
  const power = { ...FOUNDING, 'kexec.crash_loaded': false, 'uname.machine': 'ppc64le', 'fadump.registered': true };
  const rendered = lines(power).join(' ').replace(/\s+/g, ' ');
  assert.match(rendered, /a firmware-assisted dump is registered/);
  assert.match(rendered, /reboots this machine, by the hypervisor or the firmware, which tries to save a dump/);
  assert.doesNotMatch(rendered, /kdump saves no dump/);
});

void test('what a host says cannot write to a terminal', () => {
  const evil = { watchdog0: 'active', '\u001b[2Jx\n': '\u202e' };
  const rendered = lines({ ...FOUNDING, 'sysctl.kernel.panic': 0, 'watchdog.devices': evil }).join('|');
  assert.match(rendered, /watchdog0/);
  assert.ok(/^[\x20-\x7e]*$/.test(rendered));
});

void test('nothing is known of a host that was asked nothing', () => {
  for (const { id, derive } of OUTCOME_FACTS)
    assert.equal(
      derive((fact) => ({ state: 'unreadable', cause: 'not-collected', detail: fact })).state,
      'unreadable',
      id,
    );
  assert.match(explainOutcome('oom', new Map()).at(-1)?.says ?? '', /cannot be told/);
});
