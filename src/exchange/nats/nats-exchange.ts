import { randomBytes } from 'node:crypto';
import {
  AckPolicy,
  type Consumer,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  type NextMsgRequest,
  RetentionPolicy,
  type SeqMsgRequest,
  StorageType,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { clean } from '../../text/clean.js';
import {
  type Exchange,
  ExchangeRefused,
  MOST_DELIVERIES,
  type Sending,
  type ShardOfZone,
  type Task,
  type ZoneTerms,
} from '../exchange.js';
import { createSayer, pause, pauseMs } from '../patience.js';
import { claimRun } from './claim.js';
import { isStreamMissing, isSubjectTaken, isWrongLastSequence, noRoomReason, passingReason } from './errors.js';
import {
  CONSUMER,
  cancelSubject,
  doneSubject,
  partSubject,
  resultStream,
  shardOfSubject,
  workStream,
  workSubject,
} from './names.js';

/** How long a worker waits for a task before it asks anew: a server that was restarted has forgotten that it waits. */
const PULL_MS = 5000;
const ANSWER_MS = 5000;
const THREE_DAYS_MS = 3 * 24 * 3_600_000;
/** A publish that is repeated within this time is known again. */
const KNOWN_MS = 2 * 60_000;
const MOST_WORKERS = 2048;
const CANCELS_MS = [0, 250, 750, 1500];
/** Headers and the subject beside what is sent. */
const ENVELOPE_BYTES = 4096;

interface Cancel {
  readonly runId: string;
  /** Tasks that were in the queue then; those that are sent later are meant. */
  readonly upTo: number;
}

interface Lease {
  readonly message: JsMsg;
  readonly runId: string;
  readonly controller: AbortController;
}

function parseCancel(bytes: Uint8Array): Cancel | undefined {
  try {
    const said: unknown = JSON.parse(Buffer.from(bytes).toString());
    const [runId, upTo] = [Reflect.get(Object(said), 'runId'), Reflect.get(Object(said), 'upTo')];
    return typeof runId === 'string' && Number.isSafeInteger(upTo) ? { runId, upTo } : undefined;
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted');
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true }));
}

function newId(): string {
  return randomBytes(8).toString('hex');
}

/** Says the same, under the same id, until it is answered. */
type UntilAnswered = <T>(what: string, attempt: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

function untilAnsweredWith(warn: (sentence: string) => void): UntilAnswered {
  return async (what, attempt, signal) => {
    const sayer = createSayer(warn);
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await attempt();
        sayer.over(`${what}: done`);
        return answer;
      } catch (thrown) {
        const why = passingReason(thrown);
        if (why === undefined || signal?.aborted === true) throw thrown;
        if (tries > 0) sayer.say(`${what}: ${clean(why, 200)}; it is tried again`);
        await pause(pauseMs(tries), signal);
        signal?.throwIfAborted();
      }
    }
  };
}

/** What the workers of a zone are told to stop. */
function createCancels(connection: NatsConnection) {
  const subscribed = new Set<string>();
  const cancels = new Map<string, number>();
  const leases = new Map<string, Lease>();
  const isCancelled = (runId: string, seq: number): boolean => seq <= (cancels.get(runId) ?? 0);
  const hear = (bytes: Uint8Array): void => {
    const cancel = parseCancel(bytes);
    if (cancel === undefined) return;
    cancels.set(cancel.runId, Math.max(cancel.upTo, cancels.get(cancel.runId) ?? 0));
    for (const { message, runId, controller } of leases.values())
      if (isCancelled(runId, message.seq)) controller.abort();
  };
  return {
    leases,
    isCancelled,
    listen: (zone: string): void => {
      if (subscribed.has(zone)) return;
      subscribed.add(zone);
      connection.subscribe(cancelSubject(zone), {
        callback: (error, { data }) => (error === null ? hear(data) : undefined),
      });
    },
  };
}

