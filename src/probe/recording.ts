import type { FactDefinition } from '../facts/definition.js';
import { FACTS } from '../facts/index.js';
import { withFurther } from '../model/ordered-readings.js';
import { unreadable, type Readings } from '../model/reading.js';
import { packagesIn, parseProbe, type Parsed } from './parse.js';

/** The nonce of saved probe output: the one in its first frame. Undefined when it holds no frame. */
export function recordingNonce(recording: Uint8Array): string | undefined {
  return /^kw ([0-9a-f]{32}) begin /m.exec(new TextDecoder('utf-8').decode(recording))?.[1];
}

/**
 * Saved probe output, parsed as if it had come just now; what the package script printed counts too where it was saved
 * with it, under the same nonce.
 */
export function parseRecording(recording: Uint8Array, declared: readonly FactDefinition[] = []): Parsed {
  const nonce = recordingNonce(recording);
  if (nonce === undefined) return { ok: false, detail: 'there is no frame of the probe in the recording' };
  const parsed = parseProbe(recording, nonce, 'complete', declared, true);
  if (!parsed.ok) return parsed;
  return { ok: true, readings: withFurther(parsed.readings, packagesIn(recording, nonce)) };
}

/** The readings of saved probe output; where it holds no frame at all, every fact is unreadable. */
export function readRecording(recording: Uint8Array, declared: readonly FactDefinition[] = []): Readings {
  const parsed = parseRecording(recording, declared);
  return parsed.ok
    ? parsed.readings
    : new Map([...FACTS, ...declared].map(({ id }) => [id, unreadable('truncated', parsed.detail)]));
}

/** The same recording as the answer to a probe with another nonce: a host of a demo or a benchmark answers with it. */
export function answerWith(recording: Uint8Array, nonce: string): Uint8Array {
  const before = recordingNonce(recording);
  if (before === undefined) return recording;
  return new TextEncoder().encode(
    new TextDecoder('utf-8').decode(recording).replaceAll(`kw ${before} `, `kw ${nonce} `),
  );
}
