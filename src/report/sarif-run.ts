import { defined } from '../language/defined.js';
import type { GroupRuleSummary, GroupVerdict, HostReport, Report, ReportHeader, RuleSummary } from '../model/report.js';
import type { Drift } from '../model/verdict.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { fnv1a64 } from '../text/fnv1a.js';
import { fileInRepository } from './file-in-repository.js';
import { HOST_RULES, LEVEL_OF_SEVERITY } from './findings.js';
import type { Finding, Level } from './findings.js';
import { formatSet } from './blast-radius.js';
import { formatGone, formatSince, waiverCounts } from './drift-and-waivers.js';
import { epochSeconds } from './time.js';

/**
 * What GitHub shows: 1,000 characters of a message, 1,024 of a rule's descriptions.
 * @see https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
 */
const MAX_MESSAGE = 1_000;
const MAX_DESCRIPTION = 1_024;

const PROBLEM_SEVERITY = { error: 'error', warning: 'warning', note: 'recommendation' } as const satisfies Record<
  Level,
  string
>;

/**
 * A plain-text message. Braces are doubled, because `{0}` is a placeholder, and `](` is broken up, because it makes a
 * link (SARIF 2.1.0, 3.11.5 and 3.11.6).
 */
function message(text: string, maxLength: number): { readonly text: string } {
  return {
    text: clean(clean(text, maxLength).replace(/[{}]/g, '$&$&').replaceAll('](', '] ('), maxLength),
  };
}

function segment(text: string): string {
  return encodeURIComponent(clean(text));
}

/** A path as a URI: relative ones stay relative, which is how GitHub finds the file in the repository. */
export function toUri(path: string): string {
  const encoded = path
    .replace(/^(?:\.\/+)+/, '')
    .split('/')
    .map(segment)
    .join('/');
  return path.startsWith('/') ? `file:///${encoded.replace(/^\/+/, '')}` : encoded;
}

function isWebAddress(text: string): boolean {
  return /^https:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}

function descriptor(rule: RuleSummary): object {
  const helpUri = rule.references.find(isWebAddress);
  const help = [
    rule.remediation,
    rule.settings,
    rule.mayBreak === '' ? '' : `May break: ${rule.mayBreak}`,
    ...rule.references,
  ].filter((line) => line !== '');
  return {
    id: rule.id,
    shortDescription: message(rule.title, MAX_DESCRIPTION),
    fullDescription: message(rule.rationale, MAX_DESCRIPTION),
    ...defined({ helpUri }),
    help: { text: help.map((line) => message(line, MAX_DESCRIPTION).text).join('\n') },
    defaultConfiguration: { level: LEVEL_OF_SEVERITY[rule.severity] },
    properties: {
      tags: [clean(rule.policy)],
      severity: rule.severity,
      'problem.severity': PROBLEM_SEVERITY[LEVEL_OF_SEVERITY[rule.severity]],
    },
  };
}

function hostDescriptor([id, title]: readonly [string, string]): object {
  return {
    id,
    shortDescription: message(title, MAX_DESCRIPTION),
    fullDescription: message(title, MAX_DESCRIPTION),
    help: message('docs/reference/failures.md of kernward has each reason and the way out.', MAX_DESCRIPTION),
    defaultConfiguration: { level: 'error' },
  };
}

function placeIn(named: string, startLine: number): object {
  const file = fileInRepository(named);
  return file === undefined
    ? {}
    : { physicalLocation: { artifactLocation: { uri: toUri(file) }, region: { startLine } } };
}

/** A line of the inventory. Where the report has none, an older one: its first line, because GitHub needs a place. */
function placeOf({ definedAt }: HostReport, header: ReportHeader): object {
  return placeIn(definedAt?.file ?? header.inventory[0] ?? '', definedAt?.line ?? 1);
}

const BASELINE_STATE: Readonly<Partial<Record<Drift, string>>> = {
  'newly-failing': 'new',
  'still-failing': 'unchanged',
};

/**
 * What the comparison with the baseline says of a fail (SARIF 2.1.0, 3.27.24); of what it says nothing there is none.
 */
function baselineState({ host, rule }: Finding, { baseline }: ReportHeader): { readonly baselineState?: string } {
  const drift = baseline === undefined ? undefined : host.verdicts.find((verdict) => verdict.rule === rule)?.drift;
  const state = drift === undefined ? undefined : BASELINE_STATE[drift];
  return state === undefined ? {} : { baselineState: state };
}

/**
 * One finding. What could not be decided is `open`, and then the level must be `none` (SARIF 2.1.0, 3.27.10).
 * `primaryLocationLineHash` is the fingerprint that GitHub compares; without ours the upload would take it from the
 * line, and hosts that stand in one line would be one alert.
 */
