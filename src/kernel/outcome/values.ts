import type { Reading, Value } from '../../model/reading.js';

function isMap(value: Value): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The map that a value is, as a `Map`: no name from a host reaches a prototype. */
export function toMap(value: Value): ReadonlyMap<string, string> | undefined {
  return isMap(value) ? new Map(Object.entries(value)) : undefined;
}

export function toNumber(reading: Reading): number | undefined {
  return reading.state === 'known' && typeof reading.value === 'number' ? reading.value : undefined;
}

export function toText(reading: Reading): string | undefined {
  return reading.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;
}

/** A value as one word or one line of JSON. */
export function valueText(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
