import type { FactDescription } from '../model/fact.js';
import { absent, known, type Reading, type Value } from '../model/reading.js';

const LARGEST_INT = 2 ** 31 - 1;

type Literals = readonly (bigint | string)[];

function intsOf(literals: Literals, { min, max }: { readonly min?: number; readonly max?: number }): readonly number[] {
  const written = literals.flatMap((literal) => (typeof literal === 'bigint' ? [Number(literal)] : []));
  const candidates = [
    min ?? -LARGEST_INT,
    max ?? LARGEST_INT,
    -1,
    0,
    1,
    2,
    ...written.flatMap((value) => [value - 1, value, value + 1]),
  ];
  return candidates.filter(
    (value) => Number.isSafeInteger(value) && value >= (min ?? value) && value <= (max ?? value),
  );
}

function textsOf(literals: Literals): readonly string[] {
  return ['', 'x', ...literals.flatMap((literal) => (typeof literal === 'string' ? [literal] : []))];
}

function mapsOf(texts: readonly string[]): readonly Value[] {
  return [{}, ...texts.flatMap((key) => texts.map((value) => ({ [key]: value })))];
}

function valuesOf({ type }: FactDescription, literals: Literals): readonly Value[] {
  if (type.kind === 'int') return intsOf(literals, type);
  if (type.kind === 'bool') return [true, false];
  if (type.kind === 'enum') return type.values;
  const texts = textsOf(literals);
  if (type.kind === 'string') return texts;
  return type.kind === 'list' ? [[], texts, ...texts.map((text) => [text])] : mapsOf(texts.slice(0, 12));
}

/**
 * What a fact that could not be read might have been: the ends of its type, what the rule compares with, and absent.
 */
export function toAlternatives(fact: FactDescription, literals: Literals): readonly Reading[] {
  return [
    absent('what if it were absent'),
    ...[...new Set(valuesOf(fact, literals))].map((value) => known(value, JSON.stringify(value))),
  ];
}
