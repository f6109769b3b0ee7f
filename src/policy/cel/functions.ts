import { versionAtLeast } from './version-at-least.js';
import { asInt, fault, isList, isMap, showCelValue, type CelValue, type Undecided } from './value.js';

/** A function that expressions may call. Nothing else can be called. */
export interface CelFunction {
  readonly name: string;
  /** `text.contains(part)`: called on a value; else `size(text)`. */
  readonly isMethod: boolean;
  readonly argumentCounts: readonly number[];
  /** For messages and the reference page. */
  readonly usage: string;
  /** @param args the receiver first, where there is one; types were checked when the policy was loaded */
  readonly apply: (args: readonly CelValue[]) => CelValue | Undecided;
}

function wrongType(name: string): Undecided {
  return fault(`${name}() got a value of a type that it does not take`);
}

/** Code points, as the CEL specification counts, not UTF-16 units. */
function size([value]: readonly CelValue[]): CelValue | Undecided {
  if (typeof value === 'string') return BigInt(Array.from(value).length);
  if (isList(value)) return BigInt(value.length);
  return isMap(value) ? BigInt(value.size) : wrongType('size');
}

function toInt([value]: readonly CelValue[]): CelValue | Undecided {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') return wrongType('int');
  return /^[+-]?\d{1,19}$/.test(value)
    ? asInt(BigInt(value.replace('+', '')))
    : fault(`int(${JSON.stringify(value.slice(0, 40))}): not a whole number`);
}

function toText([value]: readonly CelValue[]): CelValue | Undecided {
  return value === undefined || typeof value === 'object' ? wrongType('string') : showCelValue(value);
}

function onText(name: string, apply: (text: string, argument: string) => CelValue) {
  return ([text, argument = '']: readonly CelValue[]): CelValue | Undecided =>
    typeof text === 'string' && typeof argument === 'string' ? apply(text, argument) : wrongType(name);
}

function join([list, separator = '']: readonly CelValue[]): CelValue | Undecided {
  return isList(list) && typeof separator === 'string' && list.every((item) => typeof item === 'string')
    ? list.join(separator)
    : wrongType('join');
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
function upper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function plain(name: string, usage: string, apply: CelFunction['apply']): CelFunction {
  return {
    name,
    isMethod: false,
    argumentCounts: [1],
    usage,
    apply,
  };
}

function method(
  name: string,
  argumentCounts: readonly number[],
  usage: string,
  apply: CelFunction['apply'],
): CelFunction {
  return {
    name,
    isMethod: true,
    argumentCounts,
    usage,
    apply,
  };
}

function atLeast([version, wanted, scheme]: readonly CelValue[]): CelValue | Undecided {
  if (typeof version !== 'string' || typeof wanted !== 'string' || typeof scheme !== 'string')
    return wrongType('versionAtLeast');
  const answer = versionAtLeast(version, wanted, scheme);
  return typeof answer === 'boolean' ? answer : fault(`versionAtLeast(): ${answer.why}`);
}

/** What is written in a call of it is checked when the policy is loaded, see `check-versions.ts`. */
export const VERSION_AT_LEAST: CelFunction = {
  name: 'versionAtLeast',
  isMethod: false,
  argumentCounts: [3],
  usage: 'versionAtLeast(text, "version", "rpm")',
  apply: atLeast,
};

/** `has`, `rematch` and the loops are not here: they are syntax, see `resolve.ts`. */
export const CEL_FUNCTIONS: readonly CelFunction[] = [
  plain('size', 'size(text | list | map)', size),
  plain('int', 'int(text)', toInt),
  plain('string', 'string(int | bool)', toText),
  method('size', [0], 'value.size()', size),
  method(
    'contains',
    [1],
    'text.contains("part")',
    onText('contains', (text, part) => text.includes(part)),
  ),
  method(
    'startsWith',
    [1],
    'text.startsWith("start")',
    onText('startsWith', (text, start) => text.startsWith(start)),
  ),
  method(
    'endsWith',
    [1],
    'text.endsWith("end")',
    onText('endsWith', (text, end) => text.endsWith(end)),
  ),
  method('lowerAscii', [0], 'text.lowerAscii()', onText('lowerAscii', lower)),
  method('upperAscii', [0], 'text.upperAscii()', onText('upperAscii', upper)),
  method(
    'trim',
    [0],
    'text.trim()',
    onText('trim', (text) => text.trim()),
  ),
  method(
    'split',
    [1],
    'text.split("separator")',
    onText('split', (text, separator) => text.split(separator)),
  ),
  method('join', [0, 1], 'list.join("separator")', join),
  VERSION_AT_LEAST,
];
