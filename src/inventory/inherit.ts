import { bareRecord } from '../text/yaml/value.js';
import type { GroupTree } from './group-tree.js';
import { isSameValue, LABEL } from './settings.js';
import type { Setting, Settings } from './settings.js';

/** Two groups, neither within the other, that give their hosts different values. */
export interface Disagreement {
  readonly setting: string;
  readonly first: Setting;
  readonly second: Setting;
  readonly groups: readonly [string, string];
}

/** What hosts of exactly these groups inherit. */
export interface Inherited {
  readonly groups: readonly string[];
  readonly settings: Settings;
  readonly disagreements: readonly Disagreement[];
}

/** The groups that give the setting, without those that an inner one overrides. */
function nearest(setting: string, groups: readonly string[], tree: GroupTree): readonly string[] {
  const giving = groups.filter((name) => tree.groups.get(name)?.settings.has(setting));
  return giving.filter((name) => !giving.some((inner) => inner !== name && tree.withOuter(inner).has(name)));
}

/**
 * The nearest wins: inner group, outer group, defaults. Of groups side by side none is nearer; where they disagree,
 * nothing is chosen for the user.
 */
export function inherit(memberOf: ReadonlySet<string>, tree: GroupTree, defaults: Settings): Inherited {
  const groups = [...new Set([...memberOf].flatMap((name) => [...tree.withOuter(name)]))].sort();
  const settings = new Map(defaults);
  const disagreements: Disagreement[] = [];
  const names = new Set(groups.flatMap((name) => [...(tree.groups.get(name)?.settings.keys() ?? [])]));
  for (const name of names) {
    const [first, ...others] = nearest(name, groups, tree).flatMap((group) => {
      const setting = tree.groups.get(group)?.settings.get(name);
      return setting === undefined ? [] : [{ group, setting }];
    });
    if (first === undefined) continue;
    settings.set(name, first.setting);
    const other = others.find(({ setting }) => !isSameValue(setting.value, first.setting.value));
    if (other !== undefined)
      disagreements.push({
        setting: name,
        first: first.setting,
        second: other.setting,
        groups: [first.group, other.group],
      });
  }
  return { groups, settings, disagreements };
}

export function getLabels(settings: Settings): Readonly<Record<string, string>> {
  const labels = bareRecord<string>();
  const names: string[] = [];
  for (const name of settings.keys()) if (name.startsWith(LABEL)) names.push(name);
  for (const name of names.sort()) labels[name.slice(LABEL.length)] = String(settings.get(name)?.value);
  return labels;
}
