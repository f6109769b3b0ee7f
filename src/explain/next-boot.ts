import { OUTCOMES, TRIGGERS, type Trigger } from '../kernel/outcome/index.js';
import type { HostReport } from '../model/report.js';
import type { Reading } from '../model/reading.js';
import type { Verdict } from '../model/verdict.js';
import { isOpenAtNextBoot, nextBootCase, nextBootGrounds } from '../report/next-boot-words.js';
import { count } from '../text/count.js';
import { sentence } from '../text/sentence.js';
import type { RuleSummaries } from './findings.js';
import { at, section, type TextLine } from './layout.js';
import { outcomeWords, TRIGGER_WORDS } from './outcomes.js';

function ended(reading: Reading | undefined): string | undefined {
  return OUTCOMES.find((value) => reading?.state === 'known' && reading.value === value);
}

/** One line for each thing that ends otherwise after the next boot. */
function outcomes({ readings }: HostReport): readonly TextLine[] {
  return TRIGGERS.flatMap((trigger: Trigger) => {
    const now = ended(readings.get(`${trigger}.outcome`));
    const next = ended(readings.get(`next_boot.${trigger}.outcome`));
    return now === undefined || next === undefined || now === next
      ? []
      : [at(2, `If ${TRIGGER_WORDS[trigger]}, it ${outcomeWords(next)}; now it ${outcomeWords(now)}.`)];
  });
}

function changed(verdict: Verdict): boolean {
  const words = nextBootCase(verdict);
  return words !== undefined && verdict.nextBoot?.result !== 'unknown' && !words.endsWith('stays so');
}

/** Rules of which it is not known whether what they say stays, by the reason. */
function open(verdicts: readonly Verdict[]): readonly TextLine[] {
  const byReason = new Map<string, string[]>();
  for (const verdict of verdicts.filter(isOpenAtNextBoot)) {
    const why = verdict.nextBoot === undefined ? '' : nextBootGrounds(verdict.nextBoot);
    byReason.set(why, [...(byReason.get(why) ?? []), verdict.rule]);
  }
  return [...byReason].map(([why, rules]) =>
    at(2, sentence(`not known of ${rules.length > 4 ? count(rules.length, 'rule') : rules.join(', ')}: ${why}`)),
  );
}

/** What becomes of the machine with its next boot, where that is known to be something else or not known. */
export function nextBootLines(host: HostReport, rules: RuleSummaries): readonly TextLine[] {
  return section('After its next boot', [
    ...outcomes(host),
    ...host.verdicts
      .filter(changed)
      .flatMap((verdict) => [
        at(2, `${nextBootCase(verdict) ?? ''}: ${verdict.rule}: ${rules.get(verdict.rule)?.title ?? ''}`),
        at(4, sentence(verdict.nextBoot === undefined ? '' : nextBootGrounds(verdict.nextBoot))),
        ...(verdict.nextBoot?.because === undefined ? [] : [at(4, sentence(verdict.nextBoot.because))]),
      ]),
    ...open(host.verdicts),
  ]);
}
