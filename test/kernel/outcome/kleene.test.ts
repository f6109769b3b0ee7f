import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { OUTCOME_FACTS } from '../../../src/kernel/outcome/index.js';
import type { FactId } from '../../../src/model/reading.js';
import { derived, STOCK, UNDETERMINED, UNREADABLE, word, type Facts, type Stated } from './readings.js';

/**
 * Strong Kleene logic, tested by brute force: over every combination of small domains, each fact known, absent or
 * unreadable, the answer is known exactly when every completion of what is unreadable agrees, and then it is that one.
 */

type Domains = Readonly<Record<FactId, readonly Stated[]>>;

const RELEASES: readonly Stated[] = ['3.10.0-514.el7.x86_64', '2.6.32-71.29.1.el6.x86_64', '6.1.0-51-amd64'];
const CRASH: Domains = { 'kexec.crash_loaded': [true, false], 'sysctl.kernel.panic': [5, 0] };
const PANIC_PATH: Domains = {
  'kexec.crash_loaded': [true, false, null],
  'sysctl.kernel.panic': [5, 0, -1, null],
  'watchdog.devices': [
    { watchdog0: 'active' },
    { watchdog0: 'inactive' },
    { watchdog0: 'software' },
    { watchdog0: 'odd' },
    null,
  ],
  'virtualization.type': ['kvm', 'xen', UNDETERMINED, null],
  'xen.first_domain': [true, false],
  'uname.machine': ['x86_64', 's390x', null],
  'uname.release': ['2.6.32-71.29.1.el6.x86_64', '6.1.0-51-amd64', null],
};
function CMDLINE(value: string): readonly Stated[] {
  return [{}, { panic_on_taint: value }, { panic_on_taint: 'junk' }, null];
}

const SPACES: readonly (readonly [string, string, Domains])[] = [
  ['the panic path', 'oom', { 'sysctl.vm.panic_on_oom': [0, 1], ...PANIC_PATH }],
  [
    'hung tasks',
    'hung_task',
    {
      'sysctl.kernel.hung_task_timeout_secs': [0, 120, null],
      'sysctl.kernel.tainted': [0, 128],
      'sysctl.kernel.hung_task_check_count': [0, 4194304],
      'sysctl.kernel.hung_task_panic': [0, 1, 3, null],
      'sysctl.kernel.hung_task_warnings': [0, 10],
      'uname.release': [...RELEASES, null],
      ...CRASH,
    },
  ],
  [
    'oopses',
    'oops',
    {
      'sysctl.kernel.panic_on_oops': [0, 1],
      cmdline: CMDLINE('80'),
      'sysctl.kernel.oops_limit': [0, 1, 3, null],
      'kernel.oops_count': [0, 2, null],
      'uname.release': [...RELEASES, null],
      ...CRASH,
    },
  ],
  [
    'warnings',
    'warn',
    {
      'sysctl.kernel.panic_on_warn': [0, 1, null],
      cmdline: CMDLINE('200'),
      'sysctl.kernel.warn_limit': [0, 1, 3, null],
      'kernel.warn_count': [0, 2, null],
      'uname.release': RELEASES,
      ...CRASH,
    },
  ],
  [
    'soft lockups',
    'soft_lockup',
    {
      'sysctl.kernel.watchdog': [0, 1, null],
      'sysctl.kernel.soft_watchdog': [0, 1, null],
      'sysctl.kernel.watchdog_thresh': [0, 10],
      'sysctl.kernel.softlockup_panic': [0, 1, null],
      cmdline: CMDLINE('4000'),
      'uname.release': ['2.6.32-71.29.1.el6.x86_64', '3.10.0-1160.el7.x86_64', '6.1.0-51-amd64'],
      ...CRASH,
    },
  ],
  [
    'hard lockups',
    'hard_lockup',
    {
      'sysctl.kernel.watchdog': [0, 1, null],
      'sysctl.kernel.nmi_watchdog': [0, 1, null],
      'sysctl.kernel.watchdog_thresh': [0, 10],
      'sysctl.kernel.hardlockup_panic': [0, 1, null],
      cmdline: [{}, { nmi_watchdog: 'panic,1' }, null],
      'uname.release': ['3.10.0-1160.el7.x86_64', '6.1.0-51-amd64', null],
      'virtualization.type': ['kvm', 'xen', UNDETERMINED, null],
      ...CRASH,
    },
  ],
  [
    'RCU stalls',
    'rcu_stall',
    {
      'module.rcupdate.rcu_cpu_stall_suppress': [true, false, null],
      'sysctl.kernel.panic_on_rcu_stall': [0, 1, null],
      'sysctl.debug.panic_on_rcu_stall': [0, 1, null],
      ...CRASH,
    },
  ],
  [
    'the blind detector',
    'hung_task.detector_blind',
    {
      'sysctl.kernel.hung_task_timeout_secs': [0, 120, null],
      'sysctl.kernel.tainted': [0, 128, null],
      'sysctl.kernel.hung_task_check_count': [0, 1000, 32768, 4194304, null],
    },
  ],
];

