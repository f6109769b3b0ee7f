import { ROOT_PARTS, type FactDefinition, type RootPart } from '../facts/definition.js';
import { FACTS, ROOT_FACTS } from '../facts/index.js';
import { quote } from '../facts/parse.js';
import { intern } from '../facts/intern.js';
import { unreadable, type ReadingLookup, type Reading, type Readings } from '../model/reading.js';
import type { Ended } from './ended.js';
import { readFrames } from './output/frames.js';
import { ROOT_EDITIONS, ROOT_GREETING } from './root-script.js';

/** Part → its lines; of a part that is not in it nothing was said. */
type Parts = ReadonlyMap<RootPart, string>;

function partsOf({ origin }: FactDefinition): readonly RootPart[] | undefined {
  if (origin.via !== 'command') return undefined;
  const parts = ROOT_PARTS.filter((part) => origin.sections.includes(part));
  return parts.length === origin.sections.length ? parts : undefined;
}

/** The facts that root's script can read. */
const READABLE: readonly FactDefinition[] = [...FACTS, ...ROOT_FACTS].filter((fact) => partsOf(fact) !== undefined);

/** What is worth asking root for: what the login was denied, and what only root can see. */
export function wantedOfRoot(read: ReadingLookup): readonly FactDefinition[] {
  return READABLE.filter(({ id }) => {
    const reading = read.get(id);
    return reading === undefined || (reading.state === 'unreadable' && reading.cause === 'denied');
  });
}

function isPart(name: string): name is RootPart {
  return ROOT_PARTS.some((part) => part === name);
}

function readParts(lines: readonly string[]): Parts {
  const parts = new Map<RootPart, string>();
  let open: RootPart | undefined;
  for (const line of lines) {
    const name = line.startsWith('part ') ? line.slice('part '.length) : undefined;
    if (name !== undefined) {
      open = isPart(name) ? name : undefined;
      if (open !== undefined) parts.set(open, '');
    } else if (open !== undefined && line !== '') parts.set(open, `${parts.get(open) ?? ''}${line}\n`);
  }
  return parts;
}

/** Part → edition, of `kernward-root 1 dumps:1a2b3c4d …`. */
function editionsIn(greeting: string): ReadonlyMap<string, string> {
  return new Map(
    greeting
      .split(' ')
      .flatMap((word) =>
        word.includes(':') ? [[word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)] as const] : [],
      ),
  );
}

interface Said {
  readonly parts: Parts;
  readonly editions: ReadonlyMap<string, string>;
}

/**
 * Undefined: the script did not read it, since nothing is hidden that root would see; then the login's reading stays.
 */
function readFact(fact: FactDefinition, { parts, editions }: Said): Reading | undefined {
  const needed = partsOf(fact) ?? [];
  const other = needed.find((part) => editions.get(part) !== ROOT_EDITIONS[part]);
  if (other !== undefined)
    return unreadable(
      'not-collected',
      "kernward-root on the host is another edition than this kernward's, and does not read it in the same way",
    );
  if (needed.some((part) => !parts.has(part))) return undefined;
  return fact.parse(needed.map((part) => parts.get(part) ?? '').join(''));
}

/** Why there is nothing to read, the host's words last. */
function nothingSaid(output: Uint8Array, nonce: string, ended: Ended): Reading<never> | Said {
  if (ended === 'timed-out') return unreadable('timed-out', 'the look as root was stopped before it was complete');
  const section = readFrames(output, nonce)?.get('become');
  if (section === undefined && ended === 'complete')
    return unreadable('not-collected', 'the collector on the host does not know how to look as root');
  if (section === undefined || section === 'broken') return unreadable('truncated', 'the look as root is not complete');
  const [greeting = '', ...lines] = section.text.split('\n').filter((line) => line !== '');
  if (greeting.startsWith(`${ROOT_GREETING} `) && section.status === 0)
    return { parts: readParts(lines), editions: editionsIn(greeting) };
  const said = section.errors.findLast((line) => line !== '') ?? greeting;
  return unreadable('denied', `sudo does not let this login run it: ${quote(said)} (status ${section.status})`);
}

/**
 * Parses what root's script printed of the wanted facts. A sudo that refuses takes nothing from the others.
 *
 * @param nonce the script's own
 */
export function parseBecome(
  output: Uint8Array,
  nonce: string,
  ended: Ended,
  wanted: readonly FactDefinition[],
): Readings {
  const said = nothingSaid(output, nonce, ended);
  return new Map(
    wanted.flatMap((fact) => {
      const reading = 'state' in said ? said : readFact(fact, said);
      return reading === undefined ? [] : [[fact.id, intern(reading)]];
    }),
  );
}
