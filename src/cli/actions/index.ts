/**
 * What the commands do. They import this file when one of them runs, so that a version or a help text loads none of it. It
 * is what runs at night and in pipelines; what people ask for by hand stands in `rarely.ts`, and what needs a history in
 * `history.ts`. It is not one file a command: most of them need most of it, and each chunk that is loaded costs.
 */
export { collect } from './collect.js';
export { evaluate } from './eval.js';
export { renderAgain } from './report.js';
export { listHosts, scan } from './scan.js';
export { printVersion } from './version.js';
export { overwrittenInput } from '../setup/overwritten-input.js';
export { writeError } from '../terminal/tell-diagnostics.js';
