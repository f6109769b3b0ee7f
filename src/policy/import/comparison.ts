/** A sysctl that another tool's file asks for. */
export interface Comparison {
  /** Below /proc/sys, with slashes: `net/ipv4/conf/eth0.100/forwarding`. */
  readonly path: string;
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: string;
  readonly line: number;
}

/** What of a file is taken, and of the rest each with why it is not. */
export interface Imported {
  readonly settings: readonly Comparison[];
  readonly left: readonly { readonly line: number; readonly why: string }[];
}

/**
 * As sysctl(8) reads a name: where its first separator is a dot, dots stand for slashes and slashes for dots; where it is a
 * slash, both are what they are. @see https://man7.org/linux/man-pages/man8/sysctl.8.html
 */
export function pathOf(name: string): string {
  const [first] = /[./]/.exec(name) ?? [];
  return first === '/' ? name : name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}
