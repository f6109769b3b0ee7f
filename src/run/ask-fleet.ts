import { defined } from '../language/defined.js';
import { createPackageLookups } from '../kernel/fixes/package-lookups.js';
import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import { startRunEnd } from './run-end.js';
import type { AskPlan, CollectPlan, Placed } from './scan-plan.js';
import { toBatches } from './schedule/batches.js';
import { startAutoWidth } from './schedule/auto-width.js';
import type { Limits } from './schedule/group-limits.js';
import { pauseFor } from './schedule/pause-for.js';
import { forEachBounded, type HeldPlace } from './schedule/pool.js';
import { myTurn } from './schedule/turns.js';
import { fixedWidth } from './schedule/width.js';
import { type ReachContext, scanHost } from './scan-host.js';
import type { AskThreads, HostFromThread } from './threads/ask-threads.js';
import type { AskWorld } from './world.js';

/** Before the id of a jump host, where it stands among names of groups. */
const BEHIND = '\0';

/** What a look at one host is given: how to reach it, within the deadlines of the run. */
export type AskContext = ReachContext & AskPlan['terms'];

/** What comes beside the asking of hosts. */
export interface AskSteps {
  /** Comes first, when the clock of the deadline runs and nobody has been asked. */
  readonly before?: (signal: AbortSignal) => Promise<void>;
  /** Told when every host has been begun: nobody is left who would use what is idle from now on. */
  readonly allBegun?: () => void;
}

/**
 * Goes through the hosts that a plan asks: batch after batch, so many at a time, until all have answered or failed, or,
 * after the run was ended early, when what was under way has.
 *
 * @param look reaches one host; gives whether it was reached, and must not reject
 * @returns the signal that ended the run early, if it is aborted: hosts that were not asked are missing because of it
 */
export async function forEachAsked(
  plan: AskPlan,
  world: AskWorld,
  look: (host: Host, index: number, context: AskContext) => Promise<boolean>,
  { before, allBegun }: AskSteps = {},
): Promise<AbortSignal> {
  const { forks, groupForks, serial, deadlineMs } = plan.pacing;
  const { signal, stop } = startRunEnd(world.signal, deadlineMs, (ms) =>
    world.warn?.(`the deadline of ${ms / 1000} s passed: writing what is known`),
  );
  const { byName: transports, forks: carried, jumpHosts } = world.transports;
  const common = { ...plan.terms, transports, random: world.random ?? Math.random, signal };
  const limits: Limits<Placed> = {
    mostOf: (name) => (name.startsWith(BEHIND) ? jumpHosts.mostBehind(name.slice(1)) : groupForks.get(name)),
    namesOf: ([, host]) => {
      const jumpHost = jumpHosts.of(host);
      const groups = groupForks.size === 0 ? [] : host.groups;
      return jumpHost === undefined ? groups : [...groups, BEHIND + jumpHost];
    },
  };
  const auto = forks === 'auto' ? startAutoWidth(carried, world.load) : undefined;
  const width = auto ?? fixedWidth(forks === 'auto' ? carried : Math.min(forks, carried));
  try {
    await before?.(signal);
    let begun = 0;
    for (const batch of toBatches(plan.asked, serial)) {
      const ask = async ([index, host]: Placed, _: number, place: HeldPlace): Promise<void> => {
        await myTurn();
        if (signal.aborted) return;
        world.progress?.begin?.(host.name);
        begun += 1;
        if (begun === plan.asked.length) allBegun?.();
        const rest = (waitMs: number): Promise<void> => place.rest(() => pauseFor(waitMs, signal));
        const isReached = await look(host, index, { ...common, rest });
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

/** Who is told what came of hosts. */
export interface Taker {
  readonly take: (host: Host, index: number, outcome: HostOutcome) => void;
  /** Of a host that was asked in another thread: what is made of the outcome was made there. */
  readonly takeAsked: (index: number, asked: HostFromThread) => void;
}

/**
 * Hands over what is known of each host: of those that are carried first, then of those that are asked, each as it
 * ends. Nothing is handed over of a host that was not asked.
 *
 * @param allBegun as of `AskSteps`
 * @param threads that hosts are asked in; undefined: in this one. Whose turn it is is decided here either way.
 * @returns as `forEachAsked`
 */
export function askFleet(
  plan: CollectPlan,
  world: AskWorld,
  { take, takeAsked }: Taker,
  threads: AskThreads | undefined,
  allBegun: () => void = () => undefined,
): Promise<AbortSignal> {
  const packages = createPackageLookups(plan.fixes, plan.factsRead);
  const askHere = async (host: Host, index: number, context: AskContext): Promise<boolean> => {
    const outcome = await scanHost(host, {
      ...context,
      packages,
      today: plan.today,
      declared: plan.declared,
    });
    await myTurn();
    take(host, index, outcome);
    return outcome.reached;
  };
  const askElsewhere = async (
    host: Host,
    index: number,
    context: AskContext,
    { ask }: AskThreads,
  ): Promise<boolean> => {
    const begin = performance.now();
    const asked = await ask(host, index, context.rest);
    if (asked === undefined) return context.signal.aborted ? false : askHere(host, index, context);
    if (asked.kind === 'asked') {
      const jumpHost = asked.room === undefined ? undefined : jumpHosts.of(host);
      if (jumpHost !== undefined && asked.room !== undefined) rooms.set(jumpHost, asked.room);
      // All that came from a thread in the meantime is here at once.
      await myTurn();
      takeAsked(index, asked);
      return asked.isReached;
    }
    // Those that nobody could ask again are told all at once.
    await myTurn();
    take(host, index, {
      host: host.name,
      reached: false,
      failure: {
        code: 'thread-lost',
        detail: asked.detail,
      },
      tookMs: Math.round(performance.now() - begin),
    });
    return false;
  };
  // A jump host that is passed in another thread shows there what it takes.
  const rooms = new Map<string, number>();
  const { jumpHosts } = world.transports;
  const transports =
    threads === undefined
      ? world.transports
      : {
          ...world.transports,
          jumpHosts: { ...jumpHosts, mostBehind: (id: string) => rooms.get(id) ?? jumpHosts.mostBehind(id) },
        };
  return forEachAsked(
    plan,
    { ...world, transports, ...defined({ load: threads?.load }) },
    (host, index, context) =>
      threads === undefined ? askHere(host, index, context) : askElsewhere(host, index, context, threads),
    {
      before: async (signal) => {
        threads?.follow(signal);
        for (const [index, outcome] of plan.carried) {
          const host = plan.hosts[index];
          await myTurn();
          // Whoever stops the run stops the asking: what was said before stays in what is written.
          if (host !== undefined) take(host, index, outcome);
        }
      },
      allBegun,
    },
  );
}
