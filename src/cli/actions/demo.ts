import { makeFolder } from '../../transports/make-folder.js';
import { fork } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { stringify } from 'yaml';
import { FLEET } from '../../demo/fleet.js';
import { deviations } from '../../demo/judged-as-expected.js';
import type { ServedHost, ServeRequest } from '../../demo/serve.js';
import { explainCauses } from '../../explain/causes-of-host.js';
import { explainHost } from '../../explain/explain-host.js';
import type { HostReport, Report } from '../../model/report.js';
import { knownFixes } from '../input/known-fixes.js';
import { terminalColumns } from '../output/present.js';
import { loadReport } from '../input/report-file.js';
import { scan } from './scan.js';
import { recordedHost } from '../../run/shipped/package-files.js';
import { PACKAGE_ROOT } from '../../run/shipped/package-root.js';
import { KEEPER } from '../../transports/programs/keeper.js';
import { IS_EXECUTABLE, ownProgram } from '../../transports/programs/own-program.js';
import { EXIT, usage } from '../terminal/exit.js';

/** The day that the demo's machines are judged as of. */
const DEMO_DAY = '2026-03-01';
const WORST = 'db1.example.com';
const SERVE = ownProgram('demo-fleet', join(PACKAGE_ROOT, 'dist', 'demo-fleet.js'));

interface Serving {
  readonly hosts: readonly ServedHost[];
  readonly end: () => void;
}

