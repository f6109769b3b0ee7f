import { finishInTurns } from '../language/finish.js';
import type { Remembered } from '../model/news.js';
import type { Report } from '../model/report.js';
import { newsOfRun } from '../news/news-of-run.js';
import type { OpenTarget } from './open-senders.js';
import type { AttachedPage } from './sender.js';

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
}

async function tellOne(
  report: Report,
  { tell, sender }: OpenTarget,
  before: Remembered | undefined,
  { page, signal, myTurn }: Telling,
): Promise<Outcome> {
  // Who hears of no week has none: or every message would say what is open.
  const counting = before === undefined || tell.has('weekly') ? before : { ...before, summaryAt: undefined };
  const news = await finishInTurns(newsOfRun(report, counting), myTurn);
  if (!news.occasions.some((each) => tell.has(each))) return { kind: 'nothing-to-tell' };
  try {
    await sender.send({ news, page }, signal);
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
