function isObject(key: unknown): key is object {
  return (typeof key === 'object' && key !== null) || typeof key === 'function';
}

/**
 * Keeps what a pure function returns: it is computed once for each key. Nothing is dropped, so it is for few keys, or
 * for objects and functions, which are compared by identity and kept only while something else holds them. A call that
 * throws keeps nothing.
 *
 * @param keyOf what arguments that share one value have in common; the argument itself where not given
 */
export function memoize<Value>(compute: () => Value): () => Value;
export function memoize<Argument, Value>(
  compute: (argument: Argument) => Value,
  keyOf?: (argument: Argument) => unknown,
): (argument: Argument) => Value;
export function memoize<Argument, Value>(
  compute: (argument: Argument) => Value,
  keyOf?: (argument: Argument) => unknown,
): (argument: Argument) => Value {
  const byIdentity = new WeakMap<object, { readonly value: Value }>();
  const byValue = new Map<unknown, { readonly value: Value }>();
  return (argument) => {
    const key = keyOf === undefined ? argument : keyOf(argument);
    const before = isObject(key) ? byIdentity.get(key) : byValue.get(key);
    if (before !== undefined) return before.value;
    const kept = { value: compute(argument) };
    if (isObject(key)) byIdentity.set(key, kept);
    else byValue.set(key, kept);
    return kept.value;
  };
}
