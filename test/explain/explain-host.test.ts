import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { explainHost, type ExplainOptions } from '../../src/explain/explain-host.js';
import stringWidth from 'string-width';
import { known, unreadable } from '../../src/model/reading.js';
import type { HostReport } from '../../src/model/report.js';
import { matchesGolden } from '../support/golden.js';
import { FIXES, HEADER, machine, unreachable } from '../support/judged-machines.js';

function explain(host: HostReport, options: Partial<ExplainOptions> = {}): readonly string[] {
  return explainHost(host, HEADER, FIXES, { columns: 100, ...options });
}

const DENIED = unreadable('denied', '/sys/kernel/kexec_crash_loaded: permission denied');

const MACHINES: Readonly<Record<string, HostReport>> = {
  incident: machine('db1'),
  'incident-with-crash-kernel': machine('db2'),
  'incident-perhaps-with-crash-kernel': machine('db1', 'stay-up', { 'kexec.crash_loaded': DENIED }),
  'fail-fast': machine('ceph1', 'fail-fast'),
  healthy: machine('web3'),
  'soft-lockup': machine('app1'),
  undecided: machine('app2'),
  unreachable: unreachable(),
};

for (const [name, host] of Object.entries(MACHINES))
  for (const columns of [80, 120])
    test(`${name}, ${columns} columns`, () =>
      matchesGolden(`test/explain/golden/${name}.${columns}.txt`, `${explain(host, { columns }).join('\n')}\n`));

const RULES: readonly (readonly [string, HostReport, string])[] = [
  ['rule-fails', machine('db2'), 'earlier-dumps-unfinished'],
  ['rule-passes', machine('web3'), 'khugepaged-fix-missing'],
  ['rule-with-chain', machine('db1'), 'hung-task-auto-reboot'],
];
for (const [name, host, rule] of RULES)
  test(`${name}: ${rule}`, () =>
    matchesGolden(`test/explain/golden/${name}.txt`, `${explain(host, { rule }).join('\n')}\n`));

test('the incident is told as one chain, in order', () => {
  const text = explain(machine('db1')).join('\n');
  const order = [
    'Memory runs short',
    'khugepaged, which goes through',
    'Between 120 and 240 s later',
    'The report becomes a panic',
    'No crash kernel takes over',
    'What remains: no dump',
    'What breaks the chain',
    'What the fix does not cure',
  ];
  const places = order.map((words) => text.indexOf(words));
  assert.ok(
    places.every((place, index) => place > (places[index - 1] ?? 0)),
    JSON.stringify(places),
  );
  for (const words of order) assert.equal(text.split(words).length, 2, words);
});

test('what has begun is said at its link', () => {
  const lines = explain(
    machine('db1', 'stay-up', {
      'vmstat.oom_kill': known(3, 'oom_kill 3\n'),
      'khugepaged.in_d_state': known(true, 'D'),
    }),
  );
  const at = (words: RegExp): number => lines.findIndex((line) => words.test(line));
  assert.ok(
    at(/! 3 processes have been killed/) > at(/Memory runs short/) &&
      at(/! 3 processes have been killed/) < at(/khugepaged, which/),
  );
  assert.ok(
    at(/! khugepaged was in uninterruptible sleep/) > at(/khugepaged, which/) &&
      at(/! khugepaged was in/) < at(/Between 120/),
  );
});

test('a value that the boot parameter gave says so', () => {
  const cmdline = known({ hung_task_panic: '1' }, '/proc/cmdline:hung_task_panic=1\n');
  assert.match(
    explain(machine('db1', 'stay-up', { cmdline })).join(' '),
    /this boot's command +line has hung_task_panic=1/,
  );
});

function seconds(timeout: number, interval: number) {
  return {
    'sysctl.kernel.hung_task_timeout_secs': known(timeout, `${timeout}\n`),
    'sysctl.kernel.hung_task_check_interval_secs': known(interval, `${interval}\n`),
  };
}

test('the time of detection follows timeout and interval', () => {
  assert.match(explain(machine('db1', 'stay-up', seconds(600, 0))).join(' '), /Between 600 and 1200 s later/);
  assert.match(explain(machine('db1', 'stay-up', seconds(120, 10))).join(' '), /Between 120 and 140 s later/);
});

test('a crash kernel that is set up to stay down says so in the chain, and the outcome does not follow the file', () => {
  const host = machine('db2', 'stay-up', {
    'kdump.final_action': known('poweroff', '/etc/kdump.conf: final_action poweroff'),
  });
  const text = explain(host).join(' ').replace(/\s+/g, ' ');
  assert.match(text, /kdump is set up to poweroff when the dump is saved/);
  assert.match(text, /\[kdump-leaves-machine-down\]/);
  assert.equal(JSON.stringify(host.readings.get('hung_task.outcome')).includes('dumps-then-reboots'), true);
});

test('no line is longer than the terminal, whatever its width', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(MACHINES)), fc.integer({ min: 40, max: 200 }), (host, columns) => {
      for (const line of explain(host, { columns }))
        assert.ok(stringWidth(line) <= columns && !line.endsWith(' '), line);
    }),
    { numRuns: 40 },
  );
});

test('what a host says cannot write to a terminal', () => {
  const evil = '\u001b[2J\u202eevil\r\n\u0007';
  const host = machine('db1', 'stay-up', {
    'os.pretty_name': known(evil, evil),
    'uname.release': known(`3.10.0-1127.el7.x86_64${evil}`, evil),
    cmdline: known({ hung_task_panic: evil }, evil),
  });
  for (const line of explain(host)) assert.doesNotMatch(line, /[\p{Cc}\u202a-\u202e]/u);
});
