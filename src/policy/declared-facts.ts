import { toDefinition, type Declaration, type DeclaredSource, type ParseWord } from '../facts/declared/declared.js';
import { objectionTo, objectionToOption, objectionToParameter } from '../facts/declared/may-be-read.js';
import type { FactDefinition } from '../facts/definition.js';
import { defined } from '../language/defined.js';
import type { Diagnostic, Position } from '../model/diagnostic.js';
import { FACT_KINDS, type FactDescription, type FactType } from '../model/fact.js';
import { checkSchema } from '../text/schema.js';
import type { TextFile } from '../text/text-file.js';
import { readYamlFile, type Path, type YamlSource } from '../text/yaml/load.js';
import { stateFact } from './case-facts.js';
import { DeclaredFactSchema, type DeclaredFactText } from './schema.js';

/** Facts that policies declare. */
export interface DeclaredFacts {
  readonly definitions: readonly FactDefinition[];
  /** Of declarations with a mistake: enough to go on checking what reads them. */
  readonly standIns: readonly FactDescription[];
  readonly diagnostics: readonly Diagnostic[];
}

/** So many in a run, of all policies together: each is read of each host. */
export const MOST_DECLARED = 200;

interface Place {
  readonly source: YamlSource;
  readonly diagnostics: Diagnostic[];
}

function add(
  { source, diagnostics }: Place,
  path: Path,
  code: string,
  message: string,
  help: string,
  part: 'key' | 'value' = 'value',
): void {
  diagnostics.push({ code, severity: 'error', message, ...source.placeOf(path, part), help });
}

/** Where a name by itself says that it is read. */
const BY_NAME: Readonly<Record<string, (rest: string) => DeclaredSource | undefined>> = {
  sysctl: (rest) => ({ files: [`/proc/sys/${rest.replaceAll('.', '/')}`] }),
  module: (rest) => {
    const [module = '', parameter, ...others] = rest.split('.');
    return parameter === undefined || others.length > 0
      ? undefined
      : { files: [`/sys/module/${module}/parameters/${parameter}`] };
  },
  cmdline: (rest) => ({ bootParameter: rest }),
  boot: (rest) => ({ bootParameter: rest }),
  config: (rest) => ({ kernelConfig: rest }),
};

/** What a first word promises of the source, in words for whoever broke it. */
const BELOW: Readonly<Record<string, string>> = {
  sysctl: '/proc/sys/',
  sysfs: '/sys/',
  module: '/sys/module/',
  file: '/etc/',
};

/** The type, or what its other fields lack. */
function typeOf(text: DeclaredFactText): FactType | string {
  const { type: kind, range: [min, max] = [], values } = text;
  if (text.range !== undefined && kind !== 'int') return 'range is for a type int';
  if (values !== undefined && kind !== 'enum') return 'values are for a type enum';
  if (min !== undefined && max !== undefined && min > max) return `the range ends before it begins: ${min} to ${max}`;
  switch (kind) {
    case 'int':
      return { kind, ...defined({ min, max }) };
    case 'enum':
      return values === undefined ? 'an enum needs its values: values: [always, never]' : { kind, values };
    case 'bool':
    case 'string':
    case 'list':
    case 'map':
      return { kind };
    default:
      return kind satisfies never;
  }
}

/** Where it is read, or what is wrong with what is said of it. */
function sourceOf(id: string, text: DeclaredFactText): DeclaredSource | string {
  const [first = '', ...others] = id.split('.');
  const given = [text.path, text.paths, text.bootParameter, text.kernelConfig].filter((each) => each !== undefined);
  if (given.length > 1) return 'path, paths, bootParameter and kernelConfig exclude each other';
  const paths = text.path ?? text.paths;
  const below = BELOW[first];
  if (paths !== undefined) {
    if (below === undefined) return `a fact called ${first}.… is not read from a file`;
    const list = typeof paths === 'string' ? [paths] : paths;
    const stray = list.find((path) => !path.startsWith(below));
    if (stray !== undefined) return `a fact called ${first}.… is read below ${below}, and this is ${stray}`;
    const [only = '', ...more] = list;
    if (more.length === 0 && only.includes('*')) return { glob: only };
    return list.some((path) => path.includes('*')) ? 'a path with a star stands alone' : { files: list };
  }
  if (text.bootParameter !== undefined)
    return first === 'cmdline' || first === 'boot'
      ? { bootParameter: text.bootParameter }
      : 'a boot parameter is called cmdline.NAME (a text) or boot.NAME';
  if (text.kernelConfig !== undefined)
    return first === 'config' ? { kernelConfig: text.kernelConfig } : 'an option of the build is called config.NAME';
  return BY_NAME[first]?.(others.join('.')) ?? `it does not say where it is read: path: ${below ?? '/'}…`;
}

