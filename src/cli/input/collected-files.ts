import { closeSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { FactDefinition } from '../../facts/definition.js';
import type { FactDescription } from '../../model/fact.js';
import type { HostOutcome } from '../../model/outcome.js';
import type { ReportLine } from '../../report/report-lines.js';
import type { MergedCollection } from '../../run/collected/merge-collected.js';
import { type CollectedSection, readCollected } from '../../run/collected/read-collected.js';
import { outcomeOf } from '../../run/collected/saved-readings.js';
import { openToRead, TooLarge } from '../../transports/read-file.js';
import { type LinePlace, lineAgain, lineTooLong, readIndexedLines } from './indexed-lines.js';
import { readInput } from './read-input.js';
import { MAX_REPORT_BYTES, unreadableFile } from './source-file.js';

/** Where a line stands: in a file that can be read again, or here, since a pipe cannot. */
type InputPlace = { readonly file: string; readonly at: LinePlace } | { readonly text: string };

export interface CollectedFiles {
  readonly sections: readonly CollectedSection<InputPlace>[];
  readonly diagnostics: readonly Diagnostic[];
}

function filesOf(path: string, mayBeEmpty: boolean): readonly string[] {
  if (path === '-' || !statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith('.jsonl'));
  if (names.length === 0 && !mayBeEmpty) throw new Error('it is a folder without a .jsonl file');
  return names.toSorted().map((name) => join(path, name));
}

/** Ten times the largest inventory, and what stands between them. */
const MAX_LINES = 2_000_000;

function* fewEnough(lines: Iterable<ReportLine<InputPlace>>): Generator<ReportLine<InputPlace>> {
  let many = 0;
  for (const line of lines) {
    many += 1;
    if (many > MAX_LINES) throw new TooLarge(`it has more than ${MAX_LINES} lines`);
    yield line;
  }
}

function* linesOfFile(file: string, handle: number): Generator<ReportLine<InputPlace>> {
  let line = 0;
  for (const { text, place } of readIndexedLines(handle)) {
    line += 1;
    if (place.isTooLong === true) throw new Error(lineTooLong(line));
    yield { text, place: { file, at: place } };
  }
}

function* linesOfText(text: string): Generator<ReportLine<InputPlace>> {
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    yield { text: line, place: { text: line } };
    from = end < 0 ? text.length + 1 : end + 1;
  }
}

type Declared = readonly FactDefinition[];

function readOne(file: string, facts: readonly FactDescription[], declared: Declared): CollectedFiles {
  const shown = file === '-' ? '<stdin>' : file;
  if (file === '-' || !statSync(file).isFile())
    return readCollected(fewEnough(linesOfText(readInput(file, MAX_REPORT_BYTES))), shown, facts, declared);
  const handle = openToRead(file);
  try {
    return readCollected(fewEnough(linesOfFile(file, handle)), shown, facts, declared);
  } finally {
    closeSync(handle);
  }
}

/**
 * Reads files of `collect`, and every `.jsonl` file of a folder, a line at a time. All failures are collected.
 *
 * @param declared what the policies of this run declare
 * @param mayBeEmpty a folder without a file is none of its failures: somebody knows what was to be there
 */
export function readCollectedFiles(
  paths: readonly string[],
  facts: readonly FactDescription[],
  {
    declared = [],
    mayBeEmpty = false,
  }: { readonly declared?: Declared | undefined; readonly mayBeEmpty?: boolean } = {},
): CollectedFiles {
  const sections: CollectedSection<InputPlace>[] = [];
  const diagnostics: Diagnostic[] = [];
  const attempt = (path: string, read: () => void): void => {
    try {
      read();
    } catch (thrown) {
      diagnostics.push(unreadableFile(path, thrown));
    }
  };
  for (const path of paths)
    attempt(path, () => {
      for (const file of filesOf(path, mayBeEmpty))
        attempt(file, () => {
          const read = readOne(file, facts, declared);
          for (const section of read.sections) sections.push(section);
          for (const diagnostic of read.diagnostics) diagnostics.push(diagnostic);
        });
    });
  return { sections, diagnostics };
}

/**
 * What came of each host, read from the files again at each walk, one file after the other.
 *
 * @throws Stop where a file was changed since it was checked
 */
export function outcomesOf(
  { came, missing }: Pick<MergedCollection<InputPlace>, 'came' | 'missing'>,
  declared: Declared = [],
): Iterable<readonly [index: number, outcome: HostOutcome]> {
  const byFile = new Map<string, (readonly [index: number, at: LinePlace])[]>();
  const here: (readonly [index: number, text: string])[] = [];
  for (const [index, place] of came) {
    if ('text' in place) {
      here.push([index, place.text]);
      continue;
    }
    const found = byFile.get(place.file) ?? [];
    found.push([index, place.at]);
    byFile.set(place.file, found);
  }
  return {
    *[Symbol.iterator]() {
      yield* missing;
      for (const [index, text] of here) yield [index, outcomeOf(JSON.parse(text), declared)] as const;
      for (const [file, places] of byFile) {
        const handle = openToRead(file);
        try {
          for (const [index, at] of places)
            yield [index, outcomeOf(JSON.parse(lineAgain(handle, file, at)), declared)] as const;
        } finally {
          closeSync(handle);
        }
      }
    },
  };
}
