import { commented, originLines, rulesLines, settingLines } from './phrases.js';
import { toFileName, type SettingKind } from './shell-safe.js';
import { dropInPath, usualPrefix } from './where-it-wins.js';
import type { Assignment, Plan, Remedy } from './remedy.js';

/** A file under /etc that sets some keys at every boot. */
export interface DropIn {
  readonly kind: SettingKind;
  /** `/etc/sysctl.d/90-kernward-hung-task.conf`. */
  readonly path: string;
  readonly assignments: readonly Assignment[];
  readonly text: string;
}

/** What applies a file at once. */
export const LOAD: Readonly<Record<SettingKind, readonly string[]>> = {
  sysctl: ['sysctl', '-p'],
  sysfs: ['systemd-tmpfiles', '--create'],
};

/** The topic is the policy of the first rule that wants the key. */
export function topicOf(summaries: Plan['rules'], { rules }: Assignment): string {
  const policy = summaries.get(rules[0] ?? '')?.policy ?? '';
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(policy) && policy.length <= 100 ? policy : 'settings';
}

interface Place {
  readonly order: readonly string[];
  readonly line: (assignment: Assignment) => string;
  readonly how: (assignment: Assignment) => Parameters<typeof settingLines>[2];
}

const PLACE: Readonly<Record<SettingKind, Place>> = {
  sysctl: {
    order: [
      'Order: of all files in /etc/sysctl.d, /run/sysctl.d, /usr/local/lib/sysctl.d and /usr/lib/sysctl.d the one whose name sorts last wins, so a',
      '99-*.conf that sets a key below beats this file, and sysctl --system reads /etc/sysctl.conf last of all; tuned may set sysctls after the boot.',
      'See sysctl.d(5), https://manpages.debian.org/bookworm/systemd/sysctl.d.5.en.html',
      'Verify the order: /usr/lib/systemd/systemd-sysctl --cat-config (or /lib/systemd/systemd-sysctl) prints all of it; the last line of a key counts.',
    ],
    line: ({ name, value }) => `${name} = ${value}\n`,
    how: ({ name, value }) => ({
      source: toFileName('sysctl', name),
      write: (before) => `sysctl -w '${name}=${before}'`,
      show: `sysctl -n ${name} gives ${value}`,
    }),
  },
  sysfs: {
    order: [
      'Order: where several files name a path, the one whose name sorts first wins, the opposite of sysctl.d; hence 10-. tuned sets transparent huge',
      'pages after the boot, unless transparent_hugepage= is on the kernel command line, and a unit of your own may.',
      'See tmpfiles.d(5), https://manpages.debian.org/bookworm/systemd/tmpfiles.d.5.en.html (w: write the argument to a file, if it exists)',
      'Verify the order: systemd-tmpfiles --cat-config prints all of it; the first line of a path counts.',
    ],
    line: ({ name, value }) => `w ${name} - - - - ${value}\n`,
    how: ({ name, value }) => ({
      source: name,
      write: (before) => `echo '${before}' > ${name}`,
      show: `cat ${name} shows ${value} (in brackets, where it shows a choice)`,
    }),
  },
};

function dropIn(
  plan: Plan,
  remedy: Remedy,
  kind: SettingKind,
  file: string,
  assignments: readonly Assignment[],
): DropIn {
  const { order, line, how } = PLACE[kind];
  const head = [
    ...originLines(plan, remedy, file),
    '',
    `Install: as ${file}, owner root, mode 0644; apply at once: ${LOAD[kind].join(' ')} ${file}`,
    'Revert: remove the file, and set what it was (below).',
    ...order,
    ...rulesLines(plan, remedy, assignments),
  ];
  const body = assignments.map(
    (assignment) => `#\n${commented(settingLines(assignment, remedy, how(assignment)))}${line(assignment)}`,
  );
  return { kind, path: file, assignments, text: `${commented(head)}${body.join('')}` };
}

/** The files of a remedy, by kind and topic. Each key stands in exactly one of them. */
export function toDropIns(plan: Plan, remedy: Remedy): readonly DropIn[] {
  const grouped = new Map<string, Assignment[]>();
  for (const assignment of remedy.assignments) {
    const { kind, prefix = usualPrefix(kind) } = assignment;
    const key = dropInPath(kind, prefix, topicOf(plan.rules, assignment));
    const before = grouped.get(key);
    if (before === undefined) grouped.set(key, [assignment]);
    else before.push(assignment);
  }
  return [...grouped].flatMap(([path, assignments]) => {
    const [first] = assignments;
    return first === undefined ? [] : [dropIn(plan, remedy, first.kind, path, assignments)];
  });
}
