import type { Diagnostic, Loaded } from '../model/diagnostic.js';
import { right, wrong } from '../model/diagnostic.js';
import type { SecretPlace } from '../news/targets/target.js';
import { clean } from '../text/clean.js';
import { readTextFile } from '../transports/read-file.js';

/** An address with a token, a password, or a bundle of certificates. */
const MAX_BYTES = 1024 * 1024;

function problem(message: string, { at }: SecretPlace, help: string): Diagnostic {
  return { code: 'notify/secret-missing', severity: 'error', message, at, help };
}

/**
 * The text of a file or of a variable, without the line end after it.
 *
 * @param lines whether it may have several
 */
export function readSecret(place: SecretPlace, env: NodeJS.ProcessEnv, lines = false): Loaded<string> {
  const from = place.kind === 'file' ? clean(place.file, 300) : `$${place.variable}`;
  let text: string;
  try {
    text = place.kind === 'file' ? readTextFile(place.file, MAX_BYTES) : (env[place.variable] ?? '');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return wrong([problem(`${from} cannot be read: ${clean(why, 300)}`, place, 'check the path and its permissions')]);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '')
    return wrong([problem(`nothing stands in ${from}`, place, 'put the secret into it, and nothing else')]);
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (!lines && /[\u0000-\u001f\u007f]/.test(secret))
    return wrong([problem(`${from} holds more than one line`, place, 'put the secret into it, and nothing else')]);
  return right(secret);
}

/** A sentence in which no secret stands, whoever put it there: a server may say again what it was sent. */
export function hidden(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
