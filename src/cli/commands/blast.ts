import { Command, InvalidArgumentError, Option } from 'commander';
import { TRIGGERS } from '../../kernel/outcome/trigger-names.js';
import { groupOrLabel, limitOfReport } from '../options/report-hosts.js';
import { nearOr } from '../../text/suggest.js';
import type { BlastOptions } from '../actions/blast.js';

function asTrigger(text: string): string {
  const wanted = text.replaceAll('-', '_');
  const known = TRIGGERS.find((trigger) => trigger === wanted);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(
    `there is no trigger ${JSON.stringify(text)}; ${nearOr(wanted, TRIGGERS, `the triggers are ${TRIGGERS.join(', ')}`)}`,
  );
}

export function blastCommand(): Command {
  return new Command('blast')
    .description('which share of each group would go down when the same thing happens to all of its hosts')
    .argument('<report>', 'what `scan -o json` or `-o jsonl` wrote')
    .addOption(
      new Option(
        '--by <WHAT>',
        'only groups of the inventory (group), or hosts that share a value of a label (label:rack) (default: both)',
      ).argParser(groupOrLabel),
    )
    .addOption(
      new Option(
        '--trigger <NAME>',
        `what happens: ${TRIGGERS.join(', ')} (default: of each group the one that takes the most of it down)`,
      ).argParser(asTrigger),
    )
    .addOption(limitOfReport())
    .action(async (file: string, options: BlastOptions) => {
      const { blast } = await import('../actions/rarely.js');
      blast(file, options);
    });
}
