import { join } from 'node:path';
import {
  planRemedies,
  settingsOfPolicies,
  unsettledLines,
  REMEDIATION_FORMATS,
  type Plan,
  type RemedyFile,
  type RemediationFormat,
} from '../../remediation/index.js';
import type { HostReport, Report } from '../../model/report.js';
import { ruleSummary } from '../../policy/rule-summary.js';
import { writeFileOrStop } from '../output/write-file.js';
import { writeToStream } from '../../run/write-outputs.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { suggest } from '../../text/suggest.js';
import type { RuleOptions } from '../options/rules.js';
import { loadReport } from '../input/report-file.js';
import { hostsOfReport } from '../input/report-hosts.js';
import { loadRules } from '../setup/load-targets.js';
import { EXIT, Stop, usage } from '../terminal/exit.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

export interface RemediateOptions extends RuleOptions {
  readonly as: string;
  readonly limit?: string;
  readonly rule?: readonly string[];
  readonly output?: string;
  readonly outputMode?: number;
}

function printSummary(line: string): void {
  process.stderr.write(`kernward: ${clean(line)}\n`);
}

function wantedRules(asked: readonly string[] | undefined, known: readonly string[]): ReadonlySet<string> | undefined {
  for (const id of asked ?? []) {
    if (known.includes(id)) continue;
    const near = suggest(id, known);
    usage(
      `the report has no rule ${JSON.stringify(id)}${near === undefined ? '; kernward report -o csv names those that fail' : `; did you mean ${near}?`}`,
    );
  }
  return asked === undefined ? undefined : new Set(asked);
}

async function writeToFolder(folder: string, files: readonly RemedyFile[], mode: number | undefined): Promise<void> {
  for (const { path, text } of files) {
    await writeFileOrStop(join(folder, path), [text], mode, { inNewFolder: true });
  }
}

async function writeToStdout(format: RemediationFormat, files: readonly RemedyFile[]): Promise<void> {
  const shown = files.filter(({ isAside }) => isAside !== true);
  if (shown.length > 1 && !format.mayBeJoined)
    usage(
      `${count(shown.length, 'different script')} would stand one after the other: name a folder with -o, or choose hosts with -l`,
    );
  const [only] = shown;
  const texts =
    shown.length === 1 && only !== undefined
      ? [only.text]
      : shown.flatMap(({ path, text }) => [`# ==> ${path}\n`, text, '\n']);
  await writeToStream(process.stdout, texts);
}

function tellPlan(plan: Plan, leftOut: readonly string[]): void {
  for (const line of unsettledLines(plan)) printSummary(line);
  for (const { contradictions, hosts } of plan.remedies)
    for (const { name, wishes } of contradictions)
      printSummary(
        `not written on ${count(hosts.length, 'host')}: ${name}, because ${wishes.map(({ rule, value }) => `${rule} wants ${value}`).join(' and ')}`,
      );
  for (const line of leftOut) printSummary(`left out: ${line}`);
  const remedied = plan.remedies.reduce((sum, { hosts }) => sum + hosts.length, 0);
  printSummary(
    `${count(plan.remedies.length, 'remedy', 'remedies')} for ${remedied} of ${count(plan.hosts, 'host')}; ${plan.content} of them ${plan.content === 1 ? 'needs' : 'need'} none. Nothing was applied.`,
  );
}

function isIncomplete({ unsettled, remedies }: Plan, leftOut: readonly string[]): boolean {
  return (
    unsettled.unreachable.size > 0 ||
    unsettled.undecided.size > 0 ||
    leftOut.length > 0 ||
    remedies.some(({ contradictions }) => contradictions.length > 0)
  );
}

function failingRules(hosts: Iterable<HostReport>, onlyRules: ReadonlySet<string> | undefined): ReadonlySet<string> {
  const failing = new Set<string>();
  for (const { verdicts } of hosts)
    for (const { rule, result } of verdicts) if (result === 'fail' && onlyRules?.has(rule) !== false) failing.add(rule);
  return failing;
}

/** Hosts that the report should have and does not: what they need is not known. */
function lackingHosts({ collected, rerun }: Report['header']): readonly string[] {
  const unnamed = (collected?.missing ?? []).reduce((total, { hosts }) => total + hosts, 0);
  const added = new Set([...(collected?.added ?? []), ...(rerun?.limit === undefined ? (rerun?.added ?? []) : [])]);
  return [
    ...(unnamed === 0 ? [] : [`${count(unnamed, 'host')} of shards that did not come: nothing is known there`]),
    ...(added.size === 0 ? [] : [`${count(added.size, 'host')} of the inventory that nobody asked`]),
  ];
}

export async function remediate(file: string, options: RemediateOptions): Promise<number> {
  const format = REMEDIATION_FORMATS.get(options.as);
  if (format === undefined) throw new Error(`there is no way ${options.as}`);
  const report = loadReport(file);
  const onlyRules = wantedRules(
    options.rule,
    report.header.rules.map(({ id }) => id),
  );
  const needed = failingRules(hostsOfReport(report, options.limit), onlyRules);
  const { value: ruleSet, diagnostics } = loadRules(options);
  const policies = new Map((ruleSet?.rules ?? []).map((rule) => [rule.id, ruleSummary(rule)]));
  const header = settingsOfPolicies(file === '-' ? '<stdin>' : file, report.header, policies, needed);
  stopOnErrors([...diagnostics, ...header.diagnostics]);
  if (header.value === undefined) throw new Stop(EXIT.usage);
  const plan = planRemedies(header.value, hostsOfReport(report, options.limit), onlyRules, ruleSet?.declared);
  if (plan.hosts === 0) usage('the report has no host: there is nothing to remedy');
  const { files, leftOut: leftOutByWay } = format.render(plan);
  const leftOut = [...leftOutByWay, ...lackingHosts(report.header)];
  if (options.output === undefined) await writeToStdout(format, files);
  else await writeToFolder(options.output, files, options.outputMode);
  tellPlan(plan, leftOut);
  return isIncomplete(plan, leftOut) ? EXIT.incomplete : EXIT.ok;
}
