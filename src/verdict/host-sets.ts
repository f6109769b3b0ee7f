import type { HostReport, HostSet } from '../model/report.js';

/** Every host of the run; no group of an inventory can have this name. */
export const EVERYBODY: HostSet = { group: 'all' };

/** Equal exactly for the same set. */
export function setKey({ group, label }: HostSet): string {
  return JSON.stringify(label === undefined ? [group] : [label, group]);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Groups before labels, then by name. */
export function bySet(a: HostSet, b: HostSet): number {
  return (
    Number(a.label !== undefined) - Number(b.label !== undefined) ||
    byText(a.label ?? '', b.label ?? '') ||
    byText(a.group, b.group)
  );
}

export function groupSets({ groups }: Pick<HostReport, 'groups'>): readonly HostSet[] {
  return [...new Set(groups)].map((group) => ({ group }));
}

/** @param wanted which labels; undefined: all of them */
export function labelSets({ labels }: Pick<HostReport, 'labels'>, wanted?: ReadonlySet<string>): readonly HostSet[] {
  return Object.entries(labels).flatMap(([label, group]) => (wanted?.has(label) === false ? [] : [{ label, group }]));
}
