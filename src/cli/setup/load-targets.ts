import type { Inventory } from '../../inventory/inventory.js';
import type { InventoryFile } from '../../inventory/inventory-file.js';
import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { loadInventory } from '../../inventory/load-inventory.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { createDiagnosticSink, right, toLoaded, type DiagnosticSink, type Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { loadRuleSet, type RuleSet } from '../../run/rule-set.js';
import { loadShippedRules } from '../../run/shipped/load-shipped-rules.js';
import { interruptible } from '../terminal/interrupt.js';
import { readInventories } from '../input/inventory-sources.js';
import type { HostOptions } from '../options/hosts.js';
import type { RuleOptions } from '../options/rules.js';
import { isProfile } from '../../policy/profiles/is-profile.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../../run/shipped/package-files.js';
import { MAX_BYTES, readSources } from '../input/source-file.js';
import { readTextFile } from '../../transports/read-file.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { setEngineFlags } from '../terminal/engine-flags.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { variableFilesBeside } from '../input/variable-files.js';

/** What `-p` said for them when own policies took their place; they are there without it. */
const SHIPPED = 'shipped';

/** @param allowRead not given: no host is asked, and a policy may declare what it likes */
type LoadOptions = Omit<RuleOptions, 'allowRead'> & { readonly allowRead?: readonly string[] | 'any' };

/** The rules of `-p`, with their profiles and everything that is known of kernels, and everything that is wrong with any file. */
export function loadRules({
  policy = [],
  shipped: withShipped = true,
  allowRead = 'any',
}: LoadOptions): Loaded<RuleSet> {
  const paths = policy.filter((path) => path !== SHIPPED);
  if (!withShipped && policy.includes(SHIPPED)) usage('-p shipped and --no-shipped ask for opposites: leave one out');
  if (!withShipped && paths.length === 0)
    usage('--no-shipped leaves no rule: name policies of your own with -p FILE beside it');
  const read = readSources(paths);
  const own = read.value ?? [];
  const loaded = loadRuleSet({
    policies: [...(withShipped ? shippedPolicies() : []), ...own.filter((file) => !isProfile(file))],
    profiles: [...shippedProfiles(), ...own.filter(isProfile)],
    known: withShipped ? [] : shippedPolicies(),
    fixes: shippedFixes(),
    support: shippedSupport(),
    allowRead,
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
  { inventory, hosts, inventoryTimeout, exec }: HostOptions,
  diagnostics: DiagnosticSink,
): Promise<readonly InventoryFile[]> {
  if (hosts !== undefined) return hosts.map((text) => ({ file: '-w', text, as: 'targets' }));
  return interruptible((signal) =>
    readInventories(inventory ?? [], { timeoutMs: inventoryTimeout, signal, mayRun: exec !== false }, diagnostics),
  );
}

/** Stops unless exactly one option says where the hosts come from. */
function checkSource({ inventory, hosts, local }: HostOptions): void {
  const sources = [
    ...(inventory === undefined ? [] : ['-i']),
    ...(hosts === undefined ? [] : ['-w']),
    ...(local === true ? ['--local'] : []),
  ];
  const [first, second] = sources;
  if (first === undefined)
    usage('no hosts: name an inventory with -i FILE or hosts with -w HOST,HOST, or use --local for this machine alone');
  if (second !== undefined)
    usage(
      `${first} and ${second} cannot stand together${second === '-w' ? ': hosts of an inventory are chosen with -l HOST,HOST' : ''}`,
    );
}

async function loadInventoryOf(options: HostOptions, profiles: readonly string[]): Promise<Loaded<Inventory>> {
  if (options.local === true) return right(LOCAL);
  const diagnostics = createDiagnosticSink();
  const files = await filesOf(options, diagnostics);
  setEngineFlags({ characters: files.reduce((sum, { text }) => sum + text.length, 0) });
  const variableFiles = variableFilesBeside(options.inventory ?? [], diagnostics);
  const inventory = diagnostics.take(loadInventory(files, { profiles, variableFiles }));
  return toLoaded(inventory, diagnostics.all());
}

function textOrNothing(file: string): string | undefined {
  try {
    return readTextFile(file, MAX_BYTES);
  } catch {
    return undefined;
  }
}

function limited(inventory: Inventory, pattern: string | undefined, mayLeaveNobody: boolean): Loaded<readonly Host[]> {
  return pattern === undefined
    ? right(inventory.hosts)
    : selectHosts(inventory, pattern, { readFile: textOrNothing, mayLeaveNobody });
}

/**
 * Reads the inventory and selects of it; what is wrong goes to the sink.
 *
 * @returns the inventory where nothing is wrong with it, and the hosts where nothing is wrong with the selection
 */
export async function readHosts(
  options: HostOptions,
  profiles: readonly string[],
  diagnostics: DiagnosticSink,
  mayLeaveNobody = false,
): Promise<Targets | undefined> {
  checkSource(options);
  const inventory = diagnostics.take(await loadInventoryOf(options, profiles));
  return inventory && { inventory, hosts: diagnostics.take(limited(inventory, options.limit, mayLeaveNobody)) ?? [] };
}

/**
 * Inventory and selection alone, for commands that judge nothing.
 *
 * @throws Stop where anything is wrong, after all of it is printed
 */
export async function loadHosts(options: HostOptions, profiles: readonly string[]): Promise<Targets> {
  const diagnostics = createDiagnosticSink();
  const targets = await readHosts(options, profiles, diagnostics);
  stopOnErrors(diagnostics.all());
  if (targets === undefined) throw new Stop(EXIT.usage);
  return targets;
}
