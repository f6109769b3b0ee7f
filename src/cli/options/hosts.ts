import { type Command, Option } from 'commander';
import { each, secondsOption } from './values.js';

export interface HostOptions {
  readonly inventory?: readonly string[];
  readonly inventoryTimeout: number;
  readonly hosts?: readonly string[];
  readonly limit?: string;
  readonly local?: boolean;
  /** False: nothing that an inventory or an ssh_config names is run. */
  readonly exec?: boolean;
}

export function withHosts(command: Command): Command {
  return command
    .optionsGroup('Hosts:')
    .addOption(
      new Option(
        '-i, --inventory <FILE>',
        'inventory file, folder or executable, `-` for standard input, or hosts: `web1,`; repeatable',
      ).argParser(each(String)),
    )
    .addOption(secondsOption('--inventory-timeout', 'for an executable inventory, with all that it is asked', 120_000))
    .addOption(
      new Option(
        '-w, --hosts <HOSTS>',
        'these hosts, without an inventory: web[1:3],root@db1:2222,[2001:db8::1]:22; repeatable',
      ).argParser(each(String)),
    )
    .option(
      '-l, --limit <PATTERN>',
      'only hosts that match: names, groups, globs, ~regex, group[0:4], label:owner=team; a,b  &and  !not  @file',
    )
    .option('--local', 'this machine alone, without an inventory')
    .option(
      '--no-exec',
      'run nothing that an inventory or ssh_config names: refuse executable inventories, proxy commands, Match exec',
    );
}
