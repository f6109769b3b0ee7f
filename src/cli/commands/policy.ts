import { Command } from 'commander';
import { type RuleOptions, withPolicies } from '../options/rules.js';

function list(): Command {
  return withPolicies(
    new Command('list').description('every rule, with its severity and the profiles that select it or change it'),
  ).action(async (options: RuleOptions) => {
    const { listRules } = await import('../actions/index.js');
    listRules(options);
  });
}

function show(): Command {
  return withPolicies(new Command('show').description('one rule in full').argument('<rule>', 'its id')).action(
    async (id: string, options: RuleOptions) => {
      const { showRule } = await import('../actions/index.js');
      showRule(id, options);
    },
  );
}

function lint(): Command {
  return new Command('lint')
    .description('every mistake in policy files, and what a shared policy lacks')
    .argument('[files...]', 'policy files or folders (default: the shipped ones)')
    .action(async (paths: readonly string[]) => {
      const { lintFiles } = await import('../actions/index.js');
      lintFiles(paths);
    });
}

function test(): Command {
  return new Command('test')
    .description('run the cases of every rule, and prove that no pass rests on what was not read')
    .argument('[files...]', 'policy files or folders (default: the shipped ones)')
    .option('-v, --verbose', 'cases that pass, too')
    .action(async (paths: readonly string[], { verbose }: { readonly verbose?: boolean }) => {
      const { testFiles } = await import('../actions/index.js');
      testFiles(paths, verbose === true);
    });
}

function schema(): Command {
  return new Command('schema')
    .description('the JSON Schema of policy files (or of profiles), for editors')
    .argument('[kind]', 'policy or profile', 'policy')
    .action(async (kind: string) => {
      const { printSchema } = await import('../actions/index.js');
      printSchema(kind);
    });
}

export function policyCommand(): Command {
  return new Command('policy')
    .description('look at policies, check them, test them')
    .addCommand(list())
    .addCommand(show())
    .addCommand(lint())
    .addCommand(test())
    .addCommand(schema());
}
