import { memoize } from '../language/memoize.js';
import { expectationsFor, NONE_DECLARED, type Expected } from '../kernel/next-boot/expect.js';
import { valueText } from '../kernel/outcome/values.js';
import type { BootStep } from '../kernel/next-boot/prediction/prediction.js';
import type { SettableFact } from '../kernel/next-boot/settings.js';
import { readerOf } from '../model/ordered-readings.js';
import type { DeclaredFactSummary, HostReport, RuleSummary } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { at, BLANK, type TextLine } from './layout.js';

function nowText({ now }: Expected): string {
  return now.state === 'known' ? `${valueText(now.value)} now` : 'not known now';
}

/** `the kernel command line` is what it is called elsewhere; here the place says more. */
const TOOL_WIDTH = 'the kernel command line'.length + 2;

function shownPlace({ tool, place, isFixed }: BootStep, isOnly: boolean): string {
  if (isFixed === true) return `${place}, whose source says that nobody can set it`;
  if (tool !== 'the kernel') return place;
  const what = place.startsWith('/') ? `${place}, the configuration of its build` : `${place}, its source`;
  return isOnly
    ? `${what}: no file sets it, so ${place.startsWith('/') ? "the kernel's configuration" : 'the kernel'} does`
    : what;
}

/** Everything that sets a setting at boot, in its order, the last that counts marked. */
function historyOf(expected: Expected): readonly TextLine[] {
  const { setting, prediction } = expected;
  const { steps, winner, doubt } = prediction;
  const name = setting.sysctl ?? setting.path;
  const then = winner === undefined ? 'after the next boot not known' : `${winner.value} after the next boot`;
  return [
    at(2, `${name}: ${nowText(expected)}, ${then}`),
    ...steps.map((step) =>
      at(
        4,
        `${step.value === '' ? '(empty)' : step.value}  ${shownPlace(step, steps.length === 1)}${step === winner ? '  ← wins' : ''}${step.isRefused === true ? '  (the kernel refuses it, and what was set before stays)' : ''}${step.isOverruled === true ? '  (overruled)' : ''}`,
        (step.tool === 'another' ? 'somebody else' : step.tool).padEnd(TOOL_WIDTH, ' '),
      ),
    ),
    ...(doubt === undefined ? [] : [at(4, `not known${steps.length === 0 ? '' : ' who wins'}: ${doubt}`)]),
  ];
}

const MOST = 8;

/** Settings that a verdict is about: read by the rule, named where a derived fact says what it was made from, or set by its remedy. */
function settingsOf(
  { evidence }: Verdict,
  rule: RuleSummary | undefined,
  settings: readonly Expected[],
): readonly Expected[] {
  const remedy = rule?.remediationSettings;
  const named = new Set([...(remedy?.sysctl ?? []), ...(remedy?.sysfs ?? [])].map(({ name }) => name));
  return settings.filter(
    ({ setting: { fact, sysctl, path } }) =>
      named.has(sysctl ?? path) ||
      evidence.some(
        ({ fact: read, reading }) =>
          read === fact.id || (reading.state === 'known' && reading.raw.includes(`${fact.id} is `)),
      ),
  );
}

/** What a report says of facts that its policies declared, which may not be at hand. */
const settableFacts = memoize((declared: readonly DeclaredFactSummary[]): readonly SettableFact[] =>
  declared.flatMap(({ id, edition, setting }) =>
    setting === undefined
      ? []
      : [
          {
            id,
            type: setting.type,
            origin: { via: 'file', section: 'declared', paths: [setting.path] },
            declaredAs: edition,
          },
        ],
  ),
);

/** The history of each value that a verdict rests on: the kernel's default, the command line, each file, the winner. */
export function historyLines(
  verdict: Verdict,
  rule: RuleSummary | undefined,
  { readings }: HostReport,
  declared: readonly DeclaredFactSummary[] = NONE_DECLARED,
): readonly TextLine[] {
  const expectations = expectationsFor(settableFacts(declared))(readerOf(readings));
  if ('reading' in expectations) return [];
  const settings = settingsOf(verdict, rule, [...expectations.settings, ...expectations.moving]);
  if (settings.length === 0) return [];
  return [
    BLANK,
    at(0, 'Who sets it, in the order of a boot'),
    ...settings.slice(0, MOST).flatMap(historyOf),
    ...(settings.length > MOST ? [at(2, `and ${settings.length - MOST} more settings`)] : []),
  ];
}
