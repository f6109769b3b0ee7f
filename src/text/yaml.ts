import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import type { Diagnostic, Loaded, Position } from '../model/diagnostic.js';
import { linesOf } from './lines.js';
import { checkDepth } from './yaml-depth.js';
import { parseProblems, treeProblem } from './yaml-problems.js';
import { contentSpan } from './yaml-span.js';
import { keyOf, toPlain } from './yaml-value.js';
import type { AliasLimits, Pair } from './yaml-value.js';

export type Path = readonly (string | number)[];

/** What a diagnostic needs to say where: spread it in. */
export type Place = Pick<Diagnostic, 'at' | 'excerpt' | 'length'>;

/** A scalar's content, without quotes or block header. */
export interface Span {
  /** Offsets into the text, without a byte order mark. */
  readonly start: number;
  readonly end: number;
  /** From an offset within the scalar's string value, through escapes, folds and indentation. */
  readonly positionAt: (valueOffset: number) => Position;
  /** The place of `[start, end)` within the scalar's string value. */
  readonly placeOf: (start: number, end: number) => Place;
}

/** A YAML text that was understood, and where everything in it stands. */
export interface YamlSource {
  readonly file: string;
  /** Plain JavaScript; mappings have no prototype. `null` for an empty text. */
  readonly value: unknown;
  /** Where the value (or its key) at `path` starts; of a path that is not there, its nearest ancestor. */
  readonly positionOf: (path: Path, part?: 'key' | 'value') => Position;
  /** `undefined` where there is no scalar. */
  readonly spanOf: (path: Path) => Span | undefined;
  /** As `positionOf`, with the line and how much of it to underline. */
  readonly placeOf: (path: Path, part?: 'key' | 'value') => Place;
  /** The line without its end, each control character as one `\ufffd`. */
  readonly excerptAt: (line: number) => string;
  /** A scalar as it was written (`6.10`), `undefined` where there is none. */
  readonly writtenAt: (path: Path) => string | undefined;
}

export interface YamlLimits extends AliasLimits {
  /** UTF-16 units. */
  readonly maxLength: number;
  /** Collections within collections; counted before parsing. */
  readonly maxDepth: number;
}

export const YAML_LIMITS: YamlLimits = { maxLength: 10 * 1024 * 1024, maxDepth: 100, maxAliases: 1000, maxAliasNodes: 100_000 };

export interface YamlOptions extends Partial<YamlLimits> {
  /** What excerpts are cut from, of the same length and lines as the text: secrets overwritten. */
  readonly shown?: string;
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

const rangeOf = (node: Node | undefined): readonly [number, number] | undefined =>
  node?.range === undefined || node.range === null ? undefined : [node.range[0], node.range[1]];

const nodeOf = (value: unknown): Node | undefined => (isNode(value) ? value : undefined);

const failed = (diagnostics: readonly Diagnostic[]): Loaded<YamlSource> => ({ value: undefined, diagnostics });

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/**
 * Reads one YAML 1.2 document, safely for any text: size, depth and aliases are limited, nothing is executed, and no key
 * reaches a prototype. What YAML allows but a policy or an inventory never needs is a mistake: duplicate keys, tags, a
 * second document, another version's directive.
 *
 * @returns `value` only where there is no mistake; diagnostics have the codes `yaml/…`; never throws
 */
export const readYaml = (rawText: string, file: string, options: YamlOptions = {}): Loaded<YamlSource> => {
  const limits = { ...YAML_LIMITS, ...options };
  const text = withoutMark(rawText);
  if (text.length > limits.maxLength) {
    return failed([
      {
        code: 'yaml/too-large',
        severity: 'error',
        message: `the file has ${text.length} characters; at most ${limits.maxLength} are read`,
        at: { file, line: 1, column: 1 },
        help: 'split it into several files',
      },
    ]);
  }

  const lines = linesOf(text, file, options.shown === undefined ? text : withoutMark(options.shown));
  const placeBetween = (start: number, end: number): Place => {
    const at = lines.positionAt(start);
    const excerpt = lines.excerptAt(at.line);
    return { at, excerpt, length: Math.max(1, Math.min(end - start, excerpt.length - at.column + 1)) };
  };

  const { tooDeepAt, otherVersionAt } = checkDepth(text, limits.maxDepth);
  if (tooDeepAt !== undefined) {
    return failed([
      {
        code: 'yaml/too-deep',
        severity: 'error',
        message: `more than ${limits.maxDepth} collections stand in each other here`,
        ...placeBetween(tooDeepAt, tooDeepAt + 1),
        help: 'no file of kernward needs more than a dozen: look for brackets that are never closed',
      },
    ]);
  }

  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', version: '1.2', stringKeys: true, uniqueKeys: false, resolveKnownTags: false });
  const tree = toPlain(document.contents, limits);
  const diagnostics = [
    ...parseProblems(document, otherVersionAt, placeBetween),
    ...tree.problems.map((problem) => treeProblem(problem, placeBetween, lines.positionAt)),
  ];
  if (diagnostics.length > 0) return failed(diagnostics);

  const pairIndexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    const index = pairIndexes.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair) ?? '', pair]));
    pairIndexes.set(map, index);
    return index.get(key);
  };
  const resolved = (node: unknown): Node | undefined => (isAlias(node) ? tree.targets.get(node) : nodeOf(node));

  const stepInto = (node: Node | undefined, segment: string | number): Found | undefined => {
    if (isMap(node)) {
      const pair = pairOf(node, String(segment));
      return pair && { key: nodeOf(pair.key), value: nodeOf(pair.value) };
    }
    const item = isSeq(node) ? nodeOf(node.items[Number(segment)]) : undefined;
    return item && { key: undefined, value: item };
  };

  /** The deepest thing that is there along the path; `isWhole` tells whether it is the path's end. */
  const find = (path: Path): Found & { readonly isWhole: boolean } => {
    let found: Found = { key: undefined, value: document.contents ?? undefined };
    for (const segment of path) {
      const next = stepInto(resolved(found.value), segment);
      if (next === undefined) return { ...found, isWhole: false };
      found = next;
    }
    return { ...found, isWhole: true };
  };

  const rangeAt = (path: Path, part: 'key' | 'value'): readonly [number, number] => {
    const { key, value } = find(path);
    const keyRange = rangeOf(key);
    const valueRange = rangeOf(value);
    const isEmpty = valueRange === undefined || valueRange[0] === valueRange[1];
    return (part === 'key' || isEmpty ? (keyRange ?? valueRange) : valueRange) ?? [0, 0];
  };

  const scalarAt = (path: Path) => {
    const found = find(path);
    const node = found.isWhole ? resolved(found.value) : undefined;
    return isScalar(node) ? node : undefined;
  };

  return {
    value: {
      file,
      value: tree.value,
      positionOf: (path, part = 'value') => lines.positionAt(rangeAt(path, part)[0]),
      placeOf: (path, part = 'value') => placeBetween(...rangeAt(path, part)),
      spanOf: (path) => {
        const scalar = scalarAt(path);
        if (scalar === undefined) return undefined;
        const { start, end, offsetOf } = contentSpan(text, scalar);
        return {
          start,
          end,
          positionAt: (valueOffset) => lines.positionAt(offsetOf(valueOffset)),
          placeOf: (from, to) => placeBetween(offsetOf(from), to > from ? offsetOf(to - 1) + 1 : offsetOf(from) + 1),
        };
      },
      writtenAt: (path) => scalarAt(path)?.source,
      excerptAt: lines.excerptAt,
    },
    diagnostics: [],
  };
};
