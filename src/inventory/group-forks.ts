import { toLoaded, type Diagnostic, type Loaded } from '../model/diagnostic.js';
import { clean } from '../text/clean.js';
import { suggest } from '../text/suggest.js';
import { readTerm } from './patterns/parse.js';
import type { Inventory } from './inventory.js';
import { nameMatcher } from './patterns/name-matcher.js';

/** How many hosts of a group may be asked at the same time; `group` is a name, a glob or a `~regex`. */
export interface GroupForks {
  readonly group: string;
  readonly forks: number;
}

function unknownGroup(group: string, names: Iterable<string>): Diagnostic {
  const near = suggest(group, names);
  return {
    code: 'inventory/no-match',
    severity: 'error',
    message: `--group-forks: ${clean(group, 80)} is no group of the inventory`,
    help: near === undefined ? '`kernward inventory list` shows the groups of every host' : `did you mean ${near}?`,
  };
}

/**
 * What the inventory says of its groups, and then what was given: a pattern holds for each group that it matches, by
 * itself; the last that matches has the last word.
 */
export function getGroupForks(
  { groups, groupForks }: Inventory,
  given: readonly GroupForks[],
): Loaded<ReadonlyMap<string, number>> {
  const diagnostics: Diagnostic[] = [];
  const value = new Map(groupForks);
  for (const { group, forks } of given) {
    const matches = nameMatcher(readTerm(group));
    const named = typeof matches === 'string' ? [] : [...groups.keys()].filter(matches);
    if (typeof matches === 'string')
      diagnostics.push({
        code: 'inventory/pattern',
        severity: 'error',
        message: `--group-forks: ${clean(group, 80)} cannot be read: ${clean(matches, 200)}`,
        help: 'after ~ stands a regular expression in the syntax of RE2',
      });
    else if (named.length === 0) diagnostics.push(unknownGroup(group, groups.keys()));
    for (const name of named) value.set(name, forks);
  }
  return toLoaded(value, diagnostics);
}
