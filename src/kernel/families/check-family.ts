import type { Readings } from '../../model/reading.js';
import { familyOf } from './index.js';

/**
 * Knobs that a host has and its family's kernels lack, or the other way round: a host that claims a family and is made of
 * another's files proves nothing. What is unreadable contradicts nothing.
 *
 * @returns sentences; none where the release is of no family that is known
 */
export function familyProblems(readings: Readings): readonly string[] {
  const release = readings.get('uname.release');
  const family = release?.state === 'known' && typeof release.value === 'string' ? familyOf(release.value) : undefined;
  if (family === undefined || release?.state !== 'known') return [];
  const said = `${String(release.value)} is a kernel of ${family.title}`;
  return [
    ...family.lacks
      .filter((id) => readings.get(id)?.state === 'known')
      .map((id) => `${said}, which has no ${id}, and the host has it`),
    ...family.has
      .filter((id) => readings.get(id)?.state === 'absent')
      .map((id) => `${said}, which has ${id}, and the host lacks it`),
  ];
}
