import type { HostId } from '../model/host.js';

/** A text and the name that it is spoken of by. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

/** An inventory as it is given. */
export interface InventoryFile extends NamedText {
  /**
   * `script`: what an executable printed for `--list`. `targets`: a line of host names from the command line. Without
   * it the text shows what it is.
   */
  readonly as?: 'script' | 'targets';
  /** What a script without `_meta` printed for `--host NAME`, by host. */
  readonly hostTexts?: ReadonlyMap<HostId, NamedText>;
}
