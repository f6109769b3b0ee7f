import { createHash } from 'node:crypto';
import { MAX_BYTES } from '../input/source-file.js';
import { readTextFile } from '../../transports/read-file.js';
import { Command, InvalidArgumentError, Option } from 'commander';
import { COLLECTOR_PATH, collectorScript } from '../../probe/collector.js';
import { ROOT_SCRIPT_PATH, rootScript } from '../../probe/root-script.js';
import { parseKey } from '../../transports/keys/parse-key.js';
import { errorText } from '../../transports/error-detail.js';
import type { FactDefinition } from '../../facts/definition.js';
import { allowReadOption, type RuleOptions } from '../options/rules.js';
import { each } from '../options/values.js';
import { loadRules } from '../setup/load-targets.js';
import { stopOnErrors, usage } from '../terminal/exit.js';

const AUDIT = 'audit';

interface CollectorOptions extends RuleOptions {
  readonly root?: boolean;
  readonly authorizedKeys?: string;
  readonly path: string;
  readonly sudoers?: string | true;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What stands in a quoted `command=` and is read by the login shell: nothing in it may mean anything to either. */
function plainPath(text: string): string {
  if (/^\/[\w./-]+$/u.test(text)) return text;
  throw new InvalidArgumentError('expected an absolute path of letters, digits and . _ - /');
}

/** What sudoers takes for the name of a user without a quotation; in capitals it is an alias there, and ALL is everybody. */
function userName(text: string): string {
  if (
    /^[a-z_][\w.-]{0,31}$/iu.test(text) &&
    !/^(?:[A-Z][A-Z\d_]*|Defaults|(?:User|Runas|Host|Cmnd|Cmd)_Alias)$/u.test(text)
  )
    return text;
  throw new InvalidArgumentError(
    'expected the name of an account: letters, digits and . _ -, and no word that sudoers reads as an alias',
  );
}

/** The one key of a public key file, as it stands in authorized_keys. */
function publicKeyIn(file: string): string {
  let text: string;
  try {
    text = readTextFile(file, MAX_BYTES);
  } catch (thrown) {
    return usage(`--authorized-keys: ${file} cannot be read: ${errorText(thrown)}`);
  }
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [line = ''] = lines;
  const [type = '', base64 = ''] = line.trim().split(/\s+/u);
  const isKey =
    lines.length === 1 &&
    /^(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+$/u.test(type) &&
    (type.startsWith('sk-') || !(parseKey(`${type} ${base64}`) instanceof Error));
  return isKey ? line.trim() : usage(`--authorized-keys: ${file} is not the file of one public key (KEY.pub)`);
}

function authorizedKeysLine(file: string, path: string): string {
  return `restrict,command="${path}" ${publicKeyIn(file)}\n`;
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

function wanted(options: CollectorOptions): string {
  const { root, authorizedKeys, path, sudoers } = options;
  if ([root, authorizedKeys, sudoers].filter((option) => option !== undefined).length > 1)
    return usage('--root, --authorized-keys and --sudoers print one thing each: give one of them');
  if (root === true) return rootScript();
  if (authorizedKeys !== undefined) return authorizedKeysLine(authorizedKeys, path);
  if (sudoers !== undefined) return sudoersLines(sudoers === true ? AUDIT : sudoers);
  return collectorScript(declaredBy(options));
}

/** Whole from one moment to the next: a shell may be reading the file that stands there. */
function install(path: string): string {
  return `f=${path}; cat > $f.new && chmod 755 $f.new && mv $f.new $f`;
}

/** A mistake in a file of sudoers.d can end all use of sudo, so it goes there under a name that sudo passes over, until it is checked. */
const INSTALL_SUDOERS = 'f=/etc/sudoers.d/kernward; umask 337; cat > $f.new && visudo -cf $f.new && mv $f.new $f';

/** What an administrator installs on a host so that kernward's key can do nothing else there. */
export function collectorCommand(): Command {
  return new Command('collector')
    .description('print what can be installed on hosts so that the key of kernward can do nothing else there')
    .addOption(
      new Option(
        '-p, --policy <FILE>',
        'a policy of your own, or a folder of them, whose facts the collector reads as well; repeatable',
      ).argParser(each(String)),
    )
    .addOption(allowReadOption())
    .option('--authorized-keys <KEY.pub>', 'print the line for authorized_keys that binds this key to the collector')
    .addOption(
      new Option('--path <PATH>', 'with --authorized-keys: where the collector is installed')
        .argParser(plainPath)
        .default(COLLECTOR_PATH),
    )
    .option('--root', 'print the script that reads, as root, what only root may read (become: sudo)')
    .addOption(
      new Option(
        '--sudoers [USER]',
        `print the lines for sudoers that let this account run that script, and nothing else (default: ${AUDIT})`,
      ).argParser(userName),
    )
    .addHelpText(
      'after',
      `
Without an option it prints the collector: the scripts that kernward runs on a host, in one file. A scan is the same with
it and without it. Reports carry its sha256, and say which hosts have another.

Install the collector, and bind the key to it:
  kernward collector | ssh root@HOST '${install(COLLECTOR_PATH)}'
  kernward collector --authorized-keys ~/.ssh/audit.pub       → one line of ~audit/.ssh/authorized_keys on the host

For what only root may read (become: sudo in the inventory, or --become):
  kernward collector --root | ssh root@HOST '${install(ROOT_SCRIPT_PATH)}'
  kernward collector --sudoers audit | ssh root@HOST '${INSTALL_SUDOERS}'

The last line has the lines checked before sudo reads them: it passes over names with a dot.`,
    )
    .action((options: CollectorOptions) => {
      process.stdout.write(wanted(options));
    });
}
