import type { KeyObject } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { isReadable } from '../../facts/declared/may-be-read.js';
import { loadWorkerSettings, type WorkerSettings } from '../../exchange/worker/load-settings.js';
import { createDiagnosticSink } from '../../model/diagnostic.js';
import { EXIT, Stop } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';
import { publicKey } from './plan-signature.js';
import { readSources, unreadableFile } from './source-file.js';

/** What a worker was told, with the key that plans must be signed with. */
export interface ReadSettings {
  readonly settings: WorkerSettings;
  readonly planKey: KeyObject | undefined;
}

function readKey(file: string): KeyObject | Error {
  try {
    return publicKey(file);
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}

/** @throws Stop with every diagnostic */
export function readWorkerSettings(file: string): ReadSettings {
  const sink = createDiagnosticSink();
  const [text] = sink.take(readSources([file])) ?? [];
  const settings =
    text && sink.take(loadWorkerSettings(text, (named) => (file === '-' ? named : resolve(dirname(file), named))));
  for (const path of settings?.allowRead ?? [])
    if (!isReadable(path))
      sink.add({
        code: 'worker/allow-read',
        severity: 'error',
        message: `${JSON.stringify(path)} may not be read`,
        at: { file, line: 1, column: 1 },
        help: 'write a folder or file below /etc, without a star and without a slash at the end',
      });
  const key = settings?.planKey === undefined ? undefined : readKey(settings.planKey);
  if (key instanceof Error) sink.add(unreadableFile(settings?.planKey ?? '', key));
  stopOnErrors(sink.all());
  if (settings === undefined || key instanceof Error) throw new Stop(EXIT.usage);
  return { settings, planKey: key };
}
