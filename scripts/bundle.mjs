import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { joined } from './joined-chunks.mjs';
import { precomputed } from './precompute.mjs';

/**
 * What ssh2 would have compiled when it is installed, and does without where it is not there: a binding to OpenSSL for
 * ciphers that Node's own crypto does as fast, and what tells it whether the CPU has AES. And the colours of cli-table3,
 * which it too does without, and is never asked for.
 */
const WITHOUT_ADDONS = {
  name: 'without-addons',
  setup(build) {
    build.onResolve({ filter: /^cpu-features$|^@colors\/colors|\.node$/ }, ({ path }) => ({
      path,
      namespace: 'absent',
    }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not bundled`)});`,
    }));
  },
};

/** Files are no concern of kernward: of ssh2 a tenth is for copying them, and no run asks for it. */
const WITHOUT_SFTP = {
  name: 'without-sftp',
  setup(build) {
    build.onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/]protocol[\\/]SFTP\.js$/ }, () => ({
      contents: "exports.SFTP = class SFTP { constructor() { throw new Error('SFTP is not bundled'); } };",
    }));
  },
};

/** A module in place of a part of Node, which is looked up when one of these names is read: no module of ESM, whose exports would have to be there at once. */
const lateBuiltin = (builtin, names) =>
  `module.exports = { ${names.map((name) => `get ${name}() { return process.getBuiltinModule('${builtin}').${name}; }`).join(', ')} };`;

/** Parts of Node that few runs need: our modules' imports of them look them up when they are read, and nothing loads them before. */
const LATE_BUILTINS = ['child_process', 'http', 'https', 'readline', 'tls', 'tty', 'v8', 'zlib'];

const BUILTINS = {
  name: 'late-builtins',
  setup(build) {
    const ours = join(build.initialOptions.absWorkingDir, 'dist', 'src');
    build.onResolve(
      { filter: new RegExp(`^node:(?:${LATE_BUILTINS.join('|')})$`) },
      async ({ path, importer, kind }) => {
        if (!importer.startsWith(ours) || kind !== 'import-statement') return undefined;
        const [, list] =
          new RegExp(`^import \\{([^}]+)\\} from '${path}';$`, 'm').exec(await readFile(importer, 'utf8')) ?? [];
        if (list === undefined) throw new Error(`${importer} does not import names of ${path}`);
        const names = list.split(',').map((name) => name.trim().split(' ')[0]);
        // One for each that imports it: shared ones would lie in a chunk of their own, and each file costs.
        const of = relative(ours, importer).replaceAll(sep, '/');
        return { path: [of, path, ...names].join(' '), namespace: 'late-builtin' };
      },
    );
    build.onLoad({ filter: /.*/, namespace: 'late-builtin' }, ({ path }) => {
      const [, builtin, ...names] = path.split(' ');
      return { contents: lateBuiltin(builtin, names) };
    });
  },
};

/** Commander can run commands that are programs of their own; none of ours is, and what starts programs loads sockets. */
const COMMANDER = {
  name: 'commander-starts-nothing',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'when-asked' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'when-asked' }, ({ path }) => ({
      contents: lateBuiltin(path, ['spawn']),
    }));
  },
};

/**
 * Packages that few runs need: set up when they are called, and not when the module that names them is loaded. Each is what
 * our modules import of it, in terms of `late()`, which is the package.
 */
const LATE_PACKAGES = {
  'string-width': 'export default (...args) => late().default(...args);',
  'ajv/dist/2020.js': 'export function Ajv2020(...args) { return Reflect.construct(late().Ajv2020, args); }',
  re2js: `export const RE2JS = { compile: (...args) => late().RE2JS.compile(...args), quote: (text) => late().RE2JS.quote(text) };
export const RE2JSException = { [Symbol.hasInstance]: (thrown) => thrown instanceof late().RE2JSException };`,
  '@marcbachmann/cel-js': `export function Environment(...args) { return Reflect.construct(late().Environment, args); }
export const ParseError = { [Symbol.hasInstance]: (thrown) => thrown instanceof late().ParseError };
export const TypeError = { [Symbol.hasInstance]: (thrown) => thrown instanceof late().TypeError };`,
  // What is plain is read without it (src/text/yaml/plain-yaml.ts). Before it is loaded nothing is a node of its.
  yaml: `${['Composer', 'Lexer', 'Parser', 'YAMLParseError']
    .map((name) => `export function ${name}(...args) { return Reflect.construct(late().${name}, args); }\n`)
    .join('')}${['isAlias', 'isMap', 'isNode', 'isScalar', 'isSeq']
    .map((name) => `export const ${name} = (value) => loaded !== undefined && loaded.${name}(value);\n`)
    .join('')}export const stringify = (...args) => late().stringify(...args);`,
};

