/** Where a name has its number: `web` `07` `.example.com`. */
interface Numbered {
  readonly head: string;
  readonly digits: string;
  readonly tail: string;
}

/** The last number of the first label, `web07` of `web07.dc1.example.com`; of an address the last of all. */
const NUMBERED = /^(?<head>[^.]*?\D|)(?<digits>\d+)(?<tail>[^.\d]*(?:\..*)?)$/s;
const ADDRESS = /^(?<head>\d+\.\d+\.\d+\.)(?<digits>\d+)(?<tail>)$/;
/** A number of more digits is an identifier, not a place in a row. */
const MAX_DIGITS = 9;

function numbered(name: string): Numbered | undefined {
  const { head = '', digits = '', tail = '' } = (ADDRESS.exec(name) ?? NUMBERED.exec(name))?.groups ?? {};
  return digits === '' || digits.length > MAX_DIGITS ? undefined : { head, digits, tail };
}

/** Names of one row: with leading zeros all numbers have one width, without them any. */
function rowOf({ head, digits, tail }: Numbered): string {
  return JSON.stringify([head, digits.length > 1 && digits.startsWith('0') ? digits.length : 0, tail]);
}

function ranges(digits: readonly string[]): string {
  const sorted = [...new Set(digits)].sort((a, b) => Number(a) - Number(b));
  const parts: { first: string; last: string }[] = [];
  for (const each of sorted) {
    const open = parts.at(-1);
    if (open !== undefined && Number(open.last) + 1 === Number(each) && fits(open.first, each)) open.last = each;
    else parts.push({ first: each, last: each });
  }
  return parts.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(',');
}

/** `01-50`, `8-12`, and not `01-100`, of which nobody would know how wide its numbers are. */
function fits(first: string, last: string): boolean {
  return !first.startsWith('0') || first.length === last.length;
}

/** A name, or a row of names as one, and how many they are. */
export interface Folded {
  readonly text: string;
  readonly names: number;
}

/**
 * Names that differ by a number alone as one: `web[01-03,07].example.com`. Each stands where its first name stood.
 *
 * @param names each once
 */
export function foldNames(names: readonly string[]): readonly Folded[] {
  const parsed = names.map((name) => ({ name, like: numbered(name) }));
  const padded = new Set(parsed.flatMap(({ like }) => (like?.digits.startsWith('0') === true ? [rowOf(like)] : [])));
  const rows = new Map<string, { readonly like: Numbered; readonly digits: string[] } | string>();
  for (const { name, like } of parsed) {
    if (like === undefined) {
      rows.set(`=${name}`, name);
      continue;
    }
    // `10` has no leading zero, and goes with `09` where that is there.
    const wide = JSON.stringify([like.head, like.digits.length, like.tail]);
    const key = padded.has(wide) ? wide : rowOf(like);
    const row = rows.get(key);
    if (row === undefined || typeof row === 'string') rows.set(key, { like, digits: [like.digits] });
    else row.digits.push(like.digits);
  }
  return [...rows.values()].map((row) => {
    if (typeof row === 'string') return { text: row, names: 1 };
    const { head, tail } = row.like;
    return {
      text: row.digits.length === 1 ? `${head}${row.digits[0]}${tail}` : `${head}[${ranges(row.digits)}]${tail}`,
      names: row.digits.length,
    };
  });
}
