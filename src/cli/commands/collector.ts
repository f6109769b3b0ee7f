import { Command, InvalidArgumentError, Option } from 'commander';
import { COLLECTOR_PATH, ROOT_SCRIPT_PATH } from '../../probe/install-paths.js';
import { allowReadOption } from '../options/rules.js';
import { each } from '../options/values.js';
import type { CollectorOptions } from '../actions/collector.js';

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

/** The account that a line for sudoers is for where nobody names another. */
const AUDIT = 'audit';

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
    .action(async (options: CollectorOptions) => {
      const { printCollector } = await import('../actions/rarely.js');
      await printCollector(options, AUDIT);
    });
}
