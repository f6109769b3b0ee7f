import { ask, type Decision } from './decision.js';
import { PANIC } from './panic.js';
import { byNumber, decided, open, type Question } from './question.js';

/**
 * The whole machine out of memory, as opposed to one cgroup, cpuset or memory policy (mm/oom_kill.c, Debian linux
 * 6.1.192-2).
 */

const PANIC_ON_OOM: Question<'off' | 'system-wide' | 'always'> = {
  fact: 'sysctl.vm.panic_on_oom',
  inputs: ['sysctl.vm.panic_on_oom'],
  answers: ['off', 'system-wide', 'always'],
  ask: (read) =>
    byNumber<'off' | 'system-wide' | 'always'>(
      'sysctl.vm.panic_on_oom',
      read('sysctl.vm.panic_on_oom'),
      ['off', 'system-wide', 'always'],
      (value) =>
        value < 0
          ? open(['off', 'system-wide'], 'sysctl.vm.panic_on_oom', 'below zero, which no kernel takes')
          : decided(value === 0 ? 'off' : value === 2 ? 'always' : 'system-wide'),
      () =>
        open(['off', 'system-wide', 'always'], 'sysctl.vm.panic_on_oom', 'every kernel has it, and it is not there'),
    ),
  says: {
    off: () => 'out of memory the kernel kills a process and goes on',
    'system-wide': () =>
      'out of memory as a whole the kernel panics; when only a cgroup, a cpuset or a memory policy is out of memory it kills a process',
    always: () => 'out of memory the kernel panics, even when only a cgroup, a cpuset or a memory policy is out of it',
  },
  setBy: '/etc/sysctl.conf and sysctl.d; kubelet sets 0 at run time',
  breaks: { 'system-wide': ['sysctl vm.panic_on_oom=0'], always: ['sysctl vm.panic_on_oom=0'] },
};

export const OOM: Decision = ask(PANIC_ON_OOM, { off: { outcome: 'survives' }, 'system-wide': PANIC, always: PANIC });

export const OOM_SOURCES: readonly string[] = [
  'check_panic_on_oom() in mm/oom_kill.c, Debian linux 6.1.192-2',
  'https://docs.kernel.org/admin-guide/sysctl/vm.html#panic-on-oom',
];