const PARSE_OF: Readonly<Record<FactType['kind'], readonly ParseWord[]>> = {
  int: ['value'],
  bool: ['value'],
  string: ['value', 'selected'],
  enum: ['value', 'selected'],
  list: ['lines', 'words'],
  map: ['value', 'selected'],
};

/** Why source, type and way to parse do not go together. */
function mismatch(
  id: string,
  source: DeclaredSource,
  type: FactType,
  parse: ParseWord | undefined,
): string | undefined {
  const { kind } = type;
  if (parse !== undefined && !PARSE_OF[kind].includes(parse))
    return `parse: ${parse} does not give a value of type ${kind}, which is parsed as ${PARSE_OF[kind].join(' or ')}`;
  if ('glob' in source && kind !== 'map' && kind !== 'list')
    return `a path with a star names several files: type map, by what the star stands for, or list, and not ${kind}`;
  if (kind === 'map' && !('glob' in source)) return 'a map is made of several files: a path with a star';
  if (id.startsWith('cmdline.') && kind !== 'string' && kind !== 'enum')
    return `cmdline.… is a text, as the other boot parameters are: for ${kind} call it boot.${id.slice('cmdline.'.length)}`;
  return 'kernelConfig' in source && kind === 'list' ? 'an option of the build has one value' : undefined;
}

/** Why a name cannot be had: kernward's own, a group of facts, or a part of a fact. */
function taken(
  id: string,
  facts: ReadonlyMap<string, FactDescription>,
  own: ReadonlyMap<string, unknown>,
): string | undefined {
  if (facts.has(id)) return `kernward has a fact called ${id}, and a policy cannot say what it is`;
  const parts = id.split('.');
  for (let length = parts.length - 1; length > 0; length--) {
    const before = parts.slice(0, length).join('.');
    if (before !== 'cmdline' && (facts.has(before) || own.has(before)))
      return `${before} is a fact, and ${id} would stand under it`;
  }
  const group = [...facts.keys(), ...own.keys()].find((each) => each.startsWith(`${id}.`));
  return group === undefined ? undefined : `${id} is a group of facts: ${group} stands under it`;
}

function objections(source: DeclaredSource, allowed: readonly string[] | 'any') {
  if ('bootParameter' in source) return objectionToParameter(source.bootParameter);
  if ('kernelConfig' in source) return objectionToOption(source.kernelConfig);
  const paths = 'glob' in source ? [source.glob] : source.files;
  return paths.map((path) => objectionTo(path, allowed)).find((objection) => objection !== undefined);
}

function checkSamples(place: Place, path: Path, fact: FactDefinition, { samples }: DeclaredFactText): void {
  for (const [index, { text, gives }] of (samples ?? []).entries()) {
    const at = [...path, 'samples', index, 'gives'];
    const stated = stateFact(gives, fact);
    if ('problem' in stated) {
      add(place, at, 'policy/wrong-sample', stated.problem, stated.help ?? 'the value that the text stands for');
      continue;
    }
    const { reading: wanted } = stated;
    const got = fact.parse(text);
    const same =
      wanted.state === 'known'
        ? got.state === 'known' && JSON.stringify(got.value) === JSON.stringify(wanted.value)
        : got.state === 'unreadable' && wanted.state === 'unreadable' && got.cause === wanted.cause;
    if (!same)
      add(
        place,
        at,
        'policy/wrong-sample',
        `${fact.id}: the sample gives ${got.state === 'known' ? JSON.stringify(got.value) : got.state === 'unreadable' ? `${got.cause} (${got.detail})` : 'absent'}`,
        'mend the sample, or the type, range, values or parse of the fact',
      );
  }
}

interface Kept {
  readonly fact: FactDefinition;
  readonly at: Position;
}

function isKind(value: unknown): value is FactType['kind'] {
  return FACT_KINDS.some((kind) => kind === value);
}

/** What reads a fact that is declared with a mistake is checked by its type all the same. */
function standIn(id: string, declared: unknown): FactDescription {
  const kind: unknown = typeof declared === 'object' && declared !== null ? Reflect.get(declared, 'type') : undefined;
  const values: unknown =
    typeof declared === 'object' && declared !== null ? Reflect.get(declared, 'values') : undefined;
  const texts = Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  return {
    id,
    title: id,
    type: !isKind(kind)
      ? { kind: 'string' }
      : kind === 'enum'
        ? texts.length === 0
          ? { kind: 'string' }
          : { kind, values: texts }
        : { kind },
    sources: [],
  };
}

/**
 * Reads what policies declare of facts. Which may be read is decided here, before anything is made of it.
 *
 * @param known the facts that there are without them
 * @param allowed what may be read below /etc; `any` where no host is asked
 */
