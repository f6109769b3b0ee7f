import type { Diff } from '../../model/diff.js';
import { DIFF_FORMATS } from '../../report/diff/index.js';
import type { Output } from '../../run/write-outputs.js';
import { conclude, formatOptions, writeHeeding } from './present.js';

/** Writes a comparison, as `presentReport` does a report. */
export async function presentDiff(
  diff: Diff,
  outputs: readonly Output[] = [{ format: 'table', file: undefined }],
  mode?: number,
): Promise<number> {
  const errors = await writeHeeding(
    outputs,
    (output) => {
      const format = DIFF_FORMATS.get(output.format);
      if (format === undefined) throw new Error(`there is no format ${output.format} of a diff`);
      return format.render(diff, formatOptions(output, { includePasses: false, csvBom: false }));
    },
    mode,
  );
  return conclude(outputs, errors, diff.report.summary);
}
