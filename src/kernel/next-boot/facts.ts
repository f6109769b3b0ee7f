import type { FactDefinition } from '../../facts/definition.js';
import { internMade } from '../../facts/intern.js';
import { memoize } from '../../language/memoize.js';
import type { DerivedFact } from '../../model/fact.js';
import { known, unreadable, type Reading, type ReadFact } from '../../model/reading.js';
import {
  changeText,
  damagedOf,
  expectationInputs,
  expectationsFor,
  NEXT_BOOT_FILES,
  NONE_DECLARED,
  sameIfNone,
  type Expectations,
  type Expected,
  type Predicted,
} from './expect.js';
import { valueText } from '../outcome/values.js';
import type { BootStep } from './prediction/prediction.js';

export const NEXT_BOOT_SOURCES = [
  'sysctl.d(5) and tmpfiles.d(5), Debian systemd 252.38-1~deb12u1; sysctl(8), Debian procps 2:4.0.2-3',
  'plugin_sysctl.py, plugin_vm.py and plugin_sysfs.py, Debian tuned 2.20.0-1',
  'https://docs.kernel.org/admin-guide/kernel-parameters.html',
];

/** Settings that will not be after the next boot what they are now. */
const changesOf = memoize((settings: readonly Expected[]): readonly (Expected & { readonly winner: BootStep })[] =>
  settings.flatMap((expected) => {
    const { now, prediction } = expected;
    const { winner } = prediction;
    return winner !== undefined && now.state === 'known' && valueText(now.value) !== winner.value
      ? [{ ...expected, winner }]
      : [];
  }),
);

/** Two tools that want different values of one setting, the later of which has it. */
function contradictionsOf(settings: readonly Predicted[]): readonly string[] {
  return settings.flatMap(({ setting, prediction: { steps } }) => {
    const said = steps.filter(
      ({ tool, isRefused, isOverruled }) => tool !== 'the kernel' && isRefused !== true && isOverruled !== true,
    );
    const last = new Map(said.map((step) => [step.tool, step]));
    const [first, ...others] = [...last.values()];
    const other = others.find(({ value }) => value !== first?.value);
    return first === undefined || other === undefined
      ? []
      : [
          `${setting.fact.id}: ${first.value} by ${first.tool} (${first.place}), ${other.value} by ${other.tool} (${other.place})`,
        ];
  });
}

/** What of the settings is read, by which it is known whether it was computed before. */
type PartOf<Part> = (expectations: Exclude<Expectations, { readonly reading: Reading }>) => Part;

function settingsOf({ settings }: Parameters<PartOf<readonly Expected[]>>[0]): readonly Expected[] {
  return settings;
}
/** For what does not depend on what is set now: it is computed once for many machines. */
function predictedOf({ predicted }: Parameters<PartOf<readonly Predicted[]>>[0]): readonly Predicted[] {
  return predicted;
}

function memoizePer<Part extends object>(
  expectationsOf: (read: ReadFact) => Expectations,
  partOf: PartOf<Part>,
  make: (part: Part) => Reading,
): (read: ReadFact) => Reading {
  // Texts of a hundred settings: who makes this reading the same for all that say the same knows it again.
  const made = memoize((part: Part) => internMade(make(part)));
  return (read) => {
    const expectations = expectationsOf(read);
    return 'reading' in expectations ? expectations.reading : made(partOf(expectations));
  };
}

function withWinner(
  settings: readonly Predicted[],
  text: (winner: BootStep) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.flatMap(({ setting, prediction: { winner } }) =>
      winner === undefined ? [] : [[setting.fact.id, text(winner)]],
    ),
  );
}

const STATES = ['same', 'differs', 'open', 'not-read'] as const;

/** A setting of which it is known what it will be, and not what it is: that nothing changes is then not known either. */
function hiddenOf(settings: readonly Expected[]): Reading | undefined {
  for (const { setting, now, prediction } of settings)
    if (now.state === 'unreadable' && prediction.winner !== undefined)
      return unreadable(now.cause, `${setting.fact.id}: ${now.detail}`);
  return undefined;
}

