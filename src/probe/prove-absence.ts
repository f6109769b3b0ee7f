import { absent, unreadable, type Reading } from '../model/reading.js';
import type { ProbeSection } from './frames.js';
import { MOUNT_PROOFS, getParent } from './probe-paths.js';

const PLACES = ['search', 'there', 'none'] as const;
type Place = (typeof PLACES)[number];

/** Path → what the shell's `test` said of it. */
export type Places = ReadonlyMap<string, Place>;

export function readPlaces(section: ProbeSection): Places {
  const places = new Map<string, Place>();
  for (const note of section.notes) {
    const [, word, path] = /^place (\S+) (\/\S+)$/.exec(note) ?? [];
    const place = PLACES.find((known) => known === word);
    if (path !== undefined && place !== undefined) places.set(path, place);
  }
  return places;
}

/**
 * Whether it is proven that `path` is not there: the nearest directory above it that exists can be searched, and the
 * file system is mounted. Without that proof a missing file is unreadable, never absent.
 */
export function findWitness(path: string, places: Places): Reading<never> {
  const proof = MOUNT_PROOFS.find(({ below }) => path.startsWith(`${below}/`))?.proof;
  if (proof !== undefined && (places.get(proof) ?? 'none') === 'none')
    return unreadable(
      'denied',
      `${path} is not there, and neither is ${proof}: the file system is not mounted, or is hidden`,
    );
  for (let child = path, parent = getParent(path); parent !== undefined; child = parent, parent = getParent(parent)) {
    const place = places.get(parent);
    if (place === 'search') return absent(`${parent} can be searched and has no ${child.slice(parent.length + 1)}`);
    if (place !== 'none') return unreadable('denied', `${path} is not there, and ${parent} cannot be searched`);
  }
  return absent(`the root directory has no ${path.slice(1)}`);
}
