import type { Inventory } from '../../inventory/inventory.js';
import type { InventoryFile } from '../../inventory/inventory-file.js';
import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { loadInventory } from '../../inventory/load-inventory.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { staleSupport } from '../../kernel/support/stale.js';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { withProfilesOfLabels } from '../../policy/profiles/profile-by-labels.js';
import { loadRuleSet, type RuleSet } from '../../run/rule-set.js';
import type { Output } from '../../run/write-outputs.js';
import { suggest } from '../../text/suggest.js';
import type { TextFile } from '../../text/text-file.js';
import { interruptible } from '../terminal/interrupt.js';
import { readInventories } from '../input/inventory-sources.js';
import { toDay, type HostOptions, outputConflict, type RuleOptions } from '../options/common.js';
import { shippedFixes, shippedPolicies, shippedProfiles, shippedSupport } from '../input/shipped.js';
import { MAX_BYTES, readSources } from '../input/source-file.js';
import { readTextFile } from '../../transports/read-file.js';
import { EXIT, Stop, stopOnErrors, usage } from '../terminal/exit.js';
import { variableFilesBeside } from '../input/variable-files.js';
import { append } from '../../text/append.js';

const SHIPPED = 'shipped';

/** A file for `-p` holds a policy or a profile; its first key says which. */
function isProfile({ text }: TextFile): boolean {
  return /^profile\s*:/m.test(text) && !/^policy\s*:/m.test(text);
}

/** The rule ruleSet of `-p`; its diagnostics go to the caller, so that they are told together with all others. */
export function getRuleSet({ policy }: RuleOptions, diagnostics: Diagnostic[]): RuleSet | undefined {
  const paths = (policy ?? [SHIPPED]).filter((path) => path !== SHIPPED);
  const withShipped = policy === undefined || policy.includes(SHIPPED);
  const read = readSources(paths);
  append(diagnostics, read.diagnostics);
  const own = read.value ?? [];
  const loaded = loadRuleSet({
    policies: [...(withShipped ? shippedPolicies() : []), ...own.filter((file) => !isProfile(file))],
    profiles: [...shippedProfiles(), ...own.filter(isProfile)],
    known: withShipped ? [] : shippedPolicies(),
    fixes: shippedFixes(),
    support: shippedSupport(),
  });
  append(diagnostics, loaded.diagnostics);
  return loaded.value;
}

/** The profiles that an inventory may name when nothing is judged: the shipped ones and those of `-p`. */
export function profileNames(rules: RuleOptions = {}): readonly string[] {
  return [...(getRuleSet(rules, [])?.profiles.keys() ?? [])];
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
  diagnostics: Diagnostic[],
): Promise<readonly InventoryFile[]> {
  if (hosts !== undefined) return hosts.map((text) => ({ file: '-w', text, as: 'targets' }));
  return interruptible((signal) =>
    readInventories(inventory ?? [], { timeoutMs: inventoryTimeout, signal, mayRun: exec !== false }, diagnostics),
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
  append(diagnostics, loaded.diagnostics);
  return isWhole ? loaded.value : undefined;
}

function textOrNothing(file: string): string | undefined {
  try {
    return readTextFile(file, MAX_BYTES);
  } catch {
    return undefined;
  }
}

function limited(inventory: Inventory, pattern: string | undefined, diagnostics: Diagnostic[]): readonly Host[] {
  if (pattern === undefined) return inventory.hosts;
  const selected = selectHosts(inventory, pattern, { readFile: textOrNothing });
  append(diagnostics, selected.diagnostics);
  return selected.value ?? [];
}

/** Inventory and selection alone, for commands that judge nothing. Stops with every diagnostic when any is an error. */
export async function loadHosts(
  options: HostOptions,
  profiles: readonly string[],
  diagnostics: Diagnostic[] = [],
  withProfiles: (hosts: readonly Host[], inventory: Inventory | undefined) => Loaded<readonly Host[]> = (hosts) => ({
    value: hosts,
    diagnostics: [],
  }),
): Promise<Targets> {
  checkWays(options);
  const inventory = await inventoryOf(options, profiles, diagnostics);
  const selected = withProfiles(
    inventory === undefined ? [] : limited(inventory, options.limit, diagnostics),
    inventory,
  );
  append(diagnostics, selected.diagnostics);
  stopOnErrors(diagnostics);
  if (inventory === undefined) throw new Stop(EXIT.usage);
  return { inventory, hosts: selected.value ?? [] };
}

export interface JudgedTargets extends Targets {
  readonly ruleSet: RuleSet;
}

/** What else is read of the input, with its mistakes told together with all others; without a ground where that has mistakes itself. */
export type ReadGateInputs<T> = (scope: JudgedTargets | undefined, diagnostics: Diagnostic[]) => T;

/** Everything a scan needs from files, checked together: policies, profiles, inventory, selection, outputs, and what `readMore` reads. */
export async function loadTargets<T>(
  options: HostOptions & RuleOptions & { readonly allowEmpty?: boolean },
  outputs: readonly Output[],
  readMore: ReadGateInputs<T>,
): Promise<JudgedTargets & { readonly more: T }> {
  const conflict = outputConflict(outputs);
  if (conflict !== undefined) usage(conflict);
  const diagnostics: Diagnostic[] = [];
  const ruleSet = getRuleSet(options, diagnostics);
  const profiles = [...(ruleSet?.profiles.keys() ?? [])];
  if (ruleSet !== undefined && options.profile !== undefined && !ruleSet.profiles.has(options.profile)) {
    const near = suggest(options.profile, profiles);
    diagnostics.push({
      code: 'profile/unknown',
      severity: 'error',
      message: `--profile: there is no profile ${JSON.stringify(options.profile)}`,
      help: near === undefined ? `profiles: ${profiles.join(', ')}` : `did you mean ${near}?`,
    });
  }
  if (ruleSet !== undefined) append(diagnostics, staleSupport(ruleSet.support, toDay(options)));
  let more: { readonly read: T } | undefined;
  const targets = await loadHosts(options, profiles, diagnostics, (hosts, inventory) => {
    more = {
      read: readMore(
        ruleSet === undefined || inventory === undefined ? undefined : { ruleSet, inventory, hosts },
        diagnostics,
      ),
    };
    return options.profile === undefined
      ? withProfilesOfLabels(hosts, ruleSet?.profiles.values() ?? [])
      : { value: hosts, diagnostics: [] };
  });
  if (ruleSet === undefined || more === undefined) throw new Stop(EXIT.usage);
  if (ruleSet.rules.length === 0) usage('no rule was loaded: nothing would be checked');
  if (targets.hosts.length === 0 && options.allowEmpty !== true)
    usage('no host was selected: nothing would be checked (--allow-empty makes this an answer)');
  return { ...targets, ruleSet, more: more.read };
}
