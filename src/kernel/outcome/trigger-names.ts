export const TRIGGERS = ['hung_task', 'oops', 'soft_lockup', 'hard_lockup', 'oom', 'rcu_stall', 'warn'] as const;
/** What happens to the machine; the first part of the derived facts' names. */
export type Trigger = (typeof TRIGGERS)[number];
