import { memoizeByReadings } from '../../facts/memoize-by-readings.js';
import type { DerivedFact } from '../../model/fact.js';
import type { FactId, Reading, ReadFact } from '../../model/reading.js';
import { memoizePerHost } from '../../facts/memoize-per-host.js';
import { OUTCOME_FACTS } from '../outcome/index.js';
import { afterBoot, afterBootInputs } from './after-boot.js';
import { NEXT_BOOT_FILES, NONE_DECLARED } from './expect.js';
import { NEXT_BOOT_SOURCES } from './facts.js';

/** The facts as they will be after the next boot; undefined: what it reads was not read. */
const readAfterBoot = memoizePerHost((read: ReadFact): { readonly read: ReadFact | undefined } => {
  const after = afterBoot(NONE_DECLARED)(read);
  return { read: after === undefined ? undefined : (id: FactId): Reading => after.facts.get(id) ?? read(id) };
});

const OUTCOMES = OUTCOME_FACTS.filter(({ id }) => id.endsWith('.outcome'));

/** `next_boot.hung_task.outcome`: the same as `hung_task.outcome`, of the settings that the next boot makes. */
export const NEXT_BOOT_OUTCOME_FACTS: readonly DerivedFact[] = OUTCOMES.map((fact) => {
  // Settings that differ from host to host are often the same after a boot.
  const derive = memoizeByReadings(fact.inputs, fact.derive);
  return {
    ...fact,
    id: `next_boot.${fact.id}`,
    title: `${fact.title} after its next boot, by all that was read of it`,
    sources: [...fact.sources, ...NEXT_BOOT_SOURCES],
    inputs: [...new Set([...fact.inputs, ...afterBootInputs(NONE_DECLARED)])],
    derive: (read) => {
      const next = readAfterBoot(read).read;
      return next === undefined ? read(NEXT_BOOT_FILES) : derive(next);
    },
  };
});
