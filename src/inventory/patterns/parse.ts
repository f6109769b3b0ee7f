import { defined } from '../../language/defined.js';
import { isIpv6 } from '../names.js';

/** How a term of a host pattern changes the hosts chosen so far. */
export type TermKind = 'add' | 'intersect' | 'exclude';

export type Subscript = { readonly from: number; readonly to: number } | { readonly at: number };

/** One part of a host pattern: `web*`, `&db`, `!lone`, `~web\d+`, `group[0:4]`, `label:owner=payments`. */
export interface Term {
  readonly kind: TermKind;
  readonly match: 'name' | 'glob' | 'regex';
  /** Without the sign, the `~` and the subscript; of a label its value. */
  readonly text: string;
  /** Set where hosts are meant whose label of this name has that value. */
  readonly label?: string;
  readonly subscript?: Subscript;
  readonly written: string;
}

const SIGNS: Readonly<Record<string, TermKind>> = { '&': 'intersect', '!': 'exclude' };
const OPENS = '([{';
const CLOSES = ')]}';

const STARTS_REGEX = /\s*[&!]?\s*(?:label:[^\s:,=]+=)?\s*~/y;

function isRegexAt(pattern: string, start: number): boolean {
  STARTS_REGEX.lastIndex = start;
  return STARTS_REGEX.test(pattern);
}

/** The colon of `label:owner=payments` separates nothing. A group may be called `label`; no name has an `=`. */
const STARTS_LABEL = /^\s*[&!]?\s*label$/;
const LABEL_AND_VALUE = /^:[^\s:,=]+=/;

function isLabelAt(pattern: string, start: number, colon: number): boolean {
  return STARTS_LABEL.test(pattern.slice(start, colon)) && LABEL_AND_VALUE.test(pattern.slice(colon));
}

/** Cuts at separators that are not within brackets; of a `~regex`, not within parentheses and braces either. */
function splitOutside(pattern: string, isSeparator: (character: string) => boolean): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let isRegex = isRegexAt(pattern, start);
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    if (isRegex && character === '\\') index++;
    else if (character === '[' || (isRegex && OPENS.includes(character))) depth++;
    else if (character === ']' || (isRegex && CLOSES.includes(character))) depth = Math.max(0, depth - 1);
    else if (
      depth === 0 &&
      isSeparator(character) &&
      !(character === ':' && isLabelAt(pattern, start, index)) &&
      !(character === ' ' && /^\s*[&!]?$/.test(pattern.slice(start, index)))
    ) {
      parts.push(pattern.slice(start, index));
      start = index + 1;
      isRegex = isRegexAt(pattern, start);
    }
  }
  return [...parts, pattern.slice(start)];
}

const RANGE = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`;
const LABEL = String.raw`(?:[\p{L}\p{N}_]|${RANGE})(?:[\p{L}\p{N}_-]|${RANGE})*(?<![_-])`;
/** A host name, perhaps with ranges, and a port: one term for Ansible, which then names nothing. */
const WITH_PORT = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*|\[.+\]):\d+$`, 'iu');

/** An address or a name with a port: what stands between its colons are no terms. */
function isWhole(pattern: string): boolean {
  return isIpv6(pattern.replace(/^[&!]\s*/, '')) || WITH_PORT.test(pattern);
}

/**
 * The terms as written, blank ones left out. A comma separates; without one a colon or a blank does, as in old Ansible
 * patterns.
 */
export function splitPattern(pattern: string): readonly string[] {
  const byComma = splitOutside(pattern, (character) => character === ',');
  const parts =
    byComma.length > 1 || isWhole(pattern.trim())
      ? byComma
      : splitOutside(pattern, (character) => character === ':' || character === ' ');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function subscriptOf(inner: string): Subscript | undefined {
  if (/^-?\d+$/.test(inner)) return { at: Number(inner) };
  const [, from, to] = /^(\d+)[:-](\d*)$/.exec(inner) ?? [];
  if (from === undefined) return undefined;
  return { from: Number(from), to: to === undefined || to === '' ? Number.POSITIVE_INFINITY : Number(to) };
}

/**
 * Reads one term as Ansible does: `!` and `&` first, then `~` for a regular expression, else a subscript at the end and
 * a name or a glob.
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
 */
export function readTerm(written: string): Term {
  const kind = SIGNS[written[0] ?? ''] ?? 'add';
  const body = (kind === 'add' ? written : written.slice(1)).trim();
  const [, label, value = ''] = /^label:([^\s:,=]+)=(.*)$/s.exec(body) ?? [];
  if (label !== undefined) return { ...readMatch(kind, value.trim(), written), label };
  return readMatch(kind, body, written);
}

/** What names, or the values of a label, have to be like. */
function readMatch(kind: TermKind, body: string, written: string): Term {
  if (body.startsWith('~')) return { kind, match: 'regex', text: body.slice(1), written };
  const [, name = body, inner = ''] = /^(.+)\[([^[\]]*)\]$/.exec(body) ?? [];
  const subscript = subscriptOf(inner);
  const text = subscript === undefined ? body : name;
  return {
    kind,
    match: /[*?[]/.test(text) ? 'glob' : 'name',
    text,
    written,
    ...defined({ subscript }),
  };
}

/** What the subscript leaves of a list; both ends belong to it, negative numbers count from the end. */
export function applySubscript<T>(items: readonly T[], subscript: Subscript | undefined): readonly T[] {
  if (subscript === undefined) return items;
  if ('from' in subscript) return items.slice(subscript.from, subscript.to + 1);
  const item = items.at(subscript.at);
  return item === undefined ? [] : [item];
}
