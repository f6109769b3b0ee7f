import type { HostReport, Report } from '../../../src/model/report.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { summarise } from '../../../src/verdict/summary.js';
import { HEADER } from '../../support/judged-machines.js';
import { CANONICAL_REPORTS, GATE } from '../../support/report/canonical.js';
import { hostNumber } from './fleet.js';

/** A report of which every part of the page has something: a baseline, a history, waivers, rules over groups. */

const HOSTS = 48;
const { groups, drifted, waived } = CANONICAL_REPORTS;
const { baseline } = drifted?.header ?? {};
if (baseline === undefined || groups === undefined || waived === undefined)
  throw new Error('a canonical report is not there');

function changed(verdict: Verdict, index: number): Verdict {
  if (verdict.result === 'pass' && index % 5 === 0)
    return { ...verdict, drift: 'resolved', since: '2026-11-22T02:00:00Z' };
  if (verdict.result !== 'fail') return verdict;
  return {
    ...verdict,
    drift: index % 2 === 0 ? 'newly-failing' : 'still-failing',
    since: `2026-1${index % 2}-01T02:00:00Z`,
  };
}

const hosts = Array.from({ length: HOSTS }, (_, index): HostReport => {
  const host = hostNumber(index);
  return { ...host, verdicts: host.verdicts.map((verdict) => changed(verdict, index)) };
});

const summary = summarise(hosts, {
  gate: GATE,
  rules: HEADER.rules.length,
  tookMs: 4321,
  baseline,
  groupVerdicts: groups.summary.groupVerdicts ?? [],
  waivers: waived.summary.waivers ?? [],
});

const trend = Array.from({ length: 9 }, (_, day) => ({
  runId: `day-${day}`,
  at: `2026-11-1${day}T02:00:00Z`,
  hosts: HOSTS,
  compliant: 20 + day,
  failing: 24 - day,
  unreachable: 4,
  fails: { critical: 20 - day, high: 30 - 2 * day, medium: 60, low: 90, info: 0 },
  ...(day === 0 ? {} : { hostsByWorstFail: { critical: 12 - day, high: 12, medium: 8, low: 6, info: 0 } }),
}));

export const FULL_REPORT: Report = {
  header: {
    ...HEADER,
    startedAt: '2026-11-23T02:00:00Z',
    baseline,
    groupRules: groups.header.groupRules ?? [],
  },
  hosts,
  summary: { ...summary, trend },
};
