import { createHash } from 'node:crypto';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { finish } from '../../language/finish.js';
import { memoize } from '../../language/memoize.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { FactDefinition } from '../../facts/definition.js';
import type { FactDescription } from '../../model/fact.js';
import type { Reading } from '../../model/reading.js';
import type { ReportLine } from '../../report/report-lines.js';
import { BREATH } from '../../report/with-breaths.js';
import { clean } from '../../text/clean.js';
import { JSON_CHECKS } from '../../text/json-checks.js';
import { parseStrictJson } from '../../text/strict-json.js';
import {
  CollectedEndSchema,
  CollectedHeaderSchema,
  type CollectedEnd,
  type CollectedHeader,
} from '../collected-schema.js';
import { type SavedHostJson, SavedHostSchema } from '../saved-host-schema.js';
import { createFamiliarReadings } from './familiar-readings.js';
import { hostOf, readingsOf, type SavedHost, wrongValue } from './saved-readings.js';

/** A host of a file of `collect`, without what it said. */
interface CollectedLine<Place> {
  readonly host: SavedHost['host'];
  readonly reached: boolean;
  readonly place: Place;
}

/** One collection out of a file, which may hold several, one after the other. */
export interface CollectedSection<Place> {
  readonly file: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** Of an older kernward: not there. */
  readonly header: CollectedHeader | undefined;
  readonly hosts: readonly CollectedLine<Place>[];
  /** Why hosts of the header may be missing, in words; not there where the section is whole, or has no header. */
  readonly cut: string | undefined;
}

export interface CollectedFile<Place> {
  readonly sections: readonly CollectedSection<Place>[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Validators {
  readonly header: ValidateFunction<CollectedHeader>;
  readonly end: ValidateFunction<CollectedEnd>;
  readonly host: ValidateFunction<SavedHostJson>;
  readonly readings: ValidateFunction<Readonly<Record<string, Reading>>>;
}

const validators = memoize((): Validators => {
  const ajv = new Ajv2020(JSON_CHECKS);
  return {
    header: ajv.compile<CollectedHeader>(CollectedHeaderSchema),
    end: ajv.compile<CollectedEnd>(CollectedEndSchema),
    host: ajv.compile<SavedHostJson>(SavedHostSchema),
    readings: ajv.compile<Readonly<Record<string, Reading>>>(SavedHostSchema.properties.readings),
  };
});

const factsById = memoize(
  (facts: readonly FactDescription[]): ReadonlyMap<string, FactDescription> =>
    new Map(facts.map((fact) => [fact.id, fact])),
);
/** The shards of a fleet say the same, too. */
const familiarOf = memoize((facts: readonly FactDescription[]) =>
  createFamiliarReadings(validators().readings, factsById(facts)),
);

function whyNot({ errors }: ValidateFunction): string {
  return `${errors?.[0]?.instancePath ?? ''} ${errors?.[0]?.message ?? ''}`.trim();
}

function kindOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'kind')
    ? Reflect.get(json, 'kind')
    : undefined;
}

interface Line<Place> extends ReportLine<Place> {
  /** Counted from 1. */
  readonly line: number;
}

interface OpenSection<Place> {
  readonly line: number;
  readonly header: CollectedHeader | undefined;
  readonly expected: ReadonlySet<string> | undefined;
  readonly hash: ReturnType<typeof createHash>;
  readonly hosts: CollectedLine<Place>[];
}

function beginSection<Place>(line: number, header: CollectedHeader | undefined): OpenSection<Place> {
  return {
    line,
    header,
    expected: header && new Set(header.hosts.map(({ name }) => name)),
    hash: createHash('sha256'),
    hosts: [],
  };
}

/** What a file says is foreign until it fits: a sentence that quotes it is free of control characters, and short. */
function malformed(
  file: string,
  line: number,
  why: string,
  help = 'make the file again with kernward collect',
): Diagnostic {
  return {
    code: 'readings/malformed',
    severity: 'error',
    message: `this is not a line that kernward collect wrote: ${clean(why, 300)}`,
    at: { file, line, column: 1 },
    help,
  };
}

/** Nobody can say what it was to hold; with a plan its shard is missing, and that is said. */
function cutShort(file: string, line: number, why: string): Diagnostic {
  return {
    code: 'readings/cut-short',
    severity: 'error',
    message: `this file of kernward collect holds no host: ${why}`,
    at: { file, line, column: 1 },
    help: 'make the file again with kernward collect',
  };
}

/**
 * Reads what `collect` wrote, a line at a time, holding none of the readings.
 *
 * @param declared what the policies of this run declare
 * @returns every diagnostic; a section that was cut is none: the hosts that came are good, and which did not its header says
 */
