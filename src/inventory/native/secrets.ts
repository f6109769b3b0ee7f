import { isMapping } from '../../language/is-mapping.js';
import { memoize } from '../../language/memoize.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { bareRecord } from '../../text/yaml/value.js';
import type { Path, YamlSource } from '../../text/yaml/load.js';

interface SecretKind {
  /** Against a field's name in small letters, without `_`, `-` and `.`. */
  readonly name: RegExp;
  readonly help: string;
}

const KEY_HELP =
  'put the key into a file that only you can read and name it with identityFile, or add it to the SSH agent';

const KINDS: readonly SecretKind[] = [
  {
    name: /passphrase$/,
    help: 'add the key to the SSH agent, or let kernward ask: it asks once for the passphrase of an encrypted key',
  },
  { name: /private_?key$|secretkey$|keydata$/, help: KEY_HELP },
  {
    name: /(?:password|passwd|passwort|pwd)$|^(?:ansible)?(?:ssh|become|sudo|su)?pass$/,
    help: 'log in with a key: identityFile names its file, or the SSH agent holds it',
  },
  {
    name: /(?:secret|token|apikey)$/,
    help: 'kernward needs none: it logs in with a key, by identityFile or the SSH agent',
  },
];

const KEY_MATERIAL = /^\s*(?:-----BEGIN|PuTTY-User-Key-File)/;
export interface Secret {
  readonly path: Path;
  readonly help: string;
  readonly isNamed: boolean;
}

function kindOf(field: string): SecretKind | undefined {
  const name = field.toLowerCase().replace(/[_.-]/g, '');
  return KINDS.find((kind) => kind.name.test(name));
}

/**
 * @param path of the value; longer meanwhile, and the same again afterwards
 * @param kindOfField `kindOf`, remembered: hosts have the same few fields
 */
function addSecrets(value: unknown, path: (string | number)[], found: Secret[], kindOfField: typeof kindOf): void {
  if (typeof value === 'string') {
    if (KEY_MATERIAL.test(value)) found.push({ path: [...path], help: KEY_HELP, isNamed: false });
    return;
  }
  if (!Array.isArray(value) && !isMapping(value)) return;
  const isGroups = !Array.isArray(value) && path.at(-1) === 'groups';
  for (const [key, held] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const kind = typeof key === 'number' || isGroups || held === null ? undefined : kindOfField(key);
    path.push(key);
    if (kind === undefined) addSecrets(held, path, found, kindOfField);
    else found.push({ path: [...path], help: kind.help, isNamed: true });
    path.pop();
  }
}

/** Every field that looks as if it held a password or a key, wherever it stands. A group may be called `token`. */
export function findSecrets(value: unknown): readonly Secret[] {
  const found: Secret[] = [];
  addSecrets(value, [], found, memoize(kindOf));
  return found;
}

/** The same value without the secrets, so that nothing downstream can repeat one. */
export function withoutSecrets(value: unknown, secrets: readonly Secret[]): unknown {
  const hidden = new Set(secrets.map(({ path }) => JSON.stringify(path)));
  const copy = (original: unknown, path: Path): unknown => {
    if (Array.isArray(original))
      return original.map((item, index) =>
        hidden.has(JSON.stringify([...path, index])) ? 'hidden' : copy(item, [...path, index]),
      );
    if (!isMapping(original)) return original;
    const kept = bareRecord<unknown>();
    for (const [field, held] of Object.entries(original))
      if (!hidden.has(JSON.stringify([...path, field]))) kept[field] = copy(held, [...path, field]);
    return kept;
  };
  return copy(value, []);
}

export function secretDiagnostic(secret: Secret, source: YamlSource): Diagnostic {
  return {
    code: 'inventory/secret',
    severity: 'error',
    message: secret.isNamed
      ? `${clean(String(secret.path.at(-1)), 80)} looks like a secret, and an inventory holds none`
      : 'this looks like a private key, and an inventory holds none',
    ...source.placeOf(secret.path, secret.isNamed ? 'key' : 'value'),
    help: secret.help,
  };
}
