/** The command as one file: a thousand modules, most of them TypeBox's, cost more to load than a hundred hosts to ask. */
export function bundleOptions(root) {
  return {
    absWorkingDir: root,
    entryPoints: ['dist/src/cli/main.js'],
    outfile: 'dist/kernward.js',
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
