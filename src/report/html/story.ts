import { defined } from '../../language/defined.js';
import type { Causes } from '../../model/causes.js';
import type { Explain, HostReport, HostStatus, ReportHeader } from '../../model/report.js';
import type { Drift, Result, RuleId, Severity, Verdict, WaiverUse } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { breaksAtNextBoot, withNextBoot } from '../next-boot-words.js';
import { byUrgency, withFlaps } from '../phrases.js';
import { cleanAll } from './clean-all.js';

/** A verdict that needs attention, that a waiver covers, or that complies until the next boot. */
export interface GroupedFinding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly result: Result;
  readonly because: string;
  readonly since: string;
  readonly drift?: Drift;
  readonly waiver?: WaiverUse;
}

/** What the page says of a reached host. Hosts with the same story stand together. */
export interface Story {
  readonly status: HostStatus;
  readonly findings: readonly GroupedFinding[];
  readonly causes: readonly Causes[];
}

/** What to make of a text; `of` says what it is about, where it does not say so itself. */
export type OnText = (text: string, of: string) => string;

function mapCauses({ steps, breaks, ...causes }: Causes, on: OnText): Causes {
  return {
    ...causes,
    ...(causes.summary === undefined ? {} : { summary: on(causes.summary, causes.heading) }),
    steps: steps.map(({ says, signs, grounds }, index) => ({
      says: on(says, `${causes.heading}, ${index + 1}`),
      signs: signs.map((sign) => ({ ...sign, text: on(sign.text, sign.rule ?? causes.heading) })),
      grounds: grounds.map((evidence) => ({
        ...evidence,
        text: on(evidence.text, ''),
        note: on(evidence.note, evidence.fact),
      })),
    })),
    end: on(causes.end, `${causes.heading}, the end`),
    breaks: breaks.map((each) => ({ ...each, says: on(each.says, 'To break the chain') })),
    doesNotBreak: causes.doesNotBreak.map((text) => on(text, causes.heading)),
  };
}

/** The story with every text that may differ between hosts of one shape put through `on`, in a fixed order. */
export function mapTexts(story: Story, on: OnText): Story {
  return {
    ...story,
    findings: story.findings.map((finding) => ({
      ...finding,
      because: on(finding.because, finding.rule),
      since: on(finding.since, `${finding.rule}, since`),
    })),
    causes: story.causes.map((causes) => mapCauses(causes, on)),
  };
}

export function toTexts(story: Story): readonly string[] {
  const texts: string[] = [];
  mapTexts(story, (text) => (texts.push(text), text));
  return texts;
}

/** The same for hosts that the same rules fail in the same way, whatever the values are. */
export function toShape(story: Story): string {
  return JSON.stringify(mapTexts(story, () => ''));
}

/** A sentence; what is longer is cut. */
const MAX_TEXT = 1_000;

/** What needs attention now. */
export function isGrouped({ result }: Pick<Verdict, 'result'>): boolean {
  return result === 'fail' || result === 'error' || result === 'unknown';
}

/** What needs attention now, and what complies only until the next boot. */
function isTold(verdict: Verdict): boolean {
  return isGrouped(verdict) || breaksAtNextBoot(verdict);
}

function toldOf(verdict: Verdict): GroupedFinding {
  const { rule, severity, result, since = '', drift, flaps, waiver } = verdict;
  const because = breaksAtNextBoot(verdict) ? (verdict.nextBoot?.because ?? '') : verdict.because;
  return {
    rule: clean(rule),
    severity,
    result,
    because: withFlaps(withNextBoot(because, verdict), flaps),
    since,
    ...defined({ drift }),
    ...(waiver === undefined ? {} : { waiver: cleanAll(waiver) }),
  };
}

/** The story of a host, every text of it clean. Waived findings come last. */
export function toStory(host: HostReport, header: ReportHeader, explain: Explain | undefined): Story {
  return mapTexts(
    {
      status: host.status,
      findings: host.verdicts
        .filter(isTold)
        .sort(
          (a, b) =>
            Number(!isGrouped(a)) - Number(!isGrouped(b)) ||
            Number(a.waiver !== undefined) - Number(b.waiver !== undefined) ||
            byUrgency(a, b),
        )
        .map(toldOf),
      causes: explain?.(host, header) ?? [],
    },
    (text) => clean(text, MAX_TEXT),
  );
}
