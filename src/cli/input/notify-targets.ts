import { dirname, resolve } from 'node:path';
import { createDiagnosticSink } from '../../model/diagnostic.js';
import { loadTargets } from '../../news/targets/load.js';
import { openSenders, type OpenTarget } from '../../notify/open-senders.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { readSources } from './source-file.js';

/**
 * Who is told, with their secrets. Nobody is contacted.
 *
 * @throws Stop with every diagnostic of all files
 */
export function loadNotifyTargets(files: readonly string[]): readonly OpenTarget[] {
  const sink = createDiagnosticSink();
  const read = sink.take(readSources(files)) ?? [];
  const targets = sink.take(loadTargets(read, (named, by) => (by === '<stdin>' ? named : resolve(dirname(by), named))));
  stopOnErrors(sink.all());
  const opened = openSenders(targets ?? [], process.env);
  stopOnErrors(opened.diagnostics);
  return opened.value ?? [];
}
