import type { BinaryOperator } from './node.js';
import { asInt, fault, isList, isMap, type CelValue, type Undecided } from './value.js';

type Result = CelValue | Undecided;

function isEqual(a: CelValue, b: CelValue): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => isEqualTo(item, b[index]));
  return isMap(a) && isMap(b) && a.size === b.size && [...a].every(([key, item]) => isEqualTo(item, b.get(key)));
}

function isEqualTo(a: CelValue, b: CelValue | undefined): boolean {
  return b !== undefined && isEqual(a, b);
}

function isIn(item: CelValue, of: CelValue): Result {
  if (isList(of)) return of.some((other) => isEqual(item, other));
  return isMap(of) && typeof item === 'string' ? of.has(item) : fault('in needs a list or a map');
}

function wrongTypes(operator: BinaryOperator): Undecided {
  return fault(`${operator} got values of types that it does not take`);
}

/** Of numbers and of false and true: an order of texts is refused when a policy is loaded, see `check-text-order.ts`. */
function order(operator: BinaryOperator, holds: (sign: number) => boolean) {
  return (a: CelValue, b: CelValue): Result => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return holds(a < b ? -1 : Number(a > b));
    return typeof a === 'boolean' && typeof b === 'boolean' ? holds(Number(a) - Number(b)) : wrongTypes(operator);
  };
}

function integers(operator: BinaryOperator, apply: (a: bigint, b: bigint) => bigint | Undecided) {
  return (a: CelValue, b: CelValue): Result => {
    if (typeof a !== 'bigint' || typeof b !== 'bigint') return wrongTypes(operator);
    const result = apply(a, b);
    return typeof result === 'bigint' ? asInt(result) : result;
  };
}

const addIntegers = integers('+', (a, b) => a + b);

function add(a: CelValue, b: CelValue): Result {
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  return isList(a) && isList(b) ? [...a, ...b] : addIntegers(a, b);
}

const OPERATORS: Readonly<Record<BinaryOperator, (a: CelValue, b: CelValue) => Result>> = {
  '==': isEqual,
  '!=': (a, b) => !isEqual(a, b),
  '<': order('<', (sign) => sign < 0),
  '<=': order('<=', (sign) => sign <= 0),
  '>': order('>', (sign) => sign > 0),
  '>=': order('>=', (sign) => sign >= 0),
  in: isIn,
  '+': add,
  '-': integers('-', (a, b) => a - b),
  '*': integers('*', (a, b) => a * b),
  '/': integers('/', (a, b) => (b === 0n ? fault('division by zero') : a / b)),
  '%': integers('%', (a, b) => (b === 0n ? fault('division by zero') : a % b)),
};

/** A two-sided operator on two known values. Never throws. */
export function operate(operator: BinaryOperator, a: CelValue, b: CelValue): Result {
  return OPERATORS[operator](a, b);
}
