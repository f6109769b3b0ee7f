import type { Diagnostic } from '../../model/diagnostic.js';
import { renderDiagnostics } from '../../text/render-diagnostics.js';
import { isColoured } from './capabilities.js';
import { EXIT, Stop } from './exit.js';

/** Prints every diagnostic on stderr, all at once. */
export function writeError(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0)
    process.stderr.write(renderDiagnostics(diagnostics, { colour: isColoured(process.stderr) }));
}

/** Prints what is wrong with the user's input and, if any of it is an error, stops before a host is touched. */
export function stopOnErrors(diagnostics: readonly Diagnostic[]): void {
  writeError(diagnostics);
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  if (errors > 0)
    throw new Stop(EXIT.usage, `${errors} ${errors === 1 ? 'error' : 'errors'} in the input; no host was contacted`);
}
