import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

interface UpToDate {
  readonly digestOfInputs: (root: string) => string;
  readonly whatToBuild: (root: string, inputs: string) => 'nothing' | 'what changed' | 'everything';
  readonly stamp: (root: string, inputs: string) => void;
  readonly unstamp: (root: string) => void;
  readonly removeStrays: (root: string) => readonly string[];
  readonly lacksOutputs: (root: string) => boolean;
}
const build: UpToDate = await import(pathToFileURL(join('scripts', 'up-to-date.mjs')).href);

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{}',
  'package-lock.json': '{}',
  'tsconfig.json': '{}',
  'src/index.ts': 'export {};\n',
  'src/report/page.tsx': 'export {};\n',
  'src/report/html/browser/page.ts': '',
  'test/golden/table.txt': 'a table\n',
  'test/index.test.ts': '',
  'policies/oom.yaml': 'policy: oom\n',
  'policies/hosts/debian.probe': 'kw\n',
  'dist/kernward.js': '// the command\n',
  'dist/checked-values.json': '{}',
  'dist/src/index.js': 'export {};\n',
  'dist/src/index.d.ts': 'export {};\n',
  'dist/src/report/page.js': 'export {};\n',
  'dist/test/index.test.js': '',
};

/** A tree that was just built; `change` is made to it. */
function after(change: (put: (path: string, text: string) => void, root: string) => void) {
  const root = mkdtempSync(join(tmpdir(), 'kernward-build-'));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  try {
    for (const [path, text] of Object.entries(FILES)) put(path, text);
    build.stamp(root, build.digestOfInputs(root));
    change(put, root);
    const wanted = build.whatToBuild(root, build.digestOfInputs(root));
    const lacks = build.lacksOutputs(root);
    const strays = build.removeStrays(root);
    return { wanted, lacks, strays, foldersLeft: existsSync(join(root, 'dist', 'src', 'report')) };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('a tree in which nothing changed has nothing to build', () => {
  assert.deepEqual(
    after(() => undefined),
    { wanted: 'nothing', lacks: false, strays: [], foldersLeft: true },
  );
});

const CHANGES: Readonly<Record<string, (put: (path: string, text: string) => void, root: string) => void>> = {
  'a source': (put) => put('src/index.ts', 'export const a = 1;\n'),
  'a source, to something as long, with its old time': (put, root) => {
    put('src/index.ts', 'export []\n;');
    utimesSync(join(root, 'src', 'index.ts'), 0, 0);
  },
  'a source that is new': (put) => put('src/new.ts', ''),
  'a source that is gone': (_, root) => rmSync(join(root, 'src', 'report', 'page.tsx')),
  'a source that has another name': (_, root) =>
    renameSync(join(root, 'src', 'index.ts'), join(root, 'src', 'face.ts')),
  'a test': (put) => put('test/index.test.ts', '// more\n'),
  'a policy': (_, root) => appendFileSync(join(root, 'policies', 'oom.yaml'), '# more\n'),
  'a policy that is gone': (_, root) => rmSync(join(root, 'policies', 'oom.yaml')),
  'the lock file': (put) => put('package-lock.json', '{ }'),
  'the version': (put) => put('package.json', '{"version":"2"}'),
  'the options of the compiler': (put) => put('tsconfig.json', '{ }'),
  'a build that did not end': (_, root) => build.unstamp(root),
  'a stamp that was cut off': (put) => put('dist/.up-to-date.json', '{"inputs":'),
};
for (const [name, change] of Object.entries(CHANGES))
  test(`${name}: what changed is built`, () => assert.equal(after(change).wanted, 'what changed'));

const MEDDLING: Readonly<Record<string, (put: (path: string, text: string) => void, root: string) => void>> = {
  'an output is gone': (_, root) => rmSync(join(root, 'dist', 'src', 'index.js')),
  'the command is gone': (_, root) => rmSync(join(root, 'dist', 'kernward.js')),
  'an output is gone, and a source changed': (put, root) => {
    rmSync(join(root, 'dist', 'src', 'index.d.ts'));
    put('src/index.ts', '');
  },
  'somebody wrote to an output': (put) => put('dist/src/index.js', 'export default 0;\n'),
  'somebody compiled something else': (put) => put('dist/src/other.js', ''),
};
for (const [name, change] of Object.entries(MEDDLING))
  test(`${name}: everything is built`, () => assert.equal(after(change).wanted, 'everything'));

test('golden files are no input of the build', () =>
  assert.equal(after((put) => put('test/golden/table.txt', 'another')).wanted, 'nothing'));

test('an output that is missing is seen without a stamp too', () =>
  assert.equal(
    after((_, root) => {
      build.unstamp(root);
      rmSync(join(root, 'dist', 'test', 'index.test.js'));
    }).lacks,
    true,
  ));

test('what was compiled of a source that is gone is removed, with a folder that is empty then', () => {
  const { strays, foldersLeft } = after((_, root) => rmSync(join(root, 'src', 'report', 'page.tsx')));
  assert.deepEqual([strays, foldersLeft], [['dist/src/report/page.js'], false]);
});

/** The modules that a script imports before it runs a line, and theirs. */
function importedAtOnce(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?:[^;'"]*? from )?'([^']+)';/gmu,
  ))
    if (from.startsWith('.')) importedAtOnce(join(dirname(file), from), seen);
    else seen.add(from);
  return seen;
}

test('the build begins on a clone in which nothing is installed', () => {
  const packages = [...importedAtOnce(join('scripts', 'build.mjs'))].filter(
    (name) => !name.startsWith('node:') && !name.endsWith('.mjs'),
  );
  assert.deepEqual(packages, []);
});
