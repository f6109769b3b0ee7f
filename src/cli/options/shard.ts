import { type Command, InvalidArgumentError, Option } from 'commander';

/** A part of a fleet, counted from 1; without `shards` the plan says how many there are. */
interface ShardChoice {
  readonly shard: number;
  readonly shards?: number;
}

export interface ShardOptions {
  readonly plan?: string;
  readonly shard?: ShardChoice;
}

const MOST_SHARDS = 1_000_000;

function shardChoice(text: string): ShardChoice {
  const [, shard, shards] = /^(\d{1,7})(?:\/(\d{1,7}))?$/.exec(text.trim()) ?? [];
  const choice = { shard: Number(shard), ...(shards === undefined ? {} : { shards: Number(shards) }) };
  const most = choice.shards ?? MOST_SHARDS;
  if (shard === undefined || choice.shard < 1 || choice.shard > most || most > MOST_SHARDS)
    throw new InvalidArgumentError('expected K/N, the K-th of N parts, from 1/N to N/N.');
  return choice;
}

export function withShard(command: Command): Command {
  return command.addOption(
    new Option(
      '--shard <K/N>',
      'only the K-th of N parts of the fleet, for N processes that share it; `eval` puts their files together',
    )
      .argParser(shardChoice)
      .helpGroup('Hosts:'),
  );
}
