import { Command } from 'commander';
import { inventoryOfHosts } from '../../inventory/inventory-of-hosts.js';
import { staleSupport } from '../../kernel/support/stale.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { withProfilesOfLabels } from '../../policy/profiles/profile-by-labels.js';
import { openFleetReport } from '../../run/fleet-report.js';
import { toHeader } from '../../run/header.js';
import { allFacts } from '../../run/rule-set.js';
import { asOf } from '../../run/support-date.js';
import { parseSaved, type SavedHost } from '../../run/saved-readings.js';
import { nearOr } from '../../text/suggest.js';
import { getProfile } from '../../verdict/host-report.js';
import { loadGateInputs } from '../setup/load-gate.js';
import { getRuleSet } from '../setup/load-targets.js';
import { type GateOptions, withGate } from '../options/gate.js';
import { type RecordOptions, withRecording } from '../options/history.js';
import {
  toDay,
  outputConflict,
  type OutputOptions,
  type RuleOptions,
  withOutputs,
  withRules,
} from '../options/common.js';
import { presentReport } from '../output/present.js';
import { openRecorder } from '../setup/recorder.js';
import { VERSION } from '../input/shipped.js';
import { MAX_REPORT_BYTES, readSources } from '../input/source-file.js';
import { EXIT, Stop, stopOnErrors, usage } from '../terminal/exit.js';
import { append } from '../../text/append.js';

type EvalOptions = RuleOptions & GateOptions & OutputOptions & RecordOptions;

function unknownProfile(host: SavedHost, name: string, profiles: ReadonlyMap<string, unknown>): Diagnostic {
  return {
    code: 'profile/unknown',
    severity: 'error',
    message: `there is no profile ${JSON.stringify(name)}`,
    at: host.host.at,
    help: `${nearOr(name, profiles.keys(), `the profiles are ${[...profiles.keys()].join(', ')};`)} --profile overrides what the readings name`,
  };
}

/** Judges saved readings: the same verdicts as the scan would have given, without the network. */
async function evaluate(files: readonly string[], options: EvalOptions): Promise<number> {
  const startedAt = new Date();
  const conflict = outputConflict(options.output ?? []);
  if (conflict !== undefined) usage(conflict);
  const diagnostics: Diagnostic[] = [];
  const ruleSet = getRuleSet(options, diagnostics);
  const read = readSources(files, MAX_REPORT_BYTES);
  append(diagnostics, read.diagnostics);
  const collected = (read.value ?? []).flatMap(({ file, text }) => {
    const parsed = parseSaved(text, file, allFacts(ruleSet?.fixes ?? []));
    append(diagnostics, parsed.diagnostics);
    return parsed.value ?? [];
  });
  const labelled = withProfilesOfLabels(
    options.profile === undefined ? collected.map(({ host }) => host) : [],
    ruleSet?.profiles.values() ?? [],
  );
  append(diagnostics, labelled.diagnostics);
  append(diagnostics, staleSupport(ruleSet?.support ?? [], toDay(options)));
  const saved = collected.map(({ host, outcome }, index) => ({ host: labelled.value?.[index] ?? host, outcome }));
  if (ruleSet !== undefined)
    for (const host of saved) {
      const name = getProfile(host.host, options.profile);
      if (!ruleSet.profiles.has(name)) diagnostics.push(unknownProfile(host, name, ruleSet.profiles));
    }
  const names = new Set<string>();
  for (const { host } of saved) {
    if (names.has(host.name))
      diagnostics.push({
        code: 'readings/malformed',
        severity: 'error',
        message: `${host.name} stands in two files`,
        at: host.at,
        help: 'give each host once',
      });
    names.add(host.name);
  }
  const hosts = saved.map(({ host }) => host);
  const { gate, baseline, ...audit } = loadGateInputs(options, startedAt)(
    ruleSet && { ruleSet, inventory: inventoryOfHosts(hosts), hosts },
    diagnostics,
  );
  stopOnErrors(diagnostics);
  if (ruleSet === undefined) throw new Stop(EXIT.usage);
  if (saved.length === 0 && options.allowEmpty !== true)
    usage('no readings: nothing would be judged (--allow-empty makes this an answer)');
  const recorder = await openRecorder(options);
  const fleet = openFleetReport({
    hosts,
    ruleSet,
    profileOverride: options.profile,
    signal: new AbortController().signal,
    gate,
    ...audit,
  });
  try {
    for (const [index, { host, outcome }] of saved.entries()) fleet.take(host, index, asOf(outcome, options.asOf));
    const header = toHeader({
      version: VERSION,
      startedAt,
      inventory: files,
      limit: undefined,
      profileOverride: options.profile,
      gate,
      ruleSet,
      ...(baseline === undefined ? {} : { baseline }),
    });
    const recorded = await recorder.record(fleet.finish(header, { gate, tookMs: 0 }));
    return await presentReport(recorded.report, options, recorded.errors);
  } finally {
    fleet.close();
    await recorder.close();
  }
}

export function evalCommand(): Command {
  return withRecording(
    withOutputs(
      withGate(
        withRules(
          new Command('eval')
            .description('judge readings that `collect` saved; no host is contacted')
            .argument('<readings...>', 'files of `kernward collect`, `-` for standard input'),
        ),
      ),
    ),
  ).action(async (files: readonly string[], options: EvalOptions) => {
    process.exitCode = await evaluate(files, options);
  });
}
