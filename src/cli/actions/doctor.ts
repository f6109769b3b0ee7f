import type { HostId } from '../../model/host.js';
import { toBundle, type ReportedOptions } from '../../doctor/support-bundle.js';
import { diagnose, type Diagnosis } from '../../doctor/diagnosis.js';
import { examineHost, toHostExamination, type HostExamination, unresolvableHost } from '../../doctor/examine-host.js';
import { renderDiagnosis } from '../../doctor/render.js';
import { forEachAsked } from '../../run/ask-fleet.js';
import { notAsked } from '../../run/host-not-asked.js';
import { interruptedBy } from '../../run/run-end.js';
import { writeFileOrStop } from '../output/write-file.js';
import { writeToStream } from '../../run/write-outputs.js';
import { localFindings, surroundings } from '../setup/doctor-local.js';
import { examineSshConfig } from '../setup/doctor-ssh-config.js';
import { openWorld, warn } from '../setup/open-world.js';
import { type AskOptions, refuseOverwriting, resolveExamination } from '../setup/resolve-plan.js';
import { terminalColumns } from '../output/present.js';
import { VERSION } from '../../run/shipped/version.js';
import { signalCode } from '../terminal/exit.js';
import { isColoured } from '../terminal/capabilities.js';
import { safeJson } from '../../text/safe-json.js';

export interface DoctorOptions extends AskOptions {
  readonly output: 'table' | 'json';
  /** In milliseconds, as every option of seconds. */
  readonly clockSkew: number;
  readonly bundle?: string;
  readonly outputMode?: number;
}

/** Options whose value is kernward's own may be printed; of every other one only that it was given. */
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

export async function doctor(options: DoctorOptions): Promise<number> {
  const plan = await resolveExamination(options);
  const { hosts, inventory } = plan;
  if (options.bundle !== undefined) refuseOverwriting([options.bundle], inventory);
  const sshConfig = await examineSshConfig(hosts, plan.connect);
  const local = [...(await localFindings(plan)), ...sshConfig.findings];
  const led = { ...plan, asked: plan.asked.filter(([, { name }]) => !sshConfig.unresolvable.has(name)) };
  const world = await openWorld(led, options, sshConfig.targetOf);
  const maxSkew = options.clockSkew / 1000;
  const seen = new Map<HostId, HostExamination>();
  try {
    const ended = await forEachAsked(led, world, async (host, _, context) => {
      const examination = await examineHost(host, { ...context, maxSkew });
      seen.set(host.name, examination);
      return examination.problems.every(({ severity }) => severity !== 'error');
    });
    const all = hosts.map((host) => {
      const problems = sshConfig.unresolvable.get(host.name);
      if (problems !== undefined) return unresolvableHost(host, problems);
      return seen.get(host.name) ?? toHostExamination(host, notAsked(host, ended), maxSkew);
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
      await writeFileOrStop(options.bundle, [`${safeJson(bundle, undefined, 2)}\n`], options.outputMode);
      warn(`${options.bundle} holds counts, codes and versions, and no name; read it before you give it away`);
    }
    return signalCode(interruptedBy(world.signal)) ?? diagnosis.summary.exitCode;
  } finally {
    await world.close();
  }
}
