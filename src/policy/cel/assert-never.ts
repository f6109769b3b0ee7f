/**
 * Stands where the compiler has shown that nothing can arrive: a new member of a union makes the call not compile.
 *
 * @throws Error, always
 */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
