import { absent, unreadable, type Reading } from '../../model/reading.js';
import { memoize } from '../../language/memoize.js';
import type { ProbeSection } from './frames.js';
import { MOUNT_PROOFS, getParent } from '../probe-paths.js';

const PLACES = ['search', 'there', 'none'] as const;
type Place = (typeof PLACES)[number];

/** Path → what the shell's `test` said of it. */
export type Places = ReadonlyMap<string, Place>;

const placesOf = memoize((notes: readonly string[]): Places => {
  const places = new Map<string, Place>();
  for (const note of notes) {
    const [, word, path] = /^place (\S+) (\/\S+)$/.exec(note) ?? [];
    const place = PLACES.find((known) => known === word);
    if (path !== undefined && place !== undefined) places.set(path, place);
  }
  return places;
});

/** The same object for hosts that say the same. */
export function readPlaces({ notes }: Pick<ProbeSection, 'notes'>): Places {
  return placesOf(notes);
}

/**
 * Whether it is proven that `path` is not there: the nearest directory above it that exists can be searched, and the
 * file system is mounted. Without that proof a missing file is unreadable, never absent.
 */
function witnessOf(path: string, places: Places): Reading<never> {
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

/** As many as all facts of the catalogue have, and policies of one's own. */
const MOST_WITNESSES = 2048;
const witnessesIn = memoize((places: Places): ((path: string) => Reading<never>) => {
  const found = new Map<string, Reading<never>>();
  return (path) => {
    const before = found.get(path);
    if (before !== undefined) return before;
    const witness = witnessOf(path, places);
    if (found.size < MOST_WITNESSES) found.set(path, witness);
    return witness;
  };
});

/** As `witnessOf`, which hosts share that say the same of the places. */
export function findWitness(path: string, places: Places): Reading<never> {
  return witnessesIn(places)(path);
}
