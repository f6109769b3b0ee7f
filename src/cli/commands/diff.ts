import { Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../../language/defined.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { DIFF_FORMATS } from '../../report/diff/index.js';
import type { Output } from '../../run/write-outputs.js';
import { suggest } from '../../text/suggest.js';
import { compare } from '../../verdict/compare.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import { indexBaseline } from '../../verdict/drift.js';
import { toGate, type GateOptions, limitProblems, withLimits } from '../options/gate.js';
import { outputConflict, outputModeOption, splitOutput } from '../options/outputs.js';
import { judgedAt, withWaiversAsOf } from '../options/rules.js';
import { each } from '../options/values.js';
import { presentDiff } from '../output/present.js';
import { readReport } from '../input/report-file.js';
import { waiverScope } from '../input/waiver-scope.js';
import { EXIT, Stop, stopOnErrors, usage } from '../terminal/exit.js';
import { loadRunWaivers } from '../input/waivers.js';
import { append } from '../../text/append.js';

interface DiffOptions extends GateOptions {
  readonly output?: readonly Output[];
  readonly outputMode?: number;
  readonly asOf?: string;
}

function parseDiffOutput(text: string): Output {
  const output = splitOutput(text);
  if (DIFF_FORMATS.has(output.format)) return output;
  const near = suggest(output.format, DIFF_FORMATS.keys());
  throw new InvalidArgumentError(
    `there is no format ${JSON.stringify(output.format)} of a diff${near === undefined ? '.' : `; did you mean ${near}?`} Formats: ${[...DIFF_FORMATS.keys()].join(', ')}.`,
  );
}

/** Compares two saved reports; gives the exit code that a run with the earlier one as its baseline and `--fail-on-new` would have. */
async function diff(older: string, newer: string, options: DiffOptions): Promise<number> {
  const conflict = outputConflict(options.output ?? []);
  if (conflict !== undefined) usage(conflict);
  const diagnostics: Diagnostic[] = [];
  const [old, now] = [older, newer].map((file) => {
    const read = readReport(file);
    append(diagnostics, read.diagnostics);
    return read.value;
  });
  const scope = now && waiverScope(now, judgedAt(options, new Date()));
  const waivers = loadRunWaivers(options, scope);
  append(diagnostics, waivers.diagnostics);
  if (scope !== undefined)
    append(
      diagnostics,
      limitProblems(options, { rules: scope.rules.map(({ id }) => id), groups: scope.inventory.groups.keys() }),
    );
  stopOnErrors(diagnostics);
  if (old === undefined || now === undefined) throw new Stop(EXIT.usage);
  const gate = toGate({ ...options, failOnNew: true });
  return presentDiff(
    compare(indexBaseline(old), now, {
      from: { old: older, now: newer },
      gate,
      ...defined({ waivers: waivers.value && openWaivers(waivers.value) }),
    }),
    options.output,
    options.outputMode,
  );
}

export function diffCommand(): Command {
  return withWaiversAsOf(
    withLimits(
      new Command('diff')
        .description('what changed between two saved reports; only what is new exits 1')
        .argument('<old>', 'the earlier report (json or jsonl)')
        .argument('<new>', 'the later one')
        .addOption(
          new Option(
            '-o, --output <FORMAT[:FILE]>',
            `write the comparison; repeatable (${[...DIFF_FORMATS.keys()].join(', ')}; default: table)`,
          ).argParser(each(parseDiffOutput)),
        )
        .addOption(outputModeOption()),
    ),
  ).action(async (older: string, newer: string, options: DiffOptions) => {
    process.exitCode = await diff(older, newer, options);
  });
}
