import { Command, Option } from 'commander';
import { WAYS } from '../../remediation/formats/ways.js';
import { refusedUnless } from '../options/idle.js';
import { outputModeOption } from '../options/outputs.js';
import { withPolicies } from '../options/rules.js';
import { each } from '../options/values.js';
import type { RemediateOptions } from '../actions/remediate.js';

export function remediateCommand(): Command {
  return refusedUnless(
    withPolicies(new Command('remediate')),
    ['outputMode'],
    ({ output }) => output !== undefined,
    'is about files, and none is written: name a folder with -o, or leave it out',
  )
    .description('files that would make failing rules pass, for you to read and apply; kernward applies nothing')
    .argument('<report>', 'what `scan -o json` or `-o jsonl` wrote')
    .addOption(
      new Option(
        '--as <WAY>',
        `how you bring it to the hosts: ${Object.entries(WAYS)
          .map(([name, title]) => `${name} (${title})`)
          .join(', ')}`,
      )
        .choices(Object.keys(WAYS))
        .makeOptionMandatory(),
    )
    .option(
      '-l, --limit <PATTERN>',
      'only hosts that match, as for scan: names and groups of the report, globs, ~regex; a,b  &and  !not',
    )
    .addOption(
      new Option('--rule <ID>', 'only this rule; repeatable (default: every rule that fails)').argParser(each(String)),
    )
    .option('-o, --output <FOLDER>', 'write the files into this folder (default: standard output)')
    .addOption(outputModeOption())
    .addHelpText(
      'after',
      `
Exit codes: 0 everything that fails has a file or stands among what is left to do by hand; 3 incomplete: rules contradict
each other, or hosts were not reached or are undecided, or cannot be served this way; 2 usage or input.`,
    )
    .action(async (file: string, options: RemediateOptions) => {
      const { remediate } = await import('../actions/rarely.js');
      process.exitCode = await remediate(file, options);
    });
}
