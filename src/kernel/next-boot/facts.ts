import { memoizeByReadings } from '../../facts/memoize-by-readings.js';
import type { DerivedFact } from '../../model/fact.js';
import { known, type FactId, type Reading, type ReadFact, type Value } from '../../model/reading.js';
import { readBootFiles } from './boot-files.js';
import { planBoot, predict, type Prediction, type BootStep } from './predict.js';
import { SETTINGS, type BootSetting } from './settings.js';

const SOURCES = [
  'sysctl.d(5) and tmpfiles.d(5), Debian systemd 252.38-1~deb12u1; sysctl(8), Debian procps 2:4.0.2-3',
  'plugin_sysctl.py, plugin_vm.py and plugin_sysfs.py, Debian tuned 2.20.0-1',
  'https://docs.kernel.org/admin-guide/kernel-parameters.html',
];

const NEXT_BOOT_FILES: FactId = 'next_boot.files';
const INPUTS: readonly FactId[] = [
  NEXT_BOOT_FILES,
  'cmdline',
  'kdump.enabled',
  'os.id',
  'memory.total',
  ...SETTINGS.map(({ fact }) => fact.id),
];

/** One setting that is there on the host, and what becomes of it. */
interface Expected {
  readonly setting: BootSetting;
  readonly now: Reading;
  readonly prediction: Prediction;
}

/** All that is made of what a boot reads, or why nothing is. */
type Expectations = { readonly settings: readonly Expected[] } | { readonly reading: Reading };

function mapOf(reading: Reading): ReadonlyMap<string, string> | undefined {
  return reading.state === 'known' && typeof reading.value === 'object' && !Array.isArray(reading.value)
    ? new Map(Object.entries(reading.value))
    : undefined;
}

function numberOf(reading: Reading): number | undefined {
  return reading.state === 'known' && typeof reading.value === 'number' ? reading.value : undefined;
}

/** Computed once for machines of which the same is read. */
const expectationsOf: (read: ReadFact) => Expectations = memoizeByReadings(
  INPUTS,
  (read: (id: FactId) => Reading | undefined): Expectations => {
    const told = read(NEXT_BOOT_FILES);
    if (told?.state !== 'known' || !Array.isArray(told.value))
      return {
        reading: told ?? {
          state: 'unreadable',
          cause: 'not-collected',
          detail: `${NEXT_BOOT_FILES} was not asked for`,
        },
      };
    const of = (id: FactId): Reading =>
      read(id) ?? { state: 'unreadable', cause: 'not-collected', detail: `${id} was not asked for` };
    const kdump = of('kdump.enabled');
    const os = of('os.id');
    const hasKdumpTools =
      kdump.state === 'known' &&
      kdump.value === true &&
      os.state === 'known' &&
      (os.value === 'debian' || os.value === 'ubuntu');
    const plan = planBoot(
      readBootFiles(told.value.map(String)),
      mapOf(of('cmdline')),
      hasKdumpTools,
      numberOf(of('memory.total')),
    );
    return {
      settings: SETTINGS.flatMap((setting) => {
        const now = of(setting.fact.id);
        return now.state === 'absent' ? [] : [{ setting, now, prediction: predict(setting, plan) }];
      }),
    };
  },
);

function valueText(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `0 now, 10 after the next boot (/etc/sysctl.d/99-local.conf:3)`. */
function changeText({ value, tool, place }: BootStep, now: Reading): string {
  const before = now.state === 'known' ? `${valueText(now.value)} now` : 'not known now';
  return `${before}, ${value} after the next boot (${tool === 'the kernel' ? `no file that was read sets it, and the kernel starts with that: ${place}` : `${tool}: ${place}`})`;
}

/** Settings that will not be after the next boot what they are now. */
function changesOf(settings: readonly Expected[]): readonly (Expected & { readonly winner: BootStep })[] {
  return settings.flatMap((expected) => {
    const { now, prediction } = expected;
    const { winner } = prediction;
    return winner !== undefined && now.state === 'known' && valueText(now.value) !== winner.value
      ? [{ ...expected, winner }]
      : [];
  });
}

/** Two tools that want different values of one setting, the later of which has it. */
function contradictionsOf(settings: readonly Expected[]): readonly string[] {
  return settings.flatMap(({ setting, prediction: { steps } }) => {
    const said = steps.filter(({ tool, isRefused }) => tool !== 'the kernel' && isRefused !== true);
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

function fact(
  name: string,
  title: string,
  kind: 'list' | 'map',
  make: (settings: readonly Expected[]) => readonly string[] | Readonly<Record<string, string>>,
): DerivedFact {
  return {
    id: `next_boot.${name}`,
    title,
    type: { kind },
    sources: SOURCES,
    inputs: INPUTS,
    derive: memoizePerExpectations((settings) =>
      known(make(settings), `what the next boot reads (${NEXT_BOOT_FILES})`),
    ),
  };
}

function memoizePerExpectations(make: (settings: readonly Expected[]) => Reading): (read: ReadFact) => Reading {
  const made = new WeakMap<Expectations, Reading>();
  return (read) => {
    const expectations = expectationsOf(read);
    if ('reading' in expectations) return expectations.reading;
    const before = made.get(expectations);
    if (before !== undefined) return before;
    const reading = make(expectations.settings);
    made.set(expectations, reading);
    return reading;
  };
}

function withWinner(
  settings: readonly Expected[],
  text: (winner: BootStep) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.flatMap(({ setting, prediction: { winner } }) =>
      winner === undefined ? [] : [[setting.fact.id, text(winner)]],
    ),
  );
}

const STATES = ['same', 'differs', 'open', 'not-read'] as const;

/** Of those whose start is known: of the others nothing sets most, and what the kernel makes of them nobody asks. */
function stateOf(settings: readonly Expected[]): Reading {
  const changed = changesOf(settings);
  if (changed.length > 0) return known('differs', changed.map(({ setting }) => setting.fact.id).join(', '));
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

const ofState = memoizePerExpectations(stateOf);

const STATE: DerivedFact = {
  id: 'next_boot.state',
  title: 'Whether the next boot leaves the settings that kernward knows as they are now',
  type: { kind: 'enum', values: STATES },
  sources: SOURCES,
  inputs: INPUTS,
  // Not known is an answer here: what reads it asks whether there is anything to judge.
  derive: (read) => {
    const reading = ofState(read);
    if (reading.state !== 'unreadable') return reading;
    return known('not-read', `${NEXT_BOOT_FILES}: ${reading.cause}, ${reading.detail}`);
  },
};

/** What the settings will be after the next boot, and by what. */
export const NEXT_BOOT_FACTS: readonly DerivedFact[] = [
  STATE,
  fact('values', 'Settings whose value after the next boot is known, by fact', 'map', (settings) =>
    withWinner(settings, ({ value }) => value),
  ),
  fact('places', 'Where each of these values comes from: the file and line that wins', 'map', (settings) =>
    withWinner(settings, ({ place }) => place),
  ),
  fact('changes', 'Settings that will not be after the next boot what they are now', 'list', (settings) =>
    changesOf(settings).map(({ setting, now, winner }) => `${setting.fact.id}: ${changeText(winner, now)}`),
  ),
  fact('contradictions', 'Settings that two tools set to different values at boot', 'list', contradictionsOf),
  fact('open', 'Settings whose value after the next boot is not known, and why', 'map', (settings) =>
    Object.fromEntries(
      settings.flatMap(({ setting, prediction: { winner, doubt } }) =>
        winner === undefined ? [[setting.fact.id, doubt ?? 'not known']] : [],
      ),
    ),
  ),
];
