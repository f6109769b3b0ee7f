import { readFileSync } from 'node:fs';
import type { Inventory } from '../../inventory/inventory.js';
import type { InventoryFile } from '../../inventory/inventory-file.js';
import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { loadInventory } from '../../inventory/load-inventory.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { loadRuleSet, type RuleSet } from '../../run/rule-set.js';
import { loadShippedRules } from '../../run/shipped/load-shipped-rules.js';
import type { TextFile } from '../../text/text-file.js';
import { interruptible } from '../terminal/interrupt.js';
import { readInventories } from '../input/inventory-sources.js';
import type { HostOptions, RuleOptions } from '../options/common.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../../run/shipped/package-files.js';
import { readSources } from '../input/source-file.js';
import { EXIT, Stop, stopOnErrors, usage } from '../terminal/exit.js';
import { variableFilesBeside } from '../input/variable-files.js';

const SHIPPED = 'shipped';

/** A file for `-p` holds a policy or a profile; its first key says which. */
function isProfile({ text }: TextFile): boolean {
  return /^profile\s*:/m.test(text) && !/^policy\s*:/m.test(text);
}

/** The rules of `-p`, with their profiles and everything that is known of kernels; every mistake of any file. */
export function loadRules({ policy }: RuleOptions): Loaded<RuleSet> {
  const paths = (policy ?? [SHIPPED]).filter((path) => path !== SHIPPED);
  const withShipped = policy === undefined || policy.includes(SHIPPED);
  const read = readSources(paths);
  const own = read.value ?? [];
  const loaded = loadRuleSet({
    policies: [...(withShipped ? shippedPolicies() : []), ...own.filter((file) => !isProfile(file))],
    profiles: [...shippedProfiles(), ...own.filter(isProfile)],
    known: withShipped ? [] : shippedPolicies(),
    fixes: shippedFixes(),
    support: shippedSupport(),
  });
  return { value: loaded.value, diagnostics: [...read.diagnostics, ...loaded.diagnostics] };
}

/** The profiles that an inventory may name when nothing is judged: the shipped ones. */
export function profileNames(): readonly string[] {
  return [...loadShippedRules().profiles.keys()];
}

export interface Targets {
  readonly inventory: Inventory;
  readonly hosts: readonly Host[];
}

const LOCAL: Inventory = {
  ...inventoryOfHosts([
    {
      name: 'localhost',
      address: 'localhost',
      identityFiles: [],
      groups: [],
      labels: {},
      transport: 'local',
      at: { file: '--local', line: 1, column: 1 },
    },
  ]),
  files: ['--local'],
};

/** Everything of `-i`, or the targets of `-w`. */
async function filesOf(
  { inventory, hosts, inventoryTimeout }: HostOptions,
  diagnostics: Diagnostic[],
): Promise<readonly InventoryFile[]> {
  if (hosts !== undefined) return hosts.map((text) => ({ file: '-w', text, as: 'targets' }));
  return interruptible((signal) =>
    readInventories(inventory ?? [], { timeoutMs: inventoryTimeout, signal }, diagnostics),
  );
}

/** Where the hosts come from: exactly one way. */
function checkWays({ inventory, hosts, local }: HostOptions): void {
  const ways = [
    ...(inventory === undefined ? [] : ['-i']),
    ...(hosts === undefined ? [] : ['-w']),
    ...(local === true ? ['--local'] : []),
  ];
  const [first, second] = ways;
  if (first === undefined)
    usage('no hosts: name an inventory with -i FILE or hosts with -w HOST,HOST, or use --local for this machine alone');
  if (second !== undefined)
    usage(
      `${first} and ${second} cannot stand together${second === '-w' ? ': hosts of an inventory are chosen with -l HOST,HOST' : ''}`,
    );
}

async function inventoryOf(
  options: HostOptions,
  profiles: readonly string[],
  diagnostics: Diagnostic[],
): Promise<Inventory | undefined> {
  if (options.local === true) return LOCAL;
  const before = diagnostics.length;
  const files = await filesOf(options, diagnostics);
  const variableFiles = variableFilesBeside(options.inventory ?? [], diagnostics);
  const isWhole = diagnostics.slice(before).every(({ severity }) => severity !== 'error');
  const loaded = loadInventory(files, { profiles, variableFiles });
  diagnostics.push(...loaded.diagnostics);
  return isWhole ? loaded.value : undefined;
}

function textOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function limited(inventory: Inventory, pattern: string | undefined, diagnostics: Diagnostic[]): readonly Host[] {
  if (pattern === undefined) return inventory.hosts;
  const selected = selectHosts(inventory, pattern, { readFile: textOrNothing });
  diagnostics.push(...selected.diagnostics);
  return selected.value ?? [];
}

/**
 * Reads the inventory and selects of it; what is wrong goes to `diagnostics`.
 *
 * @returns the inventory where nothing is wrong with it, and the hosts where nothing is wrong with the selection
 */
export async function readHosts(
  options: HostOptions,
  profiles: readonly string[],
  diagnostics: Diagnostic[],
): Promise<Targets | undefined> {
  checkWays(options);
  const inventory = await inventoryOf(options, profiles, diagnostics);
  return inventory && { inventory, hosts: limited(inventory, options.limit, diagnostics) };
}

/** Inventory and selection alone, for commands that judge nothing. Stops with every diagnostic when any is an error. */
export async function loadHosts(options: HostOptions, profiles: readonly string[]): Promise<Targets> {
  const diagnostics: Diagnostic[] = [];
  const targets = await readHosts(options, profiles, diagnostics);
  stopOnErrors(diagnostics);
  if (targets === undefined) throw new Stop(EXIT.usage);
  return targets;
}
