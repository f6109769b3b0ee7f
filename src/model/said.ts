import type { HostId } from './host.js';
import type { Verdict } from './verdict.js';

// Hosts that are set up alike share what is said of them: one object for all of them, so that it is made, kept and written once.

/** A verdict without its host. */
export type HostlessVerdict = Omit<Verdict, 'host'>;

const saidOf = new WeakMap<readonly Verdict[], readonly HostlessVerdict[]>();

function hasFurther({ waiver, drift, since, flaps }: HostlessVerdict): boolean {
  return waiver !== undefined || drift !== undefined || since !== undefined || flaps !== undefined;
}

/**
 * The same, as one of four kinds of objects, however it was made: V8 reads a field of four kinds several times as fast as of more, and
 * each rule is read of each host.
 */
export function shapedSaid(said: HostlessVerdict): HostlessVerdict {
  const { rule, severity, result, because, evidence, nextBoot, digest } = said;
  if (hasFurther(said)) return said;
  if (nextBoot === undefined)
    return digest === undefined
      ? { rule, severity, result, because, evidence }
      : { rule, severity, result, because, evidence, digest };
  return digest === undefined
    ? { rule, severity, result, because, evidence, nextBoot }
    : { rule, severity, result, because, evidence, nextBoot, digest };
}

/** Field by field, which is several times as fast as spreading what is said behind the host. */
function verdictOf(host: HostId, said: HostlessVerdict): Verdict {
  const { rule, severity, result, because, evidence, nextBoot, digest } = said;
  if (hasFurther(said)) return { host, ...said };
  if (nextBoot === undefined)
    return digest === undefined
      ? { host, rule, severity, result, because, evidence }
      : { host, rule, severity, result, because, evidence, digest };
  return digest === undefined
    ? { host, rule, severity, result, because, evidence, nextBoot }
    : { host, rule, severity, result, because, evidence, nextBoot, digest };
}

/** The verdicts of a host, which remember what they are made of. */
export function verdictsOf(host: HostId, said: readonly HostlessVerdict[]): readonly Verdict[] {
  const verdicts = said.map((each) => verdictOf(host, each));
  saidOf.set(verdicts, said);
  return verdicts;
}

/** What verdicts are made of, in their order; `undefined` where `verdictsOf` did not make this very list. */
export function saidInVerdicts(verdicts: readonly Verdict[]): readonly HostlessVerdict[] | undefined {
  return saidOf.get(verdicts);
}
