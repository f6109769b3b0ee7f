import { mendStartFile } from '../report/failure-help.js';
import { clean } from '../text/clean.js';

/**
 * A file that the shell of an account runs before every command that is sent to it, as the host's standard error names
 * it.
 */
export interface StartFile {
  readonly file: string;
  /** The line that names it, safe to print. */
  readonly said: string;
}

const FILE =
  /(?:[~/][^\s:'"`]*\/(?:\.(?:bashrc|bash_profile|bash_login|bash_aliases|profile|shrc|kshrc|mkshrc|zshenv|zprofile|zshrc|zlogin|cshrc|tcshrc|login)|\.ssh\/rc|config\.fish)|\/etc\/(?:bash\.bashrc|bashrc|bashrc\.d\/[^\s:/]+|profile|profile\.d\/[^\s:/]+|zsh\/[^\s:/]+|zshenv|zshrc|zprofile|csh\.cshrc|csh\.login|ssh\/sshrc|fish\/[^\s:]+\.fish))/
    .source;

/**
 * How shells name the place of an error, and a file that they may not read.
 *
 * ```
 * /root/.bashrc: line 7: frob: command not found      bash
 * sh: 7: /root/.profile: frob: not found              dash
 * /etc/profile.d/x.sh: 7: frob: not found             dash
 * /root/.zshenv:7: command not found: frob            zsh
 * /root/.config/fish/config.fish (line 7): frob       fish
 * bash: /root/.bashrc: Permission denied
 * ```
 */
const NAMES_ONE = new RegExp(
  `(?:^|[\\s'"])(?<place>${FILE})(?:: line \\d+:|: ?\\d+:| \\(line \\d+\\))|^-?(?:[a-z]*sh|[a-z]*sh: \\d+): (?<unread>${FILE}): `,
  'u',
);

const MOST_BYTES = 64 * 1024;

/** The first start file that a host's standard error blames; undefined: none. */
export function findStartFile(stderr: Uint8Array): StartFile | undefined {
  for (const line of Buffer.from(stderr.subarray(0, MOST_BYTES)).toString().split(/\r?\n/u)) {
    const groups = NAMES_ONE.exec(line)?.groups;
    const file = groups?.['place'] ?? groups?.['unread'];
    if (file !== undefined) return { file: clean(file, 200), said: clean(line.trim(), 200) };
  }
  return undefined;
}

/** As a part of a sentence. */
export function describeStartFile({ file, said }: StartFile): string {
  return `the account's start file ${file} said: ${said}`;
}

/** What to do about it. */
export function describeStartFileFix({ file }: StartFile): string {
  return mendStartFile(file);
}
