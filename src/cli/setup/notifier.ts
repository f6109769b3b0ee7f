import { explainCauses } from '../../explain/causes-of-host.js';
import { memoize } from '../../language/memoize.js';
import type { GateState, Remembered } from '../../model/news.js';
import type { Format, Report } from '../../model/report.js';
import { gateState } from '../../news/gate-state.js';
import { rememberedBaseline } from '../../news/remembered-baseline.js';
import type { OpenTarget } from '../../notify/open-senders.js';
import type { AttachedPage } from '../../notify/sender.js';
import { type ToldTarget, tellTargets } from '../../notify/tell.js';
import { loadFormat } from '../../report/formats/load.js';
import { myTurn } from '../../run/schedule/turns.js';
import type { RecordedReport } from '../../run/world.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { knownFixes } from '../input/known-fixes.js';
import { loadNotifyTargets } from '../input/notify-targets.js';
import { usage } from '../terminal/exit.js';
import type { Recorder } from './recorder.js';

/** Most servers take mails of 25 MB, and base64 makes four bytes of three. */
const MAX_PAGE = 10 * 1024 * 1024;

/** What a run may take for its messages before any of them goes: until then, and its own time, others wait for it. */
const PAGE_MS = 60_000;

/** Tells people what is new in a report, and says in it whom it could not tell. */
export type Notifier = (report: Report, signal?: AbortSignal) => Promise<RecordedReport>;

/** How it is known what was told before. */
export interface Memory {
  readonly recorder: Recorder;
  readonly hasHistory: boolean;
  readonly hasBaseline: boolean;
  /** What the gate said of the baseline, where that is known. */
  readonly gateOfBaseline?: GateState | undefined;
}

function pageOf(report: Report, format: Format): () => Promise<AttachedPage> {
  return memoize(async (): Promise<AttachedPage> => {
    const parts: string[] = [];
    let length = 0;
    const options = { includePasses: false, colour: false, columns: 100, explain: explainCauses(knownFixes()) };
    for (const part of format.render(report, options)) {
      await myTurn();
      parts.push(part);
      length += part.length;
      if (length > MAX_PAGE) return { left: 'The page is not attached: it has more than 10 MB.' };
    }
    return { html: parts.join('') };
  });
}

function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What each target was told before; nothing of those that know all of it. */
async function recalled(
  report: Report,
  targets: readonly OpenTarget[],
  { recorder, hasHistory, gateOfBaseline }: Memory,
  signal: AbortSignal | undefined,
): Promise<{
  readonly before: ReadonlyMap<string, Remembered | undefined>;
  /** Who was told of this run or a later one. */
  readonly later: readonly string[];
}> {
  const names = targets.map(({ name }) => name);
  if (!hasHistory) {
    const baseline = rememberedBaseline(report.header, gateOfBaseline);
    return { before: new Map(names.map((name) => [name, baseline])), later: [] };
  }
  const claimMs = targets.reduce((most, { way }) => Math.max(most, way.timeoutMs), 0) + PAGE_MS;
  const found = await recorder.recall(report.header, names, claimMs, signal);
  return {
    before: new Map([...found].flatMap(([name, last]) => (last === 'up-to-date' ? [] : [[name, last] as const]))),
    later: [...found].flatMap(([name, last]) => (last === 'up-to-date' ? [name] : [])),
  };
}

async function keep(
  report: Report,
  told: readonly ToldTarget[],
  { recorder, hasHistory }: Memory,
): Promise<readonly string[]> {
  const gate = gateState(report.summary);
  const known = told.flatMap(({ target, outcome }) =>
    outcome.kind === 'failed' ? [] : [{ target, gate, isSummary: outcome.kind === 'sent' && outcome.isSummary }],
  );
  if (!hasHistory) return [];
  try {
    await recorder.keep(report.header, known);
    return [];
  } catch (thrown) {
    // What was claimed is given back by its time.
    if (known.length === 0) return [];
    return [`what was told could not be kept in the history, and will be told again: ${reason(thrown)}`];
  }
}

/** The report with a verdict that says whom nobody told: who reads it must not wait for a message. */
function saying(report: Report, sentence: string): Report {
  return { ...report, summary: { ...report.summary, verdict: `${report.summary.verdict}; ${sentence}` } };
}

/**
 * Reads who is to be told. What is wrong is reported before a host is contacted.
 *
 * @throws Stop with every diagnostic, or where nothing says what was told before
 */
export function createNotifier(files: readonly string[], memory: Memory): Notifier {
  if (!memory.hasHistory && !memory.hasBaseline)
    usage(
      '--notify tells what changed, and nothing says since when: add --history, which remembers who was told what, or a report with a --baseline',
    );
  const targets = loadNotifyTargets(files);
  return async (report, signal) => {
    if (report.summary.interrupted)
      return {
        report: saying(report, 'nobody was notified'),
        errors: ['nobody was notified: the run was interrupted; the next one tells'],
      };
    let recall: Awaited<ReturnType<typeof recalled>>;
    try {
      recall = await recalled(report, targets, memory, signal);
    } catch (thrown) {
      return {
        report: saying(report, 'nobody was notified, which exits 4'),
        errors: [`nobody was notified: what was told before is not known: ${reason(thrown)}`],
      };
    }
    const page = pageOf(report, await loadFormat('html'));
    const told = await tellTargets(report, targets, recall.before, {
      page,
      signal: signal ?? new AbortController().signal,
      myTurn,
    });
    const failed = told.flatMap(({ target, outcome }) =>
      outcome.kind === 'failed' ? [{ target: clean(target), why: outcome.why }] : [],
    );
    const errors = [
      ...failed.map(({ target, why }) => `${target} was not notified: ${why}; the next run tells it again`),
      ...(await keep(report, told, memory)),
    ];
    const names = failed.map(({ target }) => target).join(', ');
    const { later } = recall;
    const said =
      later.length === 0
        ? report
        : saying(
            report,
            `nothing was told to ${later.map((name) => clean(name)).join(', ')}: told of this run or a later one before`,
          );
    return {
      report:
        failed.length === 0
          ? said
          : saying(said, `${count(failed.length, 'notification')} could not be sent (${names}), which exits 4`),
      errors,
    };
  };
}
