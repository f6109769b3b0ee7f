/** What `--as` takes, and what it makes. */
export const WAYS = {
  'sysctl.d': 'files for /etc/sysctl.d and /etc/tmpfiles.d',
  ansible: 'a playbook for Ansible',
  bash: 'scripts that apply, verify and revert',
  tuned: 'profiles of tuned',
} as const;
export type Way = keyof typeof WAYS;
