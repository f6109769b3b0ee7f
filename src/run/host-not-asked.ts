import type { Host } from '../model/host.js';
import type { HostOutcome } from '../model/outcome.js';
import { failureOfAbort } from '../transports/failure.js';

/** What is said of a host whose turn never came: why the run ended, by the signal that ended it. */
export function notAsked(host: Host, signal: AbortSignal): Extract<HostOutcome, { readonly reached: false }> {
  return {
    host: host.name,
    reached: false,
    failure: failureOfAbort(signal, 'this host was not asked'),
    tookMs: 0,
  };
}