export function sarifResult(finding: Finding, ruleIndex: number | undefined, header: ReportHeader): object {
  const { host, rule, isFail, level, because, waiver } = finding;
  const name = clean(host.host);
  const fingerprint = `${host.host} ${rule}`;
  return {
    ruleId: rule,
    ...defined({ ruleIndex }),
    kind: isFail ? 'fail' : 'open',
    level: isFail ? level : 'none',
    message: message(`${host.host}: ${because}`, MAX_MESSAGE),
    locations: [{ ...placeOf(host, header), logicalLocations: [{ name, fullyQualifiedName: name, kind: 'resource' }] }],
    ...baselineState(finding, header),
    partialFingerprints: { 'kernward/v1': fnv1a64(fingerprint), primaryLocationLineHash: `${fnv1a64(fingerprint)}:1` },
    ...(waiver === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: clean(`waiver ${waiver.id} until ${waiver.expires}: ${waiver.justification}`, MAX_MESSAGE),
            },
          ],
        }),
  };
}

function groupDescriptor(rule: GroupRuleSummary): object {
  return descriptor({ ...rule, settings: `of ${rule.about}: ${rule.asks}`, mayBreak: '' });
}

/**
 * A rule over groups that fails or is undecided; its place is the first line of the inventory, because GitHub needs
 * one.
 */
export function sarifGroupResult(verdict: GroupVerdict, ruleIndex: number | undefined, header: ReportHeader): object {
  const name = clean(formatSet(verdict));
  const isFail = verdict.result === 'fail';
  const fingerprint = `group ${JSON.stringify([verdict.group, verdict.label ?? null])} ${verdict.rule}`;
  const [file = ''] = header.inventory;
  return {
    ruleId: verdict.rule,
    ...defined({ ruleIndex }),
    kind: isFail ? 'fail' : 'open',
    level: isFail ? LEVEL_OF_SEVERITY[verdict.severity] : 'none',
    message: message(`${formatSet(verdict)}: ${verdict.because}`, MAX_MESSAGE),
    locations: [
      {
        ...placeIn(file, 1),
        logicalLocations: [{ name, fullyQualifiedName: name, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'kernward/v1': fnv1a64(fingerprint), primaryLocationLineHash: `${fnv1a64(fingerprint)}:1` },
  };
}

/** The rules that results point at by index: those of the header, those over groups, then those of `HOST_RULES`. */
export function sarifRules(header: ReportHeader): readonly { readonly id: string; readonly descriptor: object }[] {
  return [
    ...header.rules.map((rule) => ({ id: rule.id, descriptor: descriptor(rule) })),
    ...(header.groupRules ?? []).map((rule) => ({ id: rule.id, descriptor: groupDescriptor(rule) })),
    ...Object.entries(HOST_RULES).map((rule) => ({ id: rule[0], descriptor: hostDescriptor(rule) })),
  ];
}

interface Notification {
  readonly level: 'warning' | 'note';
  readonly descriptor: { readonly id: string };
  readonly message: { readonly text: string };
}

function notification(level: Notification['level'], id: string, text: string): readonly Notification[] {
  return text === '' ? [] : [{ level, descriptor: { id }, message: message(text, MAX_MESSAGE) }];
}

/**
 * What is no finding of this run. Resolved findings and hosts that are gone could be results with the baselineState
 * `absent`; GitHub takes every result for an open alert, whatever its kind
 * (https://github.com/microsoft/PSRule/issues/955).
 */
function notifications({ header, summary }: Report, cut: string): readonly Notification[] {
  return [
    ...notification('warning', 'results-left-out', cut),
    ...notification('note', 'since-the-baseline', formatSince(header, summary)),
    ...notification('note', 'hosts-gone', formatGone(header)),
    ...notification('note', 'waivers', waiverCounts(summary)),
  ];
}

/** How the run went, what changed, and, where results were left out, how many. */
export function sarifInvocation(report: Report, found: number, limit: number): object {
  const { header, summary } = report;
  const cut =
    found <= limit
      ? ''
      : `${found - limit} of ${count(found, 'result')} left out, the least urgent ones: GitHub shows ${limit}. The json and csv formats have all of them.`;
  const said = notifications(report, cut);
  return {
    executionSuccessful: summary.internalErrors === 0 && !summary.interrupted,
    exitCode: summary.exitCode,
    exitCodeDescription: clean(summary.verdict),
    ...(epochSeconds(header.startedAt) === undefined ? {} : { startTimeUtc: header.startedAt }),
    ...(said.length === 0 ? {} : { toolExecutionNotifications: said }),
  };
}
