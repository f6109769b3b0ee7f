import type { Loaded } from '../../model/diagnostic.js';
import type { Report } from '../../model/report.js';
import type { Inventory } from '../../inventory/inventory.js';
import { selectHosts } from '../../inventory/patterns/select-hosts.js';
import { loadWaivers } from '../../verdict/waivers/load.js';
import { type ResolvedWaivers, resolveWaivers } from '../../verdict/waivers/open.js';
import type { GateOptions } from '../options/gate.js';
import { readSources } from './source-file.js';

export interface WaiverScope {
  readonly rules: readonly { readonly id: string }[];
  readonly inventory: Inventory;
  readonly selected: readonly { readonly name: string }[];
  /** When the run started, or what `--as-of` says: UTC with seconds. */
  readonly now: string;
}

/** $KERNWARD_AS_OF is meant for many commands: where it cannot be heeded that is told, and is no error. */
export function tellUnheededDay(
  { waivers, asOf }: Pick<GateOptions, 'waivers'> & { readonly asOf?: string },
  { summary }: Report,
): void {
  if (waivers !== undefined || asOf === undefined || (summary.waivers ?? []).length === 0) return;
  process.stderr.write(
    `kernward: the report keeps which of its own waivers were in force when it was made, whatever KERNWARD_AS_OF says: give their file with --waivers to have them judged as of ${asOf}\n`,
  );
}

/**
 * Reads the waivers of `--waivers`, as they stand in this run; no value where the option was not given.
 *
 * @param scope undefined where the rules or the inventory are wrong themselves: then only the files are checked
 */
export function loadRunWaivers(
  { waivers: files }: Pick<GateOptions, 'waivers'>,
  scope: WaiverScope | undefined,
): Loaded<ResolvedWaivers> {
  if (files === undefined) return { value: undefined, diagnostics: [] };
  const read = readSources(files);
  const loaded = loadWaivers(read.value ?? []);
  const ofFiles = [...read.diagnostics, ...loaded.diagnostics];
  if (scope === undefined || loaded.value === undefined) return { value: undefined, diagnostics: ofFiles };
  const resolved = resolveWaivers(loaded.value, {
    rules: scope.rules.map(({ id }) => id),
    hostsNamed: (pattern) => {
      const { value, diagnostics } = selectHosts(scope.inventory, pattern, { mayBeNobody: true });
      return { value: value && new Set(value.map(({ name }) => name)), diagnostics };
    },
    selected: new Set(scope.selected.map(({ name }) => name)),
    now: scope.now,
  });
  return { value: resolved.value, diagnostics: [...ofFiles, ...resolved.diagnostics] };
}