function setUpWith(manager: JetStreamManager) {
  return async (zone: string, { leaseMs, maxBytes, replicas }: ZoneTerms): Promise<void> => {
    const common = {
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_bytes: maxBytes,
      max_age: nanos(THREE_DAYS_MS),
      duplicate_window: nanos(KNOWN_MS),
      num_replicas: replicas,
    };
    const streams = [
      {
        ...common,
        name: workStream(zone),
        subjects: [`kw.work.${zone}.>`],
        retention: RetentionPolicy.Workqueue,
        // A shard is in the queue once, however often it is sent.
        max_msgs_per_subject: 1,
        discard_new_per_subject: true,
      },
      { ...common, name: resultStream(zone), subjects: [`kw.part.${zone}.>`, `kw.done.${zone}.>`] },
    ];
    for (const stream of streams) {
      try {
        await manager.streams.info(stream.name);
        const { name, retention: _, storage: __, ...rest } = { retention: undefined, ...stream };
        await manager.streams.update(name, rest);
      } catch (thrown) {
        if (!isStreamMissing(thrown)) throw thrown;
        await manager.streams.add(stream);
      }
    }
    const consumer = { ack_wait: nanos(leaseMs), max_deliver: MOST_DELIVERIES, max_waiting: MOST_WORKERS };
    try {
      await manager.consumers.info(workStream(zone), CONSUMER);
      await manager.consumers.update(workStream(zone), CONSUMER, consumer);
    } catch (thrown) {
      if (!isStreamMissing(thrown)) throw thrown;
      const made = { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit, ...consumer };
      await manager.consumers.add(workStream(zone), made);
    }
  };
}

