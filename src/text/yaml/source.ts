import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Node, Scalar, YAMLMap } from 'yaml';
import type { Diagnostic, Position } from '../../model/diagnostic.js';
import type { Lines } from '../lines.js';
import { memoize } from '../../language/memoize.js';
import { contentSpan } from './span.js';
import { toKey } from './value.js';
import type { Pair, PlainTree } from './value.js';

export type Path = readonly (string | number)[];

/** What a diagnostic needs to say where: spread it in. */
export type Place = Pick<Diagnostic, 'at' | 'excerpt' | 'length'>;

/** A scalar's content, without quotes or block header. */
interface ScalarSpan {
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
  /** It was found sound when kernward was built, in what its schema sees and what it does not. */
  readonly isChecked?: true;
  /** Where the value (or its key) at `path` starts; of a path that is not there, its nearest ancestor. */
  readonly positionOf: (path: Path, part?: 'key' | 'value') => Position;
  /** `undefined` where there is no scalar. */
  readonly spanOf: (path: Path) => ScalarSpan | undefined;
  /** As `positionOf`, with the line and how much of it to underline. */
  readonly placeOf: (path: Path, part?: 'key' | 'value') => Place;
  /** The line without its end, each control character as one `\ufffd`. */
  readonly excerptAt: (line: number) => string;
  /** A scalar as it was written (`6.10`), `undefined` where there is none. */
  readonly writtenAt: (path: Path) => string | undefined;
}

/** Everything that a text was read into. */
export interface ReadText {
  readonly text: string;
  readonly file: string;
  readonly lines: Lines;
  readonly root: unknown;
  readonly tree: PlainTree;
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

function rangeOf(node: Node | undefined): readonly [number, number] | undefined {
  return node?.range === undefined || node.range === null ? undefined : [node.range[0], node.range[1]];
}

function nodeOf(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

/** The place of `[start, end)`, underlined as far as its first line goes. */
export function placeBetween(lines: Lines, start: number, end: number): Place {
  const at = lines.positionAt(start);
  const excerpt = lines.excerptAt(at.line);
  return { at, excerpt, length: Math.max(1, Math.min(end - start, excerpt.length - at.column + 1)) };
}

type Find = (path: Path) => Found & { readonly isWhole: boolean };

/** Walks down to a path; keys of large mappings are indexed when they are first asked for. */
function finder({ root, tree }: ReadText): Find {
  const pairsOf = memoize(
    (map: YAMLMap): ReadonlyMap<string, Pair> => new Map(map.items.map((pair) => [toKey(pair) ?? '', pair])),
  );

  const stepInto = (node: Node | undefined, segment: string | number): Found | undefined => {
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(segment));
      return pair && { key: nodeOf(pair.key), value: nodeOf(pair.value) };
    }
    const item = isSeq(node) ? nodeOf(node.items[Number(segment)]) : undefined;
    return item && { key: undefined, value: item };
  };

  return (path) => {
    let found: Found = { key: undefined, value: nodeOf(root) };
    for (const segment of path) {
      const next = stepInto(isAlias(found.value) ? tree.targets.get(found.value) : found.value, segment);
      if (next === undefined) return { ...found, isWhole: false };
      found = next;
    }
    return { ...found, isWhole: true };
  };
}

function rangeAt({ key, value }: Found, part: 'key' | 'value'): readonly [number, number] {
  const keyRange = rangeOf(key);
  const valueRange = rangeOf(value);
  const isEmpty = valueRange === undefined || valueRange[0] === valueRange[1];
  return (part === 'key' || isEmpty ? (keyRange ?? valueRange) : valueRange) ?? [0, 0];
}

function spanOf({ text, lines }: ReadText, scalar: Scalar): ScalarSpan {
  const { start, end, offsetOf } = contentSpan(text, scalar);
  return {
    start,
    end,
    positionAt: (valueOffset) => lines.positionAt(offsetOf(valueOffset)),
    placeOf: (from, to) => placeBetween(lines, offsetOf(from), to > from ? offsetOf(to - 1) + 1 : offsetOf(from) + 1),
  };
}

export function getSource(read: ReadText): YamlSource {
  const { file, lines, tree } = read;
  const find = finder(read);
  const scalarAt = (path: Path): Scalar | undefined => {
    const { value, isWhole } = find(path);
    const node = isAlias(value) ? tree.targets.get(value) : value;
    return isWhole && isScalar(node) ? node : undefined;
  };
  return {
    file,
    value: tree.value,
    positionOf: (path, part = 'value') => lines.positionAt(rangeAt(find(path), part)[0]),
    placeOf: (path, part = 'value') => placeBetween(lines, ...rangeAt(find(path), part)),
    spanOf: (path) => {
      const scalar = scalarAt(path);
      return scalar === undefined ? undefined : spanOf(read, scalar);
    },
    writtenAt: (path) => scalarAt(path)?.source,
    excerptAt: lines.excerptAt,
  };
}
