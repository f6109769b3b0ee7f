/**
 * Adds items to a list one by one. `list.push(...items)` hands them over as arguments, of which there is room for some hundred
 * thousand: a user's file has more.
 */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}
