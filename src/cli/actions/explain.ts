import { defined } from '../../language/defined.js';
import type { HostReport, ReportHeader } from '../../model/report.js';
import { explainHost } from '../../explain/explain-host.js';
import { hostNamed } from '../../inventory/spellings.js';
import type { KnownFix } from '../../kernel/fixes/schema.js';
import { askAll } from '../../run/plan-scan.js';
import { scanFleet } from '../../run/scan-fleet.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { nearOr } from '../../text/suggest.js';
import { knownFixes } from '../input/known-fixes.js';
import type { ConnectOptions } from '../options/connection.js';
import type { HostOptions } from '../options/hosts.js';
import type { RuleOptions } from '../options/rules.js';
import { terminalColumns } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { hostsOfReport } from '../input/report-hosts.js';
import { EXIT, usage } from '../terminal/exit.js';
import { openWorld } from '../setup/open-world.js';
import { resolveScan } from '../setup/resolve-plan.js';
import { clockNow } from '../setup/trusted-clock.js';

export interface ExplainCommandOptions extends HostOptions, RuleOptions, ConnectOptions {
  readonly report?: string;
}

/** What fails is explained whatever it means for a gate. */
const GATE = { failOn: 'high', minCoverage: 100 } as const;

interface Found {
  readonly host: HostReport;
  readonly header: ReportHeader;
  readonly fixes: readonly KnownFix[];
}

function fromReport(file: string, name: string, limit: string | undefined): Found {
  const report = loadReport(file);
  const names: string[] = [];
  for (const host of hostsOfReport(report, limit)) {
    if (host.host === name) return { host, header: report.header, fixes: knownFixes() };
    names.push(host.host);
  }
  return usage(
    `${file} has no host ${JSON.stringify(name)}; ${nearOr(name, names, names[0] === undefined ? 'it has none' : `it has ${clean(names[0], 100)}${names.length === 1 ? '' : ` and ${count(names.length - 1, 'other')}`}`)}`,
  );
}

async function byAsking(name: string, options: ExplainCommandOptions): Promise<Found> {
  const all = await resolveScan({ ...options, ...GATE }, clockNow(options));
  const wanted = options.local === true ? 'localhost' : name;
  const host =
    hostNamed(all.hosts, wanted) ??
    usage(
      `the inventory has no host ${JSON.stringify(name)}; ${nearOr(
        name,
        all.hosts.map((host) => host.name),
        'kernward inventory list has them all',
      )}`,
    );
  const plan = { ...all, ...askAll([host]) };
  const world = await openWorld(plan, { ...options, quiet: true, endsAtOnce: true });
  let found: HostReport | undefined;
  try {
    const { header } = await scanFleet(plan, {
      ...world,
      write: async (report) => {
        [found] = report.hosts;
        return [];
      },
    });
    if (found === undefined) throw new Error('one host was asked and none is in the report');
    return { host: found, header, fixes: plan.fixes };
  } finally {
    await world.close();
  }
}

/** Every host of a report that a pattern chooses and that is not clean, in the order of the report. */
function explainAll(file: string, limit: string): number {
  const report = loadReport(file);
  let explained = 0;
  let exit: number = EXIT.ok;
  for (const host of hostsOfReport(report, limit)) {
    if (host.status === 'clean') continue;
    const lines = explainHost(host, report.header, knownFixes(), { columns: terminalColumns() });
    process.stdout.write(`${explained === 0 ? '' : '\n'}${lines.join('\n')}\n`);
    explained += 1;
    if (host.failure !== undefined) exit = EXIT.incomplete;
  }
  if (explained === 0)
    process.stdout.write(`nothing is to be explained: every host that ${clean(limit)} names is clean\n`);
  return exit;
}

/** Explains one host, or one rule on it, or of a report all hosts of a pattern; gives the exit code. */
export async function explain(
  name: string | undefined,
  rule: string | undefined,
  options: ExplainCommandOptions,
): Promise<number> {
  if (name === undefined) {
    if (options.report !== undefined && options.limit !== undefined) return explainAll(options.report, options.limit);
    usage('name a host, or with --report FILE hosts by -l PATTERN');
  }
  const { host, header, fixes } =
    options.report === undefined ? await byAsking(name, options) : fromReport(options.report, name, options.limit);
  if (rule !== undefined && !header.rules.some(({ id }) => id === rule))
    usage(
      `there is no rule ${JSON.stringify(rule)}; ${nearOr(
        rule,
        header.rules.map(({ id }) => id),
        'kernward policy list has them all',
      )}`,
    );
  process.stdout.write(
    `${explainHost(host, header, fixes, { ...defined({ rule }), columns: terminalColumns() }).join('\n')}\n`,
  );
  return host.failure === undefined ? EXIT.ok : EXIT.incomplete;
}
