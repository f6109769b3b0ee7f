import { randomHex } from '../transports/random.js';
import { withFurther } from '../model/ordered-readings.js';
import type { Readings } from '../model/reading.js';
import { becomeScript } from '../probe/sudo-script.js';
import { overLine } from '../probe/shell.js';
import { parseBecome, wantedOfRoot } from '../probe/parse-root.js';
import type { RunLimits, Session } from '../transports/transport.js';
import { PARSED_AS } from './read-packages.js';

/**
 * The look as root, by one sudo, of a host with `become: sudo`: what the login was denied, and what only root can see.
 * However it ends, no other reading changes.
 */
export async function readAsRoot(session: Session, readings: Readings, limits: RunLimits): Promise<Readings> {
  const wanted = wantedOfRoot(readings);
  if (wanted.length === 0) return readings;
  const nonce = randomHex(16);
  const ran = await session.run([becomeScript(nonce)], { ...limits, over: overLine(nonce) });
  return withFurther(readings, parseBecome(ran.stdout, nonce, PARSED_AS[ran.ended], wanted));
}
