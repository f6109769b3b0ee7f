import { closeSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DispatchResult, ShardToSend } from '../../exchange/dispatch/run-dispatch.js';
import { runDispatch } from '../../exchange/dispatch/run-dispatch.js';
import { type Exchange, ExchangeRefused } from '../../exchange/exchange.js';
import { isZoneName } from '../../exchange/nats/names.js';
import { writeTask } from '../../exchange/task-message.js';
import { defined } from '../../language/defined.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Shard, ShardSummary } from '../../plan/plan-schema.js';
import { isEnding, ticketText, type EndingPlan } from '../../plan/ticket.js';
import { shardFile } from '../../plan/shard-file.js';
import type { ReportLine } from '../../report/report-lines.js';
import { toTimestamp } from '../../run/moments.js';
import { writeFileAtomically } from '../../run/output-file.js';
import { allFacts } from '../../run/rule-set.js';
import { interruptedBy } from '../../run/run-end.js';
import { loadShippedRules } from '../../run/shipped/load-shipped-rules.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { openToRead, readTextFile } from '../../transports/read-file.js';
import { unpackShard, whyNotTheShard } from '../input/collected-shard.js';
import { indexedLines, type LinePlace, readIndexedLines } from '../input/indexed-lines.js';
import { type PlanFolder, readPlanFolder, readShard } from '../input/plan-folder.js';
import { TICKETS_FILE } from '../input/plan-signature.js';
import { MAX_BYTES, unreadableFile } from '../input/source-file.js';
import type { NatsOptions } from '../options/nats.js';
import { showZones } from '../output/zone-progress.js';
import { openExchange } from '../setup/open-exchange.js';
import { warn } from '../setup/open-world.js';
import { folderMode } from '../output/write-file.js';
import { clockNow } from '../setup/trusted-clock.js';
import { EXIT, signalCode, Stop, usage } from '../terminal/exit.js';
import { listenForInterrupts } from '../terminal/interrupt.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

export interface DispatchCommandOptions extends NatsOptions {
  readonly plan: string;
  readonly output?: string;
  readonly outputMode?: number;
  readonly planKey?: string;
  readonly quiet?: boolean;
  readonly setup?: boolean;
  /** In milliseconds. */
  readonly linger: number;
  readonly lease: number;
  readonly zoneBytes: number;
  readonly replicas: number;
}

const LOOK_MS = 500;
const NAMED = 20;

interface PlanToSend {
  readonly found: PlanFolder;
  readonly plan: EndingPlan;
  /** By shard, from 1; empty: the plan is not signed. */
  readonly signatures: readonly string[];
  readonly zones: ReadonlyMap<string, readonly ShardToSend[]>;
}

function signaturesOf(folder: string): readonly string[] {
  const file = join(folder, TICKETS_FILE);
  if (!existsSync(file)) return [];
  try {
    return readTextFile(file, MAX_BYTES).split('\n');
  } catch (thrown) {
    stopOnErrors([unreadableFile(file, thrown)]);
    return [];
  }
}

function zonesOf({ shards }: EndingPlan): ReadonlyMap<string, readonly ShardToSend[]> {
  const zones = new Map<string, ShardToSend[]>();
  for (const { zone, shard, hosts } of shards) {
    const those = zones.get(zone) ?? [];
    those.push({ shard, hosts });
    zones.set(zone, those);
  }
  return zones;
}

function shardOf(found: PlanFolder, summary: ShardSummary): Shard {
  const { value, diagnostics } = readShard(found, summary);
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage);
  return value;
}

function readPlan({ plan: folder, planKey }: DispatchCommandOptions): PlanToSend {
  const { value: found, diagnostics } = readPlanFolder(folder, defined({ planKey }));
  // Whether somebody here looks at the signature is of no matter: the workers do.
  stopOnErrors(diagnostics.filter(({ severity }) => severity === 'error'));
  if (found === undefined) throw new Stop(EXIT.usage);
  const { plan } = found;
  if (!isEnding(plan))
    return usage(`${found.file} has no end, so that a copy of it could be asked for ever: plan with --not-after 6h`);
  const zones = zonesOf(plan);
  const odd = [...zones.keys()].find((zone) => !isZoneName(zone));
  if (odd !== undefined)
    return usage(
      `${found.file}: the zone ${JSON.stringify(clean(odd, 80))} cannot have a queue: a zone is 1 to 64 letters, digits, _ and -; name it so in the label, and plan again`,
    );
  // All of them before one is sent.
  for (const summary of plan.shards) shardOf(found, summary);
  return { found, plan, signatures: signaturesOf(folder), zones };
}

