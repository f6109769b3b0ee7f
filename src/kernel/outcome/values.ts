import type { Reading, Value } from '../../model/reading.js';

const isMap = (value: Value): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && !Array.isArray(value);

/** The map that a value is, as a `Map`: no name from a host reaches a prototype. */
export const mapOf = (value: Value): ReadonlyMap<string, string> | undefined =>
  isMap(value) ? new Map(Object.entries(value)) : undefined;

export const numberOf = (reading: Reading): number | undefined =>
  reading.state === 'known' && typeof reading.value === 'number' ? reading.value : undefined;

export const textOf = (reading: Reading): string | undefined =>
  reading.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;

/** A value as one word or one line of JSON. */
export const valueText = (value: Value): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
