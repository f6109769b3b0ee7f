import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_BYTES } from '../input/source-file.js';
import { readTextFile } from '../../transports/read-file.js';
import { checkRelease } from '../../kernel/fixes/check-release.js';
import { fixSkeleton, isFixId, SKELETON_BLANKS } from '../../kernel/fixes/skeleton.js';
import { clean } from '../../text/clean.js';
import { nearOr } from '../../text/suggest.js';
import { knownFixes } from '../input/known-fixes.js';
import { shippedFixes } from '../../run/shipped/package-files.js';
import { writeNew } from '../output/write-new.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { FIX_FOLDER } from '../options/fix-folder.js';

/** Every known fix, one a line. */
export function listFixes(): void {
  const all = knownFixes();
  const widest = Math.max(0, ...all.map(({ fix }) => fix.length));
  for (const { fix, title } of all) process.stdout.write(`${fix.padEnd(widest)}  ${clean(title)}\n`);
}

/** One known fix in full, as its file has it. */
export function showFix(id: string): void {
  const source = shippedFixes().find(({ file }) => file.endsWith(`/${id}.yaml`));
  const known = knownFixes().map(({ fix }) => fix);
  if (source === undefined)
    return usage(
      `there is no known fix ${JSON.stringify(id)}; ${nearOr(id, known, `the known fixes are ${known.join(', ')}`)}`,
    );
  process.stdout.write(source.text);
}

function osRelease(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readTextFile(file, MAX_BYTES);
  } catch (thrown) {
    return usage(`--os-release: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** Is each fix in the kernel of this release? One line an entry. */
export function checkFixes(release: string, osReleaseFile: string | undefined): void {
  const rows = checkRelease(release, osRelease(osReleaseFile), knownFixes());
  const widest = Math.max(0, ...rows.map(({ id }) => id.length));
  for (const { id, state, reason } of rows)
    process.stdout.write(`${id.padEnd(widest)}  ${state.padEnd(12)}  ${clean(reason)}\n`);
  const states = new Set(rows.map(({ state }) => state));
  if (states.has('missing')) throw new Stop(EXIT.findings);
  if (states.has('unknown')) throw new Stop(EXIT.incomplete);
}

/** Writes a skeleton of a file for another known fix. */
export function createFix(id: string, output: string | undefined): void {
  if (!isFixId(id)) usage(`${JSON.stringify(id)} is no id: lower-case letters and digits, with single hyphens between`);
  if (knownFixes().some(({ fix }) => fix === id))
    usage(`there is a known fix ${id} already; see kernward fix show ${id}`);
  if (output === undefined && !existsSync(FIX_FOLDER))
    usage(`there is no folder ${FIX_FOLDER} here: run this in kernward's source, or give a file with -o`);
  const file = output ?? join(FIX_FOLDER, `${id}.yaml`);
  writeNew(file, fixSkeleton(id));
  process.stdout.write(`wrote ${clean(file)}; to be filled in: ${SKELETON_BLANKS.join(', ')}\n`);
}