/** What the dispatcher does with streams, by the credential of the hub. */
function hubSide(connection: NatsConnection, client: JetStreamClient, untilAnswered: UntilAnswered) {
  let opened: Promise<JetStreamManager> | undefined;
  const manager = (): Promise<JetStreamManager> =>
    (opened ??= jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MS }));
  const asked = async <T>(what: string, ask: (streams: JetStreamManager) => Promise<T>): Promise<T> =>
    untilAnswered(what, async () => ask(await manager()));
  const purge = (zone: string, stream: string, filter: string): Promise<unknown> =>
    asked(`zone ${zone}`, ({ streams }) => streams.purge(stream, { filter }));
  /**
   * Takes tasks out of the queue, each by its number. A purge by subject makes nats-server 2.9 forget what other workers hold:
   * when their leases end, nobody is handed it (seen on 2.9.10: num_ack_pending falls to 0, and nothing is delivered again).
   */
  const takeOut = async (zone: string, filter: string): Promise<void> => {
    const stream = workStream(zone);
    for (let seq = 1; ;) {
      const query: SeqMsgRequest & NextMsgRequest = { seq, next_by_subj: filter };
      const message = await asked(`zone ${zone}`, ({ streams }) => streams.getMessage(stream, query));
      if (message === null) return;
      await asked(`zone ${zone}`, async ({ streams }) => {
        try {
          await streams.deleteMessage(stream, message.seq, false);
        } catch (thrown) {
          // Its worker was faster.
          if (!(thrown instanceof JetStreamApiError)) throw thrown;
        }
      });
      seq = message.seq + 1;
    }
  };
  const purgeParts = ({ zone, runId, shard }: ShardOfZone): Promise<unknown> =>
    purge(zone, resultStream(zone), `kw.part.${zone}.${runId}.${shard}.>`);
  const side: Pick<
    Exchange,
    'claim' | 'setUp' | 'isSetUp' | 'send' | 'zone' | 'commits' | 'read' | 'forget' | 'cancel' | 'clear'
  > = {
    claim: (runId, by) => claimRun(connection, runId, by),
    setUp: async (zone, terms) =>
      asked(`zone ${zone}`, async (streams) => {
        try {
          await setUpWith(streams)(zone, terms);
        } catch (thrown) {
          if (thrown instanceof JetStreamApiError) throw new ExchangeRefused(clean(thrown.message, 200));
          throw thrown;
        }
      }),
    isSetUp: async (zone) => {
      try {
        await asked(`zone ${zone}`, ({ consumers }) => consumers.info(workStream(zone), CONSUMER));
        await asked(`zone ${zone}`, ({ streams }) => streams.info(resultStream(zone)));
        return true;
      } catch (thrown) {
        if (isStreamMissing(thrown)) return false;
        throw thrown;
      }
    },
    send: async (shard, task, signal) => {
      // Of this sending alone: after a cancel the same shard is sent again, and would be known from before.
      const msgID = `${shard.runId}/${shard.shard}/${newId()}`;
      const subject = workSubject(shard);
      const what = `sending shard ${shard.shard} to the zone ${shard.zone}`;
      const attempt = async (): Promise<Sending> => {
        try {
          await publish(client, subject, task, msgID);
          return 'sent';
        } catch (thrown) {
          const full = noRoomReason(thrown);
          if (full !== undefined) return { full };
          if (isSubjectTaken(thrown)) return 'there';
          throw thrown;
        }
      };
      return untilAnswered(what, attempt, signal);
    },
    zone: async (zone, runId) => {
      const { state } = await asked(`zone ${zone}`, ({ streams }) =>
        streams.info(workStream(zone), { subjects_filter: `kw.work.${zone}.${runId}.>` }),
      );
      const info = await asked(`zone ${zone}`, ({ consumers }) => consumers.info(workStream(zone), CONSUMER));
      const queued = Object.keys(state.subjects ?? {}).flatMap((subject) => shardOfSubject(subject)?.shard ?? []);
      return {
        queued: new Set(queued),
        untaken: info.num_pending,
        underWay: info.num_ack_pending,
        waiting: info.num_waiting,
      };
    },
    commits: async (zone, runId, after) => {
      // The first of these subjects from there on. The client knows this request of its direct reads only.
      const query: SeqMsgRequest & NextMsgRequest = {
        seq: after + 1,
        next_by_subj: `kw.done.${zone}.${runId}.*`,
      };
      const found = await asked(`zone ${zone}`, ({ streams }) => streams.getMessage(resultStream(zone), query));
      if (found === null) return undefined;
      const shard = shardOfSubject(found.subject)?.shard ?? 0;
      return { shard, bytes: found.data, place: found.seq };
    },
    read: async (shard, attempt, part) => {
      const found = await asked(`zone ${shard.zone}`, ({ streams }) =>
        streams.getMessage(resultStream(shard.zone), { last_by_subj: partSubject(shard, attempt, part) }),
      );
      return found === null ? undefined : found.data;
    },
    forget: async (shard, what) => {
      const { zone } = shard;
      if (what === 'task') await takeOut(zone, workSubject(shard));
      else await purgeParts(shard);
      if (what === 'result') await purge(zone, resultStream(zone), doneSubject(shard));
    },
    cancel: async (zone, runId) => {
      const { state } = await asked(`zone ${zone}`, ({ streams }) => streams.info(workStream(zone)));
      await takeOut(zone, `kw.work.${zone}.${runId}.>`);
      const told = JSON.stringify({ runId, upTo: state.last_seq });
      // Who connects again just now has not heard the first.
      for (const [index, at] of CANCELS_MS.entries()) {
        await pause(at - (CANCELS_MS[index - 1] ?? 0));
        connection.publish(cancelSubject(zone), told);
        await connection.flush();
      }
    },
    clear: async (zone, runId) => {
      await takeOut(zone, `kw.work.${zone}.${runId}.>`);
      for (const kind of ['part', 'done']) await purge(zone, resultStream(zone), `kw.${kind}.${zone}.${runId}.>`);
    },
  };
  return side;
}

function publish(client: JetStreamClient, subject: string, bytes: Uint8Array, msgID: string, isFirst = false) {
  return client.publish(subject, bytes, {
    msgID,
    timeout: ANSWER_MS,
    ...(isFirst ? { expect: { lastSubjectSequence: 0 } } : {}),
  });
}