/** Those that are large enough for a file of their own, which is read only then: its name in dist. */
const LATE_FILES = {
  'ajv/dist/2020.js': 'late-ajv',
  '@marcbachmann/cel-js': 'late-cel',
  re2js: 'late-re2js',
  yaml: 'late-yaml',
};

/** @param apart whether the programs lie beside the files of `LATE_FILES` */
function late(apart) {
  return {
    name: 'late',
    setup(build) {
      const ours = join(build.initialOptions.absWorkingDir, 'dist', 'src');
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) =>
        path in LATE_PACKAGES && importer.startsWith(ours) ? { path, namespace: 'late' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
        const file = apart ? LATE_FILES[path] : undefined;
        // Through another name than `require`, which esbuild would follow.
        const load = file === undefined ? `require('${path}')` : `kernwardRequire(import.meta.url)('./${file}.cjs')`;
        return {
          contents: `let loaded; const late = () => (loaded ??= ${load});\n${LATE_PACKAGES[path]}`,
          resolveDir: build.initialOptions.absWorkingDir,
        };
      });
    },
  };
}

/** What is left out of every bundle, or looked up late. */
const LESS = [WITHOUT_ADDONS, WITHOUT_SFTP, BUILTINS, COMMANDER];

const ALWAYS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  plugins: [...LESS, late(false), precomputed()],
  minifySyntax: true,
  minifyWhitespace: true,
  // An error that nobody catches prints the line that threw it.
  lineLimit: 160,
  legalComments: 'eof',
  logLevel: 'warning',
  metafile: true,
};

/** A tenth to a quarter smaller; functions keep the names by which a mistake is found. */
const SHORT_NAMES = { minifyIdentifiers: true, keepNames: true };

const COMMON = {
  ...ALWAYS,
  format: 'esm',
  // poly1305 of ssh2 asks for its folder, and reads nothing there.
  define: { __dirname: 'import.meta.dirname' },
  banner: {
    js: "import { createRequire as kernwardRequire } from 'node:module';\nconst require = kernwardRequire(import.meta.url);",
  },
  outdir: 'dist',
};

const COMPLETION = 'dist/src/cli/completion/answer.js';

/** What every run loads, and what every scan loads: each in as few files as can be. */
const POINTS = [
  { point: 'dist/src/cli/main.js', without: [] },
  { point: 'dist/src/cli/actions/index.js', without: ['dist/src/cli/main.js', COMPLETION] },
];

/**
 * What is bundled, each with what it needs of all packages: nothing in dist needs node_modules, but for the history's SQLite.
 *
 * The command and the library share their chunks. They lie beside the programs, so that `import.meta.url` of a module leads
 * to the programs wherever it comes to stand. A program that is started as a process of its own is one file.
 */
export function bundles(root) {
  return [
    {
      ...COMMON,
      absWorkingDir: root,
      plugins: [joined(POINTS), ...LESS, late(true), precomputed()],
      entryPoints: {
        kernward: 'dist/src/cli/main.js',
        library: 'dist/src/index.js',
        'asking-thread': 'dist/src/run/threads/asking-thread.js',
        'demo-fleet': 'dist/src/demo/serve.js',
      },
      splitting: true,
      chunkNames: 'chunk-[hash]',
    },
    {
      ...COMMON,
      ...SHORT_NAMES,
      absWorkingDir: root,
      entryPoints: {
        'dns-child': 'dist/src/transports/connect/dns-child.js',
        'recorder-child': 'dist/src/history/apart/recorder-child.js',
      },
    },
    {
      ...ALWAYS,
      format: 'cjs',
      absWorkingDir: root,
      entryPoints: Object.fromEntries(Object.entries(LATE_FILES).map(([name, file]) => [file, name])),
      outdir: 'dist',
      outExtension: { '.js': '.cjs' },
    },
  ];
}

/** The command and all of its programs in one text, as the single executable has them, whose modules can be of no other kind. */
export function executableBundle(root) {
  return {
    ...ALWAYS,
    ...SHORT_NAMES,
    format: 'cjs',
    absWorkingDir: root,
    // The probe twice would be more than there is room for: it is made of the one that people read.
    plugins: [...LESS, late(false), precomputed(['collectorDigest'])],
    entryPoints: ['dist/src/cli/executable.js'],
    define: { 'import.meta.url': 'kernwardUrl', 'import.meta.dirname': '__dirname' },
    banner: { js: "const kernwardUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    write: false,
  };
}
