import { createRecordedTransport } from '../../src/transports/recorded.js';
import { NO_TRANSPORTS, type Transports } from '../../src/transports/create-transports.js';

/** Recorded hosts that answer when they are let, all of them under way until then. */
export function createHeldHosts(names: readonly string[]): {
  readonly transports: Transports;
  readonly answer: (name: string) => void;
} {
  const release = new Map<string, () => void>();
  const released = new Map(
    names.map((name) => [
      name,
      new Promise<void>((resolve) => {
        release.set(name, resolve);
      }),
    ]),
  );
  const recorded = createRecordedTransport();
  const held: typeof recorded = {
    ...recorded,
    open: async (host, signal) => {
      await released.get(host.name);
      return recorded.open(host, signal);
    },
  };
  return {
    transports: { ...NO_TRANSPORTS, byName: new Map([['recorded', held]]), forks: names.length },
    answer: (name) => release.get(name)?.(),
  };
}
