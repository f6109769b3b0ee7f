/** The values of one `[first:last:step]`, not yet written out. */
interface Range {
  readonly count: number;
  readonly at: (index: number) => string;
}

/** A host name as it was written, its ranges understood but not written out. */
export interface NameRange {
  readonly parts: readonly (string | Range)[];
  /** How many names it makes; may be far more than there can be. */
  readonly count: number;
}

/** What is wrong with a name's ranges; offsets into the name. */
export interface RangeProblem {
  readonly message: string;
  readonly help: string;
  readonly start: number;
  readonly end: number;
}

interface Words {
  readonly message: string;
  readonly help: string;
}

const FORM =
  'a range is [first:last] or [first:last:step], with numbers or with letters: [1:20], [01:20], [a:f], [1:9:2]';
function isProblem(range: Range | Words): range is Words {
  return 'message' in range;
}

function letters(first: string, last: string, step: number): Range | Words {
  const from = first.charCodeAt(0);
  const to = last.charCodeAt(0);
  if (/[a-z]/.test(first) !== /[a-z]/.test(last))
    return { message: `the range [${first}:${last}] mixes small and capital letters`, help: 'write two ranges' };
  if (from > to)
    return { message: `the range [${first}:${last}] ends before it starts`, help: `write [${last}:${first}]` };
  return { count: Math.floor((to - from) / step) + 1, at: (index) => String.fromCharCode(from + index * step) };
}

function isPadded(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function numbers(first: string, last: string, step: number): Range | Words {
  if (first.length !== last.length && (isPadded(first) || isPadded(last))) {
    const width = Math.max(first.length, last.length);
    return {
      message: `the ends of the range [${first}:${last}] have leading zeros and not the same number of digits`,
      help: `write [${first.padStart(width, '0')}:${last.padStart(width, '0')}]`,
    };
  }
  const from = Number(first);
  const to = Number(last);
  if (from > to)
    return { message: `the range [${first}:${last}] ends before it starts`, help: `write [${last}:${first}]` };
  const width = isPadded(first) ? first.length : 0;
  return { count: Math.floor((to - from) / step) + 1, at: (index) => String(from + index * step).padStart(width, '0') };
}

/** An IPv6 address; a range has two colons at most, and none of them beside another. */
function isAddress(inner: string): boolean {
  return /^[\dA-Fa-f:.]+(?:%.+)?$/.test(inner) && (inner.includes('::') || inner.split(':').length === 8);
}

function rangeOf(inner: string): Range | Words {
  if (isAddress(inner))
    return {
      message: 'this is an address in brackets, and no range',
      help: `write it without them: ${inner}; they are for a port behind it: [${inner}]:22`,
    };
  const [first = '', last, step = '1', ...more] = inner.split(':');
  if (last === undefined || more.length > 0) return { message: 'this is no range', help: FORM };
  if (last === '') return { message: 'the range has no end', help: FORM };
  if (!/^\d{1,9}$/.test(step) || Number(step) === 0)
    return { message: 'the step of a range is a number from 1 up', help: FORM };
  if (/^\d{0,15}$/.test(first) && /^\d{1,15}$/.test(last))
    return numbers(first === '' ? '0' : first, last, Number(step));
  if (/^[A-Za-z]$/.test(first) && /^[A-Za-z]$/.test(last)) return letters(first, last, Number(step));
  return { message: 'the ends of a range are two numbers or two letters', help: FORM };
}

export function oneName(name: string): NameRange {
  return { parts: [name], count: 1 };
}

/**
 * Reads the ranges of a host name, as Ansible writes them: zeros in front of the first number are kept in all, both
 * ends belong to it, an omitted first number is 0, a third number is the step. What Ansible lets pass as an empty range
 * (the last before the first) is an error here.
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-ranges-of-hosts
 */
export function readNameRange(name: string): NameRange | readonly RangeProblem[] {
  if (!/[\][]/.test(name)) return oneName(name);
  const parts: (string | Range)[] = [];
  const problems: RangeProblem[] = [];
  let literalStart = 0;
  let count = 1;
  for (const match of name.matchAll(/\[([^\][]*)\]/g)) {
    const range = rangeOf(match[1] ?? '');
    const end = match.index + match[0].length;
    if (isProblem(range)) problems.push({ ...range, start: match.index, end });
    else {
      parts.push(name.slice(literalStart, match.index), range);
      count *= range.count;
    }
    literalStart = end;
  }
  parts.push(name.slice(literalStart));
  const strayAt = name.replace(/\[[^\][]*\]/g, (range) => '.'.repeat(range.length)).search(/[\][]/);
  if (strayAt !== -1)
    problems.push({ message: 'this bracket has no partner', help: FORM, start: strayAt, end: strayAt + 1 });
  return problems.length > 0 ? problems : { parts, count };
}

export function isRangeProblem(read: NameRange | readonly RangeProblem[]): read is readonly RangeProblem[] {
  return Array.isArray(read);
}

/** One of the names; the last range counts fastest. */
export function nameAt({ parts }: NameRange, index: number): string {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return only;
  let rest = index;
  let name = '';
  for (const part of parts.toReversed()) {
    if (typeof part === 'string') name = part + name;
    else {
      name = part.at(rest % part.count) + name;
      rest = Math.floor(rest / part.count);
    }
  }
  return name;
}

function* written(range: NameRange): Generator<string> {
  for (let index = 0; index < range.count; index++) yield nameAt(range, index);
}

/** All of them in order. The caller has checked `count` first. */
export function expandNames(range: NameRange): Iterable<string> {
  const [only] = range.parts;
  return range.parts.length === 1 && typeof only === 'string' ? [only] : written(range);
}
