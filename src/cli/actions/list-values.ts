import { createDiagnosticSink } from '../../model/diagnostic.js';
import { FORMAT_NAMES } from '../../report/formats/names.js';
import type { Candidate } from '../completion/at-cursor.js';
import type { ValueKind } from '../completion/value-kinds.js';
import type { RuleSet } from '../../run/rule-set.js';
import { loadRules, profileNames, readHosts, type Targets } from '../setup/load-targets.js';

/** The values of an option that stand on a command line, as `-i FILE`, `-iFILE` or `--inventory=FILE`. */
function valuesOf(words: readonly string[], short: string, long: string): readonly string[] {
  return words.flatMap((word, index) => {
    if (index === words.length - 1) return [];
    if (word.startsWith(`${long}=`)) return [word.slice(long.length + 1)];
    if (word.startsWith(short) && word.length > short.length && !word.startsWith('--'))
      return [word.slice(short.length)];
    const next = words[index + 1];
    return (word === short || word === long) && next !== undefined && index + 1 < words.length - 1 ? [next] : [];
  });
}

/** What the inventories on the line hold. None of their programs runs: nobody has pressed Enter. */
async function targetsOn(words: readonly string[]): Promise<Targets | undefined> {
  const inventory = valuesOf(words, '-i', '--inventory').filter((file) => file !== '-');
  if (inventory.length === 0) return undefined;
  return readHosts({ inventory, inventoryTimeout: 1, exec: false }, profileNames(), createDiagnosticSink());
}

/** Kernward's rules, with those of the policies on the line; without them where they have mistakes. */
function rulesOn(words: readonly string[]): RuleSet | undefined {
  const policy = valuesOf(words, '-p', '--policy');
  return loadRules({ policy }).value ?? loadRules({}).value;
}

function named(words: Iterable<string>, says = ''): readonly Candidate[] {
  return [...words].map((word) => ({ word, says }));
}

async function patterns(words: readonly string[]): Promise<readonly Candidate[]> {
  const targets = await targetsOn(words);
  if (targets === undefined) return [];
  return [
    ...named(targets.inventory.groups.keys(), 'group'),
    ...named(
      targets.hosts.map(({ name }) => name),
      'host',
    ),
  ];
}

/** Of a pattern such as `web,!db1` only the last part is completed. */
function afterSeparator(start: string): string {
  return /^.*[,:][!&]?|^[!&]/u.exec(start)?.[0] ?? '';
}

const LISTS: {
  readonly [Kind in ValueKind]: (
    words: readonly string[],
    start: string,
  ) => Promise<readonly Candidate[]> | readonly Candidate[];
} = {
  file: () => [],
  folder: () => [],
  host: async (words) => named((await targetsOn(words))?.hosts.map(({ name }) => name) ?? []),
  group: async (words) => named((await targetsOn(words))?.inventory.groups.keys() ?? []),
  pattern: async (words, start) => {
    const before = afterSeparator(start);
    return (await patterns(words)).map(({ word, says }) => ({ word: `${before}${word}`, says }));
  },
  profile: (words) => named(rulesOn(words)?.profiles.keys() ?? profileNames()),
  rule: (words) => (rulesOn(words)?.rules ?? []).map(({ id, title }) => ({ word: id, says: title })),
  fix: (words) => (rulesOn(words)?.fixes ?? []).map(({ fix, title }) => ({ word: fix, says: title })),
  format: () => named(FORMAT_NAMES),
};

/**
 * The values that an option or argument takes, as far as they can be known from what stands on the line.
 *
 * @param start of the value, as far as it is written
 */
export async function listValues(
  kind: ValueKind,
  words: readonly string[],
  start: string,
): Promise<readonly Candidate[]> {
  return LISTS[kind](words, start);
}
