/** A text with the name it is spoken of by. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
  /** Of kernward's own: what is in the package. */
  readonly isShipped?: true;
  /** Its plain value, where this very text was read before and found sound, in what its schema sees and what it does not: when kernward was built. */
  readonly checked?: unknown;
}
