/** The oldest nats-server that is trusted. https://github.com/nats-io/nats-server/releases/tag/v2.10.23 */
const LEAST_SERVER = '2.10.23';

function parts(version: string): readonly number[] {
  return /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [0, 0, 0];
}

/** Why a server is not to be trusted with results; undefined: it is. */
export function whyTooOld(version: string): string | undefined {
  const [is, least] = [parts(version), parts(LEAST_SERVER)];
  const at = is.findIndex((part, index) => part !== least[index]);
  if (at < 0 || (is[at] ?? 0) > (least[at] ?? 0)) return undefined;
  return `the server is nats-server ${version}, and before ${LEAST_SERVER} a crash may lose streams: upgrade it, or say --allow-old-server`;
}
