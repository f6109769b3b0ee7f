import { errorCode } from '../../transports/error-detail.js';
import { EXIT } from './exit.js';

let failure: Error | undefined;
let isTold = false;

function sentence({ message }: Error): string {
  return `standard output could not be written: ${message}`;
}

/**
 * What becomes of a command whose standard output cannot be written. Who waits for what he writes (`writeToStream`) hears of it
 * himself; for everybody else it is told at the end, with 4: half of a page is not the page. Only a reader that has gone
 * (`kernward … | head`) has had what he wanted.
 */
export function watchStandardOutput(): void {
  process.stdout.on('error', (thrown: Error) => {
    failure ??= thrown;
    isTold ||= process.stdout.listenerCount('error') > 1;
  });
  process.on('exit', () => {
    if (failure === undefined || isTold || errorCode(failure) === 'EPIPE') return;
    process.stderr.write(`kernward: ${sentence(failure)}\n`);
    process.exitCode = EXIT.internal;
  });
}

/** What to say of something that was thrown because standard output could not be written; undefined: it was thrown for another reason. */
export function standardOutputFailure(thrown: unknown): string | undefined {
  return thrown !== undefined && thrown === failure ? sentence(failure) : undefined;
}
