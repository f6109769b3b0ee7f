import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Readings } from '../../src/model/reading.js';
import { parseProbe } from '../../src/probe/parse.js';
import { probeScript } from '../../src/probe/script.js';
import { within } from './within.js';

export const NONCE = 'c0ffee00c0ffee00c0ffee00c0ffee00';

export interface ProbeRun {
  readonly readings: Readings;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a command that feeds its stdin to a shell, sends the probe there, and parses what comes back. */
export function runProbe(argv: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): ProbeRun {
  const [command = 'sh', ...args] = argv;
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    input: options.input ?? probeScript(NONCE),
    env: options.env ?? process.env,
    timeout: within(60_000),
    maxBuffer: 4 << 20,
  });
  assert.equal(error, undefined);
  assert.equal(status, 0, `${argv.join(' ')}: ${stderr.toString()}`);
  const parsed = parseProbe(stdout, NONCE, 'complete');
  assert.ok(parsed.ok, `${argv.join(' ')} printed ${stdout.subarray(0, 300).toString()} ${stderr.toString()}`);
  return { readings: parsed.readings, stdout, stderr: stderr.toString() };
}
