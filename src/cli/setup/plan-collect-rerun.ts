import type { FactDefinition } from '../../facts/definition.js';
import { defined } from '../../language/defined.js';
import type { FactDescription } from '../../model/fact.js';
import type { Host } from '../../model/host.js';
import { askAll } from '../../run/plan-scan.js';
import { mergeCollected } from '../../run/collected/merge-collected.js';
import type { CollectedSection } from '../../run/collected/read-collected.js';
import type { CollectPlan, Placed, RunHosts, ShardOfRun } from '../../run/scan-plan.js';
import type { Targets } from './load-targets.js';
import { rerunFile, type RerunOptions } from '../options/rerun.js';
import { reportRerun } from './plan-rerun.js';
import { outcomesOf, readCollectedFiles } from '../input/collected-files.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** Other shards are in other files, and are asked again there. */
function withoutOthers<Place>(section: CollectedSection<Place>): CollectedSection<Place> {
  if (section.header === undefined) return section;
  const { others: _, ...header } = section.header;
  return { ...section, header };
}

/** What is asked again of a shard stays that shard. */
function sameShard(sections: readonly CollectedSection<unknown>[]): ShardOfRun | undefined {
  const header = sections.length === 1 ? sections[0]?.header : undefined;
  if (header === undefined) return undefined;
  const { plan, runId, shard, shards, fleet, hosts, others } = header;
  return { plan, runId, shard, shards, fleet, places: hosts.map(({ place }) => place), ...defined({ others }) };
}

/** Decides whom a collection asks: as for a scan, out of what `collect` saved. Nothing of it was judged, so only `unreachable` means anything. */
export function planCollectedHosts(
  options: RerunOptions,
  { inventory, hosts }: Targets,
  { facts, declared }: { readonly facts: readonly FactDescription[]; readonly declared: readonly FactDefinition[] },
): RunHosts & Pick<CollectPlan, 'shard'> {
  const file = rerunFile(options);
  if (file === undefined) return askAll(hosts);
  const judged = options.rerun?.find((choice) => choice !== 'unreachable');
  if (judged !== undefined)
    usage(`collect judges nothing, so it knows of no host that is ${judged}: only --rerun unreachable`);
  const read = readCollectedFiles([file], facts, { declared });
  const merged = mergeCollected(read.sections.map(withoutOthers));
  stopOnErrors([...read.diagnostics, ...merged.diagnostics]);
  if (merged.value === undefined) throw new Stop(EXIT.usage);
  const { hosts: saved } = merged.value;

  const now = new Map(inventory.hosts.map((host) => [host.name, host]));
  const selected = new Set(hosts.map(({ name }) => name));
  const all: Host[] = [];
  const asked: Placed[] = [];
  const reached = new Set(
    read.sections.flatMap(({ hosts: those }) => those.flatMap((each) => (each.reached ? [each.host.name] : []))),
  );
  const isAgain = new Set<number>();
  for (const [index, old] of saved.entries()) {
    const host = now.get(old.name);
    const isAsked = host !== undefined && selected.has(old.name) && !reached.has(old.name);
    all.push(isAsked ? host : old);
    if (!isAsked) continue;
    asked.push([index, host]);
    isAgain.add(index);
  }
  const outcomes = outcomesOf(merged.value, declared);
  const carried: RunHosts['carried'] = {
    *[Symbol.iterator]() {
      for (const each of outcomes) if (!isAgain.has(each[0])) yield each;
    },
  };
  const gone = saved.flatMap(({ name }) => (now.has(name) ? [] : [name]));
  reportRerun(file, asked.length, gone, inventory.hosts.length - (saved.length - gone.length));
  return { hosts: all, asked, carried, ...defined({ shard: sameShard(read.sections) }) };
}
