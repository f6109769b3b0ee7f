import { setMaxListeners } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { defined } from '../../language/defined.js';
import { createPackageLookups } from '../../kernel/fixes/package-lookups.js';
import type { Host, TransportName } from '../../model/host.js';
import type { HostOutcome } from '../../model/outcome.js';
import type { LentHost } from '../../transports/loan/lend.js';
import { raceAbort } from '../../transports/connect/race-abort.js';
import { createLocalTransport } from '../../transports/local.js';
import { createRecordedTransport } from '../../transports/recorded.js';
import type { Transport } from '../../transports/transport.js';
import { openWaivers } from '../../verdict/waivers/open.js';
import { savedLine } from '../collected/saved-readings.js';
import { createJudgeOutcome } from '../judge-outcome.js';
import { loadRuleSet, type RuleSet } from '../rule-set.js';
import { pauseFor } from '../schedule/pause-for.js';
import { scanHost } from '../scan-host.js';
import { createHostTeller, type HostTeller } from '../spool/encode-host.js';
import { createBorrower } from './borrower.js';
import type { AskedHost, AskHost, FromThread, ThreadWork, ToThread } from './messages.js';

/** What is made of a host's outcome, where it was asked. */
interface Finisher {
  readonly finish: (message: AskHost, outcome: HostOutcome) => Pick<AskedHost, 'parts'> & { readonly text: string };
  readonly allow: HostTeller['allow'];
}

function finisher({ judged }: ThreadWork, ruleSet: RuleSet): Finisher {
  if (judged === undefined)
    return {
      finish: ({ host }, outcome) => ({ text: savedLine(host, outcome, ruleSet.declared) }),
      allow: () => undefined,
    };
  const { gate, waivers } = judged;
  const judge = createJudgeOutcome({
    ...judged,
    ruleSet,
    waivers: waivers === undefined ? undefined : openWaivers(waivers, gate),
  });
  const { tell, allow } = createHostTeller();
  return {
    finish: ({ host, flaps }, outcome) =>
      tell(judge(host, outcome, flaps && ((_, rule) => flaps.get(rule)), { count: false })),
    allow,
  };
}

interface Reached {
  readonly transports: ReadonlyMap<TransportName, Transport>;
  readonly learn: (host: Host, lent: LentHost) => void;
  readonly forget: (host: Host) => void;
  readonly roomBehind: (host: Host) => number | undefined;
}

function byName(all: readonly Transport[]): Reached['transports'] {
  return new Map(all.map((each) => [each.name, each]));
}

async function reach({ ssh }: ThreadWork, lender: ReturnType<typeof createBorrower>['lender']): Promise<Reached> {
  const own = [createLocalTransport(), createRecordedTransport()];
  if (ssh === undefined)
    return { transports: byName(own), learn: () => undefined, forget: () => undefined, roomBehind: () => undefined };
  // Loaded where there is somebody to reach by it: ssh2 takes longer than a recorded host.
  const { openBorrowed } = await import('../../transports/loan/borrow.js');
  const borrowed = openBorrowed(lender, ssh);
  return { ...borrowed, transports: byName([...borrowed.transports, ...own]) };
}

/** Asks the hosts that it is told to, and says what came of each, until it is told to close. */
export async function serveThread(port: MessagePort, work: ThreadWork): Promise<void> {
  const tell = (message: FromThread, transferred: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred);
  const ended = new AbortController();
  // Every host under way listens to it.
  setMaxListeners(0, ended.signal);
  const { lender, answered } = createBorrower((call) => tell(call));
  const { value: ruleSet } = loadRuleSet(work.texts);
  if (ruleSet === undefined) throw new Error('the rules cannot be loaded a second time');
  const { transports, learn, forget, roomBehind } = await reach(work, lender);
  const context = {
    ...work.terms,
    transports,
    random: Math.random,
    signal: ended.signal,
    packages: createPackageLookups(ruleSet.fixes, work.factsRead),
    today: work.today,
    declared: ruleSet.declared,
  };
  const { finish, allow } = finisher(work, ruleSet);
  const encoder = new TextEncoder();
  /** What the next tries of hosts wait for, by their places. */
  const goOn = new Map<number, () => void>();
  const restAt = async (place: number, waitMs: number): Promise<void> => {
    const told = new Promise<void>((resolve) => goOn.set(place, resolve));
    tell({ kind: 'rests', place, waitMs });
    await raceAbort(told, ended.signal);
    goOn.delete(place);
  };

  const ask = async (message: AskHost): Promise<void> => {
    const { host, place, lent, keepsPlace } = message;
    try {
      if (lent !== undefined) learn(host, lent);
      const outcome = await scanHost(host, {
        ...context,
        rest: (waitMs) => (keepsPlace === true ? pauseFor(waitMs, ended.signal) : restAt(place, waitMs)),
      });
      const { text, ...rest } = finish(message, outcome);
      const bytes = encoder.encode(text);
      const room = roomBehind(host);
      tell({ kind: 'asked', place, isReached: outcome.reached, text: bytes, ...rest, ...defined({ room }) }, [
        bytes.buffer,
      ]);
    } catch (thrown) {
      tell({
        kind: 'broken',
        place,
        message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      });
    } finally {
      forget(host);
    }
  };
  port.on('message', (message: ToThread<never>) => {
    switch (message.kind) {
      case 'ask':
        allow(message.mayShare ?? 0);
        void ask(message);
        break;
      case 'go-on':
        goOn.get(message.place)?.();
        break;
      case 'abort':
        ended.abort(new DOMException(message.message, message.name));
        break;
      case 'close':
        void Promise.all([...transports.values()].map((each) => each.close())).finally(() => port.close());
        break;
      case 'answer':
      case 'refused':
        answered(message);
        break;
    }
  });
  port.on('messageerror', (error) => {
    // Nobody knows which host it was about: they are all asked again in another thread.
    throw error;
  });
  tell({ kind: 'ready' });
}
