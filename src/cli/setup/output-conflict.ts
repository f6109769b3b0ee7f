import { relative, resolve } from 'node:path';
import { XLSX } from '../../report/formats/names.js';
import type { Output } from '../../run/write-outputs.js';
import { whyNotWritable } from '../terminal/check-writable.js';
import { usage } from '../terminal/exit.js';
import { fileIdentity } from '../terminal/same-file.js';

function placeProblems(format: string, file: string | undefined): readonly string[] {
  const why = file === undefined ? undefined : whyNotWritable(file);
  return why === undefined ? [] : [`${format} cannot be written to ${file}: ${why}`];
}

/** Which of the outputs cannot stand together, or cannot be written where they should go; a sentence, or nothing. */
function outputConflict(outputs: readonly Output[]): string | undefined {
  const toStdout = outputs.filter((output) => output.file === undefined);
  if (toStdout.length > 1)
    return `only one output can go to standard output, and ${toStdout.map((output) => output.format).join(' and ')} both would; give a file to the others: -o ${toStdout[1]?.format ?? 'csv'}:FILE`;
  if (toStdout.some(({ format }) => format === XLSX)) return 'a workbook is no text: give it a file, -o xlsx:FILE';
  const files = outputs.flatMap(({ file = '' }) => {
    const identity = file === '' ? undefined : fileIdentity(file);
    return identity === undefined ? [] : [{ file, identity }];
  });
  const twice = files.find(({ identity }, index) => files.findIndex((other) => other.identity === identity) !== index);
  if (twice !== undefined) return `two outputs would be written to ${relative('', resolve(twice.file))}`;
  const errors = outputs.flatMap(({ format, file }) => placeProblems(format, file));
  return errors.length === 0 ? undefined : errors.join('; ');
}

/** @throws Stop where two outputs cannot stand together, or one cannot be written */
export function refuseConflict(outputs: readonly Output[]): void {
  const conflict = outputConflict(outputs);
  if (conflict !== undefined) usage(conflict);
}