function summaryIn({ found, plan }: PlanToSend, shard: number): ShardSummary {
  return plan.shards[shard - 1] ?? usage(`there is no shard ${shard} in ${found.file}`);
}

function taskIn(sent: PlanToSend, shard: number): Uint8Array {
  const { found, plan, signatures } = sent;
  const file = join(found.folder, shardFile(shard));
  const ticket = ticketText(plan, found.digest, summaryIn(sent, shard));
  return writeTask(ticket, signatures[shard - 1], readTextFile(file, MAX_BYTES));
}

/** A task is one message: each of them must be one that the server takes, before the first is sent. */
function checkTasks(exchange: Exchange, sent: PlanToSend): void {
  const most = exchange.mostBytes();
  const tooLarge = sent.plan.shards.flatMap(({ shard, zone, hosts }): Diagnostic[] => {
    const file = join(sent.found.folder, shardFile(shard));
    // Written within another JSON text it may have twice as many bytes, and compressed it has fewer than that.
    if (statSync(file).size <= most / 4) return [];
    const bytes = taskIn(sent, shard).length;
    if (bytes <= most) return [];
    const message = `zone ${zone}, shard ${shard}: its task has ${bytes} bytes, and the server takes ${most} in one message`;
    const help = `it is of ${count(hosts, 'host')}: plan again with a smaller --shard-hosts, or raise max_payload of the server`;
    return [{ code: 'plan/task-size', severity: 'error', message, at: { file, line: 1, column: 1 }, help }];
  });
  stopOnErrors(tooLarge);
}

async function setUp(exchange: Exchange, { zones }: PlanToSend, options: DispatchCommandOptions): Promise<number> {
  const { lease, zoneBytes, replicas } = options;
  for (const zone of zones.keys()) {
    try {
      await exchange.setUp(zone, { leaseMs: lease, maxBytes: zoneBytes, replicas });
    } catch (thrown) {
      if (!(thrown instanceof ExchangeRefused)) throw thrown;
      return usage(
        `zone ${zone}: the server refuses its streams: ${thrown.message}; each of the two may grow to --zone-size, on as many servers as --replicas says`,
      );
    }
    warn(`zone ${zone}: its queue and its results have a place; kernward worker --print-permissions --zone ${zone}`);
  }
  return EXIT.ok;
}

async function checkSetUp(exchange: Exchange, { zones }: PlanToSend, { plan }: DispatchCommandOptions): Promise<void> {
  const without: string[] = [];
  for (const zone of zones.keys()) if (!(await exchange.isSetUp(zone))) without.push(zone);
  if (without.length > 0)
    usage(`the server has no queue for the zone ${without.join(', ')}: kernward dispatch --setup ${plan} makes it`);
}

async function checkAlone(exchange: Exchange, { found, plan }: PlanToSend): Promise<void> {
  const other = await exchange.claim(plan.runId, `${hostname()}/${process.pid}`);
  if (other !== undefined)
    usage(
      `${found.file} is under way: another dispatcher, ${clean(other, 100)}, sends its shards and gathers them; two would take them from each other. Wait for it, or end it and say this again`,
    );
}

/** The file of an earlier result, open. Stops where something else stands there, or it may not be read. */
function openResult(file: string): number {
  try {
    if (!statSync(file).isFile()) throw new Error('it is no file, and the result of a shard belongs there');
    return openToRead(file);
  } catch (thrown) {
    stopOnErrors([unreadableFile(file, thrown)]);
    throw thrown;
  }
}

