import { known, unreadable, type FactId, type Reading, type ReadFact } from '../../model/reading.js';
import { baseAtLeast, kernelBase } from '../kernel-base.js';
import { byReading, decided, open, type Answer, type Question } from './question.js';
import { toMap } from './values.js';

/** Whether the bit is set. `mask` is a power of two; masks may exceed 32 bits. */
export function hasBit(value: number, mask: number): boolean {
  return Math.floor(value / mask) % 2 === 1;
}

/**
 * A taint flag: its bit in kernel.tainted and its letter in an oops (Documentation/admin-guide/tainted-kernels.rst).
 */
export const TAINT = {
  die: { mask: 128, letter: 'D' },
  warn: { mask: 512, letter: 'W' },
  softLockup: { mask: 16384, letter: 'L' },
} as const;

/** panic_on_taint is seen in RHEL 7.9 and from 5.15 on, and not in the 4.x and 5.5 trees that were read. */
function honoured(read: ReadFact): Answer<'panics' | 'no'> {
  return byReading<'panics' | 'no'>(
    'uname.release',
    read('uname.release'),
    ['panics', 'no'],
    (release) => {
      const base = typeof release === 'string' ? kernelBase(release) : undefined;
      const seen = base !== undefined && (baseAtLeast(base, 5, 15) || (base.el7 ?? 0) >= 1160);
      return seen
        ? decided('panics')
        : open(
            ['panics', 'no'],
            'uname.release',
            'panic_on_taint is given, and it is not known whether this kernel has it',
          );
    },
    () => open(['panics', 'no'], 'uname.release', 'panic_on_taint is given, and the kernel does not say its release'),
  );
}

/** Whether the boot parameter panic_on_taint makes this taint flag a panic. There is no sysctl that shows it. */
export function panicOnTaint(taint: { readonly mask: number; readonly letter: string }): Question<'panics' | 'no'> {
  return {
    fact: 'cmdline',
    inputs: ['cmdline', 'uname.release'],
    answers: ['panics', 'no'],
    ask: (read) =>
      byReading<'panics' | 'no'>(
        'cmdline',
        read('cmdline'),
        ['panics', 'no'],
        (cmdline) => {
          const parameters = toMap(cmdline);
          if (parameters === undefined) return open(['panics', 'no'], 'cmdline', 'not a map', 'malformed');
          const given = parameters.get('panic_on_taint');
          if (given === undefined) return decided('no');
          const digits = /^(?:0x)?(?<mask>[0-9a-f]{1,13})(?:,.*)?$/i.exec(given)?.groups?.['mask'];
          if (digits === undefined)
            return open(
              ['panics', 'no'],
              'cmdline',
              'panic_on_taint is given and cannot be read as a hexadecimal mask',
            );
          return hasBit(Number.parseInt(digits, 16), taint.mask) ? honoured(read) : decided('no');
        },
        () => open(['panics', 'no'], 'cmdline', 'every kernel has a command line, and it is not there'),
      ),
    says: {
      panics: () =>
        `the boot parameter panic_on_taint holds the taint flag ${taint.letter}, which this sets: the kernel panics`,
    },
    setBy: 'boot parameter panic_on_taint=; it has no sysctl',
    breaks: { panics: [`take the bit ${taint.mask} out of panic_on_taint= and reboot`] },
  };
}

/** From 3.17 on (commit 69361eef9056), and in the one RHEL 7 tree that was read of those that have it; no RHEL 6 has it. */
function setsSoftLockup(release: string): boolean {
  const base = kernelBase(release);
  return base !== undefined && (baseAtLeast(base, 3, 17) || (base.el7 ?? 0) >= 1062);
}

export const SOFT_LOCKUP_TAINT_INPUTS: readonly FactId[] = ['sysctl.kernel.tainted', 'uname.release'];
export const SOFT_LOCKUP_TAINT_SOURCES: readonly string[] = [
  'https://git.kernel.org/torvalds/c/69361eef9056 (panic: add TAINT_SOFTLOCKUP)',
  'watchdog_timer_fn() in kernel/watchdog.c, RHEL 3.10.0-1062',
  'https://docs.kernel.org/admin-guide/tainted-kernels.html',
];

/** A flag that is not set says nothing of a kernel that never sets it. */
export function deriveSoftLockupReported(read: ReadFact): Reading {
  const tainted = read('sysctl.kernel.tainted');
  if (tainted.state === 'unreadable') return tainted;
  if (tainted.state === 'absent' || typeof tainted.value !== 'number')
    return unreadable('undetermined', 'every kernel has kernel.tainted, and it is not there');
  if (hasBit(tainted.value, TAINT.softLockup.mask)) return known(true, tainted.raw);
  const release = read('uname.release');
  if (release.state === 'unreadable') return release;
  return release.state === 'known' && typeof release.value === 'string' && setsSoftLockup(release.value)
    ? known(false, tainted.raw)
    : unreadable(
        'undetermined',
        'a soft lockup sets taint L from 3.17 on and in RHEL 7.7; of this kernel it is not known, and the flag is not set',
      );
}
