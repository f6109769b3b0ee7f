import { FORMATS } from '../../../src/report/formats/index.js';
import type { Report } from '../../../src/model/report.js';

/** What each format of a report says in numbers, read out of its text as a person or a spreadsheet would. */

const OPTIONS = { includePasses: false, colour: false, columns: 100 } as const;

export type FormatId = 'table' | 'html' | 'markdown' | 'csv-hosts' | 'csv-summary' | 'prometheus' | 'json';
export const COUNTING_FORMATS: readonly FormatId[] = [
  'table',
  'html',
  'markdown',
  'csv-hosts',
  'csv-summary',
  'prometheus',
  'json',
];

export function rendered(id: FormatId, report: Report): string {
  const format = FORMATS.get(id);
  if (format === undefined) throw new Error(`there is no format ${id}`);
  return [...format.render(report, OPTIONS)].join('');
}

export const SAID = ['hosts', 'failing', 'undecided', 'unchecked', 'not reached', 'lesser', 'clean'] as const;
export type Said = Readonly<Record<(typeof SAID)[number], number>>;

function found(text: string, what: RegExp): number {
  const number = what.exec(text)?.[1];
  return number === undefined ? 0 : Number(number.replaceAll(',', ''));
}

/** `7: 2 failing (high or above), 1 not reached`, in one sentence. */
function ofSentence(sentence: string): Said {
  return {
    hosts: found(sentence, /^(\d+)\b/),
    failing: found(sentence, /(\d+) failing\b/),
    undecided: found(sentence, /(\d+) undecided\b/),
    unchecked: found(sentence, /(\d+) unchecked\b/),
    'not reached': found(sentence, /(\d+) not reached\b/),
    lesser: found(sentence, /(\d+) with lesser findings\b/),
    clean: found(sentence, /(\d+) clean\b/),
  };
}

/** Plain cells are enough: what is read here has no quotes in it. */
function records(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/(?:^|\r\n)((?:"(?:[^"]|"")*"|[^"\r])*)/g)]
    .map(([, line = '']) =>
      [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell = '']) => cell.replaceAll(/^"|"$/g, '')),
    )
    .filter((cells) => cells.length > 1);
}

function column(rows: readonly (readonly string[])[], name: string): readonly string[] {
  const index = rows[0]?.indexOf(name) ?? -1;
  if (index < 0) throw new Error(`there is no column ${name}`);
  return rows.slice(1).map((row) => row[index] ?? '');
}

function ofStatuses(statuses: readonly string[]): Said {
  const many = (status: string): number => statuses.filter((each) => each === status).length;
  return {
    hosts: statuses.filter((each) => each !== 'gone').length,
    failing: many('failing'),
    undecided: many('undecided'),
    unchecked: many('unchecked'),
    'not reached': many('unreachable'),
    lesser: many('lesser'),
    clean: many('clean'),
  };
}

export const READ: Readonly<Record<FormatId, (text: string) => Said>> = {
  // The sentence goes on where the next line does not begin with another name.
  table: (text) => ofSentence((/^hosts {2,}([^]*?)(?=^\w+ {2,}|\n\n)/m.exec(text)?.[1] ?? '').replaceAll(/\s+/g, ' ')),
  markdown: (text) => ofSentence(/^\* hosts: (.*)$/m.exec(text)?.[1] ?? ''),
  html: (text) => {
    const figure = (status: string): number =>
      found(text, new RegExp(`<div class="figure ${status}(?: none)?"><dt>[^<]*</dt><dd>([\\d,]+)`));
    return {
      hosts: found(text, /<p class="eyebrow">kernward · ([\d,]+) hosts?/),
      failing: figure('failing'),
      undecided: figure('undecided'),
      unchecked: figure('unchecked'),
      'not reached': figure('unreachable'),
      lesser: figure('lesser'),
      clean: figure('clean'),
    };
  },
  'csv-hosts': (text) => ofStatuses(column(records(text), 'status')),
  'csv-summary': (text) => {
    const rows = records(text);
    const fleet = (name: string): number => Number(column(rows, name)[0]);
    return {
      hosts: fleet('hosts'),
      failing: fleet('hosts_at_gate'),
      undecided: fleet('undecided'),
      unchecked: fleet('unchecked'),
      'not reached': fleet('unreachable'),
      lesser: fleet('lesser'),
      clean: fleet('clean'),
    };
  },
  prometheus: (text) => {
    const hosts = (status: string): number =>
      found(text, new RegExp(`^kernward_hosts\\{status="${status}"\\} (\\d+)$`, 'm'));
    const said = {
      failing: hosts('failing'),
      undecided: hosts('undecided'),
      unchecked: hosts('unchecked'),
      'not reached': hosts('unreachable'),
      lesser: hosts('lesser'),
      clean: hosts('clean'),
    };
    return { hosts: Object.values(said).reduce((sum, count) => sum + count, 0), ...said };
  },
  json: (text) => {
    const report: { readonly hosts: readonly { readonly status: string }[] } = JSON.parse(text);
    return ofStatuses(report.hosts.map(({ status }) => status));
  },
};

/** The percentage of the row of the fleet; undefined where the cell is empty. */
export function compliantPercentOf(csvSummary: string): number | undefined {
  const [percent = ''] = column(records(csvSummary), 'compliant_percent');
  return percent === '' ? undefined : Number(percent);
}