/** What reboots the machine, and when, is decided on the panic path alone; it is enough to try it there. */
function factsOf(trigger: string): readonly FactId[] {
  if (trigger.includes('.')) return [trigger];
  return (trigger === 'oom' ? ['outcome', 'reboots', 'reboot_by', 'reboot_after'] : ['outcome', 'reboots']).map(
    (name) => `${trigger}.${name}`,
  );
}

const ONLY = new Map<string, ReadonlySet<string>>();
/** The set of one answer: the same each time, since nearly every assignment has just one. */
function only(answer: string): ReadonlySet<string> {
  const found = ONLY.get(answer) ?? new Set([answer]);
  ONLY.set(answer, found);
  return found;
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first] = sets;
  return first !== undefined && sets.every((set) => set === first) ? first : new Set(sets.flatMap((set) => [...set]));
}

/**
 * Checks every partial assignment once and gives how many there were. An assignment is a number of as many digits as there are
 * names, each in a base of its own: 0 is unreadable, the others are the values of the domain.
 */
function checkSpace(fact: FactId, domains: Domains): number {
  let all = 1;
  const digits = Object.entries(domains).map(([name, domain]) => {
    const stated: readonly Stated[] = [UNREADABLE, ...domain];
    const weight = all;
    all *= stated.length;
    return { name, stated, weight, values: domain.map((_, at) => (at + 1) * weight) };
  });
  const completions = Array.from({ length: all }, () => only(''));
  // Downwards: with a value in place of what is unreadable the number is greater, and has been answered.
  for (let assignment = all - 1; assignment >= 0; assignment -= 1) {
    const valueOf = ({ stated, weight }: (typeof digits)[number]): Stated =>
      stated[Math.floor(assignment / weight) % stated.length] ?? null;
    const facts = Object.fromEntries(digits.map((digit) => [digit.name, valueOf(digit)] as const));
    const answer = word(derived(fact, facts));
    const open = digits.find((digit) => valueOf(digit) === UNREADABLE);
    const possible =
      open === undefined
        ? only(answer)
        : union(open.values.map((value) => completions[assignment + value] ?? only('')));
    const [known, ...others] = possible;
    if (answer !== (others.length === 0 ? known : '?'))
      assert.fail(
        `${fact}: ${JSON.stringify(facts, (_, value: unknown) => (value === UNREADABLE ? 'unreadable' : value))} gives ${answer}, its completions ${[...possible].join(' or ')}`,
      );
    completions[assignment] = possible;
  }
  return all;
}

for (const [name, trigger, domains] of SPACES)
  for (const fact of factsOf(trigger))
    void test(`${fact} over ${name}: known exactly when every completion agrees`, (t) => {
      t.diagnostic(`${checkSpace(fact, domains)} combinations`);
    });

const odd: fc.Arbitrary<Stated> = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.constant({}),
  fc.constant([]),
  fc.dictionary(fc.string(), fc.string()),
  fc.constant<Stated>(UNREADABLE),
);
const anyFacts = fc.record(
  Object.fromEntries(
    Object.keys(STOCK).map((name) => [
      name,
      fc.oneof({ weight: 3, arbitrary: fc.constant(STOCK[name] ?? null) }, { weight: 1, arbitrary: odd }),
    ]),
  ),
);

void test('whatever a host says: a fact less never gives another answer, and nothing throws', () => {
  fc.assert(
    fc.property(anyFacts, fc.subarray(Object.keys(STOCK)), (facts, hidden) => {
      const less: Facts = { ...facts, ...Object.fromEntries(hidden.map((name) => [name, UNREADABLE] as const)) };
      for (const { id } of OUTCOME_FACTS) {
        const answer = word(derived(id, less));
        if (answer !== '?') assert.equal(answer, word(derived(id, facts)), id);
      }
    }),
    { numRuns: 300 },
  );
});

void test('a derived fact reads only what it names as its inputs, all of which a probe can read', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      for (const fact of OUTCOME_FACTS) {
        assert.ok(
          fact.inputs.every((id) => Object.hasOwn(STOCK, id)),
          fact.id,
        );
        fact.derive((id) => {
          assert.ok(fact.inputs.includes(id), `${fact.id} reads ${id}`);
          return { state: 'unreadable', cause: 'denied', detail: Object.hasOwn(facts, id) ? 'denied' : 'no such fact' };
        });
      }
    }),
    { numRuns: 20 },
  );
});
