/** A password that the user typed, for the hosts that take one. It is in no object that could be printed. */
export interface Password {
  readonly reveal: () => string;
}

/** @param text one line */
export function getPassword(text: string): Password {
  return { reveal: () => text };
}
