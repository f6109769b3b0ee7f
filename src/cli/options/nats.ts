import { type Command, Option } from 'commander';

/** How to come to the NATS server. */
export interface NatsOptions {
  readonly nats?: string;
  readonly creds?: string;
  readonly natsCa?: string;
  readonly allowOldServer?: boolean;
}

export function withNats(command: Command, whose: string): Command {
  return command
    .optionsGroup('NATS:')
    .addOption(
      new Option(
        '--nats <URL>',
        'the server, tls://HOST:4222, or several of one cluster with commas; nats:// for this machine alone',
      ).env('KERNWARD_NATS'),
    )
    .addOption(
      new Option('--creds <FILE>', `the credential of ${whose}: a .creds file, or the seed of an nkey`).env(
        'KERNWARD_NATS_CREDS',
      ),
    )
    .option('--nats-ca <FILE>', 'authorities that may have signed its certificate (PEM), in place of those of Node')
    .option('--allow-old-server', 'also a nats-server before 2.10.23, which may lose streams when it crashes');
}
