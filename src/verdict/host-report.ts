import { defined } from '../language/defined.js';
import { memoize } from '../language/memoize.js';
import type { FactDefinition } from '../facts/definition.js';
import { derive } from '../kernel/derive-facts.js';
import { TODAY } from '../kernel/support/facts.js';
import type { DerivedFact } from '../model/fact.js';
import type { Host } from '../model/host.js';
import type { ConnectFailure, HostOutcome } from '../model/outcome.js';
import type { FactId } from '../model/reading.js';
import type { Gate, HostReport } from '../model/report.js';
import { shapedSaid, type HostlessVerdict } from '../model/said.js';
import type { Verdict } from '../model/verdict.js';
import type { Profile, Rule } from '../policy/policy.js';
import { evidenceText } from './evidence-text.js';
import { type JudgedHost, judgeHost } from './judge-host.js';
import { hostStatus } from './host-status.js';
import { createNextBoot } from './next-boot.js';

/** Judged by when neither the inventory nor `--profile` says otherwise. */
export const DEFAULT_PROFILE = 'stay-up';

/** The name of the profile that a host is judged by. */
export function getProfile(host: Host, override: string | undefined): string {
  return override ?? host.profile ?? DEFAULT_PROFILE;
}

/** What a host is judged by: as much of a rule set as one host needs. */
export interface HostRules {
  readonly rules: readonly Rule[];
  /** By name. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Facts computed from what the probe read, in the order in which they may read each other. */
  readonly derived: readonly DerivedFact[];
  /** Facts that the policies declare. */
  readonly declared: readonly FactDefinition[];
}

/** The SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
export type Sha256 = (text: string) => string;

/** A bug of ours is a failure of this host in the report, and exit 4 for the run; what was read of it stays. */
function failureOf(outcome: HostOutcome, judged: JudgedHost): { readonly failure?: ConnectFailure } {
  if (!outcome.reached) return { failure: outcome.failure };
  return judged.bug === undefined
    ? {}
    : { failure: { code: 'internal', detail: `rule ${judged.bug.rule}: ${judged.bug.detail}` } };
}

/** Facts that change although nobody touches the host: the day, and what is counted from it. */
function passingFacts({ derived }: HostRules): ReadonlySet<FactId> {
  return new Set([TODAY.id, ...derived.flatMap(({ id, inputs }) => (inputs.includes(TODAY.id) ? [id] : []))]);
}

const CAN_BE_WAIVED: ReadonlySet<string> = new Set(['fail', 'unknown']);

/** Adds what a waiver may be bound to. Only where one is thinkable: most verdicts pass, and a digest costs. */
function digester(passing: ReadonlySet<FactId>, sha256: Sha256): (said: HostlessVerdict) => HostlessVerdict {
  // Hosts with the same readings share their evidence.
  const digestOf = memoize((evidence: Verdict['evidence']): string | undefined => {
    const text = evidenceText(evidence, passing);
    return text === undefined ? undefined : `sha256:${sha256(text)}`;
  });
  const withDigest = memoize((said: HostlessVerdict): HostlessVerdict => {
    const digest = digestOf(said.evidence);
    return digest === undefined ? said : shapedSaid({ ...said, digest });
  });
  return (said) => (CAN_BE_WAIVED.has(said.result) ? withDigest(said) : said);
}

const SSH_PORT = 22;

/** Tells how the host was reached; where nobody came so far, what the inventory says. */
function toConnection(
  host: Host,
  { reach }: HostOutcome,
): Pick<HostReport, 'address' | 'port' | 'transport' | 'transportReason' | 'via'> {
  return reach ?? { address: host.address, port: host.port ?? SSH_PORT, transport: host.transport };
}

/** Judges one host by the profile of that name. The same outcome gives the same report. */
export type JudgeHost = (host: Host, outcome: HostOutcome, profileName: string) => HostReport;

/**
 * Makes the function that judges hosts by these rules, one after another; pure, but for a memo of digests.
 *
 * @param gate what the status of a host goes by
 * @param sha256 what the digest of a verdict's evidence is made with: the core has no `node:crypto`
 * @returns a function that throws an Error where the profile is not one of the rules': that is checked when an inventory
 *   is loaded
 */
export function createHostReport(rules: HostRules, sha256: Sha256, gate: Pick<Gate, 'failOn'>): JudgeHost {
  const nextBootOf = createNextBoot(rules);
  const withDigest = digester(passingFacts(rules), sha256);
  return (host, outcome, profileName) => {
    const profile = rules.profiles.get(profileName);
    if (profile === undefined) throw new Error(`profile ${profileName} was not checked when the inventory was loaded`);
    const readings = outcome.reached ? derive(outcome.readings, rules.derived) : new Map();
    const judged = judgeHost(
      outcome.reached ? { ...outcome, readings } : outcome,
      rules.rules,
      profile,
      outcome.reached ? nextBootOf(readings, profile) : undefined,
      withDigest,
    );
    return {
      host: host.name,
      groups: host.groups,
      labels: host.labels,
      profile: profileName,
      ...toConnection(host, outcome),
      definedAt: { file: host.at.file, line: host.at.line },
      status: hostStatus(judged.verdicts, outcome.reached, gate),
      tookMs: outcome.tookMs,
      ...defined({ attempts: outcome.attempts }),
      ...(outcome.reached && outcome.collector !== undefined ? { collector: outcome.collector } : {}),
      ...defined({ fromRun: outcome.fromRun }),
      ...failureOf(outcome, judged),
      readings,
      verdicts: judged.verdicts,
    };
  };
}
