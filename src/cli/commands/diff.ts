import { Command, InvalidArgumentError, Option } from 'commander';
import { DIFF_FORMAT_NAMES } from '../../report/diff/names.js';
import type { Output } from '../../run/write-outputs.js';
import { suggest } from '../../text/suggest.js';
import { withLimits } from '../options/gate.js';
import { limitOfReport } from '../options/report-hosts.js';
import { outputModeOption, refuseIdleMode, splitOutput } from '../options/outputs.js';
import { withWaiversAsOf } from '../options/rules.js';
import { each } from '../options/values.js';
import type { DiffOptions } from '../actions/diff.js';

function parseDiffOutput(text: string): Output {
  const output = splitOutput(text);
  if (DIFF_FORMAT_NAMES.some((name) => name === output.format)) return output;
  const near = suggest(output.format, DIFF_FORMAT_NAMES);
  throw new InvalidArgumentError(
    `there is no format ${JSON.stringify(output.format)} of a diff${near === undefined ? '.' : `; did you mean ${near}?`} Formats: ${DIFF_FORMAT_NAMES.join(', ')}.`,
  );
}

export function diffCommand(): Command {
  return refuseIdleMode(
    withWaiversAsOf(
      withLimits(
        new Command('diff')
          .description('what changed between two saved reports; only what is new exits 1')
          .argument('<old>', 'the earlier report (json or jsonl)')
          .argument('<new>', 'the later one')
          .addOption(
            new Option(
              '-o, --output <FORMAT[:FILE]>',
              `write the comparison; repeatable (${DIFF_FORMAT_NAMES.join(', ')}; default: table)`,
            ).argParser(each(parseDiffOutput)),
          )
          .addOption(outputModeOption())
          .addOption(limitOfReport()),
      ),
    ),
  ).action(async (older: string, newer: string, options: DiffOptions) => {
    const { diff } = await import('../actions/rarely.js');
    process.exitCode = await diff(older, newer, options);
  });
}
