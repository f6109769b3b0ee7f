import { defined } from '../language/defined.js';
import type { Diagnostic, Loaded } from '../model/diagnostic.js';
import type { Host } from '../model/host.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { safeJson } from '../text/safe-json.js';
import { PLAN_SCHEMA, type FleetPlan, type PlannedHost, type Shard } from './plan-schema.js';
import { shardFile } from './shard-file.js';
import { splitByZone } from './split-hosts.js';

/** The zone of hosts that are in none. */
export const NO_ZONE = 'default';

const NAMED = 5;

export interface PlanChoices extends Pick<FleetPlan, 'runId' | 'madeAt' | 'kernward'> {
  readonly notAfter?: string | undefined;
  readonly limit?: string | undefined;
  readonly inventory: readonly string[];
  /** In the order of the report. */
  readonly hosts: readonly Host[];
  readonly groupForks: ReadonlyMap<string, number>;
  /** Hosts of a shard. More, where hosts cannot be parted. */
  readonly most: number;
  /** The label that says from where a host is asked; undefined: from anywhere. */
  readonly zoneLabel?: string | undefined;
}

/** The files of a plan, each with its path in the plan's folder. */
export interface MadePlan {
  readonly plan: FleetPlan;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** What says how to connect. It stays where it is: see PlannedHostSchema. */
const HOW: readonly { readonly what: string; readonly has: (host: Host) => boolean }[] = [
  { what: 'identity files', has: ({ identityFiles }) => identityFiles.length > 0 },
  { what: 'a jump host', has: ({ proxyJump }) => proxyJump !== undefined },
  { what: 'a proxy command', has: ({ proxyCommand }) => proxyCommand !== undefined },
  { what: 'ssh options', has: ({ sshOptions = [] }) => sshOptions.length > 0 },
  { what: 'a transport', has: ({ transport }) => transport !== 'auto' && transport !== 'local' },
];

function namesOf(hosts: readonly Host[]): string {
  const named = hosts.slice(0, NAMED).map(({ name }) => clean(name, 100));
  return `${named.join(', ')}${hosts.length > NAMED ? ` and ${hosts.length - NAMED} more` : ''}`;
}

/** Hosts that no other process can ask, and what those that ask must know from elsewhere. */
function problems({ hosts, zoneLabel }: PlanChoices): readonly Diagnostic[] {
  const local = hosts.filter(({ transport }) => transport === 'local');
  const zoneless = zoneLabel === undefined ? [] : hosts.filter(({ labels }) => (labels[zoneLabel] ?? '') === '');
  return [
    ...local.map(({ name, at }): Diagnostic => ({
      code: 'plan/local-host',
      severity: 'error',
      message: `${clean(name, 200)} is asked without a connection, and whoever collects the shard would ask itself`,
      at,
      help: "take it out with -l '!NAME', or give it a transport that connects",
    })),
    ...HOW.flatMap(({ what, has }): readonly Diagnostic[] => {
      const those = hosts.filter(has);
      const [first] = those;
      if (first === undefined) return [];
      return [
        {
          code: 'plan/how-to-connect',
          severity: 'warning',
          message: `${count(those.length, 'host has', 'hosts have')} ${what}, which a plan does not carry: ${namesOf(those)}`,
          at: first.at,
          help: 'where the shard is collected, say it in ssh_config, or give the inventory with -i beside --plan',
        },
      ];
    }),
    ...zoneless.slice(0, 1).map(({ at }): Diagnostic => ({
      code: 'plan/no-zone',
      severity: 'warning',
      message: `${count(zoneless.length, 'host has', 'hosts have')} no label ${clean(zoneLabel ?? '', 100)} and ${zoneless.length === 1 ? 'goes' : 'go'} to the zone ${NO_ZONE}: ${namesOf(zoneless)}`,
      at,
      help: `give them the label, or collect the shards of the zone ${NO_ZONE} from where they can be reached`,
    })),
  ];
}

function toPlanned({ name, address, port, user, profile, groups, labels, become }: Host, place: number): PlannedHost {
  return {
    place,
    name,
    address,
    ...defined({ port, user, profile }),
    groups: [...groups],
    labels,
    ...defined({ become }),
  };
}

/** A line a host: a plan is read by people, too, and compared with the one of the day before. */
function textOf(shard: Shard): string {
  const { hosts, ...head } = shard;
  const open = safeJson({ ...head, hosts: [] }).slice(0, -2);
  return `${open}\n${hosts.map((host) => safeJson(host)).join(',\n')}\n]}\n`;
}

/**
 * Cuts hosts into shards, each a file. Hosts of one zone are together, as are those of a group that is asked a few at a time, or
 * behind one jump host. The same hosts give the same shards.
 *
 * @param digest the SHA-256 of a text
 * @returns no value where a host can be asked by this process alone: `plan/local-host`
 */
export function makePlan(choices: PlanChoices, digest: (text: string) => string): Loaded<MadePlan> {
  const { hosts, groupForks, most, zoneLabel, runId, madeAt, notAfter, kernward, inventory, limit } = choices;
  const diagnostics = problems(choices);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { value: undefined, diagnostics };
  const zoneOf = ({ labels }: Host): string => {
    const zone = zoneLabel === undefined ? '' : (labels[zoneLabel] ?? '');
    return zone === '' ? NO_ZONE : zone;
  };
  const parts = splitByZone(hosts, { limited: new Set(groupForks.keys()) }, { most, zoneOf });
  const shards = parts.map(({ zone, places }, index): Shard => {
    const planned = places.flatMap((place) => {
      const host = hosts[place];
      return host === undefined ? [] : [toPlanned(host, place)];
    });
    const groups = new Set(planned.flatMap((host) => host.groups));
    const limits = [...groupForks].filter(([group]) => groups.has(group));
    return {
      kind: 'shard',
      schema: PLAN_SCHEMA,
      runId,
      shard: index + 1,
      zone,
      groupForks: Object.fromEntries(limits),
      hosts: planned,
    };
  });
  const files = shards.map((shard) => ({ path: shardFile(shard.shard), text: textOf(shard) }));
  const plan: FleetPlan = {
    kind: 'plan',
    schema: PLAN_SCHEMA,
    runId,
    madeAt,
    ...defined({ notAfter }),
    kernward,
    inventory: [...inventory],
    ...defined({ limit }),
    hosts: hosts.length,
    shards: shards.map((shard, index) => ({
      shard: shard.shard,
      zone: shard.zone,
      hosts: shard.hosts.length,
      sha256: digest(files[index]?.text ?? ''),
    })),
  };
  return { value: { plan, files: [...files, { path: PLAN_FILE, text: `${safeJson(plan)}\n` }] }, diagnostics };
}

/** Written last: a folder with it is a whole plan. */
export const PLAN_FILE = 'plan.json';
