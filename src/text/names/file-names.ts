/** Enough for any word. */
const MAX_LENGTH = 100;
/** In UTF-8: with what stands around it, and the name that a file has while it is written, below the 255 of a file name. */
const MAX_BYTES = 150;

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_00_00 ? 3 : 4;
}

/** As many whole characters from the beginning as are allowed. */
function beginning(text: string): string {
  let bytes = 0;
  let length = 0;
  for (const character of text) {
    bytes += bytesOf(character.codePointAt(0) ?? 0);
    if (bytes > MAX_BYTES || length + character.length > MAX_LENGTH) break;
    length += character.length;
  }
  return text.slice(0, length);
}

/** A text as a part of a file name that no shell and no file system takes for anything else; empty where nothing is left. */
function safePart(text: string): string {
  const safe = text.normalize('NFC').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
  return beginning(safe.replaceAll(/^[.-]+|[.-]+$/g, ''));
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
