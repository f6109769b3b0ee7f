import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getGroupForks } from '../../inventory/group-forks.js';
import type { Host } from '../../model/host.js';
import { makePlan } from '../../plan/make-plan.js';
import type { FleetPlan } from '../../plan/plan-schema.js';
import { isEnding, ticketText } from '../../plan/ticket.js';
import { newRunId } from '../../run/header.js';
import { toTimestamp } from '../../run/moments.js';
import { checkLinks } from '../../run/output-file.js';
import { sha256 } from '../../run/sha256.js';
import { VERSION } from '../../run/shipped/version.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { errorText } from '../../transports/error-detail.js';
import { SIGNATURE_FILE, signer, TICKETS_FILE } from '../input/plan-signature.js';
import { folderMode, writeFileOrStop } from '../output/write-file.js';
import type { FleetOptionValues } from '../options/fleet.js';
import type { HostOptions } from '../options/hosts.js';
import type { PlanningOptions } from '../options/planning.js';
import type { RerunOptions } from '../options/rerun.js';
import type { RuleOptions } from '../options/rules.js';
import { loadHosts, loadRules, type Targets } from '../setup/load-targets.js';
import { warn } from '../setup/open-world.js';
import { planHosts } from '../setup/plan-rerun.js';
import { clockNow } from '../setup/trusted-clock.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

export interface PlanCommandOptions
  extends HostOptions, RerunOptions, RuleOptions, PlanningOptions, Pick<FleetOptionValues, 'groupForks'> {
  readonly outputMode?: number;
}

interface PlanFile {
  /** Below the folder of the plan. */
  readonly path: string;
  readonly text: string;
}

/** All of it or nothing: half a plan would be in the way of the next. */
async function writePlan(folder: string, files: readonly PlanFile[], mode: number | undefined): Promise<void> {
  try {
    mkdirSync(join(folder, 'shards'), { recursive: true, mode: folderMode(mode) });
  } catch (thrown) {
    throw new Stop(EXIT.internal, `the folder ${folder} could not be made: ${errorText(thrown)}`);
  }
  try {
    // plan.json is the last: who finds it finds everything.
    for (const { path, text } of files) await writeFileOrStop(join(folder, path), [text], mode);
  } catch (thrown) {
    for (const { path } of files) rmSync(join(folder, path), { force: true });
    rmSync(join(folder, 'shards'), { recursive: true, force: true });
    throw thrown;
  }
}

/** Nothing of an older plan may be taken for a part of this one. */
function checkFolder(folder: string): void {
  try {
    checkLinks(folder);
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found !== undefined && readdirSync(folder).length > 0)
      usage(`${folder} is not empty: a plan is written to a folder of its own`);
  } catch (thrown) {
    if (thrown instanceof Stop) throw thrown;
    usage(`the plan cannot be written to ${folder}: ${errorText(thrown)}`);
  }
}

function rulesOf(options: RuleOptions) {
  const { value, diagnostics } = loadRules(options);
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage);
  return value;
}

/** Those that were selected; with --rerun those of them that a saved report names. */
async function hostsOf(options: PlanCommandOptions): Promise<Targets & { readonly limit: string | undefined }> {
  const rules = rulesOf(options);
  const targets = await loadHosts(options, [...rules.profiles.keys()]);
  const { hosts, runHosts, limit } = planHosts(options, targets, rules);
  const asked: readonly Host[] = runHosts === undefined ? (hosts ?? []) : runHosts.asked.map(([, host]) => host);
  if (asked.length === 0) usage('no host was selected: there is nothing to plan');
  return { inventory: targets.inventory, hosts: asked, limit };
}

function zonesOf({ shards }: FleetPlan): string {
  const zones = new Map<string, { shards: number; hosts: number }>();
  for (const { zone, hosts } of shards) {
    const before = zones.get(zone) ?? { shards: 0, hosts: 0 };
    zones.set(zone, { shards: before.shards + 1, hosts: before.hosts + hosts });
  }
  if (zones.size < 2) return '';
  const each = [...zones].map(
    ([zone, had]) => `${clean(zone, 100)} ${count(had.hosts, 'host')} in ${count(had.shards, 'shard')}`,
  );
  return ` (${each.join(', ')})`;
}

/** Writes the plan of a fleet to a folder. */
export async function makePlanOfFleet(options: PlanCommandOptions): Promise<void> {
  const { output, notAfter, outputMode, shardHosts, zoneBy, groupForks = [] } = options;
  const toSignature = signer(options.signKey);
  checkFolder(output);
  const { inventory, hosts, limit } = await hostsOf(options);
  const forks = getGroupForks(inventory, groupForks);
  stopOnErrors(forks.diagnostics);
  const now = clockNow({ mayBeGiven: false });
  const { value: made, diagnostics } = makePlan(
    {
      runId: newRunId(now.getTime()),
      madeAt: toTimestamp(now),
      notAfter: notAfter === undefined ? undefined : toTimestamp(new Date(now.getTime() + notAfter)),
      kernward: VERSION,
      inventory: inventory.files,
      limit,
      hosts,
      groupForks: forks.value ?? inventory.groupForks,
      most: shardHosts,
      zoneLabel: zoneBy,
    },
    sha256,
  );
  stopOnErrors(diagnostics);
  if (made === undefined) throw new Stop(EXIT.usage);
  const text = made.files.at(-1)?.text ?? '';
  const { plan } = made;
  const signature = toSignature === undefined ? [] : [{ path: SIGNATURE_FILE, text: toSignature(text) }];
  const tickets =
    toSignature === undefined || !isEnding(plan)
      ? []
      : [
          {
            path: TICKETS_FILE,
            text: plan.shards.map((shard) => toSignature(ticketText(plan, sha256(text), shard))).join(''),
          },
        ];
  await writePlan(output, [...signature, ...tickets, ...made.files], outputMode);
  warn(`${output}: ${count(plan.hosts, 'host')} in ${count(plan.shards.length, 'shard')}${zonesOf(plan)}`);
}
