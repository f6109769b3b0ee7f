import { defined } from '../../language/defined.js';
import { toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import type { HostOutcome } from '../../model/outcome.js';
import type { Collected, MissingShards } from '../../model/report.js';
import type { CollectedHeader, ExpectedHost } from '../collected-schema.js';
import type { CollectedSection } from './read-collected.js';

/** Who was to answer, by a plan on disk. */
export interface Expectation {
  /** Its file, for messages. */
  readonly file: string;
  readonly digest: string;
  readonly shards: number;
  readonly hosts: readonly { readonly shard: number; readonly host: ExpectedHost }[];
}

/** Files of `collect` as one fleet. */
export interface MergedCollection<Place> {
  /** In the order in which one run would have had them. */
  readonly hosts: readonly Host[];
  /** Where what a host said stands, by the host's index. */
  readonly came: ReadonlyMap<number, Place>;
  /** Hosts that were to come and did not, by their index. */
  readonly missing: ReadonlyMap<number, HostOutcome>;
  readonly collected: Collected;
}

type HeadedSection<Place> = CollectedSection<Place> & { readonly header: CollectedHeader };

interface Entry<Place> {
  readonly order: number;
  readonly host: Host;
  readonly place?: Place;
  readonly missing?: HostOutcome;
}

function toHost(expected: ExpectedHost, file: string, line: number): Host {
  const { name, address, port, profile, groups, labels, transport } = expected;
  return {
    name,
    address,
    port,
    identityFiles: [],
    ...defined({ profile }),
    groups,
    labels,
    transport,
    at: { file, line, column: 1 },
  };
}

function didNotCome(host: string, detail: string): HostOutcome {
  return { host, reached: false, failure: { code: 'shard-missing', detail }, tookMs: 0 };
}

function problem(code: string, { file, line }: CollectedSection<unknown>, message: string, help: string): Diagnostic {
  return { code, severity: 'error', message, at: { file, line, column: 1 }, help };
}

function isHeaded<Place>(section: CollectedSection<Place>): section is HeadedSection<Place> {
  return section.header !== undefined;
}

/** Of one plan, each shard once, and every header says the same of the whole. */
function validateShards(sections: readonly HeadedSection<unknown>[]): readonly Diagnostic[] {
  const [first] = sections;
  const fileOf = new Map<number, string>();
  return sections.flatMap((section): readonly Diagnostic[] => {
    const { shard, shards, fleet } = section.header;
    if (shards !== first?.header.shards || fleet !== first.header.fleet || shard > shards)
      return [
        problem(
          'readings/malformed',
          section,
          `its header says shard ${shard} of ${shards} with ${fleet} hosts, which contradicts ${first?.file ?? ''}`,
          'make the file again with kernward collect',
        ),
      ];
    const before = fileOf.get(shard);
    fileOf.set(shard, section.file);
    if (before === undefined) return [];
    const which = shards === 1 ? 'the same collection' : `shard ${shard} of ${shards}`;
    return [
      problem('readings/shard-twice', section, `${section.file} and ${before} are ${which}`, 'give each of them once'),
    ];
  });
}

function validateByPlan(sections: readonly CollectedSection<unknown>[], plan: Expectation): readonly Diagnostic[] {
  const byShard = new Map<number, Set<string>>();
  for (const { shard, host } of plan.hosts) byShard.set(shard, (byShard.get(shard) ?? new Set()).add(host.name));
  const help = `give the files that were collected by ${plan.file}, and no others`;
  return sections.flatMap((section): readonly Diagnostic[] => {
    const { header } = section;
    if (header === undefined)
      return [problem('readings/other-plan', section, 'it has no header, so no plan made it', help)];
    const names = byShard.get(header.shard);
    const isOfPlan =
      header.plan === plan.digest &&
      header.hosts.length === (names?.size ?? 0) &&
      header.hosts.every(({ name }) => names?.has(name));
    return isOfPlan
      ? []
      : [problem('readings/other-plan', section, `it was collected by another plan than ${plan.file}`, help)];
  });
}

function ofSection<Place>({ file, line, header, hosts, cut }: HeadedSection<Place>): readonly Entry<Place>[] {
  const came = new Map(hosts.map((each) => [each.host.name, each]));
  return header.hosts.map((expected): Entry<Place> => {
    const found = came.get(expected.name);
    return found === undefined
      ? {
          order: expected.place,
          host: toHost(expected, file, line),
          missing: didNotCome(expected.name, `${file}: ${cut ?? 'its line is not there'}`),
        }
      : { order: expected.place, host: found.host, place: found.place };
  });
}

/** The hosts of shards that did not come, as far as somebody names them; and the shards of which nobody does. */
function notCome<Place>(
  sections: readonly HeadedSection<Place>[],
  plan: Expectation | undefined,
): { readonly entries: readonly Entry<Place>[]; readonly unnamed: readonly MissingShards[] } {
  const [first] = sections;
  const shards = plan?.shards ?? first?.header.shards ?? 0;
  const come = new Set(sections.map(({ header }) => header.shard));
  const named = plan?.hosts ?? first?.header.others?.filter(({ shard }) => !come.has(shard)) ?? [];
  const at = plan === undefined ? { file: first?.file ?? '', line: first?.line ?? 1 } : { file: plan.file, line: 1 };
  const absent = named.filter(({ shard }) => !come.has(shard));
  const entries = absent.map(({ shard, host }): Entry<Place> => ({
    order: host.place,
    host: toHost(host, at.file, at.line),
    missing: didNotCome(host.name, `shard ${shard} of ${shards} did not come`),
  }));
  const known = absent.length + sections.reduce((total, { header }) => total + header.hosts.length, 0);
  const hosts = (plan?.hosts.length ?? first?.header.fleet ?? 0) - known;
  const withNames = new Set(absent.map(({ shard }) => shard));
  const missing = Array.from({ length: shards }, (_, index) => index + 1).filter(
    (shard) => !come.has(shard) && !withNames.has(shard),
  );
  return {
    entries,
    unnamed: hosts <= 0 ? [] : [{ plan: plan?.digest ?? first?.header.plan ?? '', shards, missing, hosts }],
  };
}

function byPlan<Place>(sections: readonly HeadedSection<Place>[]): readonly (readonly HeadedSection<Place>[])[] {
  const groups = new Map<string, HeadedSection<Place>[]>();
  for (const section of sections) {
    const found = groups.get(section.header.plan) ?? [];
    found.push(section);
    groups.set(section.header.plan, found);
  }
  return [...groups.values()];
}

/**
 * When the first and the last of them began, and when that was asked which a rerun carried into one. Of one file alone that is no
 * part that is apart: whoever asked some again meant to keep the others. Among several a stale one would pass for tonight's, so there it
 * counts as of when it was asked.
 */
function timesOf(headers: readonly CollectedHeader[]): Collected['times'] {
  const runs = headers.map(({ startedAt }) => startedAt).toSorted();
  const [firstRun, newest] = [runs[0], runs.at(-1)];
  if (firstRun === undefined || newest === undefined) return undefined;
  const [oldest = firstRun] = headers.flatMap((header) => header.oldest ?? []).toSorted();
  if (oldest >= firstRun) return { oldest: firstRun, newest };
  return headers.length === 1 ? { oldest, firstRun, newest } : { oldest, newest };
}

/**
 * Puts files of `collect` together: everybody who was to come has a place, in the order of one run, and whoever did not is a
 * failure `shard-missing`.
 *
 * @param plan who was to come; without it the headers say so, as far as they know each other's hosts
 * @returns no value where a shard stands there twice, or is not of the plan
 */
export function mergeCollected<Place>(
  sections: readonly CollectedSection<Place>[],
  plan?: Expectation,
): Loaded<MergedCollection<Place>> {
  const groups = byPlan(sections.filter(isHeaded));
  const diagnostics = [
    ...(plan === undefined ? [] : validateByPlan(sections, plan)),
    ...groups.flatMap((group) => validateShards(group)),
  ];
  const hosts: Host[] = [];
  const came = new Map<number, Place>();
  const missing = new Map<number, HostOutcome>();
  const unnamed: MissingShards[] = [];
  const add = ({ host, place, missing: outcome }: Entry<Place>): void => {
    const index = hosts.push(host) - 1;
    if (place !== undefined) came.set(index, place);
    if (outcome !== undefined) missing.set(index, outcome);
  };
  const ofPlan = plan !== undefined && groups.length === 0 ? [[]] : groups;
  for (const group of ofPlan) {
    const others = notCome(group, plan);
    for (const each of others.unnamed) unnamed.push(each);
    const entries = [...group.flatMap(ofSection), ...others.entries];
    for (const entry of entries.toSorted((a, b) => a.order - b.order)) add(entry);
  }
  const headed = groups.flat().map(({ header }) => header);
  const bare = sections.filter((section) => !isHeaded(section));
  for (const { hosts: those } of bare) for (const { host, place } of those) add({ order: 0, host, place });
  const isIncomplete = missing.size > 0 || unnamed.length > 0;
  const isNotKnown = bare.length > 0 || headed.some((header) => header.completeness === 'not-known');
  const completeness = isNotKnown ? 'not-known' : isIncomplete ? 'incomplete' : 'complete';
  const inFiles = new Set(hosts.map(({ name }) => name));
  const added = [...new Set(headed.flatMap((header) => header.added ?? []))].filter((name) => !inFiles.has(name));
  const collected = {
    completeness,
    missing: unnamed,
    ...(added.length === 0 ? {} : { added }),
    ...defined({ times: timesOf(headed) }),
  } as const;
  return toLoaded({ hosts, came, missing, collected }, diagnostics);
}
