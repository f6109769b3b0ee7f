import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Host } from '../../src/model/host.js';
import { DEFAULTS } from '../../src/run/defaults.js';
import { type AskThreads, openAskThreads } from '../../src/run/threads/ask-threads.js';
import type { ThreadWork, ToThread } from '../../src/run/threads/messages.js';
import type { Thread } from '../../src/run/threads/start-thread.js';
import type { Loan } from '../../src/transports/loan/lend.js';
import { hostAt } from './hosts.js';

/** What threads are started with that do what a test says. */
export const WORK: ThreadWork = {
  texts: { policies: [], known: [], profiles: [], fixes: [], support: [] },
  terms: DEFAULTS.terms,
  today: '2026-03-01',
  factsRead: undefined,
  ssh: undefined,
};

/** A thread that does what a test says. */
export class Told extends EventEmitter implements Thread {
  /** Hosts that it was told to ask and that it has not answered for, by their places. */
  readonly asked: number[] = [];
  /** Hosts that it was told to go on with after a rest. */
  readonly goneOn: number[] = [];
  /** Hosts that are to keep their places between two tries. */
  readonly keepPlaces: number[] = [];
  isAborted = false;
  isClosed = false;
  isTerminated = false;
  /** Whether it ends by itself when it is told to close. */
  closes = true;
  readonly performance = { eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }) };

  postMessage(message: ToThread): void {
    if (message.kind === 'ask') this.asked.push(message.place);
    if (message.kind === 'ask' && message.keepsPlace === true) this.keepPlaces.push(message.place);
    if (message.kind === 'go-on') this.goneOn.push(message.place);
    if (message.kind === 'abort') this.isAborted = true;
    if (message.kind !== 'close') return;
    this.isClosed = true;
    if (this.closes) setImmediate(() => this.emit('exit', 0));
  }

  async terminate(): Promise<void> {
    if (this.isTerminated) return;
    this.isTerminated = true;
    setImmediate(() => this.emit('exit', 1));
  }

  ready(): void {
    this.emit('message', { kind: 'ready' });
  }

  answers(): void {
    for (const place of this.asked.splice(0))
      this.emit('message', { kind: 'asked', place, isReached: true, text: new Uint8Array() });
  }

  rests(place: number, waitMs: number): void {
    this.emit('message', { kind: 'rests', place, waitMs });
  }

  dies(code: number): void {
    this.asked.splice(0);
    this.emit('exit', code);
  }
}

interface Opened {
  readonly threads: AskThreads;
  readonly started: readonly Told[];
  readonly warned: readonly string[];
  /** From now on none can be started. */
  readonly refuse: (why: string) => void;
}

export const host = (place: number): Host => hostAt(22, { name: `host${place}`, transport: 'recorded' });

/** Threads that are ready. */
export async function opened(count: number, loan?: Loan): Promise<Opened> {
  const started: Told[] = [];
  const warned: string[] = [];
  let refusal: string | undefined;
  const opening = openAskThreads(WORK, {
    threads: count,
    loan,
    warn: (sentence) => warned.push(sentence),
    startOne: () => {
      if (refusal !== undefined) throw new Error(refusal);
      const thread = new Told();
      started.push(thread);
      return thread;
    },
  });
  for (const thread of started) thread.ready();
  const threads = (await opening) ?? assert.fail('no thread was started');
  return {
    threads,
    started,
    warned,
    refuse: (why) => {
      refusal = why;
    },
  };
}

export async function turns(count = 8): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn();
}
