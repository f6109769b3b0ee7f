import type { FactId, Reading } from '../../../model/reading.js';
import { familyOf } from '../../families/index.js';
import { machinesOf } from '../../families/family.js';
import { hasOneSwitch } from '../../outcome/lockup.js';
import { valueText } from '../../outcome/values.js';
import type { BootHost } from '../boot-host.js';
import type { BootStep, Prediction } from '../predict.js';

const HARD_DETECTOR: FactId = 'sysctl.kernel.nmi_watchdog';

/** What a kernel always says, whatever is written to it. */
function alwaysOf(fact: FactId, { release, machine }: BootHost, osId: string | undefined): BootStep | undefined {
  const family = release === undefined ? undefined : familyOf(release, osId);
  const value = family?.always?.[fact];
  return family === undefined || value === undefined || machine === undefined || !machinesOf(family).includes(machine)
    ? undefined
    : { tool: 'the kernel', value: valueText(value), place: `kernels of ${family.title}`, isFixed: true };
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
