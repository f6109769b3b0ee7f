import { Command, Option } from 'commander';
import { hostVariables } from '../../inventory/ansible/variables/host-variables.js';
import { graph } from '../../inventory/export/graph.js';
import { ALL } from '../../inventory/outline.js';
import { writeToStream } from '../../run/write-outputs.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { sortedJson } from '../../text/sorted-json.js';
import { suggest } from '../../text/suggest.js';
import { INVENTORY_FORMATS } from '../output/inventory-formats.js';
import { loadHosts, profileNames } from '../setup/load-targets.js';
import { type HostOptions, withHosts } from '../options/hosts.js';
import { usage } from '../terminal/exit.js';

interface ListOptions extends HostOptions {
  readonly output: string;
  readonly json?: boolean;
  readonly yaml?: boolean;
}

/** The hosts as kernward understands them: what would be contacted, as whom, judged by which profile. */
function list(): Command {
  return withHosts(new Command('list').description('the hosts as they would be contacted'))
    .addOption(
      new Option(
        '-o, --output <FORMAT>',
        "table; json and yaml: in the shape of ansible-inventory --list, with Ansible's variables; jsonl: one line a host; names",
      )
        .choices(Object.keys(INVENTORY_FORMATS))
        .default('table'),
    )
    .addOption(new Option('--json', 'the same as -o json').conflicts('yaml'))
    .option('--yaml', 'the same as -o yaml')
    .action(async (options: ListOptions) => {
      const targets = await loadHosts(options, profileNames());
      const format = options.json === true ? 'json' : options.yaml === true ? 'yaml' : options.output;
      await writeToStream(process.stdout, [
        INVENTORY_FORMATS[format]?.(targets) ??
          usage('the groups stand in each other in more ways than can be written down'),
      ]);
    });
}

function near(name: string, names: Iterable<string>): string {
  const found = suggest(name, [...names]);
  return found === undefined ? '; kernward inventory graph has all hosts and groups' : `; did you mean ${found}?`;
}

function host(): Command {
  return withHosts(
    new Command('host').description(
      "the variables of one host in Ansible's words, as ansible-inventory --host prints them",
    ),
  )
    .argument('<host>', 'its name in the inventory')
    .action(async (name: string, options: HostOptions) => {
      const { hosts } = await loadHosts(options, profileNames());
      const found =
        hosts.find((one) => one.name === name) ??
        usage(
          `the inventory has no host ${JSON.stringify(clean(name, 80))}${near(
            name,
            hosts.map((one) => one.name),
          )}`,
        );
      process.stdout.write(`${sortedJson(hostVariables(found))}\n`);
    });
}

/** Groups within several groups are drawn in each; a few dozen of them can make more lines than there is paper. */
const MOST_LINES = 1_000_000;

const linesOf = function* (lines: Iterable<string>): Generator<string> {
  let left = MOST_LINES;
  for (const text of lines) {
    if (left-- === 0) usage(`the tree has more than ${MOST_LINES} lines: draw one group of it`);
    yield `${clean(text)}\n`;
  }
};

function drawn(): Command {
  return withHosts(
    new Command('graph').description('groups and hosts as a tree, as ansible-inventory --graph draws it'),
  )
    .argument('[group]', 'only this group', ALL)
    .option('--vars', 'how each host is reached, too')
    .action(async (group: string, options: HostOptions & { readonly vars?: boolean }) => {
      const { inventory, hosts } = await loadHosts(options, profileNames());
      if (!inventory.outline.has(group))
        usage(`the inventory has no group ${JSON.stringify(clean(group, 80))}${near(group, inventory.outline.keys())}`);
      await writeToStream(process.stdout, linesOf(graph(inventory, hosts, group, options.vars ?? false)));
    });
}

function check(): Command {
  return withHosts(
    new Command('check').description(
      'every mistake in the inventory, and every file that was read; nobody is contacted',
    ),
  ).action(async (options: HostOptions) => {
    const { inventory, hosts } = await loadHosts(options, profileNames());
    process.stdout.write(
      `${inventory.files.map((file) => clean(file)).join(', ')}: ${count(hosts.length, 'host')} in ${count(inventory.groups.size, 'group')}\n`,
    );
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
