import type { FactDescription } from '../../model/fact.js';
import type { Host } from '../../model/host.js';
import type { HostOutcome } from '../../model/outcome.js';
import { askAll } from '../../run/plan-scan.js';
import { parseSaved } from '../../run/saved-readings.js';
import type { RunHosts, Placed } from '../../run/scan-plan.js';
import type { Targets } from './load-targets.js';
import { rerunFile, type RerunOptions } from '../options/rerun.js';
import { reportRerun } from './plan-rerun.js';
import { MAX_REPORT_BYTES, readSources } from '../input/source-file.js';
import { usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

/** Decides whom a collection asks: as for a scan, out of what `collect` saved. Nothing of it was judged, so only `unreachable` means anything. */
export function planCollectedHosts(
  options: RerunOptions,
  { inventory, hosts }: Targets,
  facts: readonly FactDescription[],
): RunHosts {
  const file = rerunFile(options);
  if (file === undefined) return askAll(hosts);
  const judged = options.rerun?.find((choice) => choice !== 'unreachable');
  if (judged !== undefined)
    usage(`collect judges nothing, so it knows of no host that is ${judged}: only --rerun unreachable`);
  const read = readSources([file], MAX_REPORT_BYTES);
  const parsed = (read.value ?? []).map((source) => parseSaved(source.text, source.file, facts));
  stopOnErrors([...read.diagnostics, ...parsed.flatMap(({ diagnostics }) => diagnostics)]);
  const saved = parsed.flatMap(({ value }) => value ?? []);

  const now = new Map(inventory.hosts.map((host) => [host.name, host]));
  const selected = new Set(hosts.map(({ name }) => name));
  const all: Host[] = [];
  const asked: Placed[] = [];
  const carried = new Map<number, HostOutcome>();
  for (const { host: old, outcome } of saved) {
    const host = now.get(old.name);
    const isAsked = host !== undefined && selected.has(old.name) && !outcome.reached;
    const index = all.push(isAsked ? host : old) - 1;
    if (isAsked) asked.push([index, host]);
    else carried.set(index, outcome);
  }
  const gone = saved.flatMap(({ host }) => (now.has(host.name) ? [] : [host.name]));
  reportRerun(file, asked.length, gone, inventory.hosts.length - (saved.length - gone.length));
  return { hosts: all, asked, carried };
}
