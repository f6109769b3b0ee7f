import { type Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from './values.js';

export interface PlanningOptions {
  /** The label that names the zone of a host. */
  readonly zoneBy?: string;
  readonly shardHosts: number;
  /** In milliseconds. */
  readonly notAfter?: number;
  readonly signKey?: string;
  readonly output: string;
}

const SHARD_HOSTS = 1000;
const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function zoneLabel(text: string): string {
  const [, label] = /^label:(.+)$/s.exec(text) ?? [];
  if (label === undefined) throw new InvalidArgumentError('expected label:NAME, such as label:zone.');
  return label;
}

function duration(text: string): number {
  const { many, unit } = /^(?<many>[1-9]\d{0,5})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const [, ms] = Object.entries(UNITS).find(([name]) => name === unit) ?? [];
  if (ms === undefined) throw new InvalidArgumentError('expected a time such as 90m, 6h or 2d.');
  return Number(many) * ms;
}

export function withPlanning(command: Command): Command {
  return command
    .optionsGroup('Plan:')
    .requiredOption('-o, --output <FOLDER>', 'the folder that is written; it must be new or empty')
    .addOption(
      new Option(
        '--zone-by <label:NAME>',
        'hosts with different values of this label are never in one shard',
      ).argParser(zoneLabel),
    )
    .addOption(
      new Option('--shard-hosts <N>', 'hosts of a shard; more only where hosts cannot be parted')
        .argParser(wholeNumber(1, 1_000_000, 'a number of hosts'))
        .default(SHARD_HOSTS),
    )
    .addOption(
      new Option(
        '--not-after <TIME>',
        'nobody begins to collect later than this from now, such as 90m or 6h',
      ).argParser(duration),
    )
    .option('--sign-key <FILE>', 'sign the plan with this private key (Ed25519, PEM, without a passphrase)');
}
