/** Enough for any word, and with folder and ending below the 255 bytes of a file name. */
const MAX_LENGTH = 100;

/** A text as a part of a file name that no shell and no file system takes for anything else; empty where nothing is left. */
function safePart(text: string): string {
  const safe = text.normalize('NFC').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
  // Half of a character that was cut in two is none.
  return safe
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, MAX_LENGTH)
    .replace(/\p{Cs}$/u, '');
}

/**
 * A name for each text, all of them different, also where a file system knows no capital letters.
 *
 * @param empty for a text of which nothing is left
 */
export function safeFileNames(texts: readonly string[], empty: string): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    texts.map((text) => {
      const base = safePart(text) || empty;
      let name = base;
      for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${base}-${number}`;
      taken.add(name.toLowerCase());
      return [text, name];
    }),
  );
}
