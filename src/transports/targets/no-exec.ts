import type { Diagnostic } from '../../model/diagnostic.js';
import type { Host } from '../../model/host.js';
import { clean } from '../../text/clean.js';
import type { Directive, SshConfig } from '../ssh-config/parse/directive.js';
import type { AskSsh } from '../ssh-config/ssh-g/ssh-g.js';
import { formatProgram } from '../connect/proxy-program.js';
import { jumpHosts, type Target, type TargetOf } from './target.js';

/** `--no-exec`: nothing that an inventory or an ssh_config names is run, or loaded into ssh. */

const HELP =
  'an inventory or an ssh_config of a stranger is code: read it, and leave --no-exec out where you would run it by hand';

const MOST = 20;

function matchExec(directives: readonly Directive[]): Directive | undefined {
  for (const directive of directives) {
    if (directive.is === 'match' && directive.criteria.some(({ asks }) => asks === 'exec')) return directive;
    const inner =
      directive.is === 'include' ? directive.files.map(matchExec).find((each) => each !== undefined) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Asks ssh no more where its answer would take a Match exec. */
export function withoutMatchExec(config: SshConfig, ask: AskSsh): AskSsh {
  const found = config.files.map(({ directives }) => matchExec(directives)).find((each) => each !== undefined);
  if (found === undefined) return ask;
  const diagnostic: Diagnostic = {
    code: 'exec/refused',
    severity: 'error',
    message: 'only ssh can say where this leads, and it would run a Match exec (--no-exec)',
    at: found.at,
    help: HELP,
  };
  return () => Promise.resolve({ value: undefined, diagnostics: [diagnostic] });
}

function programOf({ route, settings }: Target): string | undefined {
  if (route.by === 'program' || route.by === 'command') return formatProgram(route);
  const { pkcs11Provider, securityKeyProvider } = settings;
  if (pkcs11Provider !== undefined && pkcs11Provider !== 'none') return `the PKCS11Provider ${pkcs11Provider}`;
  return securityKeyProvider === undefined || securityKeyProvider === 'internal'
    ? undefined
    : `the SecurityKeyProvider ${securityKeyProvider}`;
}

/** What would be run on the way to these hosts. */
export function programsOnTheWay(hosts: readonly Host[], targetOf: TargetOf): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const host of hosts) {
    const target = targetOf(host);
    for (const end of [...jumpHosts(target), target]) {
      const program = programOf(end);
      if (program === undefined || found.has(program) || found.size === MOST) continue;
      found.set(program, {
        code: 'exec/refused',
        severity: 'error',
        message: clean(`${host.name}: ${program} would be run (--no-exec)`, 400),
        at: host.at,
        help: HELP,
      });
    }
  }
  return [...found.values()];
}
