import type { Diagnostic } from '../../model/diagnostic.js';
import type { HostId } from '../../model/host.js';
import type { TrendPoint } from '../../model/report.js';
import type { RunAhead } from '../run-ahead.js';
import type { RecordableHost, RecordableRun } from '../recordable.js';
import type { FlapsOfRule } from '../flaps.js';
import type { HostThen, LastTold, Told, ToldRun } from '../told.js';

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
  /** The run is recorded; `ahead` is the newest run that the history has, where that is of the future. */
  | { readonly kind: 'noted'; readonly trend: readonly TrendPoint[]; readonly ahead?: RunAhead }
  /** What a target was told last; without `last` nothing. Where that is the run of now or a later one, nothing is left to tell. What it was told of a run of the future is not
   * counted. */
  | { readonly kind: 'told'; readonly target: string; readonly last?: LastTold; readonly isPast: boolean }
  /** How a host was at the run of this id; said of those that a target was told of last. */
  | ({ readonly kind: 'then'; readonly runId: string } & HostThen)
  | { readonly kind: 'recalled' }
  | { readonly kind: 'kept' }
  | ({ readonly kind: 'flap' } & FlapsOfRule)
  | { readonly kind: 'flaps-said' };

/**
 * What it may be asked first is what flaps. What it is told: the run, its hosts, and that there are no more; without the last nothing is written. Then it may be asked what
 * targets were told of earlier runs, and told what they know now.
 */
export type ToRecorder =
  | { readonly kind: 'run'; readonly run: RecordableRun }
  | { readonly kind: 'host'; readonly host: RecordableHost }
  | { readonly kind: 'end' }
  | { readonly kind: 'flaps'; readonly startedAt: string }
  /** The targets are claimed, for at most so long: who else wants to tell one waits, and is answered afterwards. */
  | {
      readonly kind: 'recall';
      readonly run: ToldRun;
      readonly targets: readonly string[];
      readonly claimMs: number;
    }
  | { readonly kind: 'keep'; readonly run: ToldRun; readonly told: readonly Told[] };
