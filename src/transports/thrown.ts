/** A property of anything; undefined where it has none. */
export const propertyOf = (value: unknown, name: string): unknown =>
  (typeof value === 'object' && value !== null) || typeof value === 'function' ? Reflect.get(value, name) : undefined;

/** `error.code` of Node's errors. */
export const codeOf = (thrown: unknown): string | undefined => {
  const code = propertyOf(thrown, 'code');
  return typeof code === 'string' ? code : undefined;
};

/** What a thrown value says. */
export const wordsOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
