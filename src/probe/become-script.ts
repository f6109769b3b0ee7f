import { ROOT_SCRIPT_PATH } from './root-script.js';
import { firstLine, PROBE_PROTOCOL, SHELL_FUNCTIONS, TAKE_WORDS } from './shell.js';

/** One sudo, for everything that only root may read. It asks nobody: `-n`. */
export const becomeFunctions = (): string => `kw_become() {
  kw_guard
  unset -f sudo 2>/dev/null
  kw_take become
  kw_begin become
  kw_run sudo -n ${ROOT_SCRIPT_PATH}
  kw_end
  exit 0
}
`;

const makeBody =
  (): string => `# kernward: what root's own script says, by sudo; protocol ${PROBE_PROTOCOL}. Nothing runs before the last line is read.
${SHELL_FUNCTIONS}${TAKE_WORDS}${becomeFunctions()}kw_become
`;

let body: string | undefined;
/** Made when it is first asked for: it is the same for every host. */
export const becomeBody = (): string => (body ??= makeBody());

/** The look as root, as it goes to the stdin of `exec sh -s`. */
export const becomeScript = (nonce: string): string => `${firstLine(nonce, 'become', 'sudo')}\n${becomeBody()}`;
