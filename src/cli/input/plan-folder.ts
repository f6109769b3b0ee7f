import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { PLAN_FILE } from '../../plan/make-plan.js';
import { type FleetPlan, type Shard, type ShardSummary, shardFile } from '../../plan/plan-schema.js';
import { parsePlan, parseShard } from '../../plan/read-plan.js';
import { sha256 } from '../../run/sha256.js';
import { readTextFile } from '../../transports/read-file.js';
import type { PlanFolderOptions } from '../options/shard.js';
import { MAX_BYTES, unreadableFile } from './source-file.js';

/** The signature of plan.json, in base64. The plan names every shard by its digest, so that it is of them, too. */
export const SIGNATURE_FILE = 'plan.json.sig';

const MAX_KEY_BYTES = 64 * 1024;

/** A plan on disk, as far as it has been read. */
export interface PlanFolder {
  readonly folder: string;
  /** Its `plan.json`. */
  readonly file: string;
  readonly plan: FleetPlan;
  /** The SHA-256 of that file, by which whatever was collected names it. */
  readonly digest: string;
}

function unsigned(file: string, message: string): Loaded<never> {
  const help = 'take the folder as kernward plan --sign-key wrote it, and the public half of that key';
  return wrong([{ code: 'plan/signature', severity: 'error', message, at: { file, line: 1, column: 1 }, help }]);
}

function publicKey(file: string): KeyObject {
  const key = createPublicKey(readTextFile(file, MAX_KEY_BYTES));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is a key of ${key.asymmetricKeyType}, and not Ed25519`);
  return key;
}

/** Nothing, or why the text is not what somebody with the key signed. */
function checkSignature(text: string, folder: string, keyFile: string | undefined): Loaded<undefined> {
  const file = join(folder, SIGNATURE_FILE);
  if (keyFile === undefined) {
    if (!existsSync(file)) return right(undefined);
    const message = 'the plan is signed, and nobody looks at it';
    const help = '--plan-key FILE, the public half of the key';
    return {
      value: undefined,
      diagnostics: [{ code: 'plan/signature', severity: 'warning', message, at: { file, line: 1, column: 1 }, help }],
    };
  }
  let key: KeyObject;
  try {
    key = publicKey(keyFile);
  } catch (thrown) {
    return wrong([unreadableFile(keyFile, thrown)]);
  }
  if (!existsSync(file)) return unsigned(join(folder, PLAN_FILE), 'the plan is not signed');
  let signature: Buffer;
  try {
    signature = Buffer.from(readTextFile(file, MAX_KEY_BYTES), 'base64');
  } catch (thrown) {
    return wrong([unreadableFile(file, thrown)]);
  }
  return verify(undefined, Buffer.from(text), key, signature)
    ? right(undefined)
    : unsigned(file, `it is not a signature of ${PLAN_FILE} by the key in ${keyFile}`);
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
