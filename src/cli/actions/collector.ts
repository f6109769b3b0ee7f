import { createHash } from 'node:crypto';
import { MAX_BYTES } from '../input/source-file.js';
import { readTextFile } from '../../transports/read-file.js';
import { collectorScript } from '../../probe/collector.js';
import { ROOT_SCRIPT_PATH } from '../../probe/install-paths.js';
import { rootScript } from '../../probe/root-script.js';
import { errorText } from '../../transports/error-detail.js';
import type { FactDefinition } from '../../facts/definition.js';
import type { RuleOptions } from '../options/rules.js';
import { loadRules } from '../setup/load-targets.js';
import { usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

export interface CollectorOptions extends RuleOptions {
  readonly root?: boolean;
  readonly authorizedKeys?: string;
  readonly path: string;
  readonly sudoers?: string | true;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The one key of a public key file, as it stands in authorized_keys. */
async function publicKeyIn(file: string): Promise<string> {
  let text: string;
  try {
    text = readTextFile(file, MAX_BYTES);
  } catch (thrown) {
    return usage(`--authorized-keys: ${file} cannot be read: ${errorText(thrown)}`);
  }
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [line = ''] = lines;
  const [type = '', base64 = ''] = line.trim().split(/\s+/u);
  const { parseKey } = await import('../../transports/keys/parse-key.js');
  const isKey =
    lines.length === 1 &&
    /^(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+$/u.test(type) &&
    (type.startsWith('sk-') || !(parseKey(`${type} ${base64}`) instanceof Error));
  return isKey ? line.trim() : usage(`--authorized-keys: ${file} is not the file of one public key (KEY.pub)`);
}

async function authorizedKeysLine(file: string, path: string): Promise<string> {
  return `restrict,command="${path}" ${await publicKeyIn(file)}\n`;
}

/**
 * The lines for sudoers: one script, by its digest (sudo 1.8.7 or later), without arguments, for one account.
 *
 * `!requiretty`, since no terminal is asked for; no `EXEC:` is needed where NOEXEC is set, since the script starts nothing.
 */
function sudoersLines(user: string): string {
  return `# kernward: lets ${user} run one script as root, which only reads. Install it as /etc/sudoers.d/kernward, mode 440, but only
# after visudo -cf of a file elsewhere: one that sudo cannot read there may end all use of sudo. The script: kernward
# collector --root, installed as ${ROOT_SCRIPT_PATH}, owner root, mode 755. Another in its place is refused by the
# digest; sudo before 1.8.7 and sudo-rs do not know digests.
Defaults!${ROOT_SCRIPT_PATH} !requiretty
${user} ALL=(root) NOPASSWD: sha256:${sha256(rootScript())} ${ROOT_SCRIPT_PATH} ""
`;
}

/** What the policies of `-p` declare. */
function declaredBy(options: CollectorOptions): readonly FactDefinition[] | undefined {
  if (options.policy === undefined) return undefined;
  const { value, diagnostics } = loadRules({ ...options, allowRead: options.allowRead ?? [] });
  stopOnErrors(diagnostics);
  return value?.declared;
}

function wanted(options: CollectorOptions, account: string): string | Promise<string> {
  const { root, authorizedKeys, path, sudoers } = options;
  if ([root, authorizedKeys, sudoers].filter((option) => option !== undefined).length > 1)
    return usage('--root, --authorized-keys and --sudoers print one thing each: give one of them');
  if (root === true) return rootScript();
  if (authorizedKeys !== undefined) return authorizedKeysLine(authorizedKeys, path);
  if (sudoers !== undefined) return sudoersLines(sudoers === true ? account : sudoers);
  return collectorScript(declaredBy(options));
}

/** Prints what the options ask for. `account`: for sudoers, where they name none. */
export async function printCollector(options: CollectorOptions, account: string): Promise<void> {
  process.stdout.write(await wanted(options, account));
}
