/**
 * kernward as a library: what the command line does, without the command line. `docs/library.md` has a complete program, and
 * says what of this is stable.
 *
 * Whoever brings outcomes in another way (from a message queue, from saved readings) gives them to `openFleetReport`, or
 * plans them as carried.
 */
export type { Diagnostic, Loaded, Position } from './model/diagnostic.js';
export type { DerivedFact, FactDescription } from './model/fact.js';
export type { Host } from './model/host.js';
export type { ConnectFailure, HostOutcome } from './model/outcome.js';
export type { FactId, Reading, Readings } from './model/reading.js';
export type { Format, FormatOptions, Gate, HostReport, Report, ReportHeader, Summary } from './model/report.js';
export type { Evidence, Result, Severity, Verdict } from './model/verdict.js';
export type { Inventory } from './inventory/inventory.js';
export type { InventoryFile } from './inventory/inventory-file.js';
export type { ScanChoices } from './run/plan-scan.js';
export type { CollectResult, ScanResult } from './run/scan-fleet.js';
export type { AskPlan, AskTerms, CollectPlan, Deadlines, RunHosts, Pacing, ScanPlan } from './run/scan-plan.js';
export type { AskWorld, RecordedReport, World } from './run/world.js';
export type { ConnectTerms } from './transports/connect-terms.js';
export type { TransportHelp, Transports } from './transports/create-transports.js';
export type { Opened, RunLimits, Session, Transport } from './transports/transport.js';

export { loadInventory } from './inventory/load-inventory.js';
export { selectHosts } from './inventory/patterns/select-hosts.js';
export { parseProbe } from './probe/parse.js';
export { probeScript } from './probe/script.js';
export { PROBE_PROTOCOL } from './probe/shell.js';
export { FORMATS } from './report/formats/index.js';
export { parseReport } from './run/earlier/read-report.js';
export { openFleetReport, type FleetReport } from './run/fleet-report.js';
export { toHeader } from './run/header.js';
export { DEFAULTS } from './run/defaults.js';
export { planScan } from './run/plan-scan.js';
export { allFacts, loadRuleSet, type RuleSet } from './run/rule-set.js';
export { interruption } from './run/run-end.js';
export { parseSaved } from './run/collected/parse-saved.js';
export { collectFleet, scanFleet } from './run/scan-fleet.js';
export { loadShippedRules } from './run/shipped/load-shipped-rules.js';
export { explainOutcome, TRIGGERS } from './kernel/outcome/index.js';
export { checkRelease } from './kernel/fixes/check-release.js';
export { indexBaseline, toBaseline } from './verdict/drift.js';
export { loadWaivers } from './verdict/waivers/load.js';
export { resolveWaivers } from './verdict/waivers/open.js';
export { getPassword, type Password } from './transports/keys/password.js';
export { createTransports, NO_TRANSPORTS } from './transports/create-transports.js';
