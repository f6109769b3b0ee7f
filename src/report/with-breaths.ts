/**
 * What stands in a text where nothing is to be written: between two hosts that are only counted. Who writes the text may let others
 * have their turn there, who joins it does not notice.
 */
export const BREATH = '';

/** Goes over all hosts before anything can be written of them, and does not hold everybody up meanwhile. */
export function* withBreaths<T>(hosts: Iterable<T>, see: (host: T) => void): Generator<string, void> {
  for (const host of hosts) {
    see(host);
    yield BREATH;
  }
}
