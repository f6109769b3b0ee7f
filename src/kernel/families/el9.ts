import type { Family } from './family.js';

export const EL9: Family = {
  id: 'el9',
  title: 'RHEL 9',
  releases: /^5\.14\.0-\d+(?:\.\d+)*\.el9[._]/,
  example: '5.14.0-427.18.1.el9_4.x86_64',
  has: [
    'sysctl.kernel.hardlockup_panic',
    'sysctl.kernel.hung_task_panic',
    'sysctl.kernel.max_rcu_stall_to_panic',
    'sysctl.kernel.panic',
    'sysctl.kernel.panic_on_io_nmi',
    'sysctl.kernel.panic_on_oops',
    'sysctl.kernel.panic_on_rcu_stall',
    'sysctl.kernel.panic_on_unrecovered_nmi',
    'sysctl.kernel.panic_on_warn',
    'sysctl.kernel.panic_print',
    'sysctl.kernel.softlockup_panic',
    'sysctl.kernel.unknown_nmi_panic',
    'sysctl.vm.panic_on_oom',
  ],
  lacks: ['sysctl.debug.panic_on_rcu_stall', 'sysctl.kernel.panic_on_stackoverflow', 'sysctl.kernel.panic_sys_info'],
  sources: ['listings of `sysctl -a | grep -i panic` of 5.14.0-427.18.1.el9_4 (Rocky Linux 9), which name no other'],
};
