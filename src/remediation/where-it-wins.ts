import type { FactDefinition } from '../facts/definition.js';
import type { ReadIfAny } from '../facts/memoize-by-readings.js';
import { placeText, type Expected } from '../kernel/next-boot/expect.js';
import { expectWithFiles, type NewFile } from '../kernel/next-boot/what-if.js';
import { clean } from '../text/clean.js';
import type { Assignment } from './remedy.js';
import type { SettingKind } from './shell-safe.js';

/**
 * What names of files begin with, the usual one first. Of sysctl.d the name that sorts last wins, of tmpfiles.d the first;
 * `99-zz` sorts after Debian's 99-sysctl.conf, and `zz` after names without a number.
 */
const PREFIXES: Readonly<Record<SettingKind, readonly [string, ...string[]]>> = {
  sysctl: ['90', '99-zz', 'zz'],
  sysfs: ['10', '00'],
};

/** As many as there are prefixes of one kind. */
const ROUNDS = 3;

export function usualPrefix(kind: SettingKind): string {
  return PREFIXES[kind][0];
}

/** Where a drop-in stands. */
export function dropInPath(kind: SettingKind, prefix: string, topic: string): string {
  return `/etc/${kind === 'sysctl' ? 'sysctl.d' : 'tmpfiles.d'}/${prefix}-kernward-${topic}.conf`;
}

function lineOf({ kind, name, value }: Assignment): string {
  return kind === 'sysctl' ? `${name} = ${value}` : `w ${name} - - - - ${value}`;
}

function expectedOf(all: readonly Expected[], { kind, name }: Assignment): Expected | undefined {
  return all.find(({ setting }) => (kind === 'sysctl' ? setting.sysctl : setting.path) === name);
}

const LONGEST = 400;

/** Why the value of the file is not what the machine has after its next boot. */
function why({ prediction: { winner, doubt } }: Expected, { kind, name, value }: Assignment, path: string): string {
  if (winner === undefined)
    return clean(
      `whether ${value} holds after the next boot is not known: ${doubt ?? 'it was not predicted'}`,
      LONGEST,
    );
  const who = clean(placeText(winner), LONGEST);
  const mend =
    winner.tool === 'tuned'
      ? `; kernward remediate --as tuned writes a profile that goes on from the active one${name.endsWith('/transparent_hugepage/enabled') ? `, or put transparent_hugepage=${value} on the kernel command line, and tuned leaves it alone` : ''}`
      : winner.tool === 'the kernel command line'
        ? '; change it there'
        : `; take that line away, or change it to ${value}`;
  return `${path} does not win: ${kind === 'sysctl' ? name : 'the file'} will be ${winner.value} by ${who}${mend}`;
}

/**
 * The assignments, each with the name of file by which it wins on this host; and what overrules it where none does. The same
 * prediction says so that says what the next boot makes of the host as it is.
 *
 * @param topicOf what the name of an assignment's file ends with
 */
export function whereTheyWin(
  assignments: readonly Assignment[],
  read: ReadIfAny,
  declared: readonly FactDefinition[],
  topicOf: (assignment: Assignment) => string,
): readonly Assignment[] {
  let open = assignments;
  const settled = new Map<Assignment, Assignment>();
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const prefixOf = ({ kind }: Assignment): string => PREFIXES[kind][round] ?? PREFIXES[kind].at(-1) ?? '';
    const files = new Map<string, string[]>();
    for (const assignment of assignments) {
      const prefix =
        settled.get(assignment)?.prefix ??
        (settled.has(assignment) ? usualPrefix(assignment.kind) : prefixOf(assignment));
      const path = dropInPath(assignment.kind, prefix, topicOf(assignment));
      files.set(path, [...(files.get(path) ?? []), lineOf(assignment)]);
    }
    const written: readonly NewFile[] = [...files].map(([path, lines]) => ({ path, lines }));
    const all = expectWithFiles(read, declared, written);
    // Nothing is known of the boot: the usual names, and nothing is said.
    if (all === undefined) return assignments;
    for (const assignment of open) {
      const expected = expectedOf(all, assignment);
      const prefix = prefixOf(assignment);
      const named = prefix === usualPrefix(assignment.kind) ? assignment : { ...assignment, prefix };
      if (expected === undefined || expected.prediction.winner?.value === assignment.value)
        settled.set(assignment, named);
    }
    open = open.filter((assignment) => !settled.has(assignment));
    if (open.length === 0 || round < ROUNDS - 1) continue;
    for (const assignment of open) {
      const expected = expectedOf(all, assignment);
      if (expected === undefined) continue;
      const path = dropInPath(assignment.kind, usualPrefix(assignment.kind), topicOf(assignment));
      settled.set(assignment, { ...assignment, overruled: [why(expected, assignment, path)] });
    }
  }
  return assignments.map((assignment) => settled.get(assignment) ?? assignment);
}
