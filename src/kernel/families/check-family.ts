import type { FactId, Readings } from '../../model/reading.js';
import { machinesOf } from './family.js';
import { familyOf } from './index.js';

function textOf(readings: Readings, id: FactId): string | undefined {
  const reading = readings.get(id);
  return reading?.state === 'known' && typeof reading.value === 'string' ? reading.value : undefined;
}

/**
 * Knobs that a host has and its family's kernels lack, or the other way round: a host that claims a family and is made of
 * another's files proves nothing. What is unreadable contradicts nothing, and neither does a machine whose kernels nobody read.
 *
 * @returns sentences; none where the release is of no family that is known
 */
export function familyProblems(readings: Readings): readonly string[] {
  const release = textOf(readings, 'uname.release') ?? '';
  const family = familyOf(release, textOf(readings, 'os.id'));
  if (family === undefined || !machinesOf(family).includes(textOf(readings, 'uname.machine') ?? '')) return [];
  const said = `${release} is a kernel of ${family.title}`;
  return [
    ...family.lacks
      .filter((id) => readings.get(id)?.state === 'known')
      .map((id) => `${said}, which has no ${id}, and the host has it`),
    ...family.has
      .filter((id) => readings.get(id)?.state === 'absent')
      .map((id) => `${said}, which has ${id}, and the host lacks it`),
  ];
}
