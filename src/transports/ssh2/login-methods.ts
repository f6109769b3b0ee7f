import type { AnyAuthMethod, AuthenticationType, Prompt } from 'ssh2';
import type { SessionGuard } from '../keys/agent-method.js';
import { takesPublicKeys, type Identity } from '../keys/identities.js';
import type { Password } from '../keys/password.js';

export interface LoginMethods {
  readonly username: string;
  readonly identities: readonly Identity[];
  /** Undefined: none was asked for. */
  readonly password?: Password;
  readonly guard: SessionGuard;
}

export type NextMethod = { readonly method: AnyAuthMethod } | { readonly refused: string };

/** What a host says of the way so far: which methods can go on, and whether the last one was a factor of several. */
export type Said = { readonly methods: readonly AuthenticationType[] | null | undefined; readonly isPartial: boolean };

/**
 * Why a question of keyboard-interactive is not one for the password; undefined where it is: hidden, alone, and about a
 * password.
 */
export function unlikePassword(prompts: readonly Prompt[]): string | undefined {
  const [only, ...others] = prompts;
  if (only === undefined || others.length > 0) return `${prompts.length} things at once`;
  if (only.echo !== false) return 'something that is shown while it is typed';
  return /password/iu.test(only.prompt) ? undefined : 'something that is not called a password';
}

/**
 * The methods to log in with, one after another: each key, then the password once, by whichever of `password` and
 * `keyboard-interactive` the host takes. A refused password is not offered a second way: it would count twice for
 * whoever locks accounts.
 */
export function createLogin({ username, identities, password, guard }: LoginMethods): (said: Said) => NextMethod {
  let nextKey = 0;
  let isPasswordUsed = false;
  let unanswered: string | undefined;

  const byQuestions = (secret: Password): AnyAuthMethod => {
    let isAnswered = false;
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        if (guard.isOver()) return;
        unanswered = isAnswered ? 'once more, after the password' : unlikePassword(prompts);
        isAnswered = true;
        try {
          // No answer at all is a refusal by the protocol, and the host says so next (RFC 4256, section 3.4).
          finish(unanswered === undefined ? [secret.reveal()] : []);
        } catch (thrown) {
          guard.fail(thrown);
        }
      },
    };
  };

  const byPassword = (methods: readonly AuthenticationType[], secret: Password): AnyAuthMethod | undefined => {
    if (methods.includes('password')) return { type: 'password', username, password: secret.reveal() };
    return methods.includes('keyboard-interactive') ? byQuestions(secret) : undefined;
  };

  const whyNot = ({ methods, isPartial }: Said): string => {
    const taken = (methods ?? []).join(', ');
    const wayOut =
      password === undefined && /password|keyboard-interactive/u.test(taken)
        ? ' (--ask-pass asks you for a password)'
        : '';
    if (unanswered !== undefined)
      return `the host asks for ${unanswered}: kernward answers one hidden question for a password, and nothing else`;
    if (isPartial) return `the host wants a second factor (${taken})${wayOut}`;
    if (isPasswordUsed) return 'the host refused the password';
    if (!takesPublicKeys(methods)) return `the host takes no public keys, only ${taken}${wayOut}`;
    if (identities.length === 0) return `the host takes no password, only ${taken}`;
    const refused = `the host refused ${identities.map(({ label }) => label).join(', ')}`;
    return wayOut === '' ? refused : `${refused}; it takes a password, too: --ask-pass asks you for one`;
  };

  return (said) => {
    const { methods, isPartial } = said;
    const identity = takesPublicKeys(methods) && !isPartial ? identities[nextKey++] : undefined;
    if (identity !== undefined) return { method: identity.method(username, guard) };
    if (password === undefined || isPasswordUsed) return { refused: whyNot(said) };
    // Without a key to begin with, the host is asked what it takes.
    if (!Array.isArray(methods)) return { method: { type: 'none', username } };
    const method = byPassword(methods, password);
    isPasswordUsed = method !== undefined;
    return method === undefined ? { refused: whyNot(said) } : { method };
  };
}
