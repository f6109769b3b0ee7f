import { Command, Option } from 'commander';
import { ALL } from '../../inventory/outline.js';
import { INVENTORY_FORMAT_NAMES } from '../options/inventory-format.js';
import { type HostOptions, withHosts } from '../options/hosts.js';
import type { InventoryListOptions } from '../actions/inventory.js';

function list(): Command {
  return withHosts(new Command('list').description('the hosts as they would be contacted'))
    .addOption(
      new Option(
        '-o, --output <FORMAT>',
        "table; json and yaml: in the shape of ansible-inventory --list, with Ansible's variables; jsonl: one line a host; names",
      )
        .choices(INVENTORY_FORMAT_NAMES)
        .default('table'),
    )
    .addOption(new Option('--json', 'the same as -o json').conflicts('yaml'))
    .option('--yaml', 'the same as -o yaml')
    .action(async (options: InventoryListOptions) => {
      const { listInventory } = await import('../actions/rarely.js');
      await listInventory(options);
    });
}

function host(): Command {
  return withHosts(
    new Command('host').description(
      "the variables of one host in Ansible's words, as ansible-inventory --host prints them",
    ),
  )
    .argument('<host>', 'its name in the inventory')
    .action(async (name: string, options: HostOptions) => {
      const { showHost } = await import('../actions/rarely.js');
      await showHost(name, options);
    });
}

function drawn(): Command {
  return withHosts(
    new Command('graph').description('groups and hosts as a tree, as ansible-inventory --graph draws it'),
  )
    .argument('[group]', 'only this group', ALL)
    .option('--vars', 'how each host is reached, too')
    .action(async (group: string, options: HostOptions & { readonly vars?: boolean }) => {
      const { drawInventory } = await import('../actions/rarely.js');
      await drawInventory(group, options);
    });
}

function check(): Command {
  return withHosts(
    new Command('check').description(
      'every mistake in the inventory, and every file that was read; nobody is contacted',
    ),
  ).action(async (options: HostOptions) => {
    const { checkInventory } = await import('../actions/rarely.js');
    await checkInventory(options);
  });
}

export function inventoryCommand(): Command {
  return new Command('inventory')
    .description('look at an inventory without contacting anybody')
    .addCommand(list())
    .addCommand(host())
    .addCommand(drawn())
    .addCommand(check());
}
