import { type Command, InvalidArgumentError, Option } from 'commander';

/** A part of a fleet, counted from 1; without `shards` the plan says how many there are. */
interface ShardChoice {
  readonly shard: number;
  readonly shards?: number;
}

export interface PlanFolderOptions {
  /** The folder of a plan. */
  readonly plan?: string;
  /** The file with the public key that the plan must be signed with. */
  readonly planKey?: string;
}

export interface ShardOptions extends PlanFolderOptions {
  readonly shard?: ShardChoice;
}

const MOST_SHARDS = 1_000_000;

function shardChoice(text: string): ShardChoice {
  const [, shard, shards] = /^(\d{1,7})(?:\/(\d{1,7}))?$/.exec(text.trim()) ?? [];
  const choice = { shard: Number(shard), ...(shards === undefined ? {} : { shards: Number(shards) }) };
  const most = choice.shards ?? MOST_SHARDS;
  if (shard === undefined || choice.shard < 1 || choice.shard > most || most > MOST_SHARDS)
    throw new InvalidArgumentError(
      'expected K/N, the K-th of N parts, from 1/N to N/N; or K, the K-th shard of --plan.',
    );
  return choice;
}

export function withPlan(command: Command, what: string): Command {
  return command
    .addOption(new Option('--plan <FOLDER>', what).helpGroup('Hosts:'))
    .addOption(
      new Option(
        '--plan-key <FILE>',
        'the plan must be signed with the key whose public half this is (Ed25519, PEM)',
      ).helpGroup('Hosts:'),
    );
}

export function withShard(command: Command): Command {
  return withPlan(
    command.addOption(
      new Option(
        '--shard <K/N>',
        'only the K-th of N parts of the fleet, for N processes that share it; with --plan K, or the index of the job',
      )
        .argParser(shardChoice)
        .helpGroup('Hosts:'),
    ),
    'the hosts of one shard of `kernward plan`; -i beside it says how hosts are reached',
  );
}
