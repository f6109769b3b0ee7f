const LONGEST = 100;

/**
 * How many letters differ: insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
 * Gives `limit + 1` as soon as it is sure to be more than `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let best = row;
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}

/**
 * The candidate that was probably meant: at most one letter in three differs (capitals do not count), or the name is
 * the last part of a dotted candidate (`hung_task_panic` → `sysctl.kernel.hung_task_panic`).
 *
 * @returns of equally near candidates the first; `undefined` when none is near
 */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  if (name === '' || name.length > LONGEST) return undefined;
  const wanted = name.toLowerCase();
  let limit = Math.max(1, Math.floor(wanted.length / 3));
  let nearest: string | undefined;
  let lastPart: string | undefined;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    if (lastPart === undefined && lower.endsWith(`.${wanted}`)) lastPart = candidate;
    const distance = editDistance(wanted, lower, limit);
    if (distance > limit || distance >= wanted.length) continue;
    nearest = candidate;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return nearest ?? lastPart;
}

/**
 * What to say of a name that there is not: what was probably meant, or, where nothing is near, how the names are found.
 */
export function nearOr(name: string, candidates: Iterable<string>, otherwise: string): string {
  const near = suggest(name, candidates);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}
