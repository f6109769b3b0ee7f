import { newsJson } from '../../news/shapes/json.js';
import { clean } from '../../text/clean.js';
import { runProgram } from '../../transports/programs/run-program.js';
import type { Sender } from '../sender.js';

const MAX_BYTES = 64 * 1024;
const MAX_TOLD = 200;

function lastWords(stderr: Uint8Array): string {
  const line = Buffer.from(stderr).toString('utf8').trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${clean(line, MAX_TOLD)}`;
}

/** A program, without a shell; our own JSON on its standard input. Delivered is what it exits 0 for. */
export function commandSender([program, ...args]: readonly [string, ...string[]], timeoutMs: number): Sender {
  return {
    send: async ({ news }, signal) => {
      const outcome = await runProgram(program, args, {
        timeoutMs,
        maxBytes: MAX_BYTES,
        signal,
        input: newsJson(news),
      });
      const name = clean(program, MAX_TOLD);
      switch (outcome.ended) {
        case 'exited':
          if (outcome.status === 0) return;
          throw new Error(`${name} ended with ${outcome.killedBy ?? outcome.status}${lastWords(outcome.stderr)}`);
        case 'not-started':
          throw new Error(`${name} could not be started: ${clean(outcome.detail, MAX_TOLD)}`);
        case 'timed-out':
          throw new Error(`${name} did not end within ${timeoutMs / 1000} s${lastWords(outcome.stderr)}`);
        case 'output-too-large':
          throw new Error(`${name} wrote more than ${MAX_BYTES} bytes`);
        case 'aborted':
          throw new Error('the run was interrupted meanwhile');
      }
    },
  };
}
