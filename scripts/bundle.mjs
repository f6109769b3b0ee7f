/**
 * The command, the library and the two programs that they start, each with what it needs of all packages: what is bundled
 * needs no node_modules. What one of them needs only now and then stands in chunks of its own, which are loaded then.
 */
export const PROGRAMS = {
  kernward: 'dist/src/cli/main.js',
  library: 'dist/src/index.js',
  'dns-child': 'dist/src/transports/connect/dns-child.js',
  'demo-fleet': 'dist/src/demo/serve.js',
};

export function bundleOptions(root) {
  return {
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: 'dist',
    // Beside the programs, so that `import.meta.url` of a module leads to them wherever it comes to stand.
    chunkNames: 'chunk-[hash]',
    splitting: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // ssh2 looks for files beside its own.
    external: ['ssh2'],
    banner: {
      js: "import { createRequire as kernwardRequire } from 'node:module';\nconst require = kernwardRequire(import.meta.url);",
    },
    minifySyntax: true,
    minifyWhitespace: true,
    // An error that nobody catches prints the line that threw it.
    lineLimit: 160,
    legalComments: 'eof',
    logLevel: 'warning',
  };
}