/** Of those whose start is known: of the others nothing sets most, and what the kernel makes of them nobody asks. */
function stateOf(settings: readonly Expected[]): Reading {
  const changed = changesOf(settings);
  if (changed.length > 0) return known('differs', changed.map(({ setting }) => setting.fact.id).join(', '));
  const hidden = hiddenOf(settings);
  if (hidden !== undefined) return hidden;
  const open = settings.filter(
    ({ setting, prediction }) =>
      prediction.winner === undefined && (setting.startsWith !== undefined || prediction.steps.length > 0),
  );
  const [first] = open;
  return first === undefined
    ? known('same', 'everything that was read sets what is set now')
    : known(
        'open',
        `${first.setting.fact.id}: ${first.prediction.doubt ?? ''}${open.length > 1 ? `, and ${open.length - 1} more` : ''}`,
      );
}

/**
 * What the settings will be after the next boot, and by what.
 *
 * @param declared facts that policies declare, some of which a boot sets as well
 */
export const nextBootFacts = memoize((declared: readonly FactDefinition[]): readonly DerivedFact[] => {
  const inputs = expectationInputs(declared);
  const expectationsOf = expectationsFor(declared);
  const fact = <Part extends object>(
    name: string,
    title: string,
    kind: 'list' | 'map',
    partOf: PartOf<Part>,
    make: (part: Part) => readonly string[] | Readonly<Record<string, string>>,
    isSilent: (part: Part) => Reading | undefined = () => undefined,
  ): DerivedFact => ({
    id: `next_boot.${name}`,
    title,
    type: { kind },
    sources: NEXT_BOOT_SOURCES,
    inputs,
    derive: memoizePer(
      expectationsOf,
      partOf,
      (part) => isSilent(part) ?? known(make(part), `what the next boot reads (${NEXT_BOOT_FILES})`),
    ),
  });
  const ofState = memoizePer(expectationsOf, settingsOf, stateOf);
  return [
    {
      id: 'next_boot.state',
      title: 'Whether the next boot leaves the settings that kernward knows as they are now',
      type: { kind: 'enum', values: STATES },
      sources: NEXT_BOOT_SOURCES,
      inputs,
      // Not known is an answer here: what reads it asks whether there is anything to judge.
      derive: (read) => {
        const reading = ofState(read);
        if (reading.state === 'known' && reading.value === 'open') return damagedOf(read) ?? reading;
        // What was asked for and came damaged is no word that there is nothing to judge.
        if (reading.state !== 'unreadable' || reading.cause !== 'not-collected') return reading;
        return known('not-read', `${NEXT_BOOT_FILES}: ${reading.cause}, ${reading.detail}`);
      },
    },
    fact('values', 'Settings whose value after the next boot is known, by fact', 'map', predictedOf, (settings) =>
      withWinner(settings, ({ value }) => value),
    ),
    fact(
      'places',
      'Where each of these values comes from: the file and line that wins',
      'map',
      predictedOf,
      (settings) => withWinner(settings, ({ place }) => place),
    ),
    fact(
      'changes',
      'Settings that will not be after the next boot what they are now',
      'list',
      settingsOf,
      (settings) =>
        changesOf(settings).map(({ setting, now, winner }) => `${setting.fact.id}: ${changeText(winner, now)}`),
      (settings) => (changesOf(settings).length > 0 ? undefined : hiddenOf(settings)),
    ),
    fact(
      'contradictions',
      'Settings that two tools set to different values at boot',
      'list',
      predictedOf,
      contradictionsOf,
    ),
    fact('open', 'Settings whose value after the next boot is not known, and why', 'map', predictedOf, (settings) =>
      Object.fromEntries(
        settings.flatMap(({ setting, prediction: { winner, doubt } }) =>
          winner === undefined ? [[setting.fact.id, doubt ?? 'not known']] : [],
        ),
      ),
    ),
  ];
}, sameIfNone);

/** The same where no policy declares facts. */
export const NEXT_BOOT_FACTS: readonly DerivedFact[] = nextBootFacts(NONE_DECLARED);
