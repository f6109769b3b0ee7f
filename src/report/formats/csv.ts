import type { Format, HostReport, ReportHeader, RuleSummary } from '../../model/report.js';
import { defined } from '../../language/defined.js';
import type { Result, Severity } from '../../model/verdict.js';
import { memoize } from '../../language/memoize.js';
import { csvCells, csvHead, csvRecord } from '../../render/csv.js';
import type { HostlessVerdict } from '../../model/said.js';
import { sharedSaids } from '../shared-parts.js';
import { BREATH } from '../with-breaths.js';
import { wayOut } from '../failure-help.js';
import { breaksAtNextBoot, nextBootCase, nextBootGrounds } from '../next-boot-words.js';
import { dateOf } from '../time.js';
import { askedAt, failureDetail, formatEvidence, label } from '../phrases.js';

/** What is told in a row: a verdict, or of a host that was not reached that nothing is known. */
type Told = Omit<HostlessVerdict, 'severity'> & { readonly severity: Severity | '' };

interface Row {
  readonly header: ReportHeader;
  readonly host: HostReport;
  readonly verdict: Told;
  /** What the header says of the rule. */
  readonly rule: RuleSummary | undefined;
}

type OfHost = Pick<Row, 'header' | 'host'>;
type OfVerdict = Pick<Row, 'verdict' | 'rule'>;
type Column<Of> = readonly [name: string, cell: (of: Of) => string | number];

/**
 * Name and content of each column. Names and order are stable: a new column is added at the end. What is said of hosts and what is
 * said of verdicts take turns, since hosts share what is said of their verdicts, and that is written once.
 */
const ABOUT_HOST: readonly Column<OfHost>[] = [
  ['date', ({ host, header }) => dateOf(askedAt(host, header))],
  ['run_started_at', ({ host, header }) => askedAt(host, header)],
  ['host', ({ host }) => host.host],
  ['address', ({ host }) => host.address],
  ['port', ({ host }) => host.port],
  ['groups', ({ host }) => host.groups.join(', ')],
  ['owner', ({ host }) => label(host, 'owner')],
  ['profile', ({ host }) => host.profile],
  ['status', ({ host }) => host.status],
  ['failure', ({ host }) => host.failure?.code ?? ''],
];
const ABOUT_VERDICT: readonly Column<OfVerdict & Partial<OfHost>>[] = [
  ['policy', ({ rule }) => rule?.policy ?? ''],
  ['rule', ({ verdict }) => verdict.rule],
  ['title', ({ rule }) => rule?.title ?? ''],
  ['severity', ({ verdict }) => verdict.severity],
  ['result', ({ verdict }) => verdict.result],
  ['because', ({ verdict }) => verdict.because],
  ['evidence', ({ verdict }) => formatEvidence(verdict.evidence)],
  // The host is told where it was not reached.
  ['remediation', ({ rule, host }) => rule?.remediation ?? (host === undefined ? '' : toDoFor(host))],
  ['settings', ({ rule }) => rule?.settings ?? ''],
  ['waiver', ({ verdict }) => verdict.waiver?.id ?? ''],
  ['waiver_expires', ({ verdict }) => verdict.waiver?.expires ?? ''],
  ['waiver_justification', ({ verdict }) => verdict.waiver?.justification ?? ''],
];
const ABOUT_WAY: readonly Column<OfHost>[] = [
  ['transport', ({ host }) => host.transport],
  ['transport_reason', ({ host }) => host.transportReason ?? ''],
  ['via', ({ host }) => (host.via ?? []).join(', ')],
];
const ABOUT_VERDICT_TOO: readonly Column<OfVerdict>[] = [
  ['waiver_owner', ({ verdict }) => verdict.waiver?.owner ?? ''],
  ['waiver_approved_by', ({ verdict }) => verdict.waiver?.approvedBy ?? ''],
  ['since', ({ verdict }) => verdict.since ?? ''],
  ['drift', ({ verdict }) => verdict.drift ?? ''],
  ['next_boot', ({ verdict }) => nextBootCase(verdict) ?? ''],
  ['next_boot_by', ({ verdict }) => (verdict.nextBoot === undefined ? '' : nextBootGrounds(verdict.nextBoot))],
];

export const CSV_COLUMNS: readonly string[] = [ABOUT_HOST, ABOUT_VERDICT, ABOUT_WAY, ABOUT_VERDICT_TOO].flatMap(
  (columns) => columns.map(([name]) => name),
);

function cellsOf<Of>(columns: readonly Column<Of>[], of: Of): string {
  return csvCells(columns.map(([, cell]) => cell(of)));
}

/** What nobody has to act on. Without these, 10,000 hosts fit into a spreadsheet, which ends at 1,048,576 rows. */
const IS_QUIET_RESULT = {
  pass: true,
  notapplicable: true,
  notselected: true,
  fail: false,
  error: false,
  unknown: false,
  informational: false,
} as const satisfies Record<Result, boolean>;

/**
 * What changed since the baseline is never quiet: what was resolved, and what a profile does not ask any more. Nor is what the next
 * boot makes wrong.
 */
function isQuiet(verdict: Told): boolean {
  return IS_QUIET_RESULT[verdict.result] && verdict.drift === undefined && !breaksAtNextBoot(verdict);
}

function toDoFor({ failure }: HostReport): string {
  return failure === undefined ? '' : wayOut(failure).toDo;
}

/** Whether nothing that is written of it beside the host's own columns is about the host. */
function isShared(told: Told, { failure }: HostReport): told is HostlessVerdict {
  return failure === undefined && told.severity !== '';
}

/** How long a part of a host's rows becomes, in UTF-16 units. */
const PART = 16 * 1024;

/** A host that was not reached, in one row: each of its rules would say the same. */
function unreached(host: HostReport): Told {
  const [first] = host.verdicts;
  return {
    rule: '',
    severity: '',
    result: 'error',
    because: `not reached: ${failureDetail(host)}`,
    evidence: [],
    ...defined({ drift: first?.drift, since: first?.since }),
  };
}

/** A row per host and rule; a host that was not reached has one, and `failure` says why; with passes one a rule too. */
export const csv: Format = {
  id: 'csv',
  title: 'a row per host and rule, for spreadsheets',
  extension: '.csv',
  isGradual: true,
  *render({ header, hosts }, options) {
    yield csvHead(CSV_COLUMNS, options);
    const rules = new Map(header.rules.map((rule) => [rule.id, rule]));
    const textsOf = (verdict: Row['verdict'], host?: HostReport): readonly [string, string] => {
      const of = { verdict, rule: rules.get(verdict.rule) };
      return [cellsOf(ABOUT_VERDICT, { ...of, ...defined({ host }) }), cellsOf(ABOUT_VERDICT_TOO, of)];
    };
    const textsOfSaid = memoize((said: HostlessVerdict) => textsOf(said));
    for (const host of hosts) {
      const first = cellsOf(ABOUT_HOST, { header, host });
      const way = cellsOf(ABOUT_WAY, { header, host });
      let text = '';
      for (const told of host.status === 'unreachable' && !options.includePasses
        ? [unreached(host)]
        : sharedSaids(host.verdicts)) {
        if (!options.includePasses && isQuiet(told)) continue;
        const [verdict, further] = isShared(told, host) ? textsOfSaid(told) : textsOf(told, host);
        text += csvRecord([first, verdict, way, further]);
        if (text.length < PART) continue;
        yield text;
        text = '';
      }
      yield text === '' ? BREATH : text;
    }
  },
};
