import type { BlastSummary, Report } from '../../model/report.js';
import { painter } from '../../render/colour.js';
import { grid, type GridColumn } from '../../render/table.js';
import {
  formatImpact,
  toImpacts,
  largestWhole,
  openSets,
  formatSet,
  formatTrigger,
  worstImpacts,
  type Impact,
} from '../../report/blast-radius.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { openBlast } from '../../verdict/blast-radius.js';
import { terminalColumns } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { hostsOfReport } from '../input/report-hosts.js';
import { usage } from '../terminal/exit.js';

export interface BlastOptions {
  readonly by?: string;
  readonly trigger?: string;
  readonly limit?: string;
}

function chosenSets(all: readonly BlastSummary[], wanted: string | undefined): readonly BlastSummary[] {
  if (wanted === undefined) return all;
  const label = wanted === 'group' ? undefined : wanted.slice('label:'.length);
  const sets = all.filter((set) => set.label === label);
  if (sets.length > 0) return sets;
  const labels = [...new Set(all.flatMap((set) => set.label ?? []))];
  return usage(
    `no two hosts of the report share a value of the label ${JSON.stringify(label)}${labels.length === 0 ? '' : `; labels: ${labels.map((name) => clean(name, 100)).join(', ')}`}`,
  );
}

/** From the hosts, so that a report of an older kernward, or a part of one, is counted as well. */
function setsOf(report: Report, { by: wanted, limit }: BlastOptions): readonly BlastSummary[] {
  const blast = openBlast();
  for (const host of hostsOfReport(report, limit)) blast.add(host);
  return chosenSets(blast.summaries(), wanted);
}

const HEAD: readonly GridColumn[] = [
  { title: 'group', widest: 40, narrowest: 8 },
  { title: 'on', widest: 14 },
  { title: 'go down', widest: 40 },
  { title: 'reboot', widest: 7, align: 'right' },
  { title: 'freeze', widest: 7, align: 'right' },
  { title: 'stay up', widest: 7, align: 'right' },
  { title: 'unknown', widest: 7, align: 'right' },
  { title: 'unreachable', widest: 11, align: 'right' },
];

function cells(fall: Impact): readonly { readonly text: string }[] {
  const { set, exposure } = fall;
  const { reboots, freezes, staysUp, unknown } = exposure;
  return [
    formatSet(set),
    formatTrigger(exposure.trigger),
    formatImpact(fall),
    ...[reboots, freezes, staysUp, unknown, set.unreachable].map(String),
  ].map((text) => ({ text: clean(text) }));
}

function rowsOf(sets: readonly BlastSummary[], trigger: string | undefined): readonly Impact[] {
  return trigger === undefined
    ? worstImpacts(sets)
    : sets
        .flatMap((set) => toImpacts(set).filter(({ exposure }) => exposure.trigger === trigger))
        .toSorted((a, b) => b.least - a.least || b.most - a.most);
}

/** Counts, and prints what would go down. */
export function blast(file: string, options: BlastOptions): void {
  const sets = setsOf(loadReport(file), options);
  if (sets.length === 0) usage('the report has no host: there is nothing to count');
  const falls = rowsOf(sets, options.trigger);
  if (falls.length > 0)
    process.stdout.write(grid(HEAD, falls.map(cells), Math.min(Math.max(terminalColumns(), 60), 200), painter(false)));
  const whole = largestWhole(
    options.trigger === undefined
      ? sets
      : sets.map((set) => ({ ...set, exposures: set.exposures.filter(({ trigger }) => trigger === options.trigger) })),
  );
  if (whole !== undefined)
    process.stdout.write(
      `the largest group that can go down as a whole: ${clean(formatSet(whole.set))} (${count(whole.set.hosts, 'host')}), on ${formatTrigger(whole.exposure.trigger)}\n`,
    );
  if (options.trigger !== undefined) return;
  const open = openSets(sets).length;
  const quiet = sets.length - falls.length - open;
  if (open > 0)
    process.stdout.write(
      `nothing is known to go down in ${count(open, 'group')}, and hosts there were not reached or are undecided\n`,
    );
  if (quiet > 0) process.stdout.write(`nothing goes down in ${count(quiet, 'group')}\n`);
}
