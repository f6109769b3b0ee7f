// Fewer files for what runs most. esbuild makes a chunk for each set of entries that share modules, and every file that Node
// loads costs as much as fifty kilobytes of code: so entries that are only ever loaded after others share all of theirs.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

const JOIN = 'joined:';

/** Every output that is loaded with `start`, without what is imported later. */
function loadedWith(outputs, start, seen = new Set()) {
  if (seen.has(start)) return seen;
  seen.add(start);
  for (const { path, kind } of outputs[start].imports)
    if (kind === 'import-statement' && outputs[path] !== undefined) loadedWith(outputs, path, seen);
  return seen;
}

/** The modules of ours that these outputs hold. */
function modulesOf(outputs, names) {
  return new Set(
    [...names].flatMap((name) => Object.keys(outputs[name].inputs)).filter((file) => file.startsWith('dist')),
  );
}

function inOrder(names) {
  return [...names].toSorted((a, b) => (a < b ? -1 : 1));
}

function isOfCommand(entry) {
  return entry.startsWith('dist/src/cli/');
}

/**
 * What each entry is to import beside its own: of each of `points`, all that it loads where the entry is the command's, and
 * what any other loads of it where it is another's.
 *
 * @param points entries, each with those that are loaded without it
 * @returns by entry that is to: modules
 */
function further(outputs, points) {
  const entries = new Map(
    Object.entries(outputs).flatMap(([name, { entryPoint }]) =>
      entryPoint?.startsWith('dist') === true ? [[entryPoint, loadedWith(outputs, name)]] : [],
    ),
  );
  const found = new Map([...entries.keys()].map((entry) => [entry, new Set()]));
  for (const { point, without } of points) {
    const of = modulesOf(outputs, entries.get(point));
    const later = [...entries].filter(([entry]) => entry !== point && !without.includes(entry));
    const loadedByOthers = new Set(
      later.flatMap(([entry, names]) => (isOfCommand(entry) ? [] : [...modulesOf(outputs, names)])),
    );
    for (const [entry] of later)
      for (const module of of)
        if (!entries.has(module) && (isOfCommand(entry) || loadedByOthers.has(module))) found.get(entry).add(module);
  }
  return new Map([...found].flatMap(([entry, modules]) => (modules.size === 0 ? [] : [[entry, inOrder(modules)]])));
}

/** For esbuild, where it splits. */
export function joined(points) {
  return {
    name: 'joined',
    async setup(context) {
      const { initialOptions } = context;
      const root = initialOptions.absWorkingDir;
      const { metafile } = await build({
        ...initialOptions,
        plugins: initialOptions.plugins.filter(({ name }) => name !== 'joined'),
        write: false,
        metafile: true,
      });
      const imports = further(metafile.outputs, points);
      context.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const entry = relative(root, path).replaceAll(sep, '/');
        if (!imports.has(entry)) return undefined;
        return {
          contents: `${await readFile(path, 'utf8')}\nimport '${JOIN}${entry}';`,
          resolveDir: dirname(path),
        };
      });
      context.onResolve({ filter: /^joined:/ }, ({ path }) => ({ path, namespace: 'joined' }));
      context.onLoad({ filter: /.*/, namespace: 'joined' }, ({ path }) => ({
        contents: imports
          .get(path.slice(JOIN.length))
          .map((module) => `import ${JSON.stringify(join(root, module))};`)
          .join('\n'),
        resolveDir: root,
      }));
    },
  };
}
