import type { Result } from '../../../src/model/verdict.js';
import type { HostPlan, RunPlan } from './reports.js';

/**
 * Four weeks of nights in a few letters, one a night: p pass, f fail, w a fail under a waiver, n does not apply, u unknown,
 * X the host did not answer, . it was not in the inventory.
 */
const NIGHTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'db1.example.com': {
    'hung-task-auto-reboot': 'ffffffffffffXXffffffffffffff',
    'kdump-not-armed': 'ppppppppppppXXppppppffffffff',
    'thp-always': 'ffffffwwwwwwXXwwwwwwffffffpp',
  },
  'db2.example.com': {
    'hung-task-auto-reboot': 'ffffffffpppppppppppppppppppp',
    'kdump-not-armed': 'ffuuuffffffffppppppppppppppp',
    'thp-always': 'ffffffffffffffffffffffffffff',
  },
  'web01.example.com': {
    'hung-task-auto-reboot': 'pppppppppppppppppppppppppppp',
    'kdump-not-armed': 'nnnnnnnnnnnnnnnnnnnnnnnnnnnn',
    'thp-always': 'ppffppppffpppffppffpppffppff',
  },
  'web02.example.com': {
    'hung-task-auto-reboot': 'ppppppppppppppppppppffffXXXX',
    'kdump-not-armed': 'ppppppppppppppppppppppppXXXX',
    'thp-always': 'ppppppppppppppppppppppppXXXX',
  },
  'old.example.com': {
    'hung-task-auto-reboot': 'fffffff.....................',
    'kdump-not-armed': 'ppppppp.....................',
    'thp-always': 'ppppppp.....................',
  },
};

const SEVERITY = { 'hung-task-auto-reboot': 'critical', 'kdump-not-armed': 'high', 'thp-always': 'low' } as const;
type Rule = keyof typeof SEVERITY;
const RULES: readonly Rule[] = ['hung-task-auto-reboot', 'kdump-not-armed', 'thp-always'];

const RESULT: Readonly<Record<string, Result>> = { p: 'pass', f: 'fail', w: 'fail', n: 'notapplicable', u: 'unknown' };

function judged(nights: Readonly<Record<string, string>>, night: number): HostPlan['judged'] {
  const letters = RULES.map((rule) => [rule, nights[rule]?.[night] ?? '.'] as const);
  if (letters.some(([, letter]) => letter === 'X')) return 'unreachable';
  return Object.fromEntries(
    letters.map(([rule, letter]) => [
      rule,
      {
        result: RESULT[letter] ?? 'pass',
        severity: SEVERITY[rule],
        because: `${rule}: what night ${night} saw`,
        ...(letter === 'w' ? { waiver: 'KW-12' } : {}),
      },
    ]),
  );
}

function hostsOf(night: number): readonly HostPlan[] {
  return Object.entries(NIGHTS).flatMap(([host, nights]) =>
    nights['thp-always']?.[night] === '.'
      ? []
      : [
          {
            host,
            groups: [host.startsWith('db') ? 'db' : 'web'],
            owner: host.startsWith('db') ? 'team-b' : 'team-a',
            judged: judged(nights, night),
          },
        ],
  );
}

/** From Monday 2026-10-26 on; and a look at the databases alone on the last evening. */
export const FOUR_WEEKS: readonly RunPlan[] = [
  ...Array.from({ length: 28 }, (_, night) => ({
    runId: `night${String(night).padStart(2, '0')}`,
    startedAt: new Date(Date.UTC(2026, 9, 26 + night, 2, 15)).toISOString().replace('.000Z', 'Z'),
    rules: RULES,
    hosts: hostsOf(night),
  })),
  {
    runId: 'evening',
    startedAt: '2026-11-22T20:00:00Z',
    limit: 'db',
    rules: RULES,
    hosts: hostsOf(27).filter(({ groups }) => groups?.includes('db') === true),
  },
];
