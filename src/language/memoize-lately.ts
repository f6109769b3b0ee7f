/**
 * Keeps what a pure function returned for the last few arguments, which are compared by identity: for arguments of which there may be
 * any number, and of which the same few come again and again.
 *
 * @param most how many are kept; all are looked through, so it is for few
 */
export function memoizeLately<Argument, Value>(
  most: number,
  compute: (argument: Argument) => Value,
): (argument: Argument) => Value {
  const kept: { readonly argument: Argument; readonly value: Value }[] = [];
  let computed = 0;
  return (argument) => {
    for (const one of kept) if (one.argument === argument) return one.value;
    const value = compute(argument);
    kept[computed % most] = { argument, value };
    computed += 1;
    return value;
  };
}
