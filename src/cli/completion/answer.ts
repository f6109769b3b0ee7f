import type { Command } from 'commander';
import { clean } from '../../text/clean.js';
import type { ValueKind } from './value-kinds.js';
import { type Candidate, atCursor } from './at-cursor.js';

/** What a shell lists itself. */
const BY_SHELL: ReadonlyMap<ValueKind, string> = new Map([
  ['file', ':files\n'],
  ['folder', ':folders\n'],
]);

const LONGEST_DESCRIPTION = 100;

function lineOf({ word, says }: Candidate): string {
  return `${clean(word)}\t${clean(says, LONGEST_DESCRIPTION)}\n`;
}

/**
 * Prints what may stand where the cursor is; see `shells.ts` for the form. What cannot be found out is left out: a shell
 * shows no error.
 */
export async function answerShell(root: Command, words: readonly string[]): Promise<void> {
  const found = atCursor(root, words);
  if (found.kind === 'nothing') return;
  if (found.kind === 'words') {
    process.stdout.write(found.candidates.map(lineOf).join(''));
    return;
  }
  const { of, before } = found;
  const shell = before === '' ? BY_SHELL.get(of) : undefined;
  if (shell !== undefined) {
    process.stdout.write(shell);
    return;
  }
  const { listValues } = await import('../actions/rarely.js');
  const last = words.at(-1) ?? '';
  const candidates = await listValues(of, words, last.slice(before.length));
  process.stdout.write(
    candidates
      .map(({ word, says }) => ({ word: `${before}${word}`, says }))
      .filter(({ word }) => word.startsWith(last))
      .map(lineOf)
      .join(''),
  );
}
