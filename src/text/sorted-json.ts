/**
 * JSON as Python's `json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False)` writes it. Maps are objects too:
 * their keys keep no order of JavaScript's.
 */
export function sortedJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}    `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? []
    : value instanceof Map
      ? [...value]
      : Object.entries(value);
  const parts = Array.isArray(value)
    ? value.map((item) => sortedJson(item, inner))
    : entries
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, held]) => `${JSON.stringify(key)}: ${sortedJson(held, inner)}`);
  return parts.length === 0
    ? `${open}${close}`
    : `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${indent}${close}`;
}
