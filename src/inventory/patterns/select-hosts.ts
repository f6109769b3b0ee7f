import {
  createDiagnosticSink,
  right,
  wrong,
  type Diagnostic,
  type DiagnosticSink,
  type Loaded,
} from '../../model/diagnostic.js';
import type { Host, HostId } from '../../model/host.js';
import { clean } from '../../text/clean.js';
import { splitLines } from '../../text/lines.js';
import { suggest } from '../../text/suggest.js';
import type { InventoryCode } from '../diagnostics.js';
import { applySubscript, readTerm, splitPattern } from './parse.js';
import type { Term, TermKind } from './parse.js';
import { RESERVED_NAMES } from '../inventory.js';
import type { Inventory } from '../inventory.js';
import { byEverySpelling } from '../spellings.js';
import { nameMatcher } from './name-matcher.js';
import { ALL, UNGROUPED } from '../outline.js';

export interface SelectOptions {
  /** Reads the file of an `@file` term; `undefined` where it cannot be read. Without it no `@file` can be. */
  readonly readFile?: (path: string) => string | undefined;
  /** Whether a term or a pattern that names nothing is no error: the answer is that it names nothing. */
  readonly mayBeNobody?: boolean;
  /** Whether a pattern that leaves nobody is no error; a term that names nothing still is. */
  readonly mayLeaveNobody?: boolean;
  /** What the hosts come from, and where their names can be seen. */
  readonly source?: NameSource;
}

interface NameSource {
  readonly called: string;
  readonly seeNames: string;
}

const INVENTORY: NameSource = {
  called: 'the inventory',
  seeNames: '`kernward inventory list` shows the names of hosts and groups',
};

type Place = Pick<Diagnostic, 'at' | 'excerpt' | 'length'>;

interface PlacedTerm {
  readonly term: Term;
  readonly place: Place;
}

/** Looking for what was meant costs a walk over all names: done for the first problems only. */
const MAX_SUGGESTIONS = 20;

function problem(code: InventoryCode, message: string, help: string, place: Place = {}): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    ...place,
    help,
  };
}

function fileTerms(written: string, options: SelectOptions, diagnostics: DiagnosticSink): readonly PlacedTerm[] {
  const path = written.slice(1).trim();
  const text = path === '' ? undefined : options.readFile?.(path);
  if (text === undefined) {
    diagnostics.add(
      problem(
        'inventory/limit-file',
        `the file of hosts ${clean(path, 200)} cannot be read`,
        'after @ stands the name of a file with one pattern a line',
      ),
    );
    return [];
  }
  const lines = splitLines(text, path);
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const column = line.search(/\S/) + 1;
    const place: Place = {
      at: { file: path, line: index + 1, column },
      excerpt: lines.excerptAt(index + 1),
      length: line.trim().length,
    };
    const parts = splitPattern(line);
    if (parts.some((part) => part.startsWith('@'))) {
      diagnostics.add(
        problem('inventory/limit-file', 'a file of hosts cannot name another one', 'put its lines here', place),
      );
      return [];
    }
    return parts.map((part) => ({ term: readTerm(part), place }));
  });
}

/** The inventory by name, in the form in which every term asks it. */
interface Index {
  readonly positions: ReadonlyMap<HostId, number>;
  /** Positions of hosts, in the order of first mention. */
  readonly mentioned: readonly (readonly [HostId, number])[];
  /** Positions of hosts, by group; `all` and `ungrouped` among them. */
  readonly groups: ReadonlyMap<string, readonly number[]>;
  readonly byAddress: ReadonlyMap<string, HostId>;
  readonly hosts: readonly Host[];
}

