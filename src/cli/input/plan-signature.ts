import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { right, wrong, type Loaded } from '../../model/diagnostic.js';
import { PLAN_FILE } from '../../plan/make-plan.js';
import { readTextFile } from '../../transports/read-file.js';
import { Stop, usage } from '../terminal/exit.js';
import { unreadableFile } from './source-file.js';

/** The signature of plan.json, in base64. The plan names every shard by its digest, so that it is of them, too. */
export const SIGNATURE_FILE = 'plan.json.sig';

/** A line for each shard, the signature of its ticket: what a worker can check without the plan. */
export const TICKETS_FILE = 'tickets.sig';

const MAX_KEY_BYTES = 64 * 1024;

/** The signature of a text, in base64; nothing where nobody asked. */
export function signer(keyFile: string | undefined): ((text: string) => string) | undefined {
  if (keyFile === undefined) return undefined;
  try {
    const key = createPrivateKey(readTextFile(keyFile, MAX_KEY_BYTES));
    if (key.asymmetricKeyType !== 'ed25519')
      return usage(
        `${keyFile} is a key of ${String(key.asymmetricKeyType)}: make one with openssl genpkey -algorithm ed25519`,
      );
    return (text) => `${sign(undefined, Buffer.from(text), key).toString('base64')}\n`;
  } catch (thrown) {
    if (thrown instanceof Stop) throw thrown;
    return usage(`${keyFile} is no private key in PEM: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function unsigned(file: string, message: string): Loaded<never> {
  const help = 'take the folder as kernward plan --sign-key wrote it, and the public half of that key';
  return wrong([{ code: 'plan/signature', severity: 'error', message, at: { file, line: 1, column: 1 }, help }]);
}

/** @throws where it is no public key of Ed25519 */
export function publicKey(file: string): KeyObject {
  const key = createPublicKey(readTextFile(file, MAX_KEY_BYTES));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is a key of ${key.asymmetricKeyType}, and not Ed25519`);
  return key;
}

/** Nothing, or why the text is not what somebody with the key signed. */
export function checkSignature(text: string, folder: string, keyFile: string | undefined): Loaded<undefined> {
  const file = join(folder, SIGNATURE_FILE);
  if (keyFile === undefined) {
    if (!existsSync(file)) return right(undefined);
    const message = 'the plan is signed, and nobody looks at it';
    const help = '--plan-key FILE, the public half of the key';
    return {
      value: undefined,
      diagnostics: [{ code: 'plan/signature', severity: 'warning', message, at: { file, line: 1, column: 1 }, help }],
    };
  }
  let key: KeyObject;
  try {
    key = publicKey(keyFile);
  } catch (thrown) {
    return wrong([unreadableFile(keyFile, thrown)]);
  }
  if (!existsSync(file)) return unsigned(join(folder, PLAN_FILE), 'the plan is not signed');
  let signature: Buffer;
  try {
    signature = Buffer.from(readTextFile(file, MAX_KEY_BYTES), 'base64');
  } catch (thrown) {
    return wrong([unreadableFile(file, thrown)]);
  }
  return verify(undefined, Buffer.from(text), key, signature)
    ? right(undefined)
    : unsigned(file, `it is not a signature of ${PLAN_FILE} by the key in ${keyFile}`);
}
