import type { FactDefinition } from '../facts/definition.js';
import { memoize } from '../language/memoize.js';
import { becomeFunctions } from './sudo-script.js';
import { factEditions } from './fact-editions.js';
import { COLLECTOR_PATH } from './install-paths.js';
import { packagesFunctions } from './packages-script.js';
import { probeFunctions } from './script.js';
import { PROBE_PROTOCOL, SHELL_FUNCTIONS, TAKE_WORDS } from './shell.js';

function makeScript(declared: readonly FactDefinition[]): string {
  return `#!/bin/sh
# kernward collector, protocol ${PROBE_PROTOCOL}: the read-only scripts that kernward runs on a host, in one file for a forced command.
# Install it as ${COLLECTOR_PATH}, owner root, mode 755, and give the key of kernward the line that
# kernward collector --authorized-keys prints. Its sha256 stands in every report as header.probe.sha256.
#
# Of what the session sends it takes one line, with a protocol number, a nonce and what to look at; the rest is not read,
# and what the client wanted to run (SSH_ORIGINAL_COMMAND) is never looked at. Nothing runs before the last line is read.
${SHELL_FUNCTIONS}${TAKE_WORDS}${probeFunctions('  kw_itself\n', declared)}${packagesFunctions()}${becomeFunctions()}# Which edition of this file answers, and how it asks for each fact.
kw_itself() {
  kw_begin collector
  kw_run sha256sum "$0"
  echo 'facts ${[...new Set(factEditions().values())].sort().join(' ')}'
  kw_end
}
kw_collect() {
  kw_guard
  unset -f sha256sum 2>/dev/null
  kw=
  read -r kw
  kw=\${kw#*\\'}
  kw=\${kw%\\'*}
  case $kw in
    'kernward ${PROBE_PROTOCOL} '*' packages '*) kw_packages ;;
    'kernward ${PROBE_PROTOCOL} '*' become '*) kw_become ;;
    *) kw_probe ;;
  esac
}
kw_collect
`;
}

const scriptOf = memoize(makeScript);
const NO_FACTS: readonly FactDefinition[] = [];

/**
 * As it is installed: every byte of it is published, and the same for every host. Made when it is first asked for.
 *
 * @param declared the facts of policies that it may be asked for; what a session sends can add none
 */
export function collectorScript(declared: readonly FactDefinition[] = NO_FACTS): string {
  return scriptOf(declared);
}
