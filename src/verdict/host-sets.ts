import type { HostReport, HostSet } from '../model/report.js';

/** Every host of the run; no group of an inventory can have this name. */
export const EVERYBODY: HostSet = { group: 'all' };

/** Equal exactly for the same set. */
export const setKey = ({ group, label }: HostSet): string =>
  JSON.stringify(label === undefined ? [group] : [label, group]);

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Groups before labels, then by name. */
export const bySet = (a: HostSet, b: HostSet): number =>
  Number(a.label !== undefined) - Number(b.label !== undefined) ||
  byText(a.label ?? '', b.label ?? '') ||
  byText(a.group, b.group);

export const groupSets = ({ groups }: Pick<HostReport, 'groups'>): readonly HostSet[] =>
  [...new Set(groups)].map((group) => ({ group }));

/** @param wanted which labels; undefined: all of them */
export const labelSets = ({ labels }: Pick<HostReport, 'labels'>, wanted?: ReadonlySet<string>): readonly HostSet[] =>
  Object.entries(labels).flatMap(([label, group]) => (wanted?.has(label) === false ? [] : [{ label, group }]));
