import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULTS } from '../../run/defaults.js';
import type { AskTerms } from '../../run/scan-plan.js';
import { retryTerms } from '../../run/schedule/retry.js';
import type { ConnectTerms } from '../../transports/connect-terms.js';
import { autoOrWholeNumber, each, seconds, secondsOption, wholeNumber } from './values.js';

/** Every time is in milliseconds. */
export interface ConnectOptions {
  readonly user?: string;
  readonly identity?: readonly string[];
  readonly askPass?: boolean;
  /** As of the hosts: `--no-exec`. */
  readonly exec?: boolean;
  readonly become?: boolean;
  readonly hostKeys: string;
  readonly forks: number | 'auto';
  readonly retries: number;
  readonly connectTimeout?: number;
  /** `-F`. */
  readonly sshConfig?: string;
  readonly authTimeout: number;
  readonly probeTimeout: number;
  readonly packagesTimeout: number;
  readonly hostTimeout: number;
  readonly quiet?: boolean;
}

function hostKeys(text: string): string {
  if (text === 'strict' || text === 'accept-new' || /^file:./.test(text)) return text;
  throw new InvalidArgumentError('expected strict, accept-new or file:PATH.');
}

/** How each host is asked. */
export function toAskTerms(options: ConnectOptions): AskTerms {
  return {
    ...DEFAULTS.terms,
    deadlines: { probeMs: options.probeTimeout, packagesMs: options.packagesTimeout, hostMs: options.hostTimeout },
    retry: retryTerms(options.retries),
    become: options.become ?? false,
  };
}

/** How hosts are connected to. */
export function toConnectTerms(options: ConnectOptions): ConnectTerms {
  return {
    user: options.user,
    identityFiles: options.identity ?? [],
    hostKeys: options.hostKeys,
    sshConfig: options.sshConfig,
    connectTimeoutMs: options.connectTimeout,
    authTimeoutMs: options.authTimeout,
    isExecRefused: options.exec === false,
  };
}

export function withConnection(command: Command): Command {
  const { deadlines } = DEFAULTS.terms;
  return command
    .optionsGroup('How hosts are asked:')
    .option('-u, --user <NAME>', 'login where the inventory names none (default: who runs this)')
    .addOption(
      new Option(
        '--identity <FILE>',
        'private key where the inventory names none; repeatable (default: the agent, ~/.ssh/id_*)',
      ).argParser(each(String)),
    )
    .option(
      '--ask-pass',
      'ask once, on the terminal, for a password, for hosts that take no key or want a password beside it',
    )
    .option('--become', 'on every host, read what only root may read by one sudo -n (see kernward collector --sudoers)')
    .addOption(
      new Option(
        '--host-keys <POLICY>',
        'strict, accept-new, or file:PATH for another known_hosts; a changed key is always refused',
      )
        .argParser(hostKeys)
        .default(DEFAULTS.connect.hostKeys),
    )
    .addOption(
      new Option(
        '--forks <N|auto>',
        'hosts asked at the same time; auto: as many as processor, descriptors and jump hosts have room for',
      )
        .argParser(autoOrWholeNumber(1, 10_000, 'a number of hosts'))
        .default(DEFAULTS.pacing.forks),
    )
    .addOption(
      new Option(
        '--retries <N>',
        'ask a host again where its failure may pass (refused, network, time-out, connection lost)',
      )
        .argParser(wholeNumber(0, 10, 'a number of retries'))
        .default(DEFAULTS.terms.retry.retries),
    )
    .addOption(
      new Option(
        '-F, --ssh-config <FILE>',
        'ssh_config to read, or none (default: ~/.ssh/config and /etc/ssh/ssh_config)',
      ).env('KERNWARD_SSH_CONFIG'),
    )
    .addOption(
      new Option(
        '--connect-timeout <SECONDS>',
        'for the TCP connection and the key exchange (default: as ssh_config says, or 10)',
      ).argParser(seconds),
    )
    .addOption(secondsOption('--auth-timeout', 'for authentication', DEFAULTS.connect.authTimeoutMs))
    .addOption(secondsOption('--probe-timeout', 'for the probe on the host', deadlines.probeMs))
    .addOption(
      secondsOption(
        '--packages-timeout',
        "for the kernel packages' changelog, looked at only where a known fix is undecided or missing",
        deadlines.packagesMs,
      ),
    )
    .addOption(secondsOption('--host-timeout', 'for one host as a whole', deadlines.hostMs))
    .option('-q, --quiet', 'no progress line');
}
