import { lowerAscii } from './lexer.js';

const INT_MAX = 2147483647;

const FLAG = { true: 'yes', false: 'no', yes: 'yes', no: 'no' } as const;

/** The words an option takes, and what each means. @see the multistate tables of readconf.c, OpenSSH 9.2 */
const WORDS = {
  flag: FLAG,
  yesNoAsk: { ...FLAG, ask: 'ask' },
  strict: { ...FLAG, ask: 'ask', off: 'no', 'accept-new': 'accept-new' },
  family: { inet: 'inet', inet6: 'inet6', any: 'any' },
  pubkey: { ...FLAG, unbound: 'unbound', 'host-bound': 'host-bound' },
  canonicalize: { ...FLAG, always: 'always' },
  controlMaster: { ...FLAG, auto: 'auto', ask: 'ask', autoask: 'autoask' },
  tunnel: { ...FLAG, ethernet: 'ethernet', 'point-to-point': 'point-to-point' },
  requestTty: { ...FLAG, force: 'force', auto: 'auto' },
  session: { none: 'none', subsystem: 'subsystem', default: 'default' },
  logLevel: Object.fromEntries(
    ['quiet', 'fatal', 'error', 'info', 'verbose', 'debug', 'debug1', 'debug2', 'debug3'].map((level) => [
      level,
      level,
    ]),
  ),
  compression: { yes: 'yes', no: 'no' },
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type WordSet = keyof typeof WORDS;

export function toWord(set: WordSet, text: string): string | undefined {
  const words: Readonly<Record<string, string>> = WORDS[set];
  const word = lowerAscii(text);
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

export function wordsOfSet(set: WordSet): string {
  return [...new Set(Object.values(WORDS[set]))].join(', ');
}

/** A whole number as ssh takes it: blanks and a sign before it are allowed. Undefined outside 0…max. */
export function toInteger(text: string, max = INT_MAX): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= 0 && value <= max ? value + 0 : undefined;
}

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time such as `90`, `10m` or `1h30m`, in seconds. @see convtime, misc.c; sshd_config(5), TIME FORMATS */
export function toSeconds(text: string): number | undefined {
  if (text === '') return undefined;
  let total = 0;
  let rest = text;
  while (rest !== '') {
    const part = /^[ \t\n\v\f\r]*(?<amount>[+-]?\d+)(?<unit>[smhdw]?)/i.exec(rest);
    if (part === null) return undefined;
    const amount = Number(part.groups?.['amount']);
    const each = SECONDS[lowerAscii(part.groups?.['unit'] ?? '')] ?? 1;
    if (amount < 0 || amount > Math.floor(INT_MAX / each)) return undefined;
    total += amount * each;
    if (total > INT_MAX) return undefined;
    rest = rest.slice(part[0].length);
  }
  return total + 0;
}