/** @param warn told in a sentence what is waited for */
export function createNatsExchange(connection: NatsConnection, warn: (sentence: string) => void): Exchange {
  const client = jetstream(connection, { timeout: ANSWER_MS });
  const untilAnswered = untilAnsweredWith(warn);
  const { leases, isCancelled, listen } = createCancels(connection);
  const consumers = new Map<string, Consumer>();
  const pulling = createSayer(warn);

  const consumerOf = async (zone: string): Promise<Consumer> => {
    const known = consumers.get(zone);
    if (known !== undefined) return known;
    const found = await client.consumers.get(workStream(zone), CONSUMER);
    consumers.set(zone, found);
    return found;
  };
  /** @returns undefined where there is nothing to take, or nobody to take it from, after a while */
  const pull = async (zone: string, signal: AbortSignal): Promise<JsMsg | undefined> => {
    try {
      const next = (await consumerOf(zone)).next({ expires: PULL_MS });
      const message = await Promise.race([next, aborted(signal)]);
      // Who ends does not wait for what may come; what comes all the same goes to another.
      if (message === 'aborted') void next.then((late) => late?.nak()).catch(() => undefined);
      else pulling.over(`zone ${zone}: the queue answers again`);
      return message === 'aborted' || message === null ? undefined : message;
    } catch (thrown) {
      consumers.delete(zone);
      if (connection.isClosed()) throw thrown;
      if (isStreamMissing(thrown))
        pulling.say(`zone ${zone} has no queue here: kernward dispatch --setup makes it; it is waited for`);
      else pulling.say(`zone ${zone}: ${clean(thrown instanceof Error ? thrown.message : String(thrown), 200)}`);
      await pause(1000, signal);
      return undefined;
    }
  };
  const leaseOf = ({ attempt }: Task): JsMsg | undefined => leases.get(attempt)?.message;
  const settled = (task: Task, settle: (message: JsMsg) => void): void => {
    const message = leaseOf(task);
    leases.delete(task.attempt);
    if (message !== undefined) settle(message);
  };

  return {
    ...hubSide(connection, client, untilAnswered),
    leaseMs: async (zone, signal) => {
      for (;;) {
        try {
          const { config } = await (await consumerOf(zone)).info(true);
          return (config.ack_wait ?? nanos(30_000)) / 1_000_000;
        } catch (thrown) {
          consumers.delete(zone);
          signal.throwIfAborted();
          if (connection.isClosed()) throw thrown;
          const why = isStreamMissing(thrown)
            ? 'has no queue here: kernward dispatch --setup makes it'
            : clean(thrown instanceof Error ? thrown.message : String(thrown), 200);
          pulling.say(`zone ${zone}: ${why}; it is waited for`);
          await pause(1000, signal);
        }
      }
    },
    take: async (zone, signal) => {
      listen(zone);
      const message = await pull(zone, signal);
      if (message === undefined) return undefined;
      const named = shardOfSubject(message.subject);
      if (named === undefined || isCancelled(named.runId, message.seq) || signal.aborted) {
        if (named !== undefined && signal.aborted) message.nak();
        else message.term();
        return undefined;
      }
      const attempt = `${message.info.deliveryCount}-${newId()}`;
      const controller = new AbortController();
      leases.set(attempt, { message, runId: named.runId, controller });
      return {
        ...named,
        zone,
        bytes: message.data,
        delivery: message.info.deliveryCount,
        attempt,
        cancelled: controller.signal,
      };
    },
    keepAlive: (task) => leaseOf(task)?.working(),
    put: async (task, part, bytes, signal) => {
      const msgID = `${task.runId}/${task.shard}/${task.attempt}/${part}`;
      const what = `part ${part} of shard ${task.shard}`;
      try {
        await untilAnswered(
          what,
          () => publish(client, partSubject(task, task.attempt, part), bytes, msgID, true),
          signal,
        );
      } catch (thrown) {
        // It has come before, and was answered when nobody heard.
        if (!isWrongLastSequence(thrown)) throw thrown;
      }
    },
    commit: async (task, bytes, signal) => {
      const msgID = `${task.runId}/${task.shard}/${task.attempt}`;
      try {
        await untilAnswered(
          `the result of shard ${task.shard}`,
          () => publish(client, doneSubject(task), bytes, msgID, true),
          signal,
        );
        return 'first';
      } catch (thrown) {
        if (isWrongLastSequence(thrown)) return 'too-late';
        throw thrown;
      }
    },
    finish: async (task) => {
      const message = leaseOf(task);
      leases.delete(task.attempt);
      // Where it is not heard the shard is handed out again, and its second result comes too late.
      if (message !== undefined) await message.ackAck({ timeout: ANSWER_MS }).catch(() => false);
    },
    giveBack: (task, afterMs) => settled(task, (message) => message.nak(afterMs)),
    drop: (task) => settled(task, (message) => message.term()),
    mostBytes: () => Math.max(1024, (connection.info?.max_payload ?? 1024 * 1024) - ENVELOPE_BYTES),
    close: async () => {
      // What was said last is on its way.
      await connection.flush().catch(() => undefined);
      await connection.close();
    },
  };
}
