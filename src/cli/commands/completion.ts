import { Argument, Command } from 'commander';
import { SHELLS } from '../completion/shells.js';

export function completionCommand(): Command {
  return new Command('completion')
    .description('print what completes the command line in a shell')
    .addArgument(new Argument('<shell>', 'which one').choices([...SHELLS.keys()]))
    .addHelpText(
      'after',
      `
It completes commands, options and their values; hosts and groups from the inventories that stand on the line, of which
no program is run; rules, profiles, known fixes and formats.

  bash   source <(kernward completion bash)            in ~/.bashrc
  zsh    source <(kernward completion zsh)             in ~/.zshrc, after compinit
  fish   kernward completion fish > ~/.config/fish/completions/kernward.fish`,
    )
    .action((shell: string) => {
      process.stdout.write(SHELLS.get(shell) ?? '');
    });
}

/** What the shells ask; nobody types it. */
export function completeCommand(): Command {
  return new Command('__complete')
    .argument('[words...]')
    .action(async (words: readonly string[], _: unknown, command: Command) => {
      const { answerShell } = await import('../completion/answer.js');
      await answerShell(command.parent ?? command, words);
    });
}