function indexOf(inventory: Inventory): Index {
  const { hosts, groups, mentioned, outline } = inventory;
  const positions = byEverySpelling(new Map(hosts.map(({ name }, position) => [name, position])), inventory);
  const positionsOf = (names: readonly HostId[]): readonly number[] =>
    names.flatMap((name) => positions.get(name) ?? []);
  return {
    positions,
    mentioned: mentioned.flatMap((name): readonly (readonly [HostId, number])[] => {
      const position = positions.get(name);
      return position === undefined ? [] : [[name, position]];
    }),
    byAddress: new Map(hosts.map(({ address, name }) => [address, name])),
    hosts,
    groups: new Map([
      [ALL, [...hosts.keys()]],
      [UNGROUPED, positionsOf(outline.get(UNGROUPED)?.hosts ?? [])],
      ...[...groups].map(([name, members]): [string, readonly number[]] => [name, positionsOf(members)]),
    ]),
  };
}

/** A host without the label is one whose label is empty: `label:owner=` are those that nobody owns. */
function valueOf({ labels }: Host, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
}

function withLabel(
  label: string,
  matches: (value: string) => boolean,
  { hosts }: Index,
): readonly number[] | undefined {
  const found = hosts.flatMap((host, position) => (matches(valueOf(host, label)) ? [position] : []));
  return found.length === 0 ? undefined : found;
}

/**
 * What a term names, in Ansible's order: the hosts of all groups that match, then all hosts that match. A host may come
 * twice, and a subscript counts it twice, as there.
 *
 * @returns `undefined` where it names neither a group nor a host
 */
function matching(term: Term, matches: (name: string) => boolean, index: Index): readonly number[] | undefined {
  if (term.label !== undefined) return withLabel(term.label, matches, index);
  const { positions, mentioned, groups } = index;
  if (term.match === 'name') {
    const host = positions.get(term.text);
    const members = groups.get(term.text);
    const own = host === undefined ? [] : [host];
    if (members === undefined) return host === undefined ? undefined : own;
    // Where a host is called as a group, its plain name means the host; after ! and & it means the group, and both if a
    // dot is in it.
    if (host !== undefined && term.kind === 'add' && term.subscript === undefined) return own;
    return term.text.includes('.') ? [...members, ...own] : members;
  }
  const found: number[] = [];
  let isAny = false;
  for (const [name, members] of groups) {
    if (!matches(name)) continue;
    isAny ||= !RESERVED_NAMES.has(name) || members.length > 0;
    for (const position of members) found.push(position);
  }
  for (const [name, position] of mentioned) if (matches(name)) found.push(position);
  return isAny || found.length > 0 ? found : undefined;
}

/** What is wrong with a term that names a label, and what was probably meant. */
function noLabel({ label = '', text, match }: Term, { hosts }: Index, called: string): readonly [string, string] {
  const values = new Set(
    hosts.filter(({ labels }) => Object.hasOwn(labels, label)).map((host) => valueOf(host, label)),
  );
  if (values.size === 0) {
    const names = new Set(hosts.flatMap(({ labels }) => Object.keys(labels)));
    const near = suggest(label, [...names]);
    const help =
      names.size === 0 ? 'no host there has labels' : `labels are ${clean([...names].slice(0, 10).join(', '), 200)}`;
    return [
      `no host of ${called} has the label ${clean(label, 80)}`,
      near === undefined ? help : `did you mean ${near}?`,
    ];
  }
  const near = match === 'name' ? suggest(text, [...values]) : undefined;
  return [
    `no host of ${called} has the label ${clean(label, 80)} with the value ${clean(text, 80)}`,
    near === undefined
      ? `${clean(label, 80)} is ${clean([...values].slice(0, 10).join(', '), 200)}${values.size > 10 ? ', …' : ''}`
      : `did you mean label:${label}=${near}?`,
  ];
}

function noMatchHelp(term: Term, index: Index, { seeNames }: NameSource, isWorthALook: boolean): string {
  const host = index.byAddress.get(term.text);
  if (host !== undefined) return `patterns match names, not addresses: the host of this address is ${host}`;
  const near =
    isWorthALook && term.match === 'name'
      ? suggest(term.text, [...index.groups.keys(), ...index.positions.keys()])
      : undefined;
  return near === undefined ? seeNames : `did you mean ${near}?`;
}

