import { defined } from '../../language/defined.js';
import type { Host } from '../../model/host.js';
import { startProgress } from '../../run/progress.js';
import type { AskPlan } from '../../run/scan-plan.js';
import type { AskWorld } from '../../run/world.js';
import type { ConnectTerms } from '../../transports/connect-terms.js';
import { createTransports, isOverSsh } from '../../transports/create-transports.js';
import { surveyTargets } from '../../transports/targets/survey-targets.js';
import type { TargetOf } from '../../transports/targets/target.js';
import { askHidden } from '../terminal/ask-hidden.js';
import { askPassword } from '../terminal/ask-password.js';
import { canRewrite } from '../terminal/capabilities.js';
import { EXIT, Stop } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { type Interrupts, listenForInterrupts } from '../terminal/interrupt.js';

/** What the terminal is used for while hosts are asked. */
export interface TerminalUse {
  readonly askPass?: boolean;
  readonly quiet?: boolean;
  /** Ctrl-C ends the process at once, since nothing would be written. */
  readonly endsAtOnce?: boolean;
}

/** The world of a command: this machine, its terminal, and the hosts behind the transports. */
export interface OpenWorld extends Required<Omit<AskWorld, 'load'>> {
  readonly close: () => Promise<void>;
}

const NO_INTERRUPTS: Interrupts = { signal: new AbortController().signal, stop: () => undefined };

/** Prints a sentence of kernward's own on stderr. */
export function warn(sentence: string): void {
  process.stderr.write(`kernward: ${sentence}\n`);
}

/** Works out where each host leads. Everything that is wrong is reported before a host is contacted. */
async function loadTargetsOfHosts(hosts: readonly Host[], terms: ConnectTerms): Promise<TargetOf> {
  const { ofConfig, planned } = await surveyTargets(hosts, terms);
  stopOnErrors(ofConfig);
  if (planned === undefined) throw new Error('an ssh_config without a value has an error');
  stopOnErrors(planned.diagnostics);
  return planned.targetOf;
}

/**
 * Opens what a plan needs to ask its hosts: transports, for which passwords and passphrases may be asked here, a progress line,
 * and ears for Ctrl-C.
 *
 * @param targetOf where the hosts lead, where that was worked out before
 * @throws Stop with every diagnostic where hosts cannot be reached as it is written, or where Ctrl-C answers a question
 */
export async function openWorld(
  plan: Pick<AskPlan, 'asked' | 'connect' | 'pacing'>,
  { askPass, quiet, endsAtOnce }: TerminalUse,
  targetOf?: TargetOf,
): Promise<OpenWorld> {
  const hosts = plan.asked.map(([, host]) => host);
  const password = askPass === true ? await askPassword(hosts) : undefined;
  const remote = hosts.filter(isOverSsh);
  const planned = targetOf ?? (remote.length === 0 ? undefined : await loadTargetsOfHosts(remote, plan.connect));
  const questions = new AbortController();
  const { value: transports, diagnostics } = await createTransports(plan, {
    ...defined({ targetOf: planned, password }),
    askPassphrase: (file) => askHidden(`passphrase of ${file}`, () => questions.abort(new Stop(EXIT.interrupted))),
    signal: questions.signal,
    warn,
  });
  stopOnErrors(diagnostics);
  if (transports === undefined) throw new Stop(EXIT.usage);
  const interrupt = endsAtOnce === true ? NO_INTERRUPTS : listenForInterrupts();
  const progress = startProgress(plan.asked.length, process.stderr, quiet === true || !canRewrite(process.stderr));
  return {
    transports,
    signal: interrupt.signal,
    random: Math.random,
    progress,
    warn,
    close: async () => {
      progress.stop();
      interrupt.stop();
      await transports.close();
    },
  };
}
