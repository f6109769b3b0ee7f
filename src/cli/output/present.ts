import { explainCauses } from '../../explain/causes-of-host.js';
import type { Explain, FormatOptions, Report, Summary } from '../../model/report.js';
import { isTextFormat, loadFormat } from '../../report/formats/load.js';
import { XLSX } from '../../report/formats/names.js';
import type { Chunk, Chunks } from '../../run/chunks.js';
import type { GrowingReport } from '../../run/fleet-report.js';
import { isReplacedAsAWhole, replaceFile } from '../../run/output-file.js';
import { toExitCode } from '../../run/scan-fleet.js';
import type { OutputPlan } from '../../run/scan-plan.js';
import { writeOutputs, type Output } from '../../run/write-outputs.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { knownFixes } from '../input/known-fixes.js';
import { Stop } from '../terminal/exit.js';
import { isColoured } from '../terminal/capabilities.js';

/** The width of the terminal that stdout is; COLUMNS where it is none; otherwise `standard`. */
export function terminalColumns(standard = 100): number {
  if (process.stdout.isTTY && process.stdout.columns > 0) return process.stdout.columns;
  const asked = process.env['COLUMNS'] ?? '';
  return /^\d{2,4}$/.test(asked) ? Number(asked) : standard;
}

/** Only a page has chains of causes, and only then the known fixes are read. */
function explainFor({ format }: Output): { readonly explain?: Explain } {
  return format === 'html' ? { explain: explainCauses(knownFixes()) } : {};
}

/** What a format is told of where its text goes. */
export function formatOptions(
  output: Output,
  { includePasses, csvBom }: Pick<OutputPlan, 'includePasses' | 'csvBom'>,
): FormatOptions {
  return {
    includePasses,
    csvBom,
    colour: output.file === undefined && isColoured(process.stdout),
    columns: Math.max(60, terminalColumns(160)),
    ...explainFor(output),
  };
}

const WAIVERS_NAMED = 20;

/** A waiver that has ended is a decision that somebody has to take anew: told where a table may not be read. */
function endedWaivers({ waivers = [] }: Summary): readonly string[] {
  const ended = waivers.filter(({ state }) => state === 'expired');
  const named = ended.slice(0, WAIVERS_NAMED).map(({ id, expires, definedAt: { file, line }, matches }) => {
    const what =
      matches === 0
        ? 'nothing that it names fails or is undecided: take it out'
        : `${count(matches, 'result')} that it ${matches === 1 ? 'names counts' : 'names count'} again unless another covers ${matches === 1 ? 'it' : 'them'}: mend what fails, or have it allowed anew`;
    return `the waiver ${clean(id, 80)} (${clean(file, 300)}:${line}) ended at ${clean(expires, 40)}: ${what}`;
  });
  return ended.length > WAIVERS_NAMED ? [...named, `${ended.length - WAIVERS_NAMED} more waivers have ended`] : named;
}

/**
 * Ends a run: what could not be written and waivers that have ended go to stderr, and the verdict's sentence where no table tells it.
 *
 * @returns the exit code
 */
export function conclude(outputs: readonly Output[], unwritten: readonly string[], summary: Summary): number {
  for (const error of unwritten) process.stderr.write(`kernward: ${error}\n`);
  for (const sentence of endedWaivers(summary)) process.stderr.write(`kernward: ${sentence}\n`);
  if (!outputs.some(({ format, file }) => format === 'table' && file === undefined))
    process.stderr.write(`kernward: ${summary.verdict}\n`);
  return toExitCode(summary, unwritten);
}

/**
 * Writes every output. A file that is read while they are written may turn out to be no input any more: the outputs that
 * need it cannot be written, and that is an error of the input, not of an output.
 */
export async function writeHeeding(
  outputs: readonly Output[],
  render: (output: Output) => Chunks | Promise<Chunks>,
  mode: number | undefined,
): Promise<readonly string[]> {
  let stop: Stop | undefined;
  async function* heeded(output: Output): AsyncGenerator<Chunk> {
    try {
      yield* await render(output);
    } catch (thrown) {
      if (thrown instanceof Stop) stop ??= thrown;
      throw thrown;
    }
  }
  const errors = await writeOutputs(outputs, heeded, process.stdout, mode);
  if (stop === undefined) return errors;
  for (const error of errors) process.stderr.write(`kernward: ${error}\n`);
  throw stop;
}

/** Writes a report in every format asked for; gives a sentence for each output that could not be written. */
export function writeReport(report: Report, plan: OutputPlan): Promise<readonly string[]> {
  return writeHeeding(
    plan.outputs,
    async (output) => {
      // With what makes archives, which few runs need.
      if (output.format === XLSX) return (await import('../../report/xlsx/xlsx.js')).xlsx(report);
      if (!isTextFormat(output.format)) throw new Error(`there is no format ${output.format}`);
      return (await loadFormat(output.format)).render(report, formatOptions(output, plan));
    },
    plan.mode,
  );
}

/** Whether an output was written while hosts were waited for. What goes wrong is told by whoever writes it again at the end. */
async function isWrittenEarly(output: Output, grow: () => GrowingReport, plan: OutputPlan): Promise<boolean> {
  const { file, format: name } = output;
  if (file === undefined || !isTextFormat(name) || !isReplacedAsAWhole(file)) return false;
  try {
    const format = await loadFormat(name);
    if (format.isGradual !== true) return false;
    const { report, ready } = grow();
    await replaceFile(file, format.render(report, formatOptions(output, plan)), plan.mode, ready);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes what is written a host at a time, while hosts are waited for. Only to files, which nobody sees before they are whole: a reader who
 * takes his time would hold up the asking.
 *
 * @returns what is left to be written
 */
export async function writeReportEarly(grow: () => GrowingReport, plan: OutputPlan): Promise<OutputPlan> {
  const isWritten = await Promise.all(plan.outputs.map((output) => isWrittenEarly(output, grow, plan)));
  return { ...plan, outputs: plan.outputs.filter((_, index) => isWritten[index] !== true) };
}

/** Writes a report and gives the exit code: the report's own, or 4 where an output could not be written. */
export async function presentReport(report: Report, plan: OutputPlan): Promise<number> {
  return conclude(plan.outputs, await writeReport(report, plan), report.summary);
}
