import { OUTCOME_FACTS } from '../../../src/kernel/outcome/index.js';
import { absent, known, unreadable, type FactId, type Reading, type Value } from '../../../src/model/reading.js';

/** A fact as a test states it: a value, no such knob, or not to be had. */
export const UNREADABLE = Symbol('unreadable');
/** What virtualization.type is on a physical machine: its files were read, and none says what this is. */
export const UNDETERMINED = Symbol('undetermined');
export type Stated = Value | null | typeof UNREADABLE | typeof UNDETERMINED;
export type Facts = Readonly<Record<FactId, Stated>>;

export function reading(stated: Stated): Reading {
  if (stated === null) return absent('no such file in a folder that can be searched');
  if (stated === UNDETERMINED) return unreadable('undetermined', 'no file tells');
  return stated === UNREADABLE ? unreadable('denied', 'Permission denied') : known(stated, JSON.stringify(stated));
}

/** A machine on which nothing is set: Debian 12 as it comes, on bare metal, without kdump. */
export const STOCK: Facts = {
  'uname.release': '6.1.0-51-amd64',
  'uname.machine': 'x86_64',
  'virtualization.type': UNDETERMINED,
  cmdline: {},
  'sysctl.kernel.hung_task_timeout_secs': 120,
  'sysctl.kernel.hung_task_check_interval_secs': 0,
  'sysctl.kernel.hung_task_check_count': 4194304,
  'sysctl.kernel.hung_task_panic': 0,
  'sysctl.kernel.hung_task_warnings': 10,
  'sysctl.kernel.tainted': 0,
  'sysctl.kernel.panic': 0,
  'sysctl.kernel.panic_on_oops': 0,
  'sysctl.kernel.oops_limit': 10000,
  'kernel.oops_count': 0,
  'sysctl.kernel.panic_on_warn': 0,
  'sysctl.kernel.warn_limit': 0,
  'kernel.warn_count': 0,
  'sysctl.kernel.watchdog': 1,
  'sysctl.kernel.soft_watchdog': 1,
  'sysctl.kernel.nmi_watchdog': 1,
  'sysctl.kernel.watchdog_thresh': 10,
  'sysctl.kernel.softlockup_panic': 0,
  'sysctl.kernel.hardlockup_panic': 0,
  'sysctl.kernel.panic_on_rcu_stall': 0,
  'sysctl.debug.panic_on_rcu_stall': null,
  'sysctl.kernel.max_rcu_stall_to_panic': 0,
  'module.rcupdate.rcu_cpu_stall_suppress': false,
  'module.kernel.crash_kexec_post_notifiers': false,
  'sysctl.vm.panic_on_oom': 0,
  'kexec.crash_loaded': false,
  'watchdog.devices': null,
  'watchdog.misc': null,
  'fadump.registered': null,
  's390.on_panic': null,
  'xen.first_domain': false,
};

const DERIVE = new Map(OUTCOME_FACTS.map((fact) => [fact.id, fact.derive]));

/** The derived fact on a machine that is `STOCK` except for what is stated. */
export function derived(id: FactId, facts: Facts): Reading {
  const derive = DERIVE.get(id);
  if (derive === undefined) throw new Error(`no derived fact ${id}`);
  return derive((fact) => {
    const stated = Object.hasOwn(facts, fact) ? facts[fact] : STOCK[fact];
    return stated === undefined ? unreadable('not-collected', `the test does not state ${fact}`) : reading(stated);
  });
}

/** A reading as one word: its value, `absent`, or `?`. */
export function word(given: Reading): string {
  if (given.state === 'known') return typeof given.value === 'object' ? given.raw : String(given.value);
  return given.state === 'absent' ? 'absent' : '?';
}