/** Starts the fleet's process and waits until every host of it listens. */
function serveFleet(request: ServeRequest): Promise<Serving> {
  return new Promise((done, failed) => {
    // In a group of its own: a terminal tells all of a group, and the fleet is asked until its parent has gone.
    const child = fork(SERVE, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
    child.once('message', (hosts: readonly ServedHost[]) => done({ hosts, end: () => child.disconnect() }));
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the demo's fleet ended with ${code}`)));
    child.send(request);
  });
}

function inventoryOf(hosts: readonly ServedHost[], identityFile: string): string {
  const ports = new Map(hosts.map(({ name, port }) => [name, port]));
  const groups: Record<string, unknown> = {};
  for (const group of new Set(FLEET.map((host) => host.group)))
    groups[group] = {
      ...(group === 'ceph' ? { profile: 'fail-fast' } : {}),
      labels: { owner: `team-${group}`, ...(group === 'db' ? { cluster: 'orders' } : {}) },
      hosts: FLEET.filter((host) => host.group === group).map(({ name }) => ({
        name,
        address: '127.0.0.1',
        port: ports.get(name),
      })),
    };
  return `# The demo's fleet. The schema of this file: schemas/inventory.schema.json\n${stringify({ defaults: { user: 'audit', identityFile }, groups })}`;
}

async function prepare(folder: string): Promise<{ readonly identity: string; readonly authorizedKey: string }> {
  makeFolder(folder);
  const identity = join(folder, 'audit_key');
  const { makeKeyPair } = await import('../../demo/make-key-pair.js');
  const keys = makeKeyPair();
  rmSync(identity, { force: true });
  KEEPER.made(identity);
  writeFileSync(identity, keys.private, { mode: 0o600 });
  return { identity, authorizedKey: keys.public };
}

/** As the reader can type it: `npm run demo` works before there is a command of that name. */
function commandName(): string {
  const file = process.argv[1] ?? 'kernward';
  if (IS_EXECUTABLE) return basename(file) === file || file === process.execPath ? basename(file) : file;
  return basename(file) === 'kernward' ? 'kernward' : `node ${relative('', file)}`;
}

/** What was found, on which machine, and what to do next: of pages of output, the part to remember. */
function inShort({ header, summary }: Report, worst: HostReport, page: string): string {
  const { failing, lesser, clean, undecided, unreachable } = summary.statuses;
  const [causes] = explainCauses(knownFixes())(worst, header);
  return [
    `Found: ${failing} of ${summary.hosts} hosts fail (${summary.fails.critical} critical and ${summary.fails.high} high findings), ${lesser} have lesser findings, ${clean} are clean, ${undecided} could not be decided, ${unreachable} did not answer.`,
    `Worst: ${worst.host}. ${causes?.end ?? ''}`,
    `Next:  open ${page} in a browser; then ask this machine, \`${commandName()} scan --local\`, or your own: \`${commandName()} scan -w HOST,HOST\`.`,
    '',
  ].join('\n');
}

export async function demo(folder: string): Promise<number> {
  const recording = recordedHost('debian-12');
  if (recording === undefined) throw new Error('the recorded host debian-12 is not in the package');
  let prepared: Awaited<ReturnType<typeof prepare>>;
  try {
    prepared = await prepare(folder);
  } catch (thrown) {
    return usage(
      `${folder}: ${thrown instanceof Error ? thrown.message : String(thrown)}; choose another with --folder`,
    );
  }
  const fleet = await serveFleet({
    authorizedKey: prepared.authorizedKey,
    recording: Buffer.from(recording).toString(),
  });
  const file = (name: string): string => join(folder, name);
  let code: number;
  try {
    writeFileSync(file('inventory.yaml'), inventoryOf(fleet.hosts, prepared.identity));
    writeFileSync(
      file('known_hosts'),
      fleet.hosts.map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`).join(''),
    );
    process.stdout.write(
      `${FLEET.length} machines of an embedded fleet, each a real SSH server on loopback, are scanned by the code that scans any fleet, as of ${DEMO_DAY}. It takes about ten seconds.\n\n`,
    );
    code = await scan({
      inventory: [file('inventory.yaml')],
      inventoryTimeout: 60_000,
      // The machines are recordings: on any other day the dates of support would judge them otherwise.
      asOf: DEMO_DAY,
      hostKeys: `file:${file('known_hosts')}`,
      forks: 64,
      retries: 1,
      sshConfig: 'none',
      authTimeout: 10_000,
      probeTimeout: 4_000,
      packagesTimeout: 4_000,
      hostTimeout: 20_000,
      failOn: 'high',
      minCoverage: 100,
      output: [
        { format: 'table', file: undefined },
        { format: 'html', file: file('report.html') },
        { format: 'json', file: file('report.json') },
        { format: 'csv', file: file('findings.csv') },
        { format: 'csv-hosts', file: file('hosts.csv') },
      ],
    });
  } finally {
    fleet.end();
    rmSync(prepared.identity, { force: true });
    KEEPER.gone(prepared.identity);
  }
  // Ended by a signal: whom nobody has asked was judged as nobody expects.
  if (code === EXIT.interrupted || code === EXIT.terminated) return code;
  const report = loadReport(file('report.json'));
  const reports = new Map([...report.hosts].map((host) => [host.host, host]));
  const worst = reports.get(WORST);
  if (worst !== undefined)
    process.stdout.write(
      `\nkernward explain --report ${file('report.json')} ${WORST}\n\n${explainHost(worst, report.header, knownFixes(), { columns: terminalColumns() }).join('\n')}\n`,
    );
  const wrong = FLEET.flatMap((host) => deviations(host, reports.get(host.name)));
  for (const deviation of wrong) process.stderr.write(`not as expected: ${deviation}\n`);
  const size = readFileSync(file('report.json')).length;
  process.stdout.write(
    `\nWritten to ${folder}: inventory.yaml, report.html (open it in a browser), report.json (${Math.round(size / 1024)} KiB), findings.csv, hosts.csv\n`,
  );
  process.stdout.write(
    wrong.length === 0
      ? `All ${FLEET.length} hosts were judged as expected.\n`
      : `${wrong.length} deviations: this is a bug of kernward.\n`,
  );
  if (worst !== undefined) process.stdout.write(`\n${inShort(report, worst, relative('', file('report.html')))}`);
  return wrong.length === 0 && code !== EXIT.internal ? EXIT.ok : EXIT.internal;
}
