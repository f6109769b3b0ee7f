import { Command, Option } from 'commander';
import { IMPORT_KINDS, type ImportKind } from '../../policy/import/kinds.js';
import { each } from '../options/values.js';
import { type RuleOptions, withPolicies } from '../options/rules.js';

function list(): Command {
  return withPolicies(
    new Command('list').description('every rule, with its severity and the profiles that select it or change it'),
  ).action(async (options: RuleOptions) => {
    const { listRules } = await import('../actions/rarely.js');
    listRules(options);
  });
}

function show(): Command {
  return withPolicies(new Command('show').description('one rule in full').argument('<rule>', 'its id')).action(
    async (id: string, options: RuleOptions) => {
      const { showRule } = await import('../actions/rarely.js');
      showRule(id, options);
    },
  );
}

function lint(): Command {
  return new Command('lint')
    .description('every mistake in policy files, and, as warnings, what a shared policy lacks')
    .argument('[files...]', 'policy files or folders (default: the shipped ones)')
    .option(
      '--strict',
      'what a shared policy lacks is a mistake: words for people, and cases (always of the shipped ones)',
    )
    .action(async (paths: readonly string[], { strict }: { readonly strict?: boolean }) => {
      const { lintFiles } = await import('../actions/rarely.js');
      lintFiles(paths, strict === true);
    });
}

function test(): Command {
  return new Command('test')
    .description('run the cases of every rule, and prove that no pass rests on what was not read')
    .argument('[files...]', 'policy files or folders (default: the shipped ones)')
    .option('-v, --verbose', 'cases that pass, too')
    .option('--explain', 'of each case that fails, what every part of the rule came to')
    .action(
      async (
        paths: readonly string[],
        { verbose, explain }: { readonly verbose?: boolean; readonly explain?: boolean },
      ) => {
        const { testFiles } = await import('../actions/rarely.js');
        testFiles(paths, { verbose: verbose === true, explain: explain === true });
      },
    );
}

function schema(): Command {
  return new Command('schema')
    .description('the JSON Schema of policy files (or of profiles), for editors')
    .argument('[kind]', 'policy or profile', 'policy')
    .addOption(
      new Option(
        '-p, --policy <FILE>',
        'with the names of the facts that these policies of your own declare; repeatable',
      ).argParser(each(String)),
    )
    .action(async (kind: string, options: RuleOptions) => {
      const { printSchema } = await import('../actions/rarely.js');
      printSchema(kind, options);
    });
}

function create(): Command {
  return new Command('new')
    .description('a policy of your own with one rule that passes lint --strict and test, to be changed')
    .argument('<id>', 'its name: lower-case words joined by dashes')
    .option('-o, --output <FILE>', 'in place of ID.yaml')
    .action(async (id: string, options: { readonly output?: string }) => {
      const { createPolicy } = await import('../actions/rarely.js');
      createPolicy(id, options.output);
    });
}

function docs(): Command {
  return new Command('docs')
    .description('a page of your own rules, in Markdown: why, what to do, and the facts that they declare')
    .argument('<files...>', 'policy files or folders, and profiles')
    .action(async (paths: readonly string[]) => {
      const { printRulesPage } = await import('../actions/rarely.js');
      printRulesPage(paths);
    });
}

function importFrom(): Command {
  return new Command('import')
    .description("another tool's checks of sysctls as a policy, on standard output; what was not taken is told")
    .argument('<file>', 'the file; - is standard input')
    .addOption(
      new Option('--from <KIND>', 'what the file is: lines for sysctl.d, a goss file, a profile of InSpec')
        .choices(IMPORT_KINDS)
        .makeOptionMandatory(),
    )
    .option('--name <ID>', 'what the policy is called', 'imported')
    .action(async (path: string, { from, name }: { readonly from: ImportKind; readonly name: string }) => {
      const { importPolicy } = await import('../actions/rarely.js');
      importPolicy(path, from, name);
    });
}

export function policyCommand(): Command {
  return new Command('policy')
    .description('look at policies, check them, test them')
    .addCommand(list())
    .addCommand(show())
    .addCommand(lint())
    .addCommand(test())
    .addCommand(schema())
    .addCommand(create())
    .addCommand(docs())
    .addCommand(importFrom());
}
