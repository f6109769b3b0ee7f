import { explainCauses } from '../../../src/explain/causes-of-host.js';
import type { HostReport, Report } from '../../../src/model/report.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { hostStatus } from '../../../src/verdict/host-status.js';
import { countHost, emptyTally, toSummary } from '../../../src/verdict/summary.js';
import { FIXES, HEADER, machine, unreachable } from '../../support/judged-machines.js';
import { GATE } from '../../support/report/canonical.js';

/** Machines of the demo, judged by the shipped rules: what a real page is made of. */

export const OPTIONS = { includePasses: false, colour: false, columns: 100, explain: explainCauses(FIXES) } as const;

const TEMPLATES: readonly HostReport[] = [
  machine('db1'),
  machine('db2'),
  machine('db3'),
  machine('db4'),
  machine('web1'),
  machine('web2'),
  machine('web2'),
  machine('web3'),
  machine('app1'),
  machine('app2'),
  machine('ceph1', 'fail-fast'),
  unreachable(),
];

/** A counter since boot is another on each host: every long number in a sentence. */
function ownNumbers(text: string, index: number): string {
  return text.replaceAll(/\d{5,}/g, (digits) => String(Number(digits) + index));
}

/** Of each fourth host one more rule fails: hosts of a fleet are not all of a dozen kinds. */
function oneMoreFails(verdicts: readonly Verdict[], index: number): readonly Verdict[] {
  return Math.floor(index / TEMPLATES.length) % 4 === 0
    ? verdicts.map((verdict, at) =>
        at === Math.floor(index / 48) % verdicts.length && verdict.result === 'pass'
          ? { ...verdict, result: 'fail' as const }
          : verdict,
      )
    : verdicts;
}

export function hostNumber(index: number): HostReport {
  const template = TEMPLATES[index % TEMPLATES.length] ?? unreachable();
  const name = `host${String(index).padStart(5, '0')}.dc${index % 3}.example.com`;
  const verdicts = oneMoreFails(template.verdicts, index).map((verdict) => ({
    ...verdict,
    host: name,
    because: ownNumbers(verdict.because, index),
  }));
  const { failure } = template;
  return {
    ...template,
    host: name,
    address: `198.51.${Math.floor(index / 250) % 250}.${index % 250}`,
    groups: [`dc${index % 3}`, `rack-${Math.floor(index / 40)}`],
    labels: { owner: `team-${'abcdefgh'[index % 8]}` },
    ...(failure === undefined
      ? {}
      : { failure: { ...failure, detail: `198.51.100.${index % 250}:22: connect ECONNREFUSED` } }),
    status: hostStatus(verdicts, failure === undefined, GATE),
    verdicts,
  };
}

export function fleetOf(count: number): Report {
  const hosts = {
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index += 1) yield hostNumber(index);
    },
  };
  const tally = emptyTally(GATE);
  for (const host of hosts) countHost(tally, host);
  return {
    header: { ...HEADER, startedAt: '2026-11-23T02:00:00Z' },
    hosts,
    summary: toSummary(tally, { gate: GATE, rules: HEADER.rules.length, tookMs: 4321 }),
  };
}
