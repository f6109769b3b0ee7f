/** An option of ssh's command line as `Keyword` and value, in the words of ssh_config. */
export interface SshOption {
  readonly keyword: string;
  readonly value: string;
}

/** What a line of ssh options says. */
export interface SshWords {
  /** In order; of a keyword that comes twice the first holds. */
  readonly options: readonly SshOption[];
  /** Letters that say something else, as they were written: `-L`. */
  readonly others: readonly string[];
  /** What follows the options: the destination, and a command. */
  readonly rest: readonly string[];
}

const KEYWORDS: Readonly<Record<string, string>> = {
  J: 'ProxyJump',
  p: 'Port',
  l: 'User',
  i: 'IdentityFile',
  c: 'Ciphers',
  m: 'MACs',
  b: 'BindAddress',
  B: 'BindInterface',
  W: 'StdioForward',
  S: 'ControlPath',
  I: 'PKCS11Provider',
};
const FLAGS: Readonly<Record<string, SshOption>> = {
  4: { keyword: 'AddressFamily', value: 'inet' },
  6: { keyword: 'AddressFamily', value: 'inet6' },
};
/** They change nothing of how a host is reached, or ask for what kernward never does. */
const QUIET = new Set('qvCTtaAxXYnkM');
/** Options whose last value counts, and counts over every `-o`; of all others the first value does. */
const OVERRIDES = new Set('46bBcm');
const WITH_VALUE = new Set('bcDeEFIiJlLmoOpPQRSwWB');

/** `Keyword=value`, `Keyword value`; the value as it is written, with the quotes of ssh_config. */
function optionOf(text: string): SshOption {
  const [, keyword = text, value = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+)([^]*)$/.exec(text) ?? [];
  return { keyword, value };
}

/**
 * Reads the words of a command line of ssh as ssh does: letters may stand together (`-4q`), and a value close to its
 * letter (`-p22`).
 * @see https://man.openbsd.org/ssh.1
 */
export function sshWords(words: readonly string[]): SshWords {
  const options: SshOption[] = [];
  const overriding = new Map<string, SshOption>();
  const others: string[] = [];
  const take = (letter: string, option: SshOption): void => {
    if (OVERRIDES.has(letter)) overriding.set(option.keyword, option);
    else options.push(option);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-')
      return { options: [...overriding.values(), ...options], others, rest: words.slice(at) };
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] ?? '';
      const flag = FLAGS[letter];
      if (flag !== undefined) take(letter, flag);
      if (WITH_VALUE.has(letter)) {
        const value = index + 1 < word.length ? word.slice(index + 1) : (words[++at] ?? '');
        const keyword = KEYWORDS[letter];
        if (letter === 'o') options.push(optionOf(value));
        else if (keyword !== undefined) take(letter, { keyword, value });
        else others.push(`-${letter}`);
        break;
      }
      if (flag === undefined && !QUIET.has(letter)) others.push(`-${letter}`);
    }
  }
  return { options: [...overriding.values(), ...options], others, rest: [] };
}
