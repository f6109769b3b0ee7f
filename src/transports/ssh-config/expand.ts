import type { Doubt } from './doubt.js';

/** Whose configuration it is, on which machine: what tokens and `~` stand for. */
export interface LocalUser {
  readonly name: string;
  readonly uid: number;
  /** From the password database, as ssh takes it for `~` and `%d`; not `$HOME`. */
  readonly home: string;
  /** As gethostname(2) gives it. */
  readonly machine: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Expanded = { readonly text: string } | { readonly problem: string } | { readonly doubt: Omit<Doubt, 'at'> };

/** The value of each token (`h`, `p`, …) that the option takes. */
export type PercentTokens = Readonly<Record<string, string>>;

/** Tokens that some option or some release of OpenSSH takes, though this option, or this program, does not. */
const ELSEWHERE = 'CfHIjKTt';

function tokenAt(token: string, tokens: PercentTokens, whole: string): Expanded {
  if (token === '%') return { text: '%' };
  const value = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (value !== undefined) return { text: value };
  return token !== '' && ELSEWHERE.includes(token)
    ? { doubt: { reason: 'token', detail: `%${token} in ${whole}` } }
    : { problem: `%${token} in ${whole} is not a token of this option` };
}

/** A variable, and nothing that every object has. */
export function variable(environment: LocalUser['environment'], name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function variableAt(name: string, environment: LocalUser['environment'], whole: string): Expanded {
  if (name === '') return { problem: `\${} in ${whole} names no variable` };
  const value = variable(environment, name);
  return value === undefined ? { problem: `the environment has no ${name}, which ${whole} needs` } : { text: value };
}

/**
 * Percent tokens, and `${NAME}` where an environment is given, replaced in one pass: what is put in is not looked at
 * again.
 *
 * @see vdollar_percent_expand, misc.c, OpenSSH 9.2; ssh_config(5), TOKENS and ENVIRONMENT VARIABLES
 */
export function expandTokens(text: string, tokens: PercentTokens, environment?: LocalUser['environment']): Expanded {
  if (!text.includes('%') && !text.includes('${')) return { text };
  let found = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    let part: Expanded = { text: character };
    if (environment !== undefined && text.startsWith('${', at)) {
      const close = text.indexOf('}', at);
      if (close < 0) return { problem: `\${ in ${text} is never closed` };
      part = variableAt(text.slice(at + 2, close), environment, text);
      at = close;
    } else if (character === '%') part = tokenAt(text.charAt(++at), tokens, text);
    if (!('text' in part)) return part;
    found += part.text;
  }
  return { text: found };
}

/** `~` and `~/…`: the home directory. That of another user is looked up by ssh alone. @see tilde_expand, misc.c */
export function expandTilde(path: string, home: string): Expanded {
  if (!path.startsWith('~')) return { text: path };
  if (path !== '~' && path.charAt(1) !== '/') return { doubt: { reason: 'home-of-another', detail: path } };
  return { text: `${home}${home.endsWith('/') ? '' : '/'}${path.slice(1).replace(/^\/+/, '')}` };
}

/** `~`, then tokens and variables, as for IdentityFile and the like. */
export function expandPath(path: string, tokens: PercentTokens, user: LocalUser): Expanded {
  const whole = expandTilde(path, user.home);
  return 'text' in whole ? expandTokens(whole.text, tokens, user.environment) : whole;
}
