import { bareRecord } from '../../text/yaml/value.js';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
};
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['True', true],
  ['False', false],
]);
const NUMBER = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+(?:_\d+)*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)/;
const MAX_DEPTH = 20;

class NoLiteral extends Error {}

function numberOf(written: string): number {
  const digits = written.replaceAll('_', '');
  // Python 3 has no `022`: it is no literal, so that Ansible keeps the text.
  if (/^[+-]?0\d*[1-9]\d*$/.test(digits)) throw new NoLiteral();
  return digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits.replace('+', ''));
}

/** Texts, numbers, True, False, None, lists, tuples and mappings; each step takes what it read off the front. */
function reader(text: string): { readonly value: (depth: number) => unknown; readonly rest: () => string } {
  let rest = text;
  const skip = (): void => {
    rest = rest.trimStart();
  };
  const take = (mark: string): boolean => {
    skip();
    if (!rest.startsWith(mark)) return false;
    rest = rest.slice(mark.length);
    return true;
  };
  const quoted = (quote: string): string => {
    let value = '';
    for (let at = 1; at < rest.length; at++) {
      const char = rest[at] ?? '';
      if (char === quote) {
        rest = rest.slice(at + 1);
        return value;
      }
      const escaped = char === '\\' ? rest[++at] : undefined;
      value += escaped === undefined ? char : (ESCAPES[escaped] ?? `\\${escaped}`);
    }
    throw new NoLiteral();
  };
  const items = (close: string, depth: number): readonly unknown[] => {
    const values: unknown[] = [];
    while (!take(close)) {
      values.push(value(depth));
      if (!take(',') && !rest.startsWith(close)) throw new NoLiteral();
    }
    return values;
  };
  const mapping = (depth: number): unknown => {
    const held = bareRecord<unknown>();
    while (!take('}')) {
      const key = String(value(depth));
      if (!take(':')) throw new NoLiteral();
      held[key] = value(depth);
      if (!take(',') && !rest.startsWith('}')) throw new NoLiteral();
    }
    return held;
  };
  const value = (depth: number): unknown => {
    skip();
    if (depth > MAX_DEPTH) throw new NoLiteral();
    if (rest.startsWith("'") || rest.startsWith('"')) return quoted(rest[0] ?? '');
    if (take('{')) return mapping(depth + 1);
    if (take('[')) return items(']', depth + 1);
    if (take('(')) return items(')', depth + 1);
    const word = /^[A-Za-z]+/.exec(rest)?.[0];
    const written = word ?? NUMBER.exec(rest)?.[0];
    if (written === undefined || (word !== undefined && !WORDS.has(word))) throw new NoLiteral();
    rest = rest.slice(written.length);
    return word === undefined ? numberOf(written) : WORDS.get(word);
  };
  return { value, rest: () => rest };
}

/**
 * The value of an INI inventory as Ansible takes it: a Python literal where it is one (`22`, `'x'`, `True`,
 * `{'a': 'b'}`, a comment behind it allowed), else the text as it stands. Never throws.
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html
 */
export function pythonValue(text: string): unknown {
  // Most values are a word, and an exception for each of them would take longer than all else.
  const word = /^[A-Za-z]+/.exec(text)?.[0];
  if (word !== undefined && !WORDS.has(word)) return text;
  const literal = reader(text);
  try {
    const value = literal.value(0);
    return /^\s*(?:#.*)?$/.test(literal.rest()) ? value : text;
  } catch (thrown) {
    if (thrown instanceof NoLiteral) return text;
    throw thrown;
  }
}
