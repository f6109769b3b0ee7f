/**
 * kernward as a library: the pure way from files to a report, without the command line. Whoever brings outcomes (over SSH,
 * from a message queue, from saved readings) gets verdicts.
 */
export type { Diagnostic, Loaded, Position } from './model/diagnostic.js';
export type { DerivedFact, FactDescription } from './model/fact.js';
export type { Host } from './model/host.js';
export type { ConnectFailure, HostOutcome } from './model/outcome.js';
export type { FactId, Reading, Readings } from './model/reading.js';
export type { Format, FormatOptions, Gate, HostReport, Report, ReportHeader, Summary } from './model/report.js';
export type { Evidence, Result, Severity, Verdict } from './model/verdict.js';

export { loadInventory } from './inventory/load-inventory.js';
export { selectHosts } from './inventory/patterns/select-hosts.js';
export { parseProbe } from './probe/parse.js';
export { probeScript } from './probe/script.js';
export { PROBE_PROTOCOL } from './probe/shell.js';
export { parseReport } from './report/parse-json.js';
export { FORMATS } from './report/formats/index.js';
export { openFleetReport, type FleetReport } from './run/fleet-report.js';
export { toHeader } from './run/header.js';
export { allFacts, loadRuleSet, type RuleSet } from './run/rule-set.js';
export { parseSaved } from './run/saved-readings.js';
export { explainOutcome, TRIGGERS } from './kernel/outcome/index.js';
export { checkRelease } from './kernel/fixes/check-release.js';