export function loadDeclaredFacts(
  files: readonly TextFile[],
  known: readonly FactDescription[],
  allowed: readonly string[] | 'any',
): DeclaredFacts {
  const diagnostics: Diagnostic[] = [];
  const kept = new Map<string, Kept>();
  const standIns = new Map<string, FactDescription>();
  const byId = new Map(known.map((fact) => [fact.id, fact]));
  for (const file of files) {
    // What is wrong with the text or its shape, the loader of policies says.
    const source = file.text.includes('facts') ? readYamlFile(file).value : undefined;
    const declared: unknown =
      typeof source?.value === 'object' && source.value !== null ? Reflect.get(source.value, 'facts') : undefined;
    if (source === undefined) continue;
    if (declared === null)
      // `facts:` without an indent below it, which the schema tells; what reads them is checked all the same.
      for (const [id, value] of Object.entries(Object(source.value)))
        if (NAME.test(id) && !byId.has(id)) standIns.set(id, standIn(id, value));
    if (typeof declared !== 'object' || declared === null) continue;
    const place: Place = { source, diagnostics };
    for (const [id, value] of Object.entries(declared)) {
      const path = ['facts', id];
      const fact = readOne(place, path, id, value, { file: file.file, byId, kept, allowed });
      if (fact === undefined) {
        if (!byId.has(id) && taken(id, byId, kept) === undefined && NAME.test(id)) standIns.set(id, standIn(id, value));
      } else kept.set(id, { fact, at: kept.get(id)?.at ?? source.positionOf(path, 'key') });
      if (kept.size > MOST_DECLARED) {
        add(
          place,
          path,
          'policy/too-many-facts',
          `this is declared fact number ${MOST_DECLARED + 1}: a run reads at most ${MOST_DECLARED}`,
          'leave out what no rule reads, or make two runs of it',
          'key',
        );
        return { definitions: [...kept.values()].map((each) => each.fact), standIns: [], diagnostics };
      }
    }
  }
  for (const id of kept.keys()) standIns.delete(id);
  return { definitions: [...kept.values()].map(({ fact }) => fact), standIns: [...standIns.values()], diagnostics };
}

const NAME = /^(?:sysctl|sysfs|module|cmdline|boot|config|file)(?:\.[A-Za-z_][A-Za-z0-9_]*)+$/;
/** Words of CEL's own. */
const TAKEN = new Set(['cel', 'google', 'in', 'true', 'false', 'null']);

function readOne(
  place: Place,
  path: Path,
  id: string,
  value: unknown,
  context: {
    readonly file: string;
    readonly byId: ReadonlyMap<string, FactDescription>;
    readonly kept: ReadonlyMap<string, Kept>;
    readonly allowed: readonly string[] | 'any';
  },
): FactDefinition | undefined {
  const { file, byId, kept, allowed } = context;
  const text = checkSchema(DeclaredFactSchema, place.source, path).value;
  const before = kept.get(id);
  const why = before === undefined ? taken(id, byId, kept) : undefined;
  if (why !== undefined) {
    add(
      place,
      path,
      'policy/fact-taken',
      why,
      byId.has(id) ? 'use it as it is, or declare yours under another name' : 'give it another name',
      'key',
    );
    return undefined;
  }
  if (text === undefined || !NAME.test(id) || value === undefined) return undefined;
  const word = id.split('.').find((part) => TAKEN.has(part));
  const type = typeOf(text);
  const source = sourceOf(id, text);
  const problem =
    word !== undefined
      ? `${word} is a word of CEL, and no part of a name`
      : typeof type === 'string'
        ? type
        : typeof source === 'string'
          ? source
          : mismatch(id, source, type, text.parse);
  if (problem !== undefined || typeof type === 'string' || typeof source === 'string') {
    add(
      place,
      path,
      'policy/declared-fact',
      `${id}: ${problem ?? ''}`,
      'docs/reference/declared-facts.md shows each kind',
      'key',
    );
    return undefined;
  }
  const objection = objections(source, allowed);
  if (objection !== undefined) {
    const field = ['path', 'paths', 'bootParameter', 'kernelConfig'].find((each) => Object.hasOwn(text, each));
    add(
      place,
      field === undefined ? path : [...path, field],
      objection.needsLeave === undefined ? 'policy/not-readable' : 'policy/not-allowed',
      objection.message,
      objection.help,
      field === undefined ? 'key' : 'value',
    );
    return undefined;
  }
  const declaration: Declaration = {
    id,
    title: text.title ?? `Declared: ${id}`,
    type,
    ...defined({ unit: text.unit, note: text.note }),
    source,
    parse: text.parse ?? PARSE_OF[type.kind][0] ?? 'value',
    file,
  };
  const fact = toDefinition(declaration);
  if (before !== undefined) {
    if (before.fact.declaredAs === fact.declaredAs) return before.fact;
    add(
      place,
      path,
      'policy/declared-twice',
      `${id} is declared differently at ${before.at.file}:${before.at.line}`,
      'a name means one thing in a run: declare it alike in both, or give one of them another name',
      'key',
    );
    return before.fact;
  }
  checkSamples(place, path, fact, text);
  return fact;
}
