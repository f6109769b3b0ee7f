import type { Loaded } from '../../model/diagnostic.js';
import { wrong } from '../../model/diagnostic.js';
import type { FactDefinition } from '../../facts/definition.js';
import type { FactDescription } from '../../model/fact.js';
import { mergeCollected } from './merge-collected.js';
import { readCollected } from './read-collected.js';
import { outcomeOf, type SavedHost } from './saved-readings.js';

/**
 * Reads what `collect` wrote, back to hosts and outcomes, in the order of the run. A host of the header whose line is not
 * there, or whose shard is another's file, is not reached: `shard-missing`.
 *
 * @param declared what the policies of this run declare
 * @returns no value where a line is not one that `collect` writes, each with its diagnostic
 */
export function parseSaved(
  text: string,
  file: string,
  facts: readonly FactDescription[],
  declared: readonly FactDefinition[] = [],
): Loaded<readonly SavedHost[]> {
  const lines = text.split('\n').map((line) => ({ text: line, place: line }));
  const { sections, diagnostics } = readCollected(lines, file, facts, declared);
  if (diagnostics.length > 0) return wrong(diagnostics);
  const { value, diagnostics: ofMerge } = mergeCollected(sections);
  if (value === undefined) return wrong(ofMerge);
  const { hosts, came, missing } = value;
  const saved = hosts.map((host, index): SavedHost => {
    const line = came.get(index);
    const outcome = line === undefined ? missing.get(index) : outcomeOf(JSON.parse(line), declared);
    if (outcome === undefined) throw new Error(`nothing is known of ${host.name}`);
    return { host, outcome };
  });
  return { value: saved, diagnostics: [] };
}
