import type { Format, GroupVerdict } from '../../model/report.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { LEVEL_OF_SEVERITY, RANKS, collectFindings } from '../findings.js';
import type { Finding, Level, Rank } from '../findings.js';
import { fileInRepository } from '../file-in-repository.js';
import { groupFindings, formatSet } from '../blast-radius.js';
import { driftCounts, waiverCounts } from '../drift-and-waivers.js';
import { withBreaths } from '../with-breaths.js';

/**
 * What GitHub shows of each level for one step.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
const MAX_PER_LEVEL = 10;
const MAX_TEXT = 1_000;

const COMMAND = { error: 'error', warning: 'warning', note: 'notice' } as const satisfies Record<Level, string>;
const LEVELS = ['error', 'warning', 'note'] as const;

/** One line that holds no command of its own: a runner still reads the old form, `##[error]`, anywhere in a line. */
function plain(text: string): string {
  return clean(text, MAX_TEXT).replaceAll('##[', '## [');
}

function data(text: string): string {
  return plain(text).replaceAll('%', '%25');
}
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function annotation({ host, rule, level, because }: Finding): string {
  const file = host.definedAt && fileInRepository(host.definedAt.file);
  const place = file === undefined ? '' : `file=${property(file)},line=${host.definedAt?.line},`;
  return `::${COMMAND[level]} ${place}title=${property(`${host.host} ${rule}`)}::${data(`${host.host}: ${because}`)}\n`;
}

function groupAnnotation(verdict: GroupVerdict, level: Level): string {
  return `::${COMMAND[level]} title=${property(`${formatSet(verdict)} ${verdict.rule}`)}::${data(`${formatSet(verdict)}: ${verdict.because}`)}\n`;
}

/**
 * Workflow commands: the first ten of each level, and a line that says how many there are. Waived findings are none.
 */
export const github: Format = {
  id: 'github',
  title: 'GitHub annotations at the lines of the inventory',
  extension: '.github.txt',
  *render({ hosts, summary }) {
    const totals: Record<Level, number> = { error: 0, warning: 0, note: 0 };
    const first = new Map<Rank, Record<Level, string[]>>(
      RANKS.map((rank) => [rank, { error: [], warning: [], note: [] }]),
    );
    for (const verdict of groupFindings(summary)) {
      const isFail = verdict.result === 'fail';
      const level = isFail ? LEVEL_OF_SEVERITY[verdict.severity] : 'warning';
      totals[level] += 1;
      const lines = first.get(isFail ? `fail ${verdict.severity}` : 'undecided')?.[level];
      if (lines !== undefined && lines.length < MAX_PER_LEVEL) lines.push(groupAnnotation(verdict, level));
    }
    yield* withBreaths(hosts, (host) => {
      for (const finding of collectFindings(host)) {
        if (finding.waiver !== undefined) continue;
        totals[finding.level] += 1;
        const lines = first.get(finding.rank)?.[finding.level];
        if (lines !== undefined && lines.length < MAX_PER_LEVEL) lines.push(annotation(finding));
      }
    });
    let shown = 0;
    for (const level of LEVELS) {
      const lines = RANKS.flatMap((rank) => first.get(rank)?.[level] ?? []).slice(0, MAX_PER_LEVEL);
      shown += lines.length;
      yield* lines;
    }
    const found = LEVELS.map((level) => count(totals[level], COMMAND[level])).join(', ');
    const left = totals.error + totals.warning + totals.note - shown;
    yield `kernward: ${found}${left === 0 ? '' : `; ${left} of them not shown here, because GitHub shows ${MAX_PER_LEVEL} of each for a step`}\n`;
    if (waiverCounts(summary) !== '') yield `kernward: waivers: ${waiverCounts(summary)}\n`;
    if (driftCounts(summary) !== '') yield `kernward: since the baseline: ${driftCounts(summary)}\n`;
    yield `kernward: exit ${summary.exitCode}: ${plain(summary.verdict)}\n`;
  },
};
