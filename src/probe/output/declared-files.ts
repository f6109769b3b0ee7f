import type { FactDefinition } from '../../facts/definition.js';
import { absent, unreadable, type Reading } from '../../model/reading.js';
import { MAX_FILES, MAX_LINES } from '../declared-script.js';
import { fileTable, NO_SUCH_FILE, refusal, type FileTable } from './files.js';
import type { ProbeSection } from './frames.js';
import { findWitness, readPlaces, type Places } from './prove-absence.js';

/** What the section `declared` said. */
export interface DeclaredTable {
  /** The editions of the facts that were asked for. */
  readonly asked: ReadonlySet<string>;
  readonly files: FileTable;
  readonly places: Places;
  /** Directories whose entries can be seen. */
  readonly listable: ReadonlySet<string>;
  /** Pattern → how many files it matched. */
  readonly matched: ReadonlyMap<string, number>;
  /** Pattern or path → why it was not read. */
  readonly unread: ReadonlyMap<string, Reading<never>>;
}

const WHY_NOT: ReadonlyMap<string, (path: string) => Reading<never>> = new Map([
  [
    'many',
    (path) => unreadable('truncated', `${path} matches more than the ${MAX_FILES} files that are read of a host`),
  ],
  ['odd', (path) => unreadable('malformed', `a name that ${path} matches is not plain`)],
  [
    'refused',
    (path) =>
      unreadable('denied', `${path} is a link or below one, or no plain file, or named like a secret: it is not read`),
  ],
  ['large', (path) => unreadable('truncated', `${path} is larger than 64 KiB, or cannot be looked at`)],
]);

const OWN_LINE = /^(?:place (?:search|there|none)|missing|listable|matched \d{1,4}|many|odd|refused|large) \/\S+$/;

/** Lines of ours stand among the content of files, which begins with a path. */
export function declaredTable(section: ProbeSection): DeclaredTable {
  const own = section.text.split('\n').filter((line) => OWN_LINE.test(line));
  const asked = section.text.startsWith('asked ') ? section.text.slice(0, section.text.indexOf('\n')).split(' ') : [];
  const matched = new Map<string, number>();
  const unread = new Map<string, Reading<never>>();
  const listable = new Set<string>();
  for (const line of own) {
    const [word = '', first = '', second = ''] = line.split(' ');
    if (word === 'matched') matched.set(second, Number(first));
    if (word === 'listable') listable.add(first);
    const why = WHY_NOT.get(word);
    if (why !== undefined) unread.set(first, why(first));
  }
  return {
    asked: new Set(asked.slice(1)),
    files: fileTable({ ...section, notes: own }),
    places: readPlaces({ ...section, notes: own }),
    listable,
    matched,
    unread,
  };
}

type Content = { readonly text: string } | { readonly reading: Reading<never> };

function contentOf(path: string, { files, unread }: DeclaredTable): Content {
  const refused = unread.get(path);
  if (refused !== undefined) return { reading: refused };
  const error = files.errors.get(path);
  if (error !== undefined)
    return {
      reading:
        error === NO_SUCH_FILE
          ? unreadable('malformed', `${path} was there at one moment and not at another`)
          : refusal(path, error),
    };
  const text = files.contents.get(path) ?? '';
  return text.split('\n').length > MAX_LINES + 1
    ? { reading: unreadable('truncated', `${path} has more than ${MAX_LINES} lines`) }
    : { text };
}

function readPath(fact: FactDefinition, path: string, table: DeclaredTable): Reading {
  if (table.files.missing.has(path)) return findWitness(path, table.places);
  if (!table.matched.has(path) && !table.unread.has(path))
    return unreadable('not-collected', `${path} was not asked for`);
  const content = contentOf(path, table);
  return 'text' in content ? fact.parse(content.text) : content.reading;
}

/** What the stars of one part of a pattern stand for in a name, the first as much as it can. */
function starsOf(pattern: string, name: string): readonly string[] | undefined {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name ? [] : undefined;
  const last = rest.pop() ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return undefined;
  // From the end, each at the last place where it may stand: no name takes longer than its length.
  let end = name.length - last.length;
  const found: string[] = [];
  for (const piece of rest.toReversed()) {
    const at = end - piece.length < first.length ? -1 : name.lastIndexOf(piece, end - piece.length);
    if (at < first.length) return undefined;
    found.unshift(name.slice(at + piece.length, end));
    end = at;
  }
  return [name.slice(first.length, end), ...found];
}

/** Where in a path the stars of a pattern stand, as one text: `sda` of /sys/block/sda/bdi/read_ahead_kb. */
function keyOf(pattern: string): (path: string) => string | undefined {
  const wanted = pattern.split('/');
  return (path) => {
    const parts = path.split('/');
    if (parts.length !== wanted.length) return undefined;
    const stars = wanted.map((part, index) => starsOf(part, parts[index] ?? ''));
    return stars.some((each) => each === undefined) ? undefined : stars.flatMap((each) => each ?? []).join('/');
  };
}

function readMatches(fact: FactDefinition, directory: string, pattern: string, table: DeclaredTable): Reading {
  const path = `${directory}/${pattern}`;
  const refused = table.unread.get(path);
  if (refused !== undefined) return refused;
  if (table.files.missing.has(path)) {
    const witness = findWitness(`${directory}/${pattern.split('/')[0]}`, table.places);
    if (witness.state !== 'absent' || !witness.witness.startsWith(`${directory} `)) return witness;
    // A directory that can be searched and not listed matches no pattern, whatever is in it.
    return table.listable.has(directory)
      ? absent(`${directory} has no ${pattern}`)
      : unreadable('denied', `${directory} cannot be listed`);
  }
  const matched = table.matched.get(path);
  if (matched === undefined) return unreadable('not-collected', `${path} was not asked for`);
  const key = keyOf(path);
  const names = [...table.unread.keys(), ...table.files.errors.keys(), ...table.files.contents.paths];
  const keys = new Map(
    [...new Set(names)].sort().flatMap((name): readonly (readonly [string, string])[] => {
      const found = name.includes('*') ? undefined : key(name);
      return found === undefined ? [] : [[name, found]];
    }),
  );
  const parts: string[] = [];
  for (const [name, found] of keys) {
    const content = contentOf(name, table);
    if (!('text' in content)) return content.reading;
    // A line ends in a newline, whatever else stands in it.
    parts.push(content.text.replace(/[^\n]*\n/g, (line) => `${found}\t${line}`));
  }
  // An empty file gives no line: of lists that is nothing, of a value it is none.
  if (keys.size > matched || (keys.size < matched && fact.type.kind !== 'list'))
    return unreadable('malformed', `${path} matches ${matched} files, and ${keys.size} of them gave something`);
  return fact.parse(parts.join(''));
}

/** What the section says of a fact whose files it was asked for. */
export function readDeclaredFiles(fact: FactDefinition, table: DeclaredTable): Reading {
  const { origin } = fact;
  if (origin.via === 'glob') return readMatches(fact, origin.directories[0] ?? '', origin.patterns[0] ?? '', table);
  let first: Reading | undefined;
  for (const path of origin.via === 'command' ? [] : origin.paths) {
    const reading = readPath(fact, path, table);
    if (reading.state !== 'absent') return reading;
    first ??= reading;
  }
  return first ?? unreadable('malformed', 'no file is named');
}
