import { Command } from 'commander';
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

function list(): Command {
  return new Command('list').description('every known fix, one a line').action(() => {
    const all = knownFixes();
    const widest = Math.max(0, ...all.map(({ fix }) => fix.length));
    for (const { fix, title } of all) process.stdout.write(`${fix.padEnd(widest)}  ${clean(title)}\n`);
  });
}

function show(): Command {
  return new Command('show')
    .description('one known fix in full, as its file has it')
    .argument('<id>', 'as fix list prints it')
    .action((id: string) => {
      const source = shippedFixes().find(({ file }) => file.endsWith(`/${id}.yaml`));
      const known = knownFixes().map(({ fix }) => fix);
      if (source === undefined)
        return usage(
          `there is no known fix ${JSON.stringify(id)}; ${nearOr(id, known, `the known fixes are ${known.join(', ')}`)}`,
        );
      process.stdout.write(source.text);
    });
}

function osRelease(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readTextFile(file, MAX_BYTES);
  } catch (thrown) {
    return usage(`--os-release: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function check(): Command {
  return new Command('check')
    .description('is each fix in the kernel of this release? One line an entry: id, state, reason')
    .argument('<release>', 'as `uname -r` prints it')
    .option('--os-release <FILE>', 'the os-release file of the machine, where two vendors use alike releases')
    .action((release: string, options: { readonly osRelease?: string }) => {
      const rows = checkRelease(release, osRelease(options.osRelease), knownFixes());
      const widest = Math.max(0, ...rows.map(({ id }) => id.length));
      for (const { id, state, reason } of rows)
        process.stdout.write(`${id.padEnd(widest)}  ${state.padEnd(12)}  ${clean(reason)}\n`);
      const states = new Set(rows.map(({ state }) => state));
      if (states.has('missing')) throw new Stop(EXIT.findings);
      if (states.has('unknown')) throw new Stop(EXIT.incomplete);
    });
}

const FOLDER = join('policies', 'kernel-fixes');

function create(): Command {
  return new Command('new')
    .description("a file for another known fix, to be filled in, in kernward's own source")
    .argument('<id>', 'lower case, with hyphens, as fix list prints them')
    .option('-o, --output <FILE>', `in place of ${join(FOLDER, 'ID.yaml')}`)
    .action((id: string, options: { readonly output?: string }) => {
      if (!isFixId(id))
        usage(`${JSON.stringify(id)} is no id: lower-case letters and digits, with single hyphens between`);
      if (knownFixes().some(({ fix }) => fix === id))
        usage(`there is a known fix ${id} already; see kernward fix show ${id}`);
      if (options.output === undefined && !existsSync(FOLDER))
        usage(`there is no folder ${FOLDER} here: run this in kernward's source, or give a file with -o`);
      const file = options.output ?? join(FOLDER, `${id}.yaml`);
      writeNew(file, fixSkeleton(id));
      process.stdout.write(`wrote ${clean(file)}; to be filled in: ${SKELETON_BLANKS.join(', ')}\n`);
    });
}

export function fixCommand(): Command {
  return new Command('fix')
    .description('known kernel bugs: is the fix in this kernel?')
    .addCommand(list())
    .addCommand(show())
    .addCommand(check())
    .addCommand(create());
}
