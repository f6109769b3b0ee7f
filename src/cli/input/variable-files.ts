import { readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { VariableFile } from '../../inventory/ansible/variables/variable-files.js';
import type { DiagnosticSink } from '../../model/diagnostic.js';
import { isFolder } from '../../transports/is-folder.js';
import { isHostList } from './inventory-sources.js';
import { readSources, unreadableFile } from './source-file.js';

const KINDS = [
  { folder: 'group_vars', kind: 'group' },
  { folder: 'host_vars', kind: 'host' },
] as const;

/** As in Ansible: of several files for one name, the first of these endings. */
const ENDINGS = ['', '.yml', '.yaml', '.json'];
const MAX_DEPTH = 5;

function isHidden(name: string): boolean {
  return name.startsWith('.') || name.endsWith('~');
}
function endingOf(name: string): string {
  return ENDINGS.includes(extname(name)) ? extname(name) : '';
}
function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !isHidden(name))
    .toSorted();
}

/** All files of a folder and of the folders in it, by name; a file with another ending is not among them. */
function filesIn(folder: string, depth: number): readonly string[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    if (isFolder(path)) return depth < MAX_DEPTH ? filesIn(path, depth + 1) : [];
    return ENDINGS.includes(extname(name)) ? [path] : [];
  });
}

/** What reading a folder gives; nothing, and a diagnostic, where it cannot be read. */
function orTell<T>(folder: string, diagnostics: DiagnosticSink, read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (thrown) {
    diagnostics.add(unreadableFile(folder, thrown));
    return [];
  }
}

interface Found {
  readonly path: string;
  /** Its place in ENDINGS; a folder has none and comes first. */
  readonly rank: number;
}

/** What holds for each name in `group_vars` or `host_vars`: a folder, or one file. */
function byName(folder: string): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  for (const entry of namesIn(folder)) {
    const path = join(folder, entry);
    const ending = isFolder(path) ? '' : endingOf(entry);
    const name = ending === '' ? entry : entry.slice(0, -ending.length);
    const rank = ENDINGS.indexOf(ending);
    if (rank < (found.get(name)?.rank ?? ENDINGS.length)) found.set(name, { path, rank });
  }
  return found;
}

/**
 * The files of `group_vars` and `host_vars` beside inventories: `web`, `web.yml`, or all that stands in a folder `web`.
 * What cannot be read goes to the diagnostics.
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#organizing-host-and-group-variables
 */
export function variableFilesBeside(
  inventories: readonly string[],
  diagnostics: DiagnosticSink,
): readonly VariableFile[] {
  const folders = new Set(
    inventories
      .filter((path) => path !== '-' && !isHostList(path))
      .map((path) => (isFolder(path) ? path : dirname(path))),
  );
  return [...folders].flatMap((beside) =>
    KINDS.flatMap(({ folder, kind }) => {
      const path = join(beside, folder);
      if (!isFolder(path)) return [];
      return orTell(path, diagnostics, () => [...byName(path)]).flatMap(([name, found]) => {
        const files = isFolder(found.path)
          ? orTell(found.path, diagnostics, () => filesIn(found.path, 1))
          : [found.path];
        const read = diagnostics.take(readSources(files));
        return (read ?? []).map((source): VariableFile => ({ ...source, kind, name }));
      });
    }),
  );
}
