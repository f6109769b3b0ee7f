import { memoize } from '../../language/memoize.js';
import { bareRecord } from './value.js';

/** Where a mapping or a sequence starts, and everything in it; offsets into the text. There are as many as hosts: they are small. */
interface PlainNode {
  readonly start: number;
  /** Of a mapping, in the order of the text. */
  readonly keys: readonly string[] | undefined;
  readonly keyStarts: readonly number[];
  /** A scalar is its offset alone; undefined: there is no value, as in `key:`. */
  readonly children: readonly Placed[];
}

type Placed = PlainNode | number | undefined;

export interface PlainYaml {
  readonly value: unknown;
  readonly root: PlainNode;
}

/** What ends a reading that is not for this reader; a value of its own, so that nothing else is caught. */
class NotPlain extends Error {}

/** As deep as an inventory of machines is; deeper is for the library. */
const MOST_DEEP = 32;
/** YAML's limit for a key on one line is 1024. */
const LONGEST_KEY = 512;
const NONE: readonly number[] = [];

const [SPACE, NEWLINE, HASH, DASH, COLON, COMMA, POINT] = [32, 10, 35, 45, 58, 44, 46];
const [DOUBLE, SINGLE, OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST, BACKSLASH] = [34, 39, 123, 125, 91, 93, 92];

/** What a scalar without quotes begins with, whatever stands around it. */
const STARTS = table(/[A-Za-z0-9_/.~+]/);
/** What it goes on with, in brackets and out of them. A colon is looked at where it stands. */
const WITHIN = table(/[A-Za-z0-9_/.~+\-@%=$^*!?&|<>;()"'`\\]/);

function table(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (characters.test(String.fromCharCode(code)) ? 1 : 0));
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,14})$/;
/** Every other way in which YAML 1.2 writes a number, which the library is better at. */
const OTHER_NUMBER =
  /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
]);

/** The value of a scalar without quotes. */
function resolve(text: string): unknown {
  const first = text.charCodeAt(0);
  // Only what begins with a digit, a sign or a point can be a number.
  if (first < 58) {
    if (INTEGER.test(text)) return Number(text);
    if (OTHER_NUMBER.test(text)) throw new NotPlain();
    return text;
  }
  return text.length <= 5 && WORDS.has(text) ? WORDS.get(text) : text;
}

