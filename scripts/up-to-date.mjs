// Whether what was built is of what is there now. By content, not by time: a checkout or a copy may set any time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders that are compiled, each into a folder of the same name in dist. */
const COMPILED = ['src', 'test', 'bench', 'scripts'];
const SINGLE = ['package.json', 'package-lock.json', 'tsconfig.json'];
/** Type-checked only; `npm run generate` puts it into the page. */
const BROWSER = join('src', 'report', 'html', 'browser', '/');
const STAMP = join('dist', '.up-to-date.json');
const OUTPUT = /\.(?:d\.ts|js\.map|js)$/;

/** Files below `folder`, as paths from `root`, sorted; none where the folder is not there. */
function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** The digest of everything that the build reads, and of the Node that runs it. Of tests, what is compiled of them. */
export function digestOfInputs(root) {
  const files = [...COMPILED, 'policies']
    .flatMap((folder) => filesBelow(root, folder))
    .filter((path) => !path.startsWith(join('test', '/')) || /\.[cm]?[jt]sx?$/.test(path));
  const hash = createHash('sha256').update(process.version);
  for (const path of [...SINGLE, ...files]) {
    const bytes = existsSync(join(root, path)) ? readFileSync(join(root, path)) : Buffer.alloc(0);
    hash.update(`\0${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** The programs and their chunks. */
function bundled(root) {
  return readdirSync(join(root, 'dist'))
    .filter((name) => /\.c?js$/.test(name) || name === 'library.d.ts')
    .map((name) => join('dist', name));
}

/** Every output of the build, with its size and the time of its last change. */
function outputs(root) {
  const paths = [
    ...bundled(root),
    join('dist', 'checked-values.json'),
    ...COMPILED.flatMap((folder) => filesBelow(root, join('dist', folder))).filter((path) => OUTPUT.test(path)),
  ];
  return Object.fromEntries(
    paths.flatMap((path) => {
      const stat = statSync(join(root, path), { throwIfNoEntry: false });
      return stat === undefined ? [] : [[path, `${stat.size} ${stat.mtimeMs}`]];
    }),
  );
}

/** What the last build that ended well left behind. */
function stamped(root) {
  try {
    return JSON.parse(readFileSync(join(root, STAMP), 'utf8'));
  } catch {
    return undefined; // none, or one that was cut off: then it is built
  }
}

/**
 * What has to be built: nothing, what changed, or everything, where an output is gone or was written by somebody else.
 * The compiler does not look at its outputs: it would not write them again.
 */
export function whatToBuild(root, inputs) {
  const before = stamped(root);
  if (before === undefined) return 'what changed';
  const now = outputs(root);
  const known = Object.keys(before.outputs);
  if (known.some((path) => now[path] === undefined)) return 'everything';
  if (before.inputs !== inputs) return 'what changed';
  const isSame = known.length === Object.keys(now).length && known.every((path) => now[path] === before.outputs[path]);
  return isSame ? 'nothing' : 'everything';
}

/** Before a build: from here on, what is there is not to be trusted until `stamp`. */
export function unstamp(root) {
  rmSync(join(root, STAMP), { force: true });
}

/** After a build. `inputs` is what it began with: what changes while it runs is built the next time. */
export function stamp(root, inputs) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, STAMP), JSON.stringify({ inputs, outputs: outputs(root) }));
}

/** Removes what was compiled of sources that are gone, and folders that are empty then. */
export function removeStrays(root) {
  const strays = COMPILED.flatMap((folder) => filesBelow(root, join('dist', folder))).filter((path) => {
    if (!OUTPUT.test(path)) return false;
    const source = join(root, path.slice('dist/'.length).replace(OUTPUT, ''));
    return !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`);
  });
  for (const path of strays) {
    rmSync(join(root, path));
    let folder = dirname(path);
    while (folder !== 'dist' && readdirSync(join(root, folder)).length === 0) {
      rmdirSync(join(root, folder));
      folder = dirname(folder);
    }
  }
  return strays;
}

/** Whether something was not compiled: the compiler remembers what it wrote, and not that somebody took it away. */
export function lacksOutputs(root) {
  return COMPILED.flatMap((folder) => filesBelow(root, folder)).some((path) => {
    if (!/\.tsx?$/.test(path) || path.endsWith('.d.ts') || path.startsWith(BROWSER)) return false;
    return !existsSync(join(root, 'dist', path.replace(/\.tsx?$/, '.js')));
  });
}