export function readCollected<Place>(
  lines: Iterable<ReportLine<Place>>,
  file: string,
  facts: readonly FactDescription[],
  declared?: readonly FactDefinition[],
): CollectedFile<Place> {
  return finish(readingCollected(lines, file, facts, declared));
}

/** As `readCollected`. @yields between lines, for others to have their turn */
export function* readingCollected<Place>(
  lines: Iterable<ReportLine<Place>>,
  file: string,
  facts: readonly FactDescription[],
  declared: readonly FactDefinition[] = [],
): Generator<string, CollectedFile<Place>> {
  const { header: isHeader, end: isEnd, host: isHost } = validators();
  const byId = factsById(facts);
  const familiar = familiarOf(facts);
  const sections: CollectedSection<Place>[] = [];
  const diagnostics: Diagnostic[] = [];
  const lineOf = new Map<string, number>();
  let open: OpenSection<Place> | undefined;
  /** A last line that is no JSON was cut; a line before it was not. */
  let broken: { readonly line: number; readonly why: string } | undefined;

  const close = (cut: string | undefined): void => {
    if (open === undefined) return;
    const { line, header, hosts } = open;
    sections.push({ file, line, header, hosts, cut: header === undefined ? undefined : cut });
    open = undefined;
  };
  const isUnknownHeader = (json: unknown): string =>
    Reflect.get(Object(json), 'schema') === 1 ? whyNot(isHeader) : 'its header is of a newer kernward, or of none';

  const wrongReadings = (json: SavedHostJson): string | undefined =>
    (json.failure === undefined) === (json.readings === undefined)
      ? 'exactly one of failure and readings is expected'
      : wrongValue(readingsOf(json, declared), byId);
  const onHost = (json: unknown, areReadingsGood: boolean, { place, text, line }: Line<Place>): string | undefined => {
    if (!isHost(json)) return whyNot(isHost);
    const before = lineOf.get(json.name);
    if (before !== undefined) return `${json.name} stands in line ${before} already`;
    const wrong = areReadingsGood ? undefined : wrongReadings(json);
    if (wrong !== undefined) return wrong;
    if (open?.expected?.has(json.name) === false)
      return `${json.name} is not among the ${open.expected.size} hosts of the header in line ${open.line}`;
    lineOf.set(json.name, line);
    open ??= beginSection<Place>(line, undefined);
    open.hash.update(text).update('\n');
    open.hosts.push({ host: hostOf(json, file, line), reached: json.failure === undefined, place });
    return undefined;
  };
  const onEnd = (json: unknown): string | undefined => {
    if (!isEnd(json)) return whyNot(isEnd);
    if (open?.header === undefined) return 'there is no header before this end';
    const { hosts, hash } = open;
    if (hosts.length > json.hosts) return `it ends ${json.hosts} hosts, and there are ${hosts.length}`;
    const isSame = hash.digest('hex') === json.sha256;
    if (hosts.length === json.hosts && !isSame) return 'the lines before it are not those that were collected';
    close(hosts.length < json.hosts ? `it has lost ${json.hosts - hosts.length} of ${json.hosts} lines` : undefined);
    return undefined;
  };
  const onLine = (json: unknown, at: Line<Place>): string | undefined => {
    if (kindOf(json) === 'end') return onEnd(json);
    if (kindOf(json) !== 'collected') return onHost(json, false, at);
    if (!isHeader(json)) return isUnknownHeader(json);
    close(`it has no end before the next header, in line ${at.line}`);
    open = beginSection<Place>(at.line, json);
    return undefined;
  };

  let line = 0;
  for (const { text, place } of lines) {
    line += 1;
    yield BREATH;
    if (text.trim() === '') continue;
    if (broken !== undefined) diagnostics.push(malformed(file, broken.line, broken.why));
    broken = undefined;
    const at = { text, place, line };
    const looked = familiar.without(text);
    let json: unknown;
    try {
      json = looked ?? parseStrictJson(text);
    } catch (thrown) {
      broken = { line, why: thrown instanceof Error ? thrown.message : String(thrown) };
      continue;
    }
    const why = looked === undefined ? onLine(json, at) : onHost(json, true, at);
    if (why !== undefined) diagnostics.push(malformed(file, line, why));
  }
  if (broken !== undefined && open?.header === undefined)
    diagnostics.push(
      sections.length === 0 && open === undefined
        ? cutShort(file, broken.line, 'it ends within its first line')
        : malformed(file, broken.line, broken.why),
    );
  else if (sections.length === 0 && open === undefined && diagnostics.length === 0)
    diagnostics.push(cutShort(file, 1, 'it is empty'));
  close(`it was cut ${broken === undefined ? `after line ${line}` : `in line ${broken.line}`}`);
  return { sections, diagnostics };
}
