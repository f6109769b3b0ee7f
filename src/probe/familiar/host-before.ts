import type { FactDefinition } from '../../facts/definition.js';
import type { Reading } from '../../model/reading.js';
import type { FileTable } from '../output/files.js';
import type { FileLayout } from './file-layouts.js';
import { LONGEST_SECTION } from './sections.js';

/** What the host before said in a section of files, and what was read of it. */
interface HostBefore {
  readonly facts: readonly FactDefinition[];
  /** Of each fact the files that its reading may be made of, as places in the layout. */
  readonly filesOf: readonly (readonly number[])[];
  /** What it said of its folders. */
  readonly places: object;
  readonly contents: readonly string[];
  readonly readings: readonly Reading[];
}

function mayRead({ origin }: FactDefinition, path: string): boolean {
  if (origin.via === 'command') return false;
  return origin.via === 'glob'
    ? origin.directories.some((directory) => path.startsWith(`${directory}/`))
    : origin.paths.includes(path);
}

function filesOf(fact: FactDefinition, { paths }: FileLayout): readonly number[] {
  return paths.flatMap((path, at) => (mayRead(fact, path) ? [at] : []));
}

function isSameIn(files: readonly number[], contents: readonly string[], others: readonly string[]): boolean {
  for (const at of files) if (contents[at] !== others[at]) return false;
  return true;
}

function lengthOf(contents: readonly string[]): number {
  let length = 0;
  for (const content of contents) length += content.length;
  return length;
}

/**
 * @param places what the host said of its folders, one object for all that said the same
 * @param read gives the reading of a fact, which depends on nothing but the table and the places
 * @returns a reading of each fact
 */
export type ReadChanged = (
  facts: readonly FactDefinition[],
  table: FileTable,
  places: object,
  read: (fact: FactDefinition) => Reading,
) => readonly Reading[];

/**
 * Hosts with the same files differ in a few of them: the facts of all others are read as they were of the host before. That is, for
 * each layout, the latest that said no more than a section that is kept may.
 */
export function readingChanged(): ReadChanged {
  const hosts = new WeakMap<FileLayout, HostBefore>();
  return (facts, { layout, contents: { list: contents } }, places, read) => {
    const before = hosts.get(layout);
    // What could not be read, is missing or is there is the same in one layout, and what proves an absence with the same places.
    const isAlike = before?.facts === facts && before.places === places;
    const same = (index: number): Reading | undefined =>
      isAlike && isSameIn(before.filesOf[index] ?? [], contents, before.contents) ? before.readings[index] : undefined;
    const readings = facts.map((fact, index) => same(index) ?? read(fact));
    if (layout.isKept && lengthOf(contents) <= LONGEST_SECTION)
      hosts.set(layout, {
        facts,
        filesOf: isAlike ? before.filesOf : facts.map((fact) => filesOf(fact, layout)),
        places,
        contents,
        readings,
      });
    return readings;
  };
}
