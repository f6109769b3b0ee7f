import { hostVariables } from '../../inventory/ansible/variables/host-variables.js';
import { graph } from '../../inventory/export/graph.js';
import { hostNamed } from '../../inventory/spellings.js';
import { writeToStream } from '../../run/write-outputs.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { sortedJson } from '../../text/sorted-json.js';
import { suggest } from '../../text/suggest.js';
import { INVENTORY_FORMATS } from '../output/inventory-formats.js';
import { loadHosts, profileNames } from '../setup/load-targets.js';
import type { HostOptions } from '../options/hosts.js';
import type { InventoryFormatName } from '../options/inventory-format.js';
import { usage } from '../terminal/exit.js';

export interface InventoryListOptions extends HostOptions {
  readonly output: InventoryFormatName;
  readonly json?: boolean;
  readonly yaml?: boolean;
}

/** The hosts as kernward understands them: what would be contacted, as whom, judged by which profile. */
export async function listInventory(options: InventoryListOptions): Promise<void> {
  const targets = await loadHosts(options, profileNames());
  const format = options.json === true ? 'json' : options.yaml === true ? 'yaml' : options.output;
  await writeToStream(process.stdout, [
    INVENTORY_FORMATS[format](targets) ?? usage('the groups stand in each other in more ways than can be written down'),
  ]);
}

function near(name: string, names: Iterable<string>): string {
  const found = suggest(name, [...names]);
  return found === undefined ? '; kernward inventory graph has all hosts and groups' : `; did you mean ${found}?`;
}

/** The variables of one host, in Ansible's words. */
export async function showHost(name: string, options: HostOptions): Promise<void> {
  const { hosts } = await loadHosts(options, profileNames());
  const found =
    hostNamed(hosts, name) ??
    usage(
      `the inventory has no host ${JSON.stringify(clean(name, 80))}${near(
        name,
        hosts.map((one) => one.name),
      )}`,
    );
  process.stdout.write(`${sortedJson(hostVariables(found))}\n`);
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

/** Groups and hosts as a tree. */
export async function drawInventory(group: string, options: HostOptions & { readonly vars?: boolean }): Promise<void> {
  const { inventory, hosts } = await loadHosts(options, profileNames());
  if (!inventory.outline.has(group))
    usage(`the inventory has no group ${JSON.stringify(clean(group, 80))}${near(group, inventory.outline.keys())}`);
  await writeToStream(process.stdout, linesOf(graph(inventory, hosts, group, options.vars ?? false)));
}

/** Reads everything, and says what was read. */
export async function checkInventory(options: HostOptions): Promise<void> {
  const { inventory, hosts } = await loadHosts(options, profileNames());
  process.stdout.write(
    `${inventory.files.map((file) => clean(file)).join(', ')}: ${count(hosts.length, 'host')} in ${count(inventory.groups.size, 'group')}\n`,
  );
}
