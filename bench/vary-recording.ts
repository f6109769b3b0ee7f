import { editRecording } from '../src/demo/edit-recording.js';

/** Debian 12's kernels of two years, as `uname -r` and `uname -v` say them; a fleet runs a few dozen. */
const KERNELS = Array.from({ length: 24 }, (_, index) => ({
  release: `6.1.0-${22 + index}-amd64`,
  packaged: `6.1.${94 + 4 * index}-1`,
  version: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.${94 + 4 * index}-1 (2025-0${1 + (index % 9)}-1${index % 10})`,
}));

/** The kernel of the host at this place of the fleet. */
export function kernelOf(index: number): {
  readonly release: string;
  readonly packaged: string;
  readonly version: string;
} {
  return pick([KERNELS[0] ?? { release: '', packaged: '', version: '' }, ...KERNELS.slice(1)], index);
}

function pick<T>(choices: readonly [T, ...T[]], index: number): T {
  return choices[index % choices.length] ?? choices[0];
}

/** Counters of a running machine: no two hosts read the same. */
function withCounters(recording: string, index: number): string {
  return recording
    .replace(
      /^(\/proc\/vmstat:\S+ )([1-9][0-9]*)$/gm,
      (_, name: string, count: string) => `${name}${Number(count) + 7919 * index}`,
    )
    .replace(
      /^(\/proc\/(?:uptime:|meminfo:(?!MemTotal|Huge)|pressure\/\w+:.* total=).*?)([0-9]+)/gm,
      (_, before: string, count: string) => `${before}${Number(count) + 131 * index}`,
    );
}

/**
 * The recorded host as another machine of the same fleet: every counter, the boot and the uptime are its own, and it has
 * one of 24 kernels and of 1,680 combinations of settings.
 */
export function varyRecording(recording: string, index: number): string {
  const { release, version } = kernelOf(index);
  const edited = editRecording(recording, {
    set: {
      '/proc/sys/kernel/osrelease': release,
      '/proc/sys/kernel/version': version,
      '/proc/version': `Linux version ${release} (debian-kernel@lists.debian.org) (gcc-12) ${version}`,
      '/proc/sys/kernel/random/boot_id': `6acde57f-e707-4272-8733-${index.toString(16).padStart(12, '0')}`,
      '/proc/sys/kernel/hung_task_panic': pick(['0', '0', '1'], index),
      '/proc/sys/kernel/panic': pick(['0', '5', '10', '0', '60'], index),
      '/proc/sys/kernel/panic_on_oops': pick(['0', '1'], index),
      '/proc/sys/vm/panic_on_oom': pick(['0', '0', '0', '0', '0', '0', '2'], index),
      '/proc/sys/vm/min_free_kbytes': String(35036 + 1024 * (index % 16)),
      '/sys/kernel/kexec_crash_loaded': pick(['0', '1', '0'], index),
      '/sys/kernel/mm/transparent_hugepage/enabled': pick(
        ['[always] madvise never', 'always [madvise] never', 'always madvise [never]'],
        index,
      ),
    },
  });
  return withCounters(edited, index);
}
