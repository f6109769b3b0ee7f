import { splitInto } from '../../plan/split-hosts.js';
import { digestOfFleet, toExpected } from '../../run/collected/collected-frame.js';
import type { CollectPlan } from '../../run/scan-plan.js';
import { usage } from '../terminal/exit.js';

/** The part of a collection that one of several processes asks. The others are named in its file, so that a hole has names. */
export function takeShard(plan: CollectPlan, shard: number, shards: number): CollectPlan {
  if (plan.pacing.serial.length > 0)
    usage('--serial counts hosts of the whole fleet, and --shard asks a part of it: leave one of them out');
  const parts = splitInto(plan.hosts, { limited: new Set(plan.pacing.groupForks.keys()) }, shards);
  const expected = plan.hosts.map(toExpected);
  const places = parts[shard - 1] ?? [];
  const hosts = places.flatMap((place) => plan.hosts[place] ?? []);
  return {
    ...plan,
    hosts,
    asked: [...hosts.entries()],
    carried: [],
    shard: {
      plan: digestOfFleet(expected, shards),
      shard,
      shards,
      fleet: plan.hosts.length,
      places,
      others: parts.flatMap((part, index) =>
        index === shard - 1
          ? []
          : part.flatMap((place) => {
              const host = expected[place];
              return host === undefined ? [] : [{ shard: index + 1, host }];
            }),
      ),
    },
  };
}
