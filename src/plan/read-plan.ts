import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema, Static } from 'typebox';
import { memoize } from '../language/memoize.js';
import { right, wrong, type Diagnostic, type Loaded } from '../model/diagnostic.js';
import { clean } from '../text/clean.js';
import { JSON_CHECKS } from '../text/json-checks.js';
import { parseStrictJson } from '../text/strict-json.js';
import { PLAN_SCHEMA, type FleetPlan, PlanSchema, type Shard, ShardSchema, type ShardSummary } from './plan-schema.js';

const validatorOf = memoize((schema: TSchema): ValidateFunction => new Ajv2020(JSON_CHECKS).compile(schema));

function isOf<T extends TSchema>(schema: T, value: unknown): value is Static<T> {
  return validatorOf(schema)(value);
}

function malformed(file: string, why: string, help = 'make the plan again with kernward plan'): Loaded<never> {
  return wrong([problem('plan/malformed', file, `this is not what kernward plan wrote: ${clean(why, 300)}`, help)]);
}

function problem(code: string, file: string, message: string, help: string): Diagnostic {
  return { code, severity: 'error', message, at: { file, line: 1, column: 1 }, help };
}

function parse<T extends TSchema>(schema: T, text: string, file: string): Loaded<Static<T>> {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch (thrown) {
    return malformed(file, thrown instanceof Error ? thrown.message : String(thrown));
  }
  if (isOf(schema, value)) return right(value);
  const version: unknown = Object(value) === value ? Reflect.get(Object(value), 'schema') : undefined;
  if (typeof version === 'number' && version > PLAN_SCHEMA)
    return malformed(
      file,
      `its schema is ${version}, of a newer kernward`,
      'upgrade kernward here, or plan with this one',
    );
  const [error] = validatorOf(schema).errors ?? [];
  const stray: unknown = error?.params['additionalProperty'];
  return malformed(
    file,
    `${error?.instancePath ?? ''} ${error?.message ?? ''}${typeof stray === 'string' ? `: ${stray}` : ''}`.trim(),
  );
}

/** Reads `plan.json`; with `plan/malformed` where its shards are not counted from 1, or have not its hosts. */
export function parsePlan(text: string, file: string): Loaded<FleetPlan> {
  const read = parse(PlanSchema, text, file);
  if (read.value === undefined) return read;
  const { shards, hosts } = read.value;
  const stray = shards.find(({ shard }, index) => shard !== index + 1);
  if (stray !== undefined) return malformed(file, `shard ${stray.shard} is not in its place`);
  const sum = shards.reduce((total, each) => total + each.hosts, 0);
  return sum === hosts ? read : malformed(file, `its shards have ${sum} hosts, and it says ${hosts}`);
}

/**
 * Reads the hosts of a shard.
 *
 * @param summary what the plan says of it
 * @param digest of the text, its SHA-256
 * @returns no value where it is not the file that the plan was made with: `plan/changed`
 */
export function parseShard(
  text: string,
  file: string,
  {
    plan,
    summary,
    digest,
  }: {
    readonly plan: Pick<FleetPlan, 'runId' | 'hosts'>;
    readonly summary: ShardSummary;
    readonly digest: string;
  },
): Loaded<Shard> {
  if (digest !== summary.sha256)
    return wrong([
      problem(
        'plan/changed',
        file,
        `this is not the shard ${summary.shard} that the plan was made with`,
        'take the folder as kernward plan wrote it, whole, or make the plan again',
      ),
    ]);
  const read = parse(ShardSchema, text, file);
  if (read.value === undefined) return read;
  const { runId, shard, zone, hosts } = read.value;
  if (runId !== plan.runId || shard !== summary.shard || zone !== summary.zone || hosts.length !== summary.hosts)
    return malformed(file, `it contradicts what the plan says of shard ${summary.shard}`);
  const names = new Set(hosts.map(({ name }) => name));
  const places = new Set(hosts.map(({ place }) => place));
  if (names.size < hosts.length || places.size < hosts.length) return malformed(file, 'a host stands in it twice');
  return hosts.every(({ place }) => place < plan.hosts) ? read : malformed(file, 'a host has a place that is none');
}
