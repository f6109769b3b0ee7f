/** Where the string that begins at `start` ends: at its closing quote. The text is JSON. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slash = end - 1;
    while (text[slash] === '\\') slash -= 1;
    if ((end - 1 - slash) % 2 === 0) return end;
  }
  return text.length;
}

function isKeyBefore(text: string, after: number): boolean {
  let at = after;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}

function keysIn(text: string): number {
  let keys = 0;
  for (let start = text.indexOf('"'); start >= 0;) {
    const end = endOfString(text, start);
    if (isKeyBefore(text, end + 1)) keys += 1;
    start = text.indexOf('"', end + 1);
  }
  return keys;
}

/** Without recursion: the nesting is somebody else's. */
function keysOf(value: unknown): number {
  let keys = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) keys += members.length;
    for (const member of members) if (typeof member === 'object') waiting.push(member);
  }
  return keys;
}

/** The first key that its object has already, with where it stands. */
function repeatedIn(text: string): { readonly key: string; readonly offset: number } | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (isKeyBefore(text, end + 1)) {
        const key: string = JSON.parse(text.slice(at, end + 1));
        if (open.at(-1)?.has(key) === true) return { key, offset: at };
        open.at(-1)?.add(key);
      }
      at = end;
    }
  }
  return undefined;
}

/** Half a gigabyte of reports has half as many; so many objects are some gigabytes of memory. */
const MAX_VALUES = 40_000_000;
const VALUE_BEFORE: ReadonlySet<number> = new Set([',', '[', '{'].map((sign) => sign.charCodeAt(0)));

/** Whether there are more values than anybody wrote by honest means; a comma in a string counts as well. */
function hasTooMany(text: string): boolean {
  if (text.length <= MAX_VALUES) return false;
  let values = 0;
  for (let at = 0; at < text.length && values <= MAX_VALUES; at += 1)
    if (VALUE_BEFORE.has(text.charCodeAt(at))) values += 1;
  return values > MAX_VALUES;
}

/**
 * What JSON.parse gives, but for objects with a key twice: of those it keeps the last and another reader may keep the
 * first, so two programs see two things in one file.
 *
 * @throws SyntaxError with `at position N`, as JSON.parse does, and where there are too many values to be parsed at all
 */
export function parseStrictJson(text: string): unknown {
  if (hasTooMany(text)) throw new SyntaxError(`it has more than ${MAX_VALUES} values at position 0`);
  const value: unknown = JSON.parse(text);
  if (keysIn(text) === keysOf(value)) return value;
  const { key = '', offset = 0 } = repeatedIn(text) ?? {};
  throw new SyntaxError(`the key ${JSON.stringify(key.slice(0, 60))} stands twice in one object at position ${offset}`);
}
