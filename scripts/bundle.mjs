/**
 * Read by sh (`#!/bin/sh` in main.ts), to which a line of JavaScript begins with the command `:`. Node forgets at its start
 * that nohup made it ignore SIGHUP: sh has to look before it.
 */
const READ_BY_SH = `":" //; while IFS= read -r l; do case $l in SigIgn:*[13579bdf]) KERNWARD_NOHUP=1; export KERNWARD_NOHUP;; esac; done 2>/dev/null </proc/$$/status
":" //; exec node "$0" "$@"
`;

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
      js: `${READ_BY_SH}import { createRequire as kernwardRequire } from 'node:module';\nconst require = kernwardRequire(import.meta.url);`,
    },
    minifySyntax: true,
    minifyWhitespace: true,
    // An error that nobody catches prints the line that threw it.
    lineLimit: 160,
    legalComments: 'eof',
    logLevel: 'warning',
  };
}
