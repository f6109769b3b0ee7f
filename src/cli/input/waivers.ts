import type { Diagnostic } from '../../model/diagnostic.js';
import type { Inventory } from '../../inventory/inventory.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { loadWaivers } from '../../verdict/waivers/load.js';
import { openWaivers, type Waivers } from '../../verdict/waivers/open.js';
import type { GateOptions } from '../options/gate.js';
import { readSources } from './source-file.js';
import { append } from '../../text/append.js';

export interface WaiverScope {
  readonly rules: readonly { readonly id: string }[];
  readonly inventory: Inventory;
  readonly selected: readonly { readonly name: string }[];
  /** When the run started, or what `--as-of` says: UTC with seconds. */
  readonly now: string;
}

/**
 * The waivers of `--waivers`, as they stand in this run; nothing where the option was not given. Mistakes go to the caller.
 *
 * @param scope undefined where the rules or the inventory have mistakes themselves: then only the files are checked
 */
export function waiversOf(
  { waivers: files }: Pick<GateOptions, 'waivers'>,
  scope: WaiverScope | undefined,
  diagnostics: Diagnostic[],
): Waivers | undefined {
  if (files === undefined) return undefined;
  const read = readSources(files);
  const loaded = loadWaivers(read.value ?? []);
  append(diagnostics, read.diagnostics);
  append(diagnostics, loaded.diagnostics);
  if (scope === undefined || loaded.value === undefined) return undefined;
  const opened = openWaivers(loaded.value, {
    rules: scope.rules.map(({ id }) => id),
    hostsNamed: (pattern) => {
      const { value, diagnostics: problems } = selectHosts(scope.inventory, pattern, { mayBeNobody: true });
      return { value: value && new Set(value.map(({ name }) => name)), diagnostics: problems };
    },
    selected: new Set(scope.selected.map(({ name }) => name)),
    now: scope.now,
  });
  append(diagnostics, opened.diagnostics);
  return opened.value;
}
