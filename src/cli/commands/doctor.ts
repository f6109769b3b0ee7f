import { Command, Option } from 'commander';
import type { HostId } from '../../model/host.js';
import { toBundle, type ReportedOptions } from '../../doctor/support-bundle.js';
import { diagnose, type Diagnosis } from '../../doctor/diagnosis.js';
import { examineHost, toHostExamination, type HostExamination, unresolvableHost } from '../../doctor/examine-host.js';
import { renderDiagnosis } from '../../doctor/render.js';
import { notAsked } from '../../run/host-not-asked.js';
import { forEachBounded } from '../../run/schedule/pool.js';
import { startProgress } from '../../run/progress.js';
import { writeFileAtomically } from '../../run/output-file.js';
import { writeToStream } from '../../run/write-outputs.js';
import { localFindings, surroundings } from '../setup/doctor-local.js';
import { examineSshConfig } from '../setup/doctor-ssh-config.js';
import { type FleetOptionValues, toPacing, withPace } from '../options/fleet.js';
import { listenForInterrupts } from '../terminal/interrupt.js';
import { loadHosts, profileNames } from '../setup/load-targets.js';
import {
  toAskOptions,
  type ConnectOptions,
  type HostOptions,
  seconds,
  withConnection,
  withHosts,
  outputModeOption,
} from '../options/common.js';
import { terminalColumns } from '../output/present.js';
import { VERSION } from '../input/shipped.js';
import { EXIT, usage } from '../terminal/exit.js';
import { canRewrite, isColoured } from '../terminal/capabilities.js';
import { openTransports } from '../setup/open-transports.js';
import { safeJson } from '../../text/safe-json.js';

interface DoctorOptions extends HostOptions, ConnectOptions, FleetOptionValues {
  readonly output: 'table' | 'json';
  /** In milliseconds, as every option of seconds. */
  readonly clockSkew: number;
  readonly bundle?: string;
  readonly outputMode?: number;
}

/** Options whose value is kernward's own may be told; of every other one only that it was given. */
function reportedOptions(options: DoctorOptions): ReportedOptions {
  const numbers: Record<string, number> = {};
  const given: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'number') numbers[name] = value;
    else if (value !== undefined && value !== false) given.push(name);
  }
  return { numbers, given: given.toSorted() };
}

function render(diagnosis: Diagnosis, output: DoctorOptions['output']): string {
  if (output === 'json') return `${safeJson(diagnosis)}\n`;
  return renderDiagnosis(diagnosis, {
    colour: isColoured(process.stdout),
    columns: Math.max(60, terminalColumns(160)),
  });
}

async function doctor(options: DoctorOptions): Promise<number> {
  const { hosts, inventory } = await loadHosts(options, profileNames());
  if (hosts.length === 0) usage('no host was selected: nothing would be looked at');
  const { groupForks } = toPacing(options, inventory);
  const sshConfig = await examineSshConfig(hosts, options);
  const local = [...(await localFindings(hosts, options)), ...sshConfig.findings];
  const led = hosts.filter(({ name }) => !sshConfig.unresolvable.has(name));
  const { transports, forks, close } = await openTransports(led, options, sshConfig.targetOf);
  const interrupt = listenForInterrupts(options.deadline);
  const progress = startProgress(led.length, process.stderr, options.quiet === true || !canRewrite(process.stderr));
  const maxSkew = options.clockSkew / 1000;
  const seen = new Map<HostId, HostExamination>();
  try {
    const context = { transports, ...toAskOptions(options), signal: interrupt.signal, maxSkew };
    await forEachBounded(
      led,
      forks,
      async (host) => {
        const examination = await examineHost(host, context);
        seen.set(host.name, examination);
        progress.advance(examination.problems.every(({ severity }) => severity !== 'error'));
      },
      interrupt.signal,
      { most: groupForks, namesOf: (host) => host.groups },
    );
    progress.stop();
    const all = hosts.map((host) => {
      const problems = sshConfig.unresolvable.get(host.name);
      if (problems !== undefined) return unresolvableHost(host, problems);
      return seen.get(host.name) ?? toHostExamination(host, notAsked(host, interrupt.signal), maxSkew);
    });
    const diagnosis = diagnose(VERSION, local, all);
    await writeToStream(process.stdout, [render(diagnosis, options.output)]);
    if (options.bundle !== undefined) {
      const bundle = toBundle(
        diagnosis,
        { files: inventory.files.length, hosts: inventory.hosts, groups: inventory.groups.size },
        surroundings(),
        reportedOptions(options),
      );
      await writeFileAtomically(options.bundle, [`${safeJson(bundle, undefined, 2)}\n`], options.outputMode);
      process.stderr.write(
        `kernward: ${options.bundle} holds counts, codes and versions, and no name; read it before you give it away\n`,
      );
    }
    const by = interrupt.by();
    if (by !== undefined) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return diagnosis.summary.exitCode;
  } finally {
    progress.stop();
    interrupt.stop();
    await close();
  }
}

export function doctorCommand(): Command {
  return withPace(
    withConnection(
      withHosts(
        new Command('doctor').description(
          'before a scan, in seconds: can every host be asked, and if not, why, and what to do',
        ),
      ),
    ),
  )
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <FORMAT>', 'how it is told').choices(['table', 'json']).default('table'))
    .addOption(
      new Option('--clock-skew <SECONDS>', 'warn where the clock of a host is off by more')
        .argParser(seconds)
        .default(60_000, '60'),
    )
    .option(
      '--bundle <FILE>',
      'write a support file as well: versions, limits, counts and codes, without any name or key',
    )
    .addOption(outputModeOption())
    .action(async (options: DoctorOptions) => {
      process.exitCode = await doctor(options);
    });
}
