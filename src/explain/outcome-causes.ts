import { explainOutcome, type CauseLink, type Trigger } from '../kernel/outcome/index.js';
import type { Causes } from '../model/causes.js';
import type { Readings } from '../model/reading.js';
import { sentence } from '../text/sentence.js';
import { factLines } from './fact-lines.js';
import { TRIGGER_WORDS } from './outcomes.js';

/** A link that says only that nothing stands in the way is no step of its own. */
export function isStep({ fact, says }: CauseLink): boolean {
  return (
    !(fact === 'sysctl.kernel.tainted' && says.includes('no taint')) &&
    !(fact === 'sysctl.kernel.hung_task_check_count' && says.includes('no more than'))
  );
}

/** The chain from one event to what becomes of the machine, and what breaks it, cheapest first. */
export function toChain(trigger: Trigger, readings: Readings): Causes {
  const links = explainOutcome(trigger, readings);
  const breaks = [...new Set(links.flatMap((link) => link.breaks))];
  return {
    heading: `If ${TRIGGER_WORDS[trigger]}`,
    steps: links
      .slice(0, -1)
      .filter(isStep)
      .map(({ fact, reading, says, setBy }) => ({
        says: sentence(says),
        signs: [],
        grounds: [factLines(fact, reading, readings, { setBy })],
      })),
    end: sentence(links.at(-1)?.says ?? ''),
    breaks: breaks.map((change) => ({ says: sentence(change), settings: '', mayBreak: '' })),
    doesNotBreak: [],
  };
}
