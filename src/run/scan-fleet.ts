import { createHash } from 'node:crypto';
import { defined } from '../language/defined.js';
import type { HostId } from '../model/host.js';
import type { ReportHeader, Summary } from '../model/report.js';
import { askFleet } from './ask-fleet.js';
import { openFleetReport } from './fleet-report.js';
import { frameLine, toCollectedHeader } from './collected/collected-frame.js';
import { newRunId, probeDigest, toHeader } from './header.js';
import { notAsked } from './host-not-asked.js';
import { interruptedBy } from './run-end.js';
import { savedLine } from './collected/saved-readings.js';
import type { CollectPlan, OutputPlan, ScanPlan } from './scan-plan.js';
import { VERSION } from './shipped/version.js';
import { openSpool, spoolMemory, TEXT } from './spool/spool.js';
import { type InThreads, withThreads } from './threads/with-threads.js';
import type { AskWorld, World } from './world.js';

/** What came of a run, when everything is written. */
export interface ScanResult {
  readonly header: ReportHeader;
  readonly summary: Summary;
  /** A sentence for each output, the history and notifications among them, that could not be written. */
  readonly unwritten: readonly string[];
  /** Of the process: that of the summary, or 4 where something could not be written. docs/reference/exit-codes.md */
  readonly exitCode: number;
}

const INTERNAL = 4;
const INTERRUPTED = 130;

/** The exit code of a run of which some outputs could not be written. */
export function toExitCode({ exitCode }: Summary, unwritten: readonly string[]): number {
  // An interrupt comes first: whoever pressed Ctrl-C knows that not everything is there.
  return unwritten.length > 0 && exitCode < INTERRUPTED ? INTERNAL : exitCode;
}

/** What hosts are judged by in other threads. */
function judgedInThreads(
  { gate, profileOverride, waivers, baseline, ruleSet }: ScanPlan,
  { flaps }: Pick<World, 'flaps'>,
): InThreads {
  return {
    judged: { gate, profileOverride, waivers, past: baseline?.past },
    ...defined({
      flapsOf:
        flaps &&
        ((host: HostId) =>
          new Map(
            ruleSet.rules.flatMap(({ id }) => {
              const past = flaps(host, id);
              return past === undefined ? [] : [[id, past] as const];
            }),
          )),
    }),
  };
}

/**
 * Runs a plan: asks the hosts, judges each as it answers, counts, and has the report recorded, told and written. The only place
 * where a run is composed; what a command adds is in its plan, what it touches in its world.
 *
 * A host that cannot be reached, or that says nonsense, is a failure in the report and no exception.
 *
 * @throws what `world.record`, `world.notify` and `world.write` throw; an Error where kernward broke an invariant of its own
 */
export async function scanFleet(plan: ScanPlan, world: World): Promise<ScanResult> {
  const begin = performance.now();
  const header = toHeader({ ...plan, version: VERSION });
  const fleet = openFleetReport({ ...plan, flaps: world.flaps });
  const { record, notify } = world;
  const isTold = record !== undefined || notify !== undefined;
  let early: Promise<OutputPlan> | undefined;
  const writeEarly = (): void => {
    early = isTold ? undefined : world.writeEarly?.(() => fleet.grow(header), plan.output);
    // Where asking throws, nobody gets as far as to await it.
    early?.catch(() => undefined);
  };
  try {
    const ended = await withThreads(plan, world, judgedInThreads(plan, world), (threads) =>
      askFleet(
        plan,
        world,
        {
          take: fleet.take,
          takeAsked: (index, { text, read }) => {
            if (read === undefined) throw new Error('a host was asked and not judged');
            fleet.takeJudged(index, text, read);
          },
        },
        threads,
        writeEarly,
      ),
    );
    const stoppedBy = world.signal && interruptedBy(world.signal);
    await fleet.takeMissing(ended);
    const report = fleet.finish(header, ended, {
      gate: plan.gate,
      tookMs: world.tookMs?.() ?? Math.round(performance.now() - begin),
      ...defined({ interruptedBy: stoppedBy }),
    });
    const error = fleet.error();
    if (error !== undefined) world.warn?.(error);
    const recorded = record === undefined ? { report, errors: [] } : await record(report);
    const told = notify === undefined ? { ...recorded, errors: [] } : await notify(recorded.report);
    const left = (await early) ?? plan.output;
    const unwritten = [...recorded.errors, ...told.errors, ...(await world.write(told.report, left))];
    const { summary } = told.report;
    return { header, summary, unwritten, exitCode: toExitCode(summary, unwritten) };
  } finally {
    fleet.close();
    await early?.catch(() => undefined);
  }
}

/** How many hosts there are, and how many of them said something. */
export interface CollectResult {
  readonly hosts: number;
  readonly answered: number;
}

/**
 * Runs a plan without judging: asks the hosts and has one line of JSON a host written, in the order of the plan, between a
 * header that names them and an end that counts them.
 *
 * @param write gets every line, with its line end; they may be walked until its promise is settled
 * @throws what `write` throws
 */
export async function collectFleet(
  plan: CollectPlan,
  world: AskWorld,
  write: (lines: Iterable<string>) => Promise<void>,
): Promise<CollectResult> {
  const spool = openSpool(TEXT, spoolMemory(plan.hosts.length));
  const runId = newRunId(plan.startedMs);
  const header = toCollectedHeader(plan, { kernward: VERSION, runId, probe: probeDigest(plan.declared) });
  let answered = 0;
  try {
    const ended = await withThreads(plan, world, {}, (threads) =>
      askFleet(
        plan,
        world,
        {
          take: (host, index, outcome) => {
            spool.keep(index, savedLine(host, outcome, plan.declared));
            if (outcome.reached) answered += 1;
          },
          takeAsked: (index, { isReached, text }) => {
            spool.keepText(index, text);
            if (isReached) answered += 1;
          },
        },
        threads,
      ),
    );
    await write({
      *[Symbol.iterator]() {
        yield frameLine(header);
        const hash = createHash('sha256');
        for (const [index, host] of plan.hosts.entries()) {
          const line = spool.at(index) ?? savedLine(host, notAsked(host, ended));
          hash.update(line);
          yield line;
        }
        yield frameLine({ kind: 'end', hosts: plan.hosts.length, sha256: hash.digest('hex') });
      },
    });
    return { hosts: plan.hosts.length, answered };
  } finally {
    spool.close();
  }
}
