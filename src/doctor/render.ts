import { painter } from '../render/colour.js';
import { grid, type GridColumn } from '../render/table.js';
import { count } from '../text/count.js';
import { CHECKS } from './checks.js';
import type { Diagnosis, LocalFinding, ProblemGroup } from './diagnosis.js';

/** Hosts that a line names; `-o json` has all of them. */
const NAMED = 3;

function namesOf(hosts: readonly string[]): string {
  return `${hosts.slice(0, NAMED).join(', ')}${hosts.length > NAMED ? ` and ${hosts.length - NAMED} more` : ''}`;
}

const LOCAL: readonly GridColumn[] = [
  { title: 'this machine', widest: 16 },
  { title: '', widest: 7 },
  { title: 'what', widest: 60 },
  { title: 'what to do', widest: 'rest' },
];
const PROBLEMS: readonly GridColumn[] = [
  { title: 'hosts', widest: 7, align: 'right' },
  { title: 'problem', widest: 24 },
  { title: 'which', widest: 32 },
  { title: 'for example', widest: 60 },
  { title: 'what to do', widest: 'rest' },
];
const CHECK_COLUMNS: readonly GridColumn[] = [
  { title: 'check', widest: 8 },
  ...['ok', 'warning', 'failed', 'not tried'].map((title): GridColumn => ({ title, widest: 9, align: 'right' })),
];

function localRow({ about, state, detail, fix }: LocalFinding) {
  return [
    { text: about },
    { text: state, ...(state === 'ok' ? {} : { colour: state === 'error' ? ('red' as const) : ('yellow' as const) }) },
    { text: detail },
    { text: fix ?? '' },
  ];
}

function problemRow({ hosts, code, severity, detail, fix }: ProblemGroup) {
  return [
    { text: String(hosts.length) },
    { text: code, colour: severity === 'error' ? ('red' as const) : ('yellow' as const) },
    { text: namesOf(hosts) },
    { text: detail },
    { text: fix },
  ];
}

/** For people: this machine first, then the checks over all hosts, then equal problems together. */
export function renderDiagnosis(
  { local, summary }: Diagnosis,
  options: { readonly colour: boolean; readonly columns: number },
): string {
  const paint = painter(options.colour);
  const checks = CHECKS.map((check) =>
    [
      check,
      ...(['ok', 'warning', 'failed', 'not-tried'] as const).map((state) => String(summary.checks[check][state])),
    ].map((text) => ({ text })),
  );
  const verdict = `${summary.ready} of ${count(summary.hosts, 'host')} ${summary.hosts === 1 ? 'is' : 'are'} ready for a scan`;
  return [
    grid(LOCAL, local.map(localRow), options.columns, paint),
    `\n${grid(CHECK_COLUMNS, checks, options.columns, paint)}`,
    summary.problems.length === 0
      ? ''
      : `\n${grid(PROBLEMS, summary.problems.map(problemRow), options.columns, paint)}`,
    `\nexit ${summary.exitCode}: ${verdict}\n`,
  ].join('');
}