/** Reads one text; what is read and where stands in its fields. */
class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  /** What was read last. */
  #value: unknown = undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PlainYaml {
    if (this.#text.startsWith('---\n')) this.#at = 4;
    const indent = this.#nextLine();
    if (indent !== 0) throw new NotPlain();
    const first = this.#text.charCodeAt(this.#at);
    const root = first === OPEN_MAP || first === OPEN_LIST ? this.#rootInBrackets() : this.#block(0);
    if (this.#at < this.#text.length) throw new NotPlain();
    return { value: this.#value, root };
  }

  #rootInBrackets(): PlainNode {
    const root = this.#brackets(true);
    this.#endOfLine();
    if (this.#nextLine() !== -1) throw new NotPlain();
    return root;
  }

  /** Goes to the next line that says something, and to what it says. @returns how far that is indented; -1 at the end */
  #nextLine(): number {
    const text = this.#text;
    for (let at = this.#at; ;) {
      const lineStart = at;
      while (text.charCodeAt(at) === SPACE) at += 1;
      if (at >= text.length) {
        this.#at = text.length;
        return -1;
      }
      const code = text.charCodeAt(at);
      if (code !== NEWLINE && code !== HASH) {
        this.#at = at;
        return at - lineStart;
      }
      const newline = text.indexOf('\n', at);
      at = newline === -1 ? text.length : newline + 1;
    }
  }

  /** Nothing but a comment may follow on the line. */
  #endOfLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === SPACE) at += 1;
    const code = text.charCodeAt(at);
    if (at < text.length && code !== NEWLINE && !(code === HASH && at > this.#at)) throw new NotPlain();
    const newline = text.indexOf('\n', at);
    this.#at = newline === -1 ? text.length : newline + 1;
  }

  /** A mapping or sequence that begins here, at this column. Leaves at what stands after it, at the start of what its line says. */
  #block(indent: number): PlainNode {
    this.#depth += 1;
    if (this.#depth > MOST_DEEP) throw new NotPlain();
    const isSequence = this.#isDash();
    const node = isSequence ? this.#blockSequence(indent) : this.#blockMapping(indent);
    this.#depth -= 1;
    return node;
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    return next === SPACE || next === NEWLINE || Number.isNaN(next);
  }

  /** The indentation of the line at which the last block ended. */
  #indent = 0;

  #blockSequence(indent: number): PlainNode {
    const start = this.#at;
    const values: unknown[] = [];
    const children: Placed[] = [];
    do {
      this.#at += 1;
      const dash = this.#at;
      while (this.#text.charCodeAt(this.#at) === SPACE) this.#at += 1;
      const column = indent + 1 + this.#at - dash;
      const code = this.#text.charCodeAt(this.#at);
      if (dash === this.#at || code === NEWLINE || code === HASH || Number.isNaN(code)) throw new NotPlain();
      if (this.#isDash()) throw new NotPlain();
      if (this.#isKeyHere()) children.push(this.#block(column));
      else {
        children.push(this.#valueOnLine());
        this.#indent = this.#nextLine();
        if (this.#indent > indent) throw new NotPlain();
      }
      values.push(this.#value);
    } while (this.#indent === indent && this.#isDash());
    if (this.#indent > indent) throw new NotPlain();
    this.#value = values;
    return { start, keys: undefined, keyStarts: NONE, children };
  }

  #blockMapping(indent: number): PlainNode {
    const start = this.#at;
    const value = bareRecord<unknown>();
    const keys: string[] = [];
    const keyStarts: number[] = [];
    const children: Placed[] = [];
    do {
      const keyStart = this.#at;
      const key = this.#key(false);
      if (key in value) throw new NotPlain();
      keys.push(key);
      keyStarts.push(keyStart);
      const colon = this.#at;
      while (this.#text.charCodeAt(this.#at) === SPACE) this.#at += 1;
      const code = this.#text.charCodeAt(this.#at);
      const isEmpty = this.#at >= this.#text.length || code === NEWLINE || (code === HASH && this.#at > colon);
      children.push(isEmpty ? this.#valueBelow(indent) : this.#valueBeside(indent));
      value[key] = this.#value;
    } while (this.#indent === indent && !this.#isDash());
    if (this.#indent > indent) throw new NotPlain();
    this.#value = value;
    return { start, keys: this.#shared(keys), keyStarts: keyStarts.slice(), children: children.slice() };
  }

  #valueBeside(indent: number): Placed {
    const placed = this.#valueOnLine();
    const value = this.#value;
    this.#indent = this.#nextLine();
    // A text that goes on in the next line.
    if (this.#indent > indent) throw new NotPlain();
    this.#value = value;
    return placed;
  }

  #valueBelow(indent: number): Placed {
    this.#endOfLine();
    this.#indent = this.#nextLine();
    // A sequence may stand in the column of its key.
    if (this.#indent > indent || (this.#indent === indent && this.#isDash())) {
      if (!this.#isDash() && !this.#isKeyHere()) throw new NotPlain();
      return this.#block(this.#indent);
    }
    this.#value = null;
    return undefined;
  }

  /** Whether `key:` stands here; what looks like one and is none ends the reading when it is read. */
  #isKeyHere(): boolean {
    const before = this.#at;
    const code = this.#text.charCodeAt(before);
    if (code === OPEN_MAP || code === OPEN_LIST) return false;
    if (code === DOUBLE || code === SINGLE) {
      this.#quoted();
      const isKey = this.#text.charCodeAt(this.#at) === COLON;
      this.#at = before;
      return isKey;
    }
    const text = this.#text;
    for (let at = before; ; at += 1) {
      const here = text.charCodeAt(at);
      if (here === NEWLINE || Number.isNaN(here)) return false;
      if (here === HASH && text.charCodeAt(at - 1) === SPACE) return false;
      if (here === COLON && isBreak(text.charCodeAt(at + 1))) return true;
    }
  }

  /** A key and its colon. */
  #key(inBrackets: boolean): string {
    const text = this.#text;
    const start = this.#at;
    const code = text.charCodeAt(start);
    if (code === DOUBLE || code === SINGLE) {
      const key = this.#quoted();
      if (key.length > LONGEST_KEY || text.charCodeAt(this.#at) !== COLON) throw new NotPlain();
      this.#at += 1;
      if (!inBrackets && !isBreak(text.charCodeAt(this.#at))) throw new NotPlain();
      return key;
    }
    this.#plain(inBrackets, false);
    const end = this.#at;
    if (end - start > LONGEST_KEY || text.charCodeAt(end) !== COLON) throw new NotPlain();
    if (!isBreak(text.charCodeAt(end + 1))) throw new NotPlain();
    this.#at = end + 1;
    return text.slice(start, end);
  }

  /** A value that ends on this line, with the rest of the line. */
  #valueOnLine(): Placed {
    const code = this.#text.charCodeAt(this.#at);
    const placed: Placed = code === OPEN_MAP || code === OPEN_LIST ? this.#brackets(false) : this.#scalar(false);
    this.#endOfLine();
    return placed;
  }

  #scalar(inBrackets: boolean): number {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === DOUBLE || code === SINGLE) this.#value = this.#quoted();
    else {
      this.#plain(inBrackets, !inBrackets);
      this.#value = resolve(this.#text.slice(start, this.#at));
    }
    return start;
  }

  /** Text in quotes, of one line and without an escape. */
  #quoted(): string {
    const text = this.#text;
    const quote = text.charCodeAt(this.#at);
    const start = this.#at + 1;
    for (let at = start; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        // Two single quotes are one.
        if (quote === SINGLE && text.charCodeAt(at + 1) === SINGLE) throw new NotPlain();
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (!(code >= SPACE) || code === 127 || code === BACKSLASH) throw new NotPlain();
    }
  }

  /** Goes over a scalar without quotes, to what stands after it. */
  #plain(inBrackets: boolean, withSpaces: boolean): void {
    const text = this.#text;
    let at = this.#at;
    const first = text.charCodeAt(at);
    const isSigned = first === DASH && !inBrackets && STARTS[text.charCodeAt(at + 1)] === 1;
    if (STARTS[first] !== 1 && !isSigned) throw new NotPlain();
    // `...` at the start of a line ends a document.
    if (inBrackets && first === POINT) throw new NotPlain();
    for (at += 1; ;) {
      const code = text.charCodeAt(at);
      if (WITHIN[code] === 1) at += 1;
      else if (code === COLON && WITHIN[text.charCodeAt(at + 1)] === 1) at += 1;
      else if (!inBrackets && (code === COMMA || code === OPEN_LIST || code === CLOSE_LIST)) at += 1;
      else if (!inBrackets && code === COLON && text.charCodeAt(at + 1) === COLON) at += 1;
      else if (withSpaces && code === SPACE) {
        let next = at + 1;
        while (text.charCodeAt(next) === SPACE) next += 1;
        // The line ends here, or a comment begins.
        if (WITHIN[text.charCodeAt(next)] !== 1) break;
        at = next;
      } else break;
    }
    this.#at = at;
  }

  #blanks(mayBreak: boolean): void {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code !== SPACE && !(mayBreak && code === NEWLINE)) return;
      this.#at += 1;
    }
  }

  /** `{…}` or `[…]`. @param mayBreak over several lines, which outside of any other block may begin anywhere */
  #brackets(mayBreak: boolean): PlainNode {
    this.#depth += 1;
    if (this.#depth > MOST_DEEP) throw new NotPlain();
    const node =
      this.#text.charCodeAt(this.#at) === OPEN_MAP ? this.#mappingInBrackets(mayBreak) : this.#listInBrackets(mayBreak);
    this.#depth -= 1;
    return node;
  }

  #inBrackets(mayBreak: boolean): Placed {
    const code = this.#text.charCodeAt(this.#at);
    return code === OPEN_MAP || code === OPEN_LIST ? this.#brackets(mayBreak) : this.#scalar(true);
  }

  /** After a member. @returns whether another one follows */
  #goesOn(close: number, mayBreak: boolean): boolean {
    this.#blanks(mayBreak);
    const code = this.#text.charCodeAt(this.#at);
    this.#at += 1;
    if (code === close) return false;
    if (code !== COMMA) throw new NotPlain();
    this.#blanks(mayBreak);
    return true;
  }

  #listInBrackets(mayBreak: boolean): PlainNode {
    const start = this.#at;
    const values: unknown[] = [];
    const children: Placed[] = [];
    this.#at += 1;
    this.#blanks(mayBreak);
    if (this.#text.charCodeAt(this.#at) === CLOSE_LIST) this.#at += 1;
    else
      do {
        children.push(this.#inBrackets(mayBreak));
        values.push(this.#value);
      } while (this.#goesOn(CLOSE_LIST, mayBreak));
    this.#value = values;
    return { start, keys: undefined, keyStarts: NONE, children };
  }

  /** The keys of the mapping before, where they are the same, as those of the hosts of a fleet are. */
  #keys: readonly string[] = [];

  /** A list that grew has room for sixteen more; a copy has none. */
  #shared(keys: readonly string[]): readonly string[] {
    const before = this.#keys;
    if (before.length === keys.length && before.every((key, index) => key === keys[index])) return before;
    this.#keys = keys.slice();
    return this.#keys;
  }

  #mappingInBrackets(mayBreak: boolean): PlainNode {
    const start = this.#at;
    const value = bareRecord<unknown>();
    const keys: string[] = [];
    const keyStarts: number[] = [];
    const children: Placed[] = [];
    this.#at += 1;
    this.#blanks(mayBreak);
    if (this.#text.charCodeAt(this.#at) === CLOSE_MAP) this.#at += 1;
    else
      do {
        const keyStart = this.#at;
        const key = this.#key(true);
        if (key in value) throw new NotPlain();
        keys.push(key);
        keyStarts.push(keyStart);
        this.#blanks(mayBreak);
        children.push(this.#inBrackets(mayBreak));
        value[key] = this.#value;
      } while (this.#goesOn(CLOSE_MAP, mayBreak));
    this.#value = value;
    return { start, keys: this.#shared(keys), keyStarts: keyStarts.slice(), children: children.slice() };
  }
}

/** Whether a token ends here: a blank, the end of the line, the end of the text. */
function isBreak(code: number): boolean {
  return code === SPACE || code === NEWLINE || Number.isNaN(code);
}

/** Characters with a meaning of their own somewhere in YAML that this reader does not know. */
// oxlint-disable-next-line no-control-regex -- NUL and the breaks are what is looked for
const FOREIGN = /[\t\r\0\u0085\u2028\u2029\ufeff]/;

/**
 * Reads what machines and most people write: mappings, sequences and values of one line, in blocks or brackets, and JSON without
 * escapes. It gives what the library gives, a tenth of the work away, or nothing: whatever it does not know for certain (anchors,
 * tags, texts over several lines, escapes, unusual numbers, mistakes of any kind) is the library's to read.
 *
 * @returns undefined where the text is not of this kind; never a guess
 */
export function readPlainYaml(text: string): PlainYaml | undefined {
  if (FOREIGN.test(text)) return undefined;
  try {
    return new Reader(text).read();
  } catch (thrown) {
    if (thrown instanceof NotPlain) return undefined;
    throw thrown;
  }
}

/** Below this many keys looking through them is quicker than an index. */
const FEW = 12;

/** Finds where the value (or its key) at a path starts; of a path that is not there, its nearest ancestor. */
export type StartAt = (path: readonly (string | number)[], part: 'key' | 'value') => number;

export function createStartAt({ root }: PlainYaml): StartAt {
  const indexOf = memoize(
    (keys: readonly string[]): ReadonlyMap<string, number> => new Map(keys.map((key, index) => [key, index])),
  );
  const placeOf = ({ keys, children }: PlainNode, segment: string | number): number => {
    const place =
      keys === undefined
        ? Number(segment)
        : keys.length <= FEW
          ? keys.indexOf(String(segment))
          : (indexOf(keys).get(String(segment)) ?? -1);
    return place in children ? place : -1;
  };
  return (path, part) => {
    let key: number | undefined;
    let placed: Placed = root;
    for (const segment of path) {
      if (typeof placed !== 'object') break;
      const { keyStarts, children }: PlainNode = placed;
      const place = placeOf(placed, segment);
      if (place === -1) break;
      key = keyStarts[place];
      placed = children[place];
    }
    const start = typeof placed === 'object' ? placed.start : placed;
    return (part === 'key' ? (key ?? start) : (start ?? key)) ?? 0;
  };
}
