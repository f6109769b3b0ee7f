import type { FactDescription } from '../../model/fact.js';
import { known, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed, MAX_TEXT } from '../parse.js';
import { KERNEL_PARAMETERS } from '../sysctl.js';

/** Boot parameters that set no fact of ours by name, and that still decide what a machine does. */
const MORE_PARAMETERS = [
  'cgroup_disable',
  'crashkernel',
  'default_hugepagesz',
  'efi_pstore.pstore_disable',
  'hugepages',
  'hugepagesz',
  'isolcpus',
  'nohz_full',
  'nosmt',
  'nosoftlockup',
  'oops',
  'panic_on_taint',
  'rcu_nocbs',
  'rcupdate.rcu_cpu_stall_suppress_at_boot',
  'reboot',
  'softlockup_all_cpu_backtrace',
  'hardlockup_all_cpu_backtrace',
  'split_lock_detect',
  'transparent_hugepage_tmpfs',
  'watchdog_thresh',
];

/** Names that may leave the host, e.g. `panic`; a command line may hold secrets, so what is not here is never sent. */
export function allowedParameters(facts: readonly FactDescription[]): readonly string[] {
  const named = facts.flatMap(({ bootParameter }) =>
    bootParameter === undefined ? [] : [bootParameter.replace(/=.*$/, '')],
  );
  const sysctls = facts.flatMap(({ id }) => (id.startsWith('sysctl.') ? [id] : []));
  return [...new Set([...named, ...sysctls, ...MORE_PARAMETERS])].sort();
}

/**
 * The last one wins in the kernel, except where `crashkernel=512M,high crashkernel=128M,low` belong together, and where each that is given sets
 * what it names and leaves the rest: hardlockup_panic_setup() in kernel/watchdog.c, oops_setup() in kernel/panic.c, reboot_setup() in
 * kernel/reboot.c, Debian linux 6.1.176-1.
 */
export const COLLECTED: ReadonlySet<string> = new Set(['crashkernel', 'nmi_watchdog', 'oops', 'reboot']);

function parameters(text: string): Reading {
  if (text.length > MAX_TEXT) return malformed('boot parameters', text);
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^\/proc\/cmdline:([a-z0-9_.]{1,64})(?:=([\x20-\x7e]{0,1024}))?$/.exec(line);
    if (match?.[1] === undefined) return malformed('boot parameters', line);
    const [, name, value = ''] = match;
    const before = COLLECTED.has(name) ? found.get(name) : undefined;
    found.set(name, before === undefined ? value : `${before} ${value}`);
  }
  return known(Object.fromEntries(found), text);
}

function lines(...found: readonly string[]): string {
  return found.map((parameter) => `/proc/cmdline:${parameter}\n`).join('');
}

/** How the kernel was started, as far as it concerns us. */
export const CMDLINE: readonly FactDefinition[] = [
  {
    id: 'cmdline',
    title: 'Boot parameters that decide about hangs, panics and reboots',
    type: { kind: 'map' },
    since: 'every kernel that has /proc',
    sources: [
      KERNEL_PARAMETERS,
      'next_arg() in lib/cmdline.c, parameq() in kernel/params.c, proc_sysctl.c for sysctl.*',
    ],
    origin: { via: 'command', sections: ['cmdline'] },
    parse: parameters,
    samples: [
      { text: '', known: {} },
      {
        text: lines('panic=5', 'hung_task_panic=1', 'transparent_hugepage=never'),
        known: { panic: '5', hung_task_panic: '1', transparent_hugepage: 'never' },
      },
      { text: lines('panic=5', 'nowatchdog', 'panic=10'), known: { panic: '10', nowatchdog: '' } },
      { text: lines('crashkernel=512M,high', 'crashkernel=128M,low'), known: { crashkernel: '512M,high 128M,low' } },
      { text: lines('nmi_watchdog=panic', 'nmi_watchdog=0'), known: { nmi_watchdog: 'panic 0' } },
      { text: lines('panic=\u001b[0m'), otherwise: 'malformed' },
      { text: 'Welcome!\n', otherwise: 'malformed' },
    ],
    note:
      'From /proc/cmdline, filtered on the host to a list of names (a command line may hold secrets). A flag without a value is the empty string; `-` in a name reads as `_`, as in the kernel; ' +
      'of a parameter that is given twice the last value counts; all values of `crashkernel`, `nmi_watchdog`, `oops` and `reboot` are kept, with a space between them.',
  },
];
