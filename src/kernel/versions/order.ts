/** What comparing two versions gives; `undefined` where neither can be said to be the newer. */
export type Order = -1 | 0 | 1 | undefined;

/** A way of writing versions. What `parse` refuses, `compare` never calls equal or greater: it gives `undefined`. */
export interface VersionScheme<Parsed> {
  readonly parse: (text: string) => Parsed | undefined;
  readonly compare: (a: string, b: string) => Order;
}

export function getOrder(difference: number): -1 | 0 | 1 {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

/** Number by number; a list that ends counts as lower than the longer one that it begins. */
export function compareNumbers(a: readonly number[], b: readonly number[]): -1 | 0 | 1 {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined) return 1;
    if (left !== right) return getOrder(left - right);
  }
  return getOrder(a.length - b.length);
}

/** Compares what both sides parse to, and says nothing where one of them does not parse. */
export function comparing<Parsed>(parse: (text: string) => Parsed | undefined, order: (a: Parsed, b: Parsed) => Order) {
  return (a: string, b: string): Order => {
    const left = parse(a);
    const right = parse(b);
    return left === undefined || right === undefined ? undefined : order(left, right);
  };
}
