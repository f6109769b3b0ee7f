import type { FactDefinition } from '../../facts/definition.js';
import { defined } from '../../language/defined.js';
import type { FactDescription } from '../../model/fact.js';
import type { Host } from '../../model/host.js';
import { askAll } from '../../run/plan-scan.js';
import { DEFAULTS } from '../../run/defaults.js';
import { mergeCollected } from '../../run/collected/merge-collected.js';
import type { CollectedSection } from '../../run/collected/read-collected.js';
import type { CarriedCollection, CollectPlan, Placed, RunHosts, ShardOfRun } from '../../run/scan-plan.js';
import type { Collected } from '../../model/report.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { hoursBetween } from '../../verdict/hours-between.js';
import type { Targets } from './load-targets.js';
import { rerunFile, type RerunOptions } from '../options/rerun.js';
import { expectedHosts, reportRerun } from './plan-rerun.js';
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

/**
 * A file of several shards, and not of all, cannot say as one collection what it lacks: each is asked again alone.
 *
 * @throws Stop with a sentence
 */
function refuseParts(file: string, { missing }: Collected, sections: readonly CollectedSection<unknown>[]): void {
  if (sections.length < 2 || missing.length === 0) return;
  const lacks = missing.map(({ shards, missing: those }) => {
    const which = those.slice(0, 10).join(', ');
    return `${those.length === 1 ? 'shard' : 'shards'} ${which}${those.length > 10 ? ` and ${those.length - 10} more` : ''} of ${shards}`;
  });
  usage(
    `${clean(file, 200)} holds ${count(sections.length, 'collection')} and not ${lacks.join(', ')}: merged, it would be taken for the whole fleet. Ask each shard's own file again, with --rerun and an output of its own`,
  );
}

/**
 * Several collections that are apart would pass for one that is not.
 *
 * @throws Stop with a sentence
 */
function refuseApart(file: string, { times }: Collected, sections: readonly CollectedSection<unknown>[]): void {
  if (sections.length < 2 || times === undefined) return;
  if (hoursBetween(times.oldest, times.newest) <= DEFAULTS.maxApartHours) return;
  usage(
    `${clean(file, 200)} holds ${count(sections.length, 'collection')}, from ${clean(times.oldest, 40)} to ${clean(times.newest, 40)}: merged, the older would be taken for a part of the newer. Ask each one's own file again, with --rerun and an output of its own`,
  );
}

/** The hosts of the inventory that neither the collection nor, as far as it names them, its other shards have. */
function addedSince(
  sections: readonly CollectedSection<unknown>[],
  saved: readonly Host[],
  { inventory }: Targets,
): readonly string[] {
  const headers = sections.flatMap(({ header }) => header ?? []);
  // A plan on disk names the other shards' hosts, and what this file lacks may be theirs.
  if (headers.some((header) => header.others === undefined && header.fleet > header.hosts.length)) return [];
  const known = new Set(saved.map(({ name }) => name));
  for (const { others = [] } of headers) for (const { host } of others) known.add(host.name);
  return expectedHosts(inventory, limitOf(sections)).flatMap(({ name }) => (known.has(name) ? [] : [name]));
}

/** The pattern that chose the hosts, where all were chosen by one. */
function limitOf(sections: readonly CollectedSection<unknown>[]): string | undefined {
  const limits = new Set(sections.map(({ header }) => header?.limit));
  const [limit] = limits;
  return limits.size === 1 ? limit : undefined;
}

/** What the merged collection says of the one that it was made of. */
function earlierOf({
  collected,
  isAnyCarried,
  added,
}: {
  readonly collected: Collected;
  readonly isAnyCarried: boolean;
  readonly added: readonly string[];
}): CarriedCollection {
  const all = [...new Set([...(collected.added ?? []), ...added])];
  return {
    ...(isAnyCarried ? defined({ oldest: collected.times?.oldest }) : {}),
    ...(collected.completeness === 'not-known' ? { completeness: 'not-known' } : {}),
    ...(all.length === 0 ? {} : { added: all }),
  };
}

/** Decides whom a collection asks: as for a scan, out of what `collect` saved. Nothing of it was judged, so only `unreachable` means anything. */
export function planCollectedHosts(
  options: RerunOptions,
  { inventory, hosts }: Targets,
  { facts, declared }: { readonly facts: readonly FactDescription[]; readonly declared: readonly FactDefinition[] },
): RunHosts & Pick<CollectPlan, 'shard' | 'earlier'> & Partial<Pick<CollectPlan, 'limit'>> {
  const file = rerunFile(options);
  if (file === undefined) return askAll(hosts);
  const judged = options.rerun?.find((choice) => choice !== 'unreachable');
  if (judged !== undefined)
    usage(`collect judges nothing, so it knows of no host that is ${judged}: only --rerun unreachable`);
  const read = readCollectedFiles([file], facts, { declared });
  const merged = mergeCollected(read.sections.map(withoutOthers));
  stopOnErrors([...read.diagnostics, ...merged.diagnostics]);
  if (merged.value === undefined) throw new Stop(EXIT.usage);
  const { hosts: saved, collected } = merged.value;
  refuseParts(file, collected, read.sections);
  refuseApart(file, collected, read.sections);

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
  const added = addedSince(read.sections, saved, { inventory, hosts });
  reportRerun(file, asked.length, gone, added);
  return {
    hosts: all,
    asked,
    carried,
    limit: limitOf(read.sections),
    earlier: earlierOf({ collected, isAnyCarried: reached.size > 0, added }),
    ...defined({ shard: sameShard(read.sections) }),
  };
}
