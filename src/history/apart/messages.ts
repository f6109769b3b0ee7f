import type { Diagnostic } from '../../model/diagnostic.js';
import type { HostId } from '../../model/host.js';
import type { TrendPoint } from '../../model/report.js';
import type { RecordableHost, RecordableRun } from '../recordable.js';

/** What the process that records says, a line of JSON each. */
export type FromRecorder =
  | { readonly kind: 'opened' }
  /** The file is no history that can be written to. */
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  /** What the machine refused; nothing of the run is in the history. */
  | { readonly kind: 'failed'; readonly why: string }
  /** A query has come to its end. Said once a second at most. */
  | { readonly kind: 'alive' }
  /** Since when a host has each of its results, in the order of the header's rules; said when the run is written. */
  | { readonly kind: 'since'; readonly host: HostId; readonly ms: readonly (number | null)[] }
  /** The last of all, where it went well. */
  | { readonly kind: 'noted'; readonly trend: readonly TrendPoint[] };

/** What it is told: the run, its hosts, and that there are no more. Without the last nothing is written. */
export type ToRecorder =
  | { readonly kind: 'run'; readonly run: RecordableRun }
  | { readonly kind: 'host'; readonly host: RecordableHost }
  | { readonly kind: 'end' };
