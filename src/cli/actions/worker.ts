import { hostname } from 'node:os';
import { inboxPrefix, isZoneName } from '../../exchange/nats/names.js';
import { permissionsBlock } from '../../exchange/nats/permissions.js';
import { runWorker } from '../../exchange/worker/run-worker.js';
import type { WorkerSettings } from '../../exchange/worker/load-settings.js';
import { byEverySpelling } from '../../inventory/spellings.js';
import { defined } from '../../language/defined.js';
import type { Host } from '../../model/host.js';
import { toTimestamp } from '../../run/moments.js';
import { interruptedBy } from '../../run/run-end.js';
import { loadShippedRules } from '../../run/shipped/load-shipped-rules.js';
import { VERSION } from '../../run/shipped/version.js';
import { readWorkerSettings } from '../input/worker-settings.js';
import type { NatsOptions } from '../options/nats.js';
import { createShardAsker } from '../setup/ask-shard.js';
import { loadHosts, loadRules } from '../setup/load-targets.js';
import { openExchange } from '../setup/open-exchange.js';
import { warn } from '../setup/open-world.js';
import { clockNow } from '../setup/trusted-clock.js';
import { EXIT, signalCode, Stop, usage } from '../terminal/exit.js';
import { listenForInterrupts } from '../terminal/interrupt.js';
import { stopOnErrors } from '../terminal/tell-diagnostics.js';

export interface WorkerCommandOptions extends NatsOptions {
  readonly zone: string;
  readonly settings?: string;
  /** In milliseconds. */
  readonly idleExit?: number;
  readonly printPermissions?: boolean;
}

/** What one look for a task takes where there is none. */
const LOOK_MS = 5000;
const INVENTORY_MS = 120_000;

function rulesOf({ policies, allowRead = [] }: WorkerSettings) {
  if (policies === undefined) return loadShippedRules();
  const { value, diagnostics } = loadRules({ policy: policies, allowRead });
  stopOnErrors(diagnostics);
  if (value === undefined) throw new Stop(EXIT.usage);
  return value;
}

async function ownHosts(
  { inventory, noExec }: WorkerSettings,
  profiles: readonly string[],
): Promise<ReadonlyMap<string, Host>> {
  if (inventory === undefined) return new Map();
  const options = { inventory, inventoryTimeout: INVENTORY_MS, exec: noExec !== true };
  const targets = await loadHosts(options, profiles);
  // A plan that another inventory made may have any of them.
  return byEverySpelling(new Map(targets.hosts.map((host) => [host.name, host])), targets.inventory);
}

/** Collects the shards of a zone, one after the other, until it is ended. */
export async function work(options: WorkerCommandOptions): Promise<number> {
  const { zone, idleExit, printPermissions, settings: file = 'worker.yaml' } = options;
  if (!isZoneName(zone)) usage(`--zone ${JSON.stringify(zone)}: a zone is 1 to 64 letters, digits, _ and -`);
  if (printPermissions === true) {
    process.stdout.write(permissionsBlock(zone));
    return EXIT.ok;
  }
  const { settings, planKey } = readWorkerSettings(file);
  clockNow({ mayBeGiven: false });
  const rules = rulesOf(settings);
  const own = await ownHosts(settings, [...rules.profiles.keys()]);
  const interrupt = listenForInterrupts();
  const { signal } = interrupt;
  const name = `${hostname()}/${process.pid}`;
  const exchange = await openExchange(options, {
    name: `kernward worker ${zone} ${name}`,
    inboxPrefix: inboxPrefix(zone),
    signal,
  });
  try {
    warn(`zone ${zone}: this worker is ready`);
    await runWorker({
      exchange,
      zone,
      signal,
      admission: () => ({ planKey, now: toTimestamp(new Date()) }),
      collect: createShardAsker({ settings, own, rules }),
      warn,
      name,
      version: VERSION,
      ...defined({ mostIdle: idleExit === undefined ? undefined : Math.max(1, Math.ceil(idleExit / LOOK_MS)) }),
    });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    interrupt.stop();
    await exchange.close();
  }
  return signalCode(interruptedBy(signal)) ?? EXIT.ok;
}
