import type { Diagnostic } from '../model/diagnostic.js';
import { defined } from '../language/defined.js';
import { memoize } from '../language/memoize.js';
import { problemAt } from './diagnostics.js';
import type { GroupEntry } from './native/read-entries.js';
import { isSameValue, placeWords, settingWords } from './settings.js';
import type { Setting, Settings, Where } from './settings.js';
import { append } from '../text/append.js';

export interface Group {
  readonly name: string;
  readonly settings: Settings;
  /** What is said of the group itself and not of its hosts: `forks`. */
  readonly limits: Settings;
  readonly parents: ReadonlySet<string>;
  /** Where it is mentioned first. */
  readonly where: Where;
  readonly mayBeHost?: true;
}

export interface GroupTree {
  /** In the order of first mention. */
  readonly groups: ReadonlyMap<string, Group>;
  /** A group and all groups that it stands in, at whatever distance. */
  readonly withOuter: (name: string) => ReadonlySet<string>;
  /** No circle, and no deeper than can be: only then may anything be inherited. */
  readonly isSound: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Adds the settings of another place to those of the first; returns those that have two values. */
export function mergeSettings(into: Map<string, Setting>, settings: Settings, whose: string): readonly Diagnostic[] {
  return [...settings].flatMap(([name, setting]) => {
    const first = into.get(name);
    into.set(name, first ?? setting);
    return first === undefined || isSameValue(first.value, setting.value)
      ? []
      : [
          problemAt(
            setting.where,
            'value',
            'inventory/conflict',
            `${settingWords(name)} of ${whose} has another value at ${placeWords(first.where)}`,
            'keep one of them',
          ),
        ];
  });
}

interface GrowingGroup extends Group {
  readonly settings: Map<string, Setting>;
  readonly limits: Map<string, Setting>;
  readonly parents: Set<string>;
}

/**
 * Nobody nests groups this deep; what several files build up together is not bounded by the depth of any one of them.
 */
const MAX_DEPTH = 50;

/** Groups by how deep they stand, outermost first; those within a circle, and those below one, have no depth. */
function depthsOf(groups: ReadonlyMap<string, Group>): ReadonlyMap<string, number> {
  const missing = new Map<string, number>();
  const children = new Map<string, string[]>();
  const depths = new Map<string, number>();
  for (const { name, parents } of groups.values()) {
    missing.set(name, parents.size);
    for (const parent of parents) {
      const inside = children.get(parent);
      if (inside === undefined) children.set(parent, [name]);
      else inside.push(name);
    }
    if (parents.size === 0) depths.set(name, 1);
  }
  // A map that grows while it is walked: a group joins when its last parent has.
  for (const [name, depth] of depths) {
    for (const child of children.get(name) ?? []) {
      const left = (missing.get(child) ?? 0) - 1;
      missing.set(child, left);
      if (left === 0) depths.set(child, depth + 1);
    }
  }
  return depths;
}

/** The circle that one comes into by going outwards, innermost first; empty where there is none. */
function circleFrom(
  start: string,
  groups: ReadonlyMap<string, Group>,
  isLeft: (name: string) => boolean,
): readonly string[] {
  const trail = new Set<string>();
  let name: string | undefined = start;
  while (name !== undefined && !trail.has(name)) {
    trail.add(name);
    name = [...(groups.get(name)?.parents ?? [])].find(isLeft);
  }
  const names = [...trail];
  return name === undefined ? [] : names.slice(names.indexOf(name));
}

function validateNesting(entries: readonly GroupEntry[], groups: ReadonlyMap<string, Group>): readonly Diagnostic[] {
  const depths = depthsOf(groups);
  const diagnostics: Diagnostic[] = [];
  const reported = new Set<string>();
  for (const name of groups.keys()) {
    if (depths.has(name) || reported.has(name)) continue;
    const circle = circleFrom(name, groups, (parent) => !depths.has(parent) && !reported.has(parent));
    for (const member of circle.length === 0 ? [name] : circle) reported.add(member);
    const [inner, outer = inner] = circle;
    const entry = entries.find((candidate) => candidate.name === inner && candidate.parent === outer);
    if (entry === undefined || inner === undefined) continue;
    const words = [...circle.toReversed(), circle.at(-1)].join(' > ');
    diagnostics.push(
      problemAt(
        entry.where,
        'key',
        'inventory/group-cycle',
        `a group stands within itself: ${words}`,
        'take one of them out of the other',
      ),
    );
  }
  const tooDeep = [...depths].find(([, depth]) => depth > MAX_DEPTH);
  const place = tooDeep === undefined ? undefined : groups.get(tooDeep[0]);
  if (place !== undefined)
    diagnostics.push(
      problemAt(
        place.where,
        'key',
        'inventory/group-depth',
        `the group ${place.name} stands within more than ${MAX_DEPTH} others`,
        'use fewer levels',
      ),
    );
  return diagnostics;
}

/** All places that describe a group, put together. A group may stand in several groups, but not within itself. */
export function growGroups(entries: readonly GroupEntry[]): GroupTree {
  const groups = new Map<string, GrowingGroup>();
  const diagnostics: Diagnostic[] = [];
  for (const { name, parent, settings, forks, where, mayBeHost } of entries) {
    const group = groups.get(name) ?? {
      name,
      settings: new Map(),
      limits: new Map(),
      parents: new Set(),
      where,
      ...defined({ mayBeHost }),
    };
    groups.set(name, group);
    if (parent !== undefined) group.parents.add(parent);
    const limits = new Map(forks === undefined ? [] : [['forks', forks]]);
    append(diagnostics, mergeSettings(group.settings, settings, `the group ${name}`));
    append(diagnostics, mergeSettings(group.limits, limits, `the group ${name}`));
  }

  const withOuter = memoize((name: string): ReadonlySet<string> => {
    const found = new Set([name]);
    // A set that grows while it is walked; a circle ends by itself.
    for (const reached of found) for (const parent of groups.get(reached)?.parents ?? []) found.add(parent);
    return found;
  });

  const nesting = validateNesting(entries, groups);
  return { groups, withOuter, isSound: nesting.length === 0, diagnostics: [...diagnostics, ...nesting] };
}
