/** A property of anything; undefined where it has none. */
export function readProperty(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Reflect.get(value, name)
    : undefined;
}

/** `error.code` of Node's errors. */
export function errorCode(thrown: unknown): string | undefined {
  const code = readProperty(thrown, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** What a thrown value says. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
