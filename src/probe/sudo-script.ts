import { memoize } from '../language/memoize.js';
import { ROOT_SCRIPT_PATH } from './install-paths.js';
import { callOf, firstLine, PROBE_PROTOCOL, SHELL_FUNCTIONS, TAKE_WORDS } from './shell.js';
import { wireForm } from './wire-form.js';

/** One sudo, for everything that only root may read. It asks nobody: `-n`. */
export function becomeFunctions(): string {
  return `kw_as_root() {
  kw_run sudo -n ${ROOT_SCRIPT_PATH}
  kw_end
}
kw_become() {
  kw_guard
  unset -f sudo 2>/dev/null
  kw_take become
  kw_begin become
  kw_counted kw_as_root
  return 0
}
`;
}

function makeBody(): string {
  return `# kernward: what root's own script says, by sudo; protocol ${PROBE_PROTOCOL}. Nothing runs before the last line is read.
${SHELL_FUNCTIONS}${TAKE_WORDS}${becomeFunctions()}${callOf('kw_become')}`;
}

/** As people read it. Made when it is first asked for: it is the same for every host. */
export const becomeBody = memoize(makeBody);
const wireBody = memoize(() => wireForm(becomeBody()));

/** The script that becomes root, as it goes to the stdin of `exec sh -s`. */
export function becomeScript(nonce: string): string {
  return `${firstLine(nonce, 'become', 'sudo')}\n${wireBody()}`;
}
