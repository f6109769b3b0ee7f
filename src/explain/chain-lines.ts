import { explainOutcome, type Link, type Trigger } from '../kernel/outcome/index.js';
import type { Readings } from '../model/reading.js';
import { factLines } from './fact-lines.js';
import { at, BLANK, numbered, sentence, type Line } from './layout.js';
import { TRIGGER_WORDS } from './outcomes.js';

/** A link that says only that nothing stands in the way is no step of its own. */
export const isStep = ({ fact, says }: Link): boolean => !(fact === 'sysctl.kernel.tainted' && says.includes('no taint')) && !(fact === 'sysctl.kernel.hung_task_check_count' && says.includes('no more than'));

/** The chain from one event to what becomes of the machine, and what breaks it, cheapest first. */
export const chainLines = (trigger: Trigger, readings: Readings): readonly Line[] => {
  const links = explainOutcome(trigger, readings);
  const steps = links.slice(0, -1).filter(isStep);
  const end = links.at(-1);
  const breaks = [...new Set(links.flatMap((link) => link.breaks))];
  return [
    BLANK,
    at(0, `If ${TRIGGER_WORDS[trigger]}`),
    ...steps.flatMap(({ fact, reading, says, setBy }, index) => [numbered(index + 1, sentence(says)), ...factLines(fact, reading, readings, { setBy })]),
    ...(end === undefined ? [] : [at(1, sentence(end.says), '=> ')]),
    ...(breaks.length === 0 ? [] : [BLANK, at(0, 'What breaks the chain, cheapest first'), ...breaks.map((change, index) => numbered(index + 1, sentence(change)))]),
  ];
};
