import { finishInTurns } from '../language/finish.js';
import type { Remembered } from '../model/news.js';
import type { Report } from '../model/report.js';
import { newsOfRun } from '../news/news-of-run.js';
import type { OpenTarget } from './open-senders.js';
import type { AttachedPage, Message } from './sender.js';

/** What became of a target: it knows everything now, or was not told, and is to be told by the next run. */
type Outcome =
  | { readonly kind: 'sent'; readonly isSummary: boolean }
  | { readonly kind: 'nothing-to-tell' }
  | { readonly kind: 'failed'; readonly why: string };

export interface ToldTarget {
  readonly target: string;
  readonly outcome: Outcome;
}

/** What a run has for all its targets. */
export interface Telling {
  /** Made when somebody asks for it, and once. */
  readonly page: () => Promise<AttachedPage>;
  readonly signal: AbortSignal;
  /** Waited for between two hosts: others have their turn there. */
  readonly myTurn: () => Promise<void>;
  /** By how much a way may overrun its time, or an interrupt, before it is waited for no longer; a second where not given. */
  readonly graceMs?: number;
}

/**
 * One delivery, which ends whatever its way does: a sender keeps its own time, and says best what took it; where one does
 * not, it is told to stop and waited for no longer. To make a page takes no time of it.
 */
function delivered(
  { sender, way: { timeoutMs } }: OpenTarget,
  { news, page }: Message,
  signal: AbortSignal,
  graceMs: number,
): Promise<void> {
  const overdue = new AbortController();
  return new Promise((resolve, reject) => {
    let isOver = false;
    let late: NodeJS.Timeout | undefined;
    let afterAbort: NodeJS.Timeout | undefined;
    const over = (settle: () => void): void => {
      isOver = true;
      clearTimeout(late);
      clearTimeout(afterAbort);
      signal.removeEventListener('abort', interrupted);
      settle();
    };
    const giveUp = (why: string): void => {
      overdue.abort();
      over(() => reject(new Error(why)));
    };
    const interrupted = (): void => {
      afterAbort = setTimeout(giveUp, graceMs, 'the run was interrupted meanwhile');
    };
    const startClock = (): void => {
      if (!isOver) late = setTimeout(giveUp, timeoutMs + graceMs, `it was given up after ${timeoutMs / 1000} s`);
    };
    const pageApart = async (): Promise<AttachedPage> => {
      clearTimeout(late);
      try {
        return await page();
      } finally {
        startClock();
      }
    };
    if (signal.aborted) interrupted();
    else signal.addEventListener('abort', interrupted, { once: true });
    startClock();
    sender.send({ news, page: pageApart }, AbortSignal.any([signal, overdue.signal])).then(
      () => over(resolve),
      (thrown: unknown) => over(() => reject(thrown)),
    );
  });
}

async function tellOne(
  report: Report,
  target: OpenTarget,
  before: Remembered | undefined,
  { page, signal, myTurn, graceMs = 1000 }: Telling,
): Promise<Outcome> {
  const { tell } = target;
  // Who hears of no week has none: or every message would say what is open.
  const counting = before === undefined || tell.has('weekly') ? before : { ...before, summaryAt: undefined };
  const news = await finishInTurns(newsOfRun(report, counting), myTurn);
  if (!news.occasions.some((each) => tell.has(each))) return { kind: 'nothing-to-tell' };
  try {
    await delivered(target, { news, page }, signal, graceMs);
    return { kind: 'sent', isSummary: news.open !== undefined };
  } catch (thrown) {
    return { kind: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/**
 * Tells every target what it does not know yet, all at the same time; what goes wrong with one keeps no other from being told.
 *
 * @param before what each was told last; those that are not in it are told nothing
 */
export function tellTargets(
  report: Report,
  targets: readonly OpenTarget[],
  before: ReadonlyMap<string, Remembered | undefined>,
  telling: Telling,
): Promise<readonly ToldTarget[]> {
  return Promise.all(
    targets
      .filter(({ name }) => before.has(name))
      .map(async (target) => ({
        target: target.name,
        outcome: await tellOne(report, target, before.get(target.name), telling),
      })),
  );
}
