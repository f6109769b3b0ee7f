import { join } from 'node:path';
import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { PLAN_FILE } from '../../plan/make-plan.js';
import { type FleetPlan, type Shard, type ShardSummary } from '../../plan/plan-schema.js';
import { shardFile } from '../../plan/shard-file.js';
import { parsePlan, parseShard } from '../../plan/read-plan.js';
import { sha256 } from '../../run/sha256.js';
import { readTextFile } from '../../transports/read-file.js';
import type { PlanFolderOptions } from '../options/shard.js';
import { checkSignature } from './plan-signature.js';
import { MAX_BYTES, unreadableFile } from './source-file.js';

/** A plan on disk, as far as it has been read. */
export interface PlanFolder {
  readonly folder: string;
  /** Its `plan.json`. */
  readonly file: string;
  readonly plan: FleetPlan;
  /** The SHA-256 of that file, by which whatever was collected names it. */
  readonly digest: string;
}

function readText(file: string): Loaded<string> {
  try {
    return right(readTextFile(file, MAX_BYTES));
  } catch (thrown) {
    return wrong([unreadableFile(file, thrown)]);
  }
}

/** Reads `plan.json` of a folder that `kernward plan` wrote, and checks its signature. */
export function readPlanFolder(folder: string, { planKey }: PlanFolderOptions): Loaded<PlanFolder> {
  const file = join(folder, PLAN_FILE);
  const text = readText(file);
  if (text.value === undefined) return wrong(text.diagnostics);
  const signed = checkSignature(text.value, folder, planKey);
  if (signed.diagnostics.some(({ severity }) => severity === 'error')) return wrong(signed.diagnostics);
  const { value: plan, diagnostics } = parsePlan(text.value, file);
  const all: readonly Diagnostic[] = [...signed.diagnostics, ...diagnostics];
  return plan === undefined
    ? wrong(all)
    : { value: { folder, file, plan, digest: sha256(text.value) }, diagnostics: all };
}

/** Reads the hosts of one of its shards. */
export function readShard({ folder, plan }: PlanFolder, summary: ShardSummary): Loaded<Shard> {
  const file = join(folder, shardFile(summary.shard));
  const text = readText(file);
  if (text.value === undefined) return wrong(text.diagnostics);
  return parseShard(text.value, file, { plan, summary, digest: sha256(text.value) });
}
