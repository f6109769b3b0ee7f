import { createPackageLookups } from '../kernel/fixes/package-lookups.js';
import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import { startRunEnd } from './run-end.js';
import type { AskPlan, CollectPlan, Placed } from './scan-plan.js';
import { toBatches } from './schedule/batches.js';
import { startAutoWidth } from './schedule/auto-width.js';
import type { Limits } from './schedule/group-limits.js';
import { forEachBounded } from './schedule/pool.js';
import { fixedWidth } from './schedule/width.js';
import { type ReachContext, scanHost } from './scan-host.js';
import type { AskWorld } from './world.js';

/** Before the id of a jump host, where it stands among names of groups. */
const BEHIND = '\0';

/** What a look at one host is given: how to reach it, within the deadlines of the run. */
export type AskContext = ReachContext & AskPlan['terms'];

/**
 * Goes through the hosts that a plan asks: batch after batch, so many at a time, until all have answered or failed, or,
 * after the run was ended early, when what was under way has.
 *
 * @param look reaches one host; gives whether it was reached, and must not reject
 * @param before is called once, when the clock of the deadline runs and nobody has been asked
 * @returns the signal that ended the run early, if it is aborted: hosts that were not asked are missing because of it
 */
export async function forEachAsked(
  plan: AskPlan,
  world: AskWorld,
  look: (host: Host, index: number, context: AskContext) => Promise<boolean>,
  before: () => void = () => undefined,
): Promise<AbortSignal> {
  const { forks, groupForks, serial, deadlineMs } = plan.pacing;
  const { signal, stop } = startRunEnd(world.signal, deadlineMs, (ms) =>
    world.warn?.(`the deadline of ${ms / 1000} s passed: writing what is known`),
  );
  const { byName: transports, forks: carried, jumpHosts } = world.transports;
  const context: AskContext = { ...plan.terms, transports, random: world.random ?? Math.random, signal };
  const limits: Limits<Placed> = {
    mostOf: (name) => (name.startsWith(BEHIND) ? jumpHosts.mostBehind(name.slice(1)) : groupForks.get(name)),
    namesOf: ([, host]) => {
      const jumpHost = jumpHosts.of(host);
      const groups = groupForks.size === 0 ? [] : host.groups;
      return jumpHost === undefined ? groups : [...groups, BEHIND + jumpHost];
    },
  };
  const auto = forks === 'auto' ? startAutoWidth(carried) : undefined;
  const width = auto ?? fixedWidth(forks === 'auto' ? carried : Math.min(forks, carried));
  try {
    before();
    for (const batch of toBatches(plan.asked, serial)) {
      const ask = async ([index, host]: Placed): Promise<void> => {
        world.progress?.begin?.(host.name);
        const isReached = await look(host, index, context);
        world.progress?.advance(isReached, host.name);
        auto?.ended();
      };
      await forEachBounded(batch, width, ask, signal, limits);
      if (signal.aborted) break;
    }
    return signal;
  } finally {
    stop();
    auto?.stop();
    world.progress?.stop();
  }
}

/**
 * Hands over what is known of each host: of those that are carried first, then of those that are asked, each as it
 * ends. Nothing is handed over of a host that was not asked.
 *
 * @returns as `forEachAsked`
 */
export function askFleet(
  plan: CollectPlan,
  world: AskWorld,
  onOutcome: (host: Host, index: number, outcome: HostOutcome) => void,
): Promise<AbortSignal> {
  const packages = createPackageLookups(plan.fixes, plan.factsRead);
  return forEachAsked(
    plan,
    world,
    async (host, index, context) => {
      const outcome = await scanHost(host, {
        ...context,
        packages,
        today: plan.today,
        declared: plan.declared,
      });
      onOutcome(host, index, outcome);
      return outcome.reached;
    },
    () => {
      for (const [index, outcome] of plan.carried) {
        const host = plan.hosts[index];
        if (host !== undefined) onOutcome(host, index, outcome);
      }
    },
  );
}
