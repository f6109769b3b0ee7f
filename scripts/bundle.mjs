import { join } from 'node:path';
import { PRECOMPUTED } from './precompute.mjs';

/**
 * What ssh2 would have compiled when it is installed, and does without where it is not there: a binding to OpenSSL for
 * ciphers that Node's own crypto does as fast, and what tells it whether the CPU has AES.
 */
const WITHOUT_ADDONS = {
  name: 'without-addons',
  setup(build) {
    build.onResolve({ filter: /^cpu-features$|\.node$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not bundled`)});`,
    }));
  },
};

/** What few runs need is set up when it is called, and not when the module that names it is loaded. */
const LATE = {
  name: 'late',
  setup(build) {
    const calls = {
      'string-width': (real) => `export default (...args) => ${real}.default(...args);`,
      'ajv/dist/2020.js': (real) =>
        `export function Ajv2020(...args) { return Reflect.construct(${real}.Ajv2020, args); }`,
    };
    const ours = join(build.initialOptions.absWorkingDir, 'dist', 'src');
    build.onResolve({ filter: /^(?:string-width|ajv\/dist\/2020\.js)$/ }, ({ path, importer }) =>
      importer.startsWith(ours) ? { path, namespace: 'late' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `let late; ${calls[path](`(late ??= require('${path}'))`)}`,
      resolveDir: build.initialOptions.absWorkingDir,
    }));
  },
};

const ALWAYS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  plugins: [WITHOUT_ADDONS, LATE, PRECOMPUTED],
  minifySyntax: true,
  minifyWhitespace: true,
  // An error that nobody catches prints the line that threw it.
  lineLimit: 160,
  legalComments: 'eof',
  logLevel: 'warning',
  metafile: true,
};

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
      entryPoints: { kernward: 'dist/src/cli/main.js', library: 'dist/src/index.js' },
      splitting: true,
      chunkNames: 'chunk-[hash]',
    },
    {
      ...COMMON,
      absWorkingDir: root,
      entryPoints: {
        'dns-child': 'dist/src/transports/connect/dns-child.js',
        'demo-fleet': 'dist/src/demo/serve.js',
        'recorder-child': 'dist/src/history/apart/recorder-child.js',
      },
    },
  ];
}

/** The command and all of its programs in one text, as the single executable has them, whose modules can be of no other kind. */
export function executableBundle(root) {
  return {
    ...ALWAYS,
    format: 'cjs',
    absWorkingDir: root,
    entryPoints: ['dist/src/cli/executable.js'],
    define: { 'import.meta.url': 'kernwardUrl', 'import.meta.dirname': '__dirname' },
    banner: { js: "const kernwardUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    write: false,
  };
}
