import { defined } from '../language/defined.js';
import type { HostReport, Report, ReportHeader, Summary } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';

/** What a history takes of a verdict. */
interface RecordableVerdict extends Pick<Verdict, 'rule' | 'severity' | 'result' | 'because'> {
  readonly waiver?: { readonly id: string };
}

/** What a history takes of a host. */
export interface RecordableHost extends Pick<HostReport, 'host' | 'groups' | 'labels' | 'profile' | 'fromRun'> {
  readonly failure?: { readonly code: string };
  readonly verdicts: readonly RecordableVerdict[];
}

/** What a history takes of a run before its hosts. */
export interface RecordableRun {
  readonly header: Pick<ReportHeader, 'runId' | 'startedAt' | 'kernward' | 'inventory' | 'limit' | 'rules' | 'gate'>;
  readonly summary: Pick<
    Summary,
    | 'tookMs'
    | 'exitCode'
    | 'verdict'
    | 'interrupted'
    | 'hosts'
    | 'statuses'
    | 'fails'
    | 'hostsByWorstFail'
    | 'waived'
    | 'groups'
  >;
}

/** What a history takes of a report. The hosts are walked once. */
export interface Recordable extends RecordableRun {
  readonly hosts: Iterable<RecordableHost> | AsyncIterable<RecordableHost>;
}

/** The run alone, to be sent to another process. */
export function recordableRun({ header, summary }: Report): RecordableRun {
  const { runId, startedAt, kernward, inventory, rules, gate } = header;
  const { tookMs, exitCode, verdict, interrupted, hosts, statuses, fails, hostsByWorstFail, waived, groups } = summary;
  return {
    header: {
      runId,
      startedAt,
      kernward,
      inventory,
      rules,
      gate,
      ...(header.limit === undefined ? {} : { limit: header.limit }),
    },
    summary: {
      tookMs,
      exitCode,
      verdict,
      interrupted,
      hosts,
      statuses,
      fails,
      ...defined({ hostsByWorstFail }),
      waived,
      groups,
    },
  };
}

/** A host without its readings and evidence: a tenth of its text. */
export function recordableHost({
  host,
  groups,
  labels,
  profile,
  fromRun,
  failure,
  verdicts,
}: HostReport): RecordableHost {
  return {
    host,
    groups,
    labels: Object.hasOwn(labels, 'owner') ? { owner: labels['owner'] ?? '' } : {},
    profile,
    ...(fromRun === undefined ? {} : { fromRun }),
    ...(failure === undefined ? {} : { failure: { code: failure.code } }),
    verdicts: verdicts.map(({ rule, severity, result, because, waiver }) => ({
      rule,
      severity,
      result,
      because: result === 'pass' || result === 'notapplicable' || result === 'notselected' ? '' : because,
      ...(waiver === undefined ? {} : { waiver: { id: waiver.id } }),
    })),
  };
}
