#!/usr/bin/env node
import { CommanderError } from 'commander';
import { clean } from '../text/clean.js';
import { program } from './program.js';
import { keepIgnoringHangup } from './terminal/hangup.js';
import { EXIT, Stop } from './terminal/exit.js';
import { standardOutputFailure, watchStandardOutput } from './terminal/standard-output.js';

/** With its lines, and with nothing else that a terminal acts on: it may quote what a host or a file said. */
function shown(thrown: unknown): string {
  return (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
    .split('\n')
    .map((line) => clean(line))
    .join('\n');
}

/** The code that a thrown thing ends the process with. What is neither a user's mistake nor a stop is a bug of ours. */
async function codeOf(thrown: unknown): Promise<number> {
  if (thrown instanceof Stop) {
    if (thrown.diagnostics.length > 0) {
      const { writeError } = await import('./actions/index.js');
      writeError(thrown.diagnostics);
    }
    if (thrown.message !== '') process.stderr.write(`kernward: ${clean(thrown.message)}\n`);
    return thrown.code;
  }
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const unwritten = standardOutputFailure(thrown);
  if (unwritten !== undefined) {
    process.stderr.write(`kernward: ${unwritten}\n`);
    return EXIT.internal;
  }
  process.stderr.write(`kernward: a bug of ours, please report it: ${shown(thrown)}\n`);
  return EXIT.internal;
}

// What was thrown where nobody waits for it. What is half done stays half done: nothing is right any more.
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (thrown: unknown) => void codeOf(thrown).then((code) => process.exit(code)));

watchStandardOutput();
process.stderr.on('error', () => undefined);

keepIgnoringHangup();

// No await at the top: the single executable is of modules that cannot.
program(process.argv[2])
  .parseAsync()
  .catch(async (thrown: unknown) => {
    process.exitCode = await codeOf(thrown);
  });
