import { wrong, type Loaded } from '../../model/diagnostic.js';
import type { Report } from '../../model/report.js';
import { countedAgain, parseReport } from '../../run/earlier/read-report.js';
import { openRecount, type Recount } from '../../verdict/verify-summary.js';
import { TooLarge } from '../../transports/read-file.js';
import { MAX_REPORT_BYTES, readSources, unreadableFile } from './source-file.js';
import { EXIT, Stop } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { streamReport } from './stream-report.js';

/** Standard input, a pipe, what another program has laid out anew, and what is no report at all. */
function readWhole(file: string): Loaded<Report> {
  const read = readSources([file], MAX_REPORT_BYTES);
  const [source] = read.value ?? [];
  return source === undefined ? wrong(read.diagnostics) : parseReport(source.text, source.file);
}

/** A file that cannot be opened or read is left to the whole reading, which says so. */
function readByLines(file: string, recount: Recount): Report | undefined {
  try {
    return streamReport(file, recount.add);
  } catch (thrown) {
    if (thrown instanceof Error && 'errno' in thrown) return undefined;
    throw thrown;
  }
}

/** A report that `scan -o json` or `-o jsonl` wrote, or every diagnostic of it. */
export function readReport(file: string): Loaded<Report> {
  const byLines = openRecount();
  try {
    const streamed = readByLines(file, byLines);
    return streamed === undefined ? readWhole(file) : countedAgain(file, streamed, byLines);
  } catch (thrown) {
    if (thrown instanceof TooLarge) return wrong([unreadableFile(file, thrown)]);
    throw thrown;
  }
}

/**
 * Reads a report, as readReport does.
 *
 * @throws Stop where it is none, after its diagnostics are printed
 */
export function loadReport(file: string): Report {
  const { value, diagnostics } = readReport(file);
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage, `${file} holds no report`);
  return value;
}
