import { fnv1a64 } from '../../text/fnv1a.js';
import { hostsFile } from '../by-hand.js';
import { toDropIns } from '../drop-ins.js';
import { toFileName } from '../shell-safe.js';
import { byHandLines, commented, originLines, rulesLines } from '../phrases.js';
import type { Assignment, Plan, Remedy } from '../remedy.js';
import { getFolder, type RemediationFormat } from './format.js';

/** One word of a shell, whatever is in it. */
function word(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

const USAGE = [
  'apply    remembers what is there (once), writes the files and sets the values; again, with the same end',
  'verify   tells what is set now and what else sets it at a boot; exit 1 where a value is not as it should be',
  'revert   sets what was there before, and takes the files away',
];

/**
 * Everything that does not depend on the remedy. POSIX sh; values are written as sysctl(8) writes them, one file each.
 */
const FUNCTIONS = String.raw`
say() { printf 'kernward: %s\n' "$1"; }
die() { printf 'kernward: %s\n' "$1" >&2; exit 1; }
need_root() { [ "$(id -u)" = 0 ] || die 'this must be run by root'; }

# of "always [madvise] never" the chosen word
now() { sed -e 's/.*\[\([^]]*\)\].*/\1/' -e 's/[[:space:]]\{1,\}/ /g' -- "$1"; }

remember() {
  [ -e "$memory/$1" ] && return 0
  cat >"$memory/$1.new"
  mv -f -- "$memory/$1.new" "$memory/$1"
}

# set_value NUMBER FILE VALUE
set_value() {
  if [ ! -e "$2" ]; then say "$2 is not there: left out"; return 0; fi
  now "$2" | remember "value-$1"
  if [ "$(now "$2")" = "$3" ]; then say "$2 is $3 already"; return 0; fi
  printf '%s\n' "$3" >"$2" || die "$2 does not take $3"
  say "$2 is $3 now"
}

# write_file NUMBER PATH, with the content on standard input
write_file() {
  mkdir -p -- "$(dirname -- "$2")"
  if [ ! -e "$memory/file-$1" ]; then
    if [ -e "$2" ]; then cp -p -- "$2" "$memory/before-$1"; fi
    : | remember "file-$1"
  fi
  cat >"$2.kernward-new"
  chmod 0644 "$2.kernward-new"
  mv -f -- "$2.kernward-new" "$2"
  say "$2 is written"
}

# check_value FILE VALUE
check_value() {
  if [ ! -e "$1" ]; then say "$1 is not there"; return 0; fi
  if [ "$(now "$1")" = "$2" ]; then say "$1 is $2"; return 0; fi
  say "$1 is $(now "$1"), not $2"
  wrong=1
}

# tell_others PATTERN OWN: who else sets it at a boot; the file whose name sorts last wins
tell_others() {
  for file in /etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf; do
    if [ "$file" != "$2" ] && [ -f "$file" ]; then grep -Hn -e "$1" -- "$file" | sed 's/^/kernward: set there as well: /' || :; fi
  done
}

restore_value() {
  if [ -e "$memory/value-$1" ] && [ -e "$2" ]; then
    printf '%s\n' "$(cat -- "$memory/value-$1")" >"$2" || die "$2 does not take what it was"
    say "$2 is $(now "$2") again"
    rm -f -- "$memory/value-$1"
  fi
}

restore_file() {
  [ -e "$memory/file-$1" ] || return 0
  if [ -e "$memory/before-$1" ]; then mv -f -- "$memory/before-$1" "$2"; say "$2 is as it was"
  else rm -f -- "$2"; say "$2 is gone"; fi
  rm -f -- "$memory/file-$1"
}
`;

function body(lines: readonly string[]): string {
  return lines.length === 0 ? '  :\n' : lines.map((line) => `  ${line}\n`).join('');
}

function ownFile(files: ReturnType<typeof toDropIns>, { name }: Assignment): string {
  return files.find(({ assignments }) => assignments.some((each) => each.name === name))?.path ?? '';
}

function othersOf(files: ReturnType<typeof toDropIns>, assignment: Assignment): readonly string[] {
  return assignment.kind === 'sysctl'
    ? [
        `tell_others ${word(`^[[:space:]]*-\\{0,1\\}${assignment.name.replaceAll('.', '[./]')}[[:space:]]*=`)} ${word(ownFile(files, assignment))}`,
      ]
    : [];
}

function script(plan: Plan, remedy: Remedy, name: string): string {
  const files = toDropIns(plan, remedy);
  const { assignments } = remedy;
  const byHand = byHandLines(plan, remedy);
  const path = ({ kind, name: key }: Assignment): string => word(toFileName(kind, key));
  const writes = files.map(
    (file, index) =>
      `printf '%s\\n' ${file.text
        .trimEnd()
        .split('\n')
        .map((line) => `\\\n    ${word(line)} `)
        .join('')}| write_file ${index + 1} ${word(file.path)}`,
  );
  const reported =
    byHand.length === 0
      ? []
      : [`printf '%s\\n' ${['', 'Left to do by hand:', ...byHand].map((line) => `\\\n    ${word(line)} `).join('')}`];
  return [
    '#!/bin/sh\n',
    commented([
      ...originLines(plan, remedy, name),
      '',
      `Usage, as root: sh ${name} apply | verify | revert`,
      ...USAGE.map((line) => `  ${line}`),
      ...rulesLines(plan, remedy, assignments),
      ...(byHand.length === 0 ? [] : ['', 'Left to do by hand:', ...byHand]),
    ]),
    'set -eu\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nexport PATH LC_ALL\numask 022\n',
    `memory=/var/lib/kernward/${fnv1a64(JSON.stringify(assignments))}\nwrong=0\n`,
    FUNCTIONS,
    '\napply() {\n',
    body([
      'need_root',
      'mkdir -p -- "$memory"',
      'chmod 0700 "$memory"',
      ...writes,
      ...assignments.map((assignment, index) => `set_value ${index + 1} ${path(assignment)} ${word(assignment.value)}`),
      ...reported,
    ]),
    '}\n\nverify() {\n',
    body([
      ...assignments.map((assignment) => `check_value ${path(assignment)} ${word(assignment.value)}`),
      ...assignments.flatMap((assignment) => othersOf(files, assignment)),
      'return "$wrong"',
    ]),
    '}\n\nrevert() {\n',
    body([
      'need_root',
      '[ -d "$memory" ] || die "nothing was applied here: there is no $memory"',
      ...files.map((file, index) => `restore_file ${index + 1} ${word(file.path)}`),
      ...assignments.map((assignment, index) => `restore_value ${index + 1} ${path(assignment)}`),
      'rmdir -- "$memory"',
    ]),
    '}\n\n',
    `case "\${1:-}" in\n  apply) apply ;;\n  verify) verify ;;\n  revert) revert ;;\n  *)\n    printf '%s\\n' ${word(`usage: sh ${name} apply | verify | revert`)} ${USAGE.map(word).join(' ')} >&2\n    exit 2\n    ;;\nesac\n`,
  ].join('');
}

/** A script a remedy; what a host sent stands in it in comments and in quoted words only. */
export const bash: RemediationFormat = {
  mayBeJoined: false,
  render: (plan) => ({
    files: plan.remedies.flatMap((remedy, index) => {
      const folder = getFolder(index);
      const name = `${folder}.sh`;
      return [
        { path: name, text: script(plan, remedy, name) },
        { ...hostsFile(folder, remedy), path: `${folder}.hosts.txt` },
      ];
    }),
    leftOut: [],
  }),
};
