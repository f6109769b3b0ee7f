import { type Command, Option } from 'commander';
import { each } from './values.js';

export interface NotifyOptions {
  /** Files that say who is told. */
  readonly notify?: readonly string[];
}

/** For commands that have a report of a run. */
export function withNotify(command: Command): Command {
  return command.addOption(
    new Option(
      '--notify <FILE>',
      'tell people what changed, and no more than once: Slack, Teams, a webhook, mail, a command, as FILE says (notify.yaml); needs --history, or --baseline; repeatable',
    ).argParser(each(String)),
  );
}
