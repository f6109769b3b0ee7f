import type { Readings } from '../../model/reading.js';
import { familyOf } from './index.js';

/**
 * Knobs that a host has and its family's kernels lack, or the other way round: a host that claims a family and is made of
 * another's files proves nothing. What is unreadable contradicts nothing.
 *
 * @returns sentences; none where the release is of no family that is known
 */
export function familyProblems(readings: Readings): readonly string[] {
  const reading = readings.get('uname.release');
  const release = reading?.state === 'known' && typeof reading.value === 'string' ? reading.value : '';
  const family = familyOf(release);
  if (family === undefined) return [];
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
