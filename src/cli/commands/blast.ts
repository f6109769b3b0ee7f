import { Command, InvalidArgumentError, Option } from 'commander';
import type { BlastSummary, Report } from '../../model/report.js';
import { TRIGGERS } from '../../kernel/outcome/triggers.js';
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
import { nearOr } from '../../text/suggest.js';
import { openBlast } from '../../verdict/blast-radius.js';
import { terminalColumns } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { hostsOfReport } from '../input/report-hosts.js';
import { usage } from '../terminal/exit.js';

interface BlastOptions {
  readonly by?: string;
  readonly trigger?: string;
  readonly limit?: string;
}

function by(text: string): string {
  if (text === 'group' || /^label:./.test(text)) return text;
  throw new InvalidArgumentError('expected group or label:NAME.');
}

function asTrigger(text: string): string {
  const wanted = text.replaceAll('-', '_');
  const known = TRIGGERS.find((trigger) => trigger === wanted);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(
    `there is no trigger ${JSON.stringify(text)}; ${nearOr(wanted, TRIGGERS, `the triggers are ${TRIGGERS.join(', ')}`)}`,
  );
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

function show(file: string, options: BlastOptions): void {
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

export function blastCommand(): Command {
  return new Command('blast')
    .description('which share of each group would go down when the same thing happens to all of its hosts')
    .argument('<report>', 'what `scan -o json` or `-o jsonl` wrote')
    .addOption(
      new Option(
        '--by <WHAT>',
        'only groups of the inventory (group), or hosts that share a value of a label (label:rack) (default: both)',
      ).argParser(by),
    )
    .addOption(
      new Option(
        '--trigger <NAME>',
        `what happens: ${TRIGGERS.join(', ')} (default: of each group the one that takes the most of it down)`,
      ).argParser(asTrigger),
    )
    .option('-l, --limit <PATTERN>', 'only hosts that match, as for scan: names and groups of the report')
    .action((file: string, options: BlastOptions) => show(file, options));
}
