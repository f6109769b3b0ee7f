import { COUNTED_SECTIONS, type CommandSection, type FactDefinition } from '../facts/definition.js';
import { allowedParameters } from '../facts/catalog/cmdline.js';
import { FACTS, FURTHER_FACTS } from '../facts/index.js';
import { fnv1a32 } from '../text/fnv1a.js';
import { memoize } from '../language/memoize.js';
import { bootFunctions } from './boot/boot-script.js';
import { DUMPS_SCRIPT } from './dumps.js';
import { packagesFunctions } from './packages-script.js';
import { ROOT_EDITIONS } from './root-script.js';
import { CMDLINE_AWK } from './cmdline-awk.js';
import { KTHREADS, TASKS_SCRIPT } from './script.js';
import { SHELL_FUNCTIONS } from './shell.js';

const SECTION_TEXTS: Readonly<Record<CommandSection, () => string>> = {
  cmdline: () => CMDLINE_AWK + allowedParameters(FACTS).join(' '),
  machine: () => 'uname -m',
  kthreads: () => KTHREADS,
  tasks: () => TASKS_SCRIPT,
  dumps: () => DUMPS_SCRIPT,
  boot: () => bootFunctions(),
  // Only policies declare facts of these: `declared-editions.ts`.
  parameters: () => '',
  kconfig: () => '',
  installed: packagesFunctions,
  changelog: packagesFunctions,
  pstore: () => ROOT_EDITIONS.pstore,
};

/** What all sections that are counted are printed by: what it says of them is a part of how they are asked for. */
const COUNTED = /kw_counted\(\) \{[\s\S]*?\n\}\n/.exec(SHELL_FUNCTIONS)?.[0] ?? '';

/** How a fact is asked for, in a word: where it is read, or the text of the script that reads it. */
function editionsOf(facts: readonly FactDefinition[]): ReadonlyMap<string, string> {
  const edition = memoize((section: CommandSection): string =>
    fnv1a32(`${COUNTED_SECTIONS.has(section) ? COUNTED : ''}${SECTION_TEXTS[section]()}`),
  );
  return new Map(
    facts.map(({ id, origin }) => [
      id,
      fnv1a32(
        `${id} ${JSON.stringify(origin)} ${origin.via === 'command' ? origin.sections.map(edition).join(' ') : ''}`,
      ),
    ]),
  );
}

/**
 * Fact → how this kernward asks for it. A collector prints the editions that it holds: a fact whose own is not among
 * them was not asked for, or not as this kernward means it, whatever stands in the collector's output.
 */
export const factEditions = memoize((): ReadonlyMap<string, string> => editionsOf([...FACTS, ...FURTHER_FACTS]));
