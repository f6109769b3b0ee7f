import { Command } from 'commander';
import { join } from 'node:path';
import { FIX_FOLDER } from '../options/fix-folder.js';

function list(): Command {
  return new Command('list').description('every known fix, one a line').action(async () => {
    const { listFixes } = await import('../actions/rarely.js');
    listFixes();
  });
}

function show(): Command {
  return new Command('show')
    .description('one known fix in full, as its file has it')
    .argument('<id>', 'as fix list prints it')
    .action(async (id: string) => {
      const { showFix } = await import('../actions/rarely.js');
      showFix(id);
    });
}

function check(): Command {
  return new Command('check')
    .description('is each fix in the kernel of this release? One line an entry: id, state, reason')
    .argument('<release>', 'as `uname -r` prints it')
    .option('--os-release <FILE>', 'the os-release file of the machine, where two vendors use alike releases')
    .action(async (release: string, options: { readonly osRelease?: string }) => {
      const { checkFixes } = await import('../actions/rarely.js');
      checkFixes(release, options.osRelease);
    });
}

function create(): Command {
  return new Command('new')
    .description("a file for another known fix, to be filled in, in kernward's own source")
    .argument('<id>', 'lower case, with hyphens, as fix list prints them')
    .option('-o, --output <FILE>', `in place of ${join(FIX_FOLDER, 'ID.yaml')}`)
    .action(async (id: string, options: { readonly output?: string }) => {
      const { createFix } = await import('../actions/rarely.js');
      createFix(id, options.output);
    });
}

export function fixCommand(): Command {
  return new Command('fix')
    .description('known kernel bugs: is the fix in this kernel?')
    .addCommand(list())
    .addCommand(show())
    .addCommand(check())
    .addCommand(create());
}