/**
 * Chooses hosts as Ansible's `--limit` does: terms between commas (or, without a comma, colons and blanks); plain terms
 * first, then the `&` intersections, then the `!` exclusions, whatever their order; only `&` and `!` start from all
 * hosts; names, globs, `~regex` (RE2, anchored at the start), `group[0]` and `group[0:4]` (both ends included), `all`,
 * `ungrouped`, `@file`; and, which Ansible has not, `label:owner=payments`. Unlike there, a term that names no host and no group is an error, and so is a pattern that
 * leaves no host.
 *
 * @returns hosts in inventory order; everything that is wrong with the pattern at once
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string,
  options: SelectOptions = {},
): Loaded<readonly Host[]> {
  const diagnostics = createDiagnosticSink();
  const written = splitPattern(pattern);
  if (written.length === 0) {
    return wrong([problem('inventory/pattern', 'the host pattern is empty', 'for every host write all')]);
  }
  const terms = written.flatMap((part) =>
    part.startsWith('@') ? fileTerms(part, options, diagnostics) : [{ term: readTerm(part), place: {} }],
  );
  const index = indexOf(inventory);
  const source = options.source ?? INVENTORY;
  let suggestions = 0;

  const namedBy = ({ term, place }: PlacedTerm): readonly number[] => {
    const matches = nameMatcher(term);
    if (typeof matches === 'string') {
      diagnostics.add(
        problem(
          'inventory/pattern',
          `${clean(term.written, 80)} cannot be read: ${clean(matches, 200)}`,
          'after ~ stands a regular expression in the syntax of RE2',
          place,
        ),
      );
      return [];
    }
    const found = matching(term, matches, index);
    if (found === undefined && term.label !== undefined) {
      diagnostics.add(problem('inventory/no-match', ...noLabel(term, index, source.called), place));
      return [];
    }
    if (found === undefined) {
      const help = noMatchHelp(term, index, source, suggestions++ < MAX_SUGGESTIONS);
      diagnostics.add(
        problem(
          'inventory/no-match',
          `${clean(term.written, 80)} is no host and no group of ${source.called}`,
          help,
          place,
        ),
      );
      return [];
    }
    const left = applySubscript(found, term.subscript);
    if (left.length === 0 && term.subscript !== undefined) {
      diagnostics.add(
        problem(
          'inventory/no-match',
          `${clean(term.written, 80)} is past the end: ${clean(term.text, 80)} has ${found.length} hosts`,
          'a number in brackets at the end is a position, and the first host is [0]',
          place,
        ),
      );
    }
    return left;
  };

  const named = (kind: TermKind): readonly (readonly number[])[] =>
    terms.filter(({ term }) => term.kind === kind).map(namedBy);
  const added = named('add');
  let chosen = added.length === 0 ? new Set(inventory.hosts.keys()) : new Set(added.flat());
  for (const kept of named('intersect').map((positions) => new Set(positions)))
    chosen = new Set([...chosen].filter((position) => kept.has(position)));
  for (const position of named('exclude').flat()) chosen.delete(position);

  const isFine = diagnostics.all().length === 0;
  if (isFine && terms.length === 0)
    diagnostics.add(problem('inventory/limit-file', `${clean(pattern, 200)} names no host`, 'one pattern a line'));
  else if (isFine && chosen.size === 0 && inventory.hosts.length > 0 && options.mayLeaveNobody !== true) {
    diagnostics.add(
      problem(
        'inventory/no-match',
        `the pattern ${clean(pattern, 200)} leaves no host`,
        'look at its & and ! terms, and at groups without hosts',
      ),
    );
  }
  const problems = diagnostics
    .all()
    .filter(({ code }) => options.mayBeNobody !== true || code !== 'inventory/no-match');
  return problems.length > 0 ? wrong(problems) : right(inventory.hosts.filter((_, position) => chosen.has(position)));
}
