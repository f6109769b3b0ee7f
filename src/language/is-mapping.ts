export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value of JSON or YAML has fields: an object that is no list. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
