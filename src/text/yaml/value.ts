import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Alias, Node as YamlNode, YAMLMap } from 'yaml';
import { defined } from '../../language/defined.js';

/** A problem that only shows when the tree is walked; offsets into the text. */
export interface TreeProblem {
  readonly problem: 'duplicate-key' | 'unknown-anchor' | 'circular-alias' | 'too-many-aliases';
  readonly start: number;
  readonly end: number;
  /** The key, the anchor, or empty. */
  readonly name: string;
  /** Where the first one of a duplicate key starts. */
  readonly firstAt?: number;
}

export interface PlainTree {
  readonly value: unknown;
  readonly problems: readonly TreeProblem[];
  readonly targets: ReadonlyMap<Alias, YamlNode>;
}

export interface AliasLimits {
  /** `*name` in the text. */
  readonly maxAliases: number;
  /** Nodes that aliases stand for, all together, aliases in aliases multiplied out. */
  readonly maxAliasNodes: number;
}

export type Pair = YAMLMap['items'][number];

/** A key's text; `undefined` for a key that is no scalar, which the parser has already reported. */
export function toKey(pair: Pair): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
function endOf(node: unknown): number {
  return isNode(node) ? (node.range?.[1] ?? 0) : 0;
}

/** An object without a prototype, so that a key called `__proto__` or `constructor` is a key like any other. */
export function bareRecord<T>(): Record<string, T> {
  const bare: Record<string, T> = {};
  // Object.create(null) makes a hash table: three times as much memory, and as long to fill.
  Object.setPrototypeOf(bare, null);
  return bare;
}

/** Plain JavaScript: mappings have no prototype, so no key can reach one; aliases are resolved within their limits. */
export function toPlain(root: unknown, limits: AliasLimits): PlainTree {
  const problems: TreeProblem[] = [];
  const anchors = new Map<string, YamlNode>();
  const targets = new Map<Alias, YamlNode>();
  const open = new Set<unknown>();
  let aliases = 0;
  let aliasNodes = 0;
  let insideAlias = 0;

  const report = (problem: TreeProblem['problem'], node: unknown, name: string, firstAt?: number): void => {
    problems.push({
      problem,
      start: startOf(node),
      end: endOf(node),
      name,
      ...defined({ firstAt }),
    });
  };
  const isExhausted = (): boolean => aliases > limits.maxAliases || aliasNodes > limits.maxAliasNodes;

  const plainAlias = (alias: Alias): unknown => {
    if (isExhausted()) return null;
    if (insideAlias === 0) aliases++;
    const target = targets.get(alias) ?? anchors.get(alias.source);
    if (target === undefined) return (report('unknown-anchor', alias, alias.source), null);
    if (open.has(target)) return (report('circular-alias', alias, alias.source), null);
    targets.set(alias, target);
    insideAlias++;
    const value = plain(target);
    insideAlias--;
    if (isExhausted() && insideAlias === 0) report('too-many-aliases', alias, alias.source);
    return value;
  };

  const plainMap = (map: YAMLMap): unknown => {
    const value = bareRecord<unknown>();
    const seen = new Map<string, unknown>();
    for (const pair of map.items) {
      const key = toKey(pair);
      if (key === undefined) continue;
      if (insideAlias === 0 && isScalar(pair.key) && pair.key.anchor !== undefined)
        anchors.set(pair.key.anchor, pair.key);
      if (seen.has(key) && insideAlias === 0) report('duplicate-key', pair.key, key, startOf(seen.get(key)));
      else seen.set(key, pair.key);
      value[key] = plain(pair.value);
    }
    return value;
  };

  const plain = (node: unknown): unknown => {
    if (insideAlias > 0 && ++aliasNodes > limits.maxAliasNodes) return null;
    if (isAlias(node)) return plainAlias(node);
    if (insideAlias === 0 && (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)
      anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    if (!isMap(node) && !isSeq(node)) return null;
    open.add(node);
    const value = isMap(node) ? plainMap(node) : node.items.map(plain);
    open.delete(node);
    return value;
  };

  return { value: plain(root), problems, targets };
}
