import type { FactId, Reading, ReadFact } from '../../model/reading.js';
import type { Trigger } from './trigger-names.js';
import { toMap, toNumber, toText } from './values.js';

/** What does not change the outcome and belongs into the chain all the same, where it holds on this host. */
export interface OutcomeNote {
  readonly fact: FactId;
  readonly triggers: readonly Trigger[];
  /** `detected`: shown where the kernel may notice what happens, `panicked`: only where it may go down. */
  readonly when: 'detected' | 'panicked';
  readonly setBy: string;
  readonly says: (reading: Reading, read: ReadFact) => string | undefined;
}

const ALL: readonly Trigger[] = ['hung_task', 'oops', 'soft_lockup', 'hard_lockup', 'oom', 'rcu_stall', 'warn'];

function isFalse(reading: Reading): boolean {
  return reading.state === 'absent' || (reading.state === 'known' && reading.value === false);
}
function isTrue(reading: Reading): boolean {
  return reading.state === 'known' && reading.value === true;
}

/** Types that say where the panic ends by themselves, or that are no machine of their own. */
const NO_HYPERVISOR_NOTE: ReadonlySet<string> = new Set(['xen', 'container', 'none']);

export const NOTES: readonly OutcomeNote[] = [
  {
    fact: 'sysctl.kernel.hung_task_check_interval_secs',
    triggers: ['hung_task'],
    when: 'detected',
    setBy: '/etc/sysctl.conf and sysctl.d',
    says: (reading, read) => {
      const timeout = toNumber(read('sysctl.kernel.hung_task_timeout_secs'));
      if (timeout === undefined || timeout === 0 || reading.state === 'unreadable') return undefined;
      const interval = toNumber(reading) ?? 0;
      return interval === 0 || interval >= timeout
        ? `a scan every ${timeout} s: a task is found hung between ${timeout} and ${2 * timeout} s after it stopped`
        : `a scan every ${interval} s: a task is found hung between ${timeout} and ${timeout + 2 * interval} s after it stopped`;
    },
  },
  {
    fact: 'module.kernel.crash_kexec_post_notifiers',
    triggers: ALL,
    when: 'panicked',
    setBy: 'boot parameter crash_kexec_post_notifiers; on Hyper-V the kernel itself',
    says: (reading, read) =>
      isTrue(reading) && isTrue(read('kexec.crash_loaded'))
        ? 'panic notifiers and the log dump (pstore) run before the crash kernel starts; one of them that hangs or resets the machine costs the dump'
        : undefined,
  },
  {
    fact: 'kdump.final_action',
    triggers: ALL,
    when: 'panicked',
    setBy: '/etc/kdump.conf, as it was when the kdump service built its initramfs',
    says: (reading, read) => {
      const action = toText(reading);
      return action === undefined || action === 'reboot' || !isTrue(read('kexec.crash_loaded'))
        ? undefined
        : `kdump is set up to ${action} when the dump is saved: where the loaded crash kernel was built with that, the machine stays down until somebody comes`;
    },
  },
  {
    fact: 'watchdog.devices',
    triggers: ALL,
    when: 'panicked',
    setBy: "systemd's RuntimeWatchdogSec=, the watchdog daemon, sbd or another cluster agent, or the firmware",
    says: (reading, read) => {
      const seconds = toNumber(read('sysctl.kernel.panic')) ?? 0;
      const armed = reading.state === 'known' && [...(toMap(reading.value)?.values() ?? [])].includes('active');
      if (armed && isTrue(read('kexec.crash_loaded')))
        return 'a hardware watchdog is running too: where the crash kernel does not feed it, it may reset the machine before the dump is saved';
      return armed && seconds > 0 && isFalse(read('kexec.crash_loaded'))
        ? `a hardware watchdog is running too: where its timeout is shorter than the ${seconds} s it resets the machine first`
        : undefined;
    },
  },
  {
    fact: 'virtualization.type',
    triggers: ALL,
    when: 'panicked',
    setBy: 'the hypervisor',
    says: (reading, read) => {
      const type = toText(reading);
      return type === undefined || NO_HYPERVISOR_NOTE.has(type) || !isFalse(read('kexec.crash_loaded'))
        ? undefined
        : `this is a virtual machine (${type}): a hypervisor that is told of the panic, as through a pvpanic device, may stop, keep or restart it by a setting of its own`;
    },
  },
  {
    fact: 'sysctl.kernel.max_rcu_stall_to_panic',
    triggers: ['rcu_stall'],
    when: 'detected',
    setBy: '/etc/sysctl.conf and sysctl.d',
    says: (reading) => {
      const stalls = toNumber(reading) ?? 0;
      return stalls > 1 ? `where RCU stalls panic, it is from stall number ${stalls} since boot on` : undefined;
    },
  },
];
