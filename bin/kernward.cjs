#!/bin/sh
":" //; while IFS= read -r l; do case $l in SigIgn:*[13579bdf]) KERNWARD_NOHUP=1; export KERNWARD_NOHUP;; esac; done 2>/dev/null </proc/$$/status
":" //; exec node "$0" "$@"
// The two lines above are read by sh, to which they begin with its command `:`, and are nothing to Node. Node forgets at its
// start that nohup made it ignore SIGHUP: sh has to look before it.
'use strict';
// The first file that runs, in words that every Node from 12 on can read: what comes after it is newer, and an old Node would
// answer with a page of our own source and exit code 1, which means "findings".
var MINIMUM = [20, 19];
var version = process.versions.node.split('.').map(Number);

if (version[0] < MINIMUM[0] || (version[0] === MINIMUM[0] && version[1] < MINIMUM[1])) {
  process.stderr.write(
    'kernward needs Node.js ' +
      MINIMUM.join('.') +
      ' or newer, and this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      '): install a newer one, from https://nodejs.org or your distribution\n',
  );
  process.exitCode = 2;
} else {
  import('../dist/kernward.js').catch(function (error) {
    // It says itself what is wrong with what it was given; what comes to here did not start.
    process.stderr.write('kernward could not start: ' + ((error && error.stack) || error) + '\n');
    process.exitCode = 4;
  });
}
