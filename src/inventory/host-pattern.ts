/** How a term of a host pattern changes the hosts chosen so far. */
export type TermKind = 'add' | 'intersect' | 'exclude';

export type Subscript = { readonly from: number; readonly to: number } | { readonly at: number };

/** One part of a host pattern: `web*`, `&db`, `!lone`, `~web\d+`, `group[0:4]`. */
export interface Term {
  readonly kind: TermKind;
  readonly match: 'name' | 'glob' | 'regex';
  /** Without the sign, the `~` and the subscript. */
  readonly text: string;
  readonly subscript?: Subscript;
  readonly written: string;
}

const SIGNS: Readonly<Record<string, TermKind>> = { '&': 'intersect', '!': 'exclude' };
const OPENS = '([{';
const CLOSES = ')]}';

const STARTS_REGEX = /\s*[&!]?\s*~/y;

const isRegexAt = (pattern: string, start: number): boolean => {
  STARTS_REGEX.lastIndex = start;
  return STARTS_REGEX.test(pattern);
};

/** Cuts at a separator that is not within brackets; of a `~regex`, not within parentheses and braces either. */
const splitOutside = (pattern: string, separator: string): readonly string[] => {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let isRegex = isRegexAt(pattern, start);
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    if (isRegex && character === '\\') index++;
    else if (character === '[' || (isRegex && OPENS.includes(character))) depth++;
    else if (character === ']' || (isRegex && CLOSES.includes(character))) depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(pattern.slice(start, index));
      start = index + 1;
      isRegex = isRegexAt(pattern, start);
    }
  }
  return [...parts, pattern.slice(start)];
};

/** More than one colon in a row of hexadecimal digits: an address, not terms between colons. */
const isIpv6Like = (pattern: string): boolean => /^[&!]?[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,}$/.test(pattern) && /\d|::/.test(pattern);

/** The terms as written, blank ones left out. A comma separates; without one a colon does, as in old Ansible patterns. */
export const splitPattern = (pattern: string): readonly string[] => {
  const byComma = splitOutside(pattern, ',');
  const parts = byComma.length > 1 || isIpv6Like(pattern.trim()) ? byComma : splitOutside(pattern, ':');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
};

const subscriptOf = (inner: string): Subscript | undefined => {
  if (/^-?\d{1,9}$/.test(inner)) return { at: Number(inner) };
  const [, from, to] = /^(\d{1,9})[:-](\d{0,9})$/.exec(inner) ?? [];
  if (from === undefined) return undefined;
  return { from: Number(from), to: to === undefined || to === '' ? Number.POSITIVE_INFINITY : Number(to) };
};

/**
 * Reads one term as Ansible does: `!` and `&` first, then `~` for a regular expression, else a subscript at the end and a
 * name or a glob.
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
 */
export const readTerm = (written: string): Term => {
  const kind = SIGNS[written[0] ?? ''] ?? 'add';
  const body = (kind === 'add' ? written : written.slice(1)).trim();
  if (body.startsWith('~')) return { kind, match: 'regex', text: body.slice(1), written };
  const [, name = body, inner = ''] = /^(.+)\[([^[\]]*)\]$/.exec(body) ?? [];
  const subscript = subscriptOf(inner);
  const text = subscript === undefined ? body : name;
  return { kind, match: /[*?[]/.test(text) ? 'glob' : 'name', text, written, ...(subscript === undefined ? {} : { subscript }) };
};

/** What the subscript leaves of a list; both ends belong to it, negative numbers count from the end. */
export const applySubscript = <T>(items: readonly T[], subscript: Subscript | undefined): readonly T[] => {
  if (subscript === undefined) return items;
  if ('from' in subscript) return items.slice(subscript.from, subscript.to + 1);
  const item = items.at(subscript.at);
  return item === undefined ? [] : [item];
};
