import { randomHex } from '../transports/random.js';
import type { PackageLookups } from '../kernel/fixes/package-lookups.js';
import { readerOf, withFurther } from '../model/ordered-readings.js';
import type { Readings } from '../model/reading.js';
import type { RunOutcome } from '../model/outcome.js';
import { packagesPieces } from '../probe/packages-script.js';
import { overLine } from '../probe/shell.js';
import type { CollectorSaid } from '../probe/collector-info.js';
import type { Ended } from '../probe/ended.js';
import { parsePackages } from '../probe/parse.js';
import type { RunLimits, Session } from '../transports/transport.js';

/** The end of a command in the words of the parsers. */
export const PARSED_AS = {
  exited: 'complete',
  'timed-out': 'timed-out',
  'output-too-large': 'truncated',
  disconnected: 'truncated',
} as const satisfies Record<RunOutcome['ended'], Ended>;

/**
 * The second look at a host: a second script over the same session, only where a fix that the probe left open can be
 * decided by the host's packages. However it ends, what the probe read stays; what it could not read is unreadable.
 *
 * @param readings the probe's
 * @param collector what answered the probe, where it is installed on the host
 * @returns them, and behind them the package facts where they were asked for
 */
export async function readPackages(
  session: Session,
  readings: Readings,
  questionsFor: PackageLookups,
  limits: RunLimits,
  collector?: CollectorSaid,
): Promise<Readings> {
  const { isNeeded, inChangelog } = questionsFor(readerOf(readings));
  if (!isNeeded) return readings;
  const nonce = randomHex(16);
  const wanted = inChangelog.map(({ fix, upstream }) => ({ id: fix, subject: upstream.subject }));
  const ran = await session.run(packagesPieces(nonce, wanted), { ...limits, over: overLine(nonce) });
  return withFurther(readings, parsePackages(ran.stdout, nonce, PARSED_AS[ran.ended], collector));
}
