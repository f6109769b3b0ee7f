import type { NotifyOptions } from '../options/notify.js';
import type { Memory, Notifier } from './notifier.js';

/**
 * Who tells people of a report, where somebody is to be told. Of messages a run without them loads nothing.
 *
 * @returns undefined where nobody is to be told anything
 * @throws as `createNotifier`
 */
export async function openNotifier({ notify }: NotifyOptions, memory: Memory): Promise<Notifier | undefined> {
  return notify === undefined ? undefined : (await import('./notifier.js')).createNotifier(notify, memory);
}
