import type { FactId, Reading } from '../../../model/reading.js';
import { hasOneSwitch } from '../../outcome/lockup.js';
import type { BootHost } from '../boot-host.js';
import type { BootStep, Prediction } from '../prediction/prediction.js';

const HARD_DETECTOR: FactId = 'sysctl.kernel.nmi_watchdog';

/** Kernels of x86-64 that are built without one, so that nobody can write the switch: `always` of their families, which are for the pages. */
export const WITHOUT_DETECTOR: readonly {
  readonly title: string;
  readonly releases: RegExp;
  readonly osId?: string;
}[] = [
  { title: 'Amazon Linux 2023 (6.1)', releases: /^6\.1\.\d+-\d+(?:\.\d+)*\.amzn2023\.x86_64$/ },
  { title: 'Bottlerocket (6.1)', releases: /^6\.1\.\d+$/, osId: 'bottlerocket' },
];

function alwaysOf(fact: FactId, { release, machine }: BootHost, osId: string | undefined): BootStep | undefined {
  if (fact !== HARD_DETECTOR || release === undefined || machine !== 'x86_64') return undefined;
  const found = WITHOUT_DETECTOR.find((one) => one.releases.test(release) && (one.osId ?? osId) === osId);
  return found === undefined
    ? undefined
    : { tool: 'the kernel', value: '0', place: `kernels of ${found.title}`, isFixed: true };
}

/**
 * What is asked of the hard lockup detector, as the kernel takes it. Where it found none as it started it answers ENOTSUPP; older ones turn
 * the bit off again as the performance counter is refused. Either way the switch stays 0: so it is in most virtual machines.
 *
 * @param now what the setting reads: nothing else says whether there is one
 * @see proc_nmi_watchdog() in kernel/watchdog.c, Debian linux 6.1.176-1; watchdog_nmi_enable() in kernel/watchdog_hld.c of before nmi_watchdog_available
 */
export function asTaken(
  { fact }: { readonly fact: { readonly id: FactId } },
  now: Reading,
  prediction: Prediction,
  host: BootHost,
  osId: string | undefined,
): Prediction {
  const always = alwaysOf(fact.id, host, osId);
  if (always !== undefined)
    return {
      steps: [always, ...prediction.steps.map((step) => ({ ...step, isRefused: true as const }))],
      winner: always,
      isByFile: false,
    };
  const { winner } = prediction;
  const isRefused = now.state === 'known' && now.value === 0 && !hasOneSwitch(host.release ?? '');
  if (fact.id !== HARD_DETECTOR || winner?.value !== '1' || !isRefused) return prediction;
  return {
    steps: prediction.steps,
    winner: undefined,
    doubt: `it is 0 now, and a kernel that finds no hard lockup detector, as in most virtual machines, does not take 1 (${winner.tool}: ${winner.place})`,
    doubtBy: winner.tool,
    isByFile: false,
  };
}
