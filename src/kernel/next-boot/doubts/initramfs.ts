import type { Reading } from '../../../model/reading.js';
import { valueText } from '../../outcome/values.js';
import type { Prediction } from '../prediction/prediction.js';

/**
 * What is left of a prediction by modprobe.d: a module that is loaded before the root is mounted gets the options of the copy in the
 * initramfs, which may be older. What is so now, by whichever of the two, stays.
 *
 * @see mkinitramfs(8), which copies /etc/modprobe.d and /lib/modprobe.d, Debian initramfs-tools-core 0.142+deb12u3
 */
export function throughInitramfs(prediction: Prediction, now: Reading): Prediction {
  const { steps, winner } = prediction;
  if (winner?.tool !== 'modprobe.d') return prediction;
  if (now.state === 'known' && valueText(now.value) === winner.value) return prediction;
  return {
    steps,
    winner: undefined,
    doubt: `the initramfs may hold an older copy of modprobe.d: modprobe.d: ${winner.place}`,
    doubtBy: winner.tool,
    isByFile: false,
  };
}
