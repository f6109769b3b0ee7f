type OptionalKey<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/** The same fields: those that may be undefined become fields that may be missing, and are never undefined. */
export type Defined<T> = {
  [Key in Exclude<keyof T, OptionalKey<T>>]: T[Key];
} & { [Key in OptionalKey<T>]?: Exclude<T[Key], undefined> };

/**
 * Returns the fields that are not undefined, in their order. JSON and `exactOptionalPropertyTypes` tell a field that is
 * missing from one that is undefined: `{ name, ...defined({ port }) }` has a port or none.
 */
export function defined<T extends object>(fields: T): Defined<T>;
export function defined(fields: Readonly<Record<string, unknown>>): object {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