/** What is in the folder of results, and comes into it. */
function resultsIn(folder: string, sent: PlanToSend, mode: number | undefined) {
  const { fixes, declared } = loadShippedRules();
  const facts = allFacts(fixes, declared);
  const { found } = sent;
  const fileOf = (shard: number): string => join(folder, `${String(shard).padStart(4, '0')}.jsonl`);
  const whyNot = (lines: Iterable<ReportLine<LinePlace>>, shard: number): Promise<string | undefined> =>
    whyNotTheShard(lines, { plan: found.digest, shard: shardOf(found, summaryIn(sent, shard)), facts, declared });
  const whyNotTheFile = async (file: string, shard: number): Promise<string | undefined> => {
    const handle = openResult(file);
    try {
      return await whyNot(readIndexedLines(handle), shard);
    } finally {
      closeSync(handle);
    }
  };
  return {
    isHere: async (shard: number): Promise<boolean> => {
      const file = fileOf(shard);
      if (!existsSync(file)) return false;
      const why = await whyNotTheFile(file, shard);
      if (why === undefined) return true;
      if (/another plan/u.test(why)) usage(`${file}: ${why}; take another folder for the results of this one`);
      warn(`${file} is collected again: ${clean(why, 300)}`);
      return false;
    },
    accept: async (shard: number, bytes: Uint8Array): Promise<string | undefined> => {
      let parts: readonly Buffer[];
      try {
        parts = await unpackShard(bytes, summaryIn(sent, shard).hosts);
      } catch (thrown) {
        return `it cannot be unpacked: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      }
      const why = await whyNot(indexedLines(parts), shard);
      if (why === undefined) await writeFileAtomically(fileOf(shard), parts, mode);
      return why;
    },
  };
}

function tellMissing({ missing }: DispatchResult): void {
  for (const { shard, zone, why } of missing.slice(0, NAMED))
    warn(`shard ${shard} of the zone ${zone} did not come: ${why}`);
  if (missing.length > NAMED) warn(`${missing.length - NAMED} more shards did not come`);
}

async function run(
  exchange: Exchange,
  sent: PlanToSend,
  options: DispatchCommandOptions & { readonly output: string },
  signal: AbortSignal,
): Promise<number> {
  const { found, plan, zones } = sent;
  const { output, outputMode, quiet, linger } = options;
  const results = resultsIn(output, sent, outputMode);
  const display = showZones(process.stderr, quiet === true);
  const result = await runDispatch({
    exchange,
    runId: plan.runId,
    notAfter: plan.notAfter,
    zones,
    taskOf: (shard) => taskIn(sent, shard),
    accept: results.accept,
    isHere: results.isHere,
    signal,
    now: () => toTimestamp(new Date()),
    warn: display.warn,
    tell: display.tell,
    everyMs: LOOK_MS,
    lingerMs: linger,
  });
  display.stop();
  const came = plan.shards.length - result.missing.length;
  tellMissing(result);
  warn(
    `${output}: ${came} of ${count(plan.shards.length, 'shard')}; judge them with kernward eval --plan ${found.folder} ${output}`,
  );
  if (result.isCancelled) warn('the run was taken back: workers were told to stop; the same command goes on with it');
  return signalCode(interruptedBy(signal)) ?? (result.missing.length > 0 ? EXIT.incomplete : EXIT.ok);
}

/** Brings a plan to the workers of its zones and what they collect back, or makes the queues for that. */
export async function dispatch(options: DispatchCommandOptions): Promise<number> {
  const { output, outputMode, setup } = options;
  const sent = readPlan(options);
  clockNow({ mayBeGiven: false });
  if (setup !== true && output === undefined) return usage('nowhere to write: -o FOLDER, for the file of each shard');
  if (setup !== true && sent.signatures.length === 0)
    warn('the plan is not signed: a worker that knows a planKey refuses it (kernward plan --sign-key)');
  const interrupt = listenForInterrupts();
  const exchange = await openExchange(options, { name: 'kernward dispatch', signal: interrupt.signal });
  try {
    checkTasks(exchange, sent);
    if (setup === true || output === undefined) return await setUp(exchange, sent, options);
    await checkSetUp(exchange, sent, options);
    await checkAlone(exchange, sent);
    mkdirSync(output, { recursive: true, mode: folderMode(outputMode) });
    return await run(exchange, sent, { ...options, output }, interrupt.signal);
  } finally {
    interrupt.stop();
    await exchange.close();
  }
}
