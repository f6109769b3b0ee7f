import { DEBIAN_KERNEL_NAMES } from '../support/debian-kernels.js';
import type { Booted } from './boots.js';
import { bootDisagreements, bootPredictionOf } from './compare-boots.js';
import { disagreements, predictionOf } from './compare.js';
import { DISK_TREES, type DiskTree } from './disk-trees.js';
import type { Observed } from './observed.js';
import { ROWS, rowName, settingsText, triggerText } from './rows.js';
import { notHealed, REMEDIES, REMEDY_ON_DISK, type Healed, type Remedied } from './remedies.js';
import { TREES } from './trees.js';

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map(line).join('\n');
}

function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? '' : String(seconds);
}

function treeText(by: string, { boot, files, script }: Pick<DiskTree, 'boot' | 'files' | 'script'>): string {
  const lines = Object.entries(files).flatMap(([path, texts]) => texts.map((text) => `\`${path}\`: \`${text}\``));
  return [
    by,
    ...(boot === undefined ? [] : [`boot: \`${boot}\``]),
    ...lines,
    ...(script === undefined ? [] : [`then \`${script}\``]),
  ].join('<br>');
}

/** What kernward does not say of a machine's settings: by name where something sets them, else how many. */
function openText(booted: Booted): string {
  const byReason = new Map<string, string[]>();
  for (const [id, why] of Object.entries(bootPredictionOf(booted).open))
    if (id in booted.after) {
      const name = id.replace('sysctl.', '');
      const reason = why.replace(` (${id})`, '');
      byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
    }
  return [...byReason].map(([why, ids]) => `${ids.length > 4 ? ids.length : ids.join(' ')}: ${why}`).join('<br>');
}

type Dated<T> = T & { readonly day: string };

/** The trees of a table that were started, with what is wrong of them. */
function startedOf<T extends { readonly name: string }>(
  trees: readonly T[],
  found: Readonly<Record<string, Dated<Booted>>>,
): readonly { readonly tree: T; readonly one: Dated<Booted>; readonly wrong: readonly string[] }[] {
  return trees.flatMap((tree) => {
    const one = found[tree.name];
    return one === undefined ? [] : [{ tree, one, wrong: bootDisagreements(one) }];
  });
}

function treeLine(tree: string, one: Dated<Booted>, wrong: readonly string[]): readonly string[] {
  const { values } = bootPredictionOf(one);
  const set = Object.entries(values).filter(([id, value]) => value !== String(one.now[id]));
  return [
    one.release,
    tree,
    set.map(([id, value]) => `${id.replace('sysctl.', '')}=${value}`).join(' '),
    String(Object.keys(values).length),
    openText(one),
    wrong.length > 0
      ? `**${wrong.join('; ')}**`
      : Object.keys(values).length === 0
        ? 'nothing to compare'
        : 'as predicted',
    one.day,
  ];
}

function healedLines(
  tried: readonly Remedied[],
  found: Readonly<Record<string, Dated<Healed>>>,
): readonly (readonly string[])[] {
  return tried.flatMap(({ rule, trigger, lines: set }) => {
    const healed = found[rule];
    if (healed === undefined) return [];
    const wrongs = notHealed(healed);
    return [
      [
        healed.release,
        `\`${rule}\``,
        set.map((each) => `\`${each}\``).join('<br>'),
        Object.keys(healed.remedy)
          .map((path) => `\`${path}\``)
          .join('<br>'),
        healed.verdicts.join(', then '),
        trigger,
        wrongs.length === 0 ? healed.seen : `**${wrongs.join('; ')}**`,
        healed.day,
      ],
    ];
  });
}

function countText(started: ReturnType<typeof startedOf>): string {
  const values = started.flatMap(({ one }) => Object.keys(bootPredictionOf(one).values)).length;
  const wrong = started.filter((each) => each.wrong.length > 0).length;
  return `${started.length} machines, ${values} values, ${wrong === 0 ? 'no disagreement' : `**${wrong} disagreements**`}`;
}

const TREE_HEAD = ['kernel', 'files', 'predicted, other than before', 'values', 'left open', 'observed', 'day'];
const REMEDY_HEAD = ['kernel', 'rule', 'set before', 'remedy', 'verdict', 'what happened', 'observed', 'day'];

/** docs/truth.md, of what was observed and what kernward makes of it today. */
export function truthPage({ lacking, rows, trees, remedies, diskTrees, diskRemedies }: Observed): string {
  const known = ROWS.flatMap((row) => {
    const observation = rows[rowName(row)];
    return observation === undefined ? [] : [{ row, observation, wrong: disagreements(row, observation) }];
  });
  const kernels = DEBIAN_KERNEL_NAMES.map((kernel) => {
    const here = known.filter(({ row }) => row.kernel === kernel);
    const of = (pick: (each: (typeof known)[number]) => string): string =>
      [...new Set(here.map(pick))].sort().join(', ');
    const why = lacking[kernel];
    return [
      `\`${kernel}\``,
      why ?? of(({ observation }) => observation.release),
      String(here.length),
      String(here.filter(({ wrong }) => wrong.length > 0).length),
    ];
  });
  const lines = known.map(({ row, observation, wrong }) => [
    observation.release,
    triggerText(row),
    settingsText(row) || 'as the kernel starts',
    predictionOf(row, observation.readings).says,
    wrong.length === 0 ? observation.seen : `**${observation.seen}**: ${wrong.join('; ')}`,
    secondsText(observation.noticedAfter),
    secondsText(observation.computed),
    observation.day,
  ]);
  const started = startedOf(TREES, trees);
  const restarted = startedOf(DISK_TREES, diskTrees);
  const days = [rows, trees, remedies, diskTrees, diskRemedies].flatMap((part) =>
    Object.values(part).map(({ day }) => day),
  );
  const wrong = known.filter((each) => each.wrong.length > 0).length;
  return `# Predictions against machines

Generated by \`npm run truth\`, which boots Debian's kernels, lets kernward look at each machine as anybody would (a login that is not root, over OpenSSH), then has the
thing happen, and writes down what the machine did. The kernels run under QEMU's software emulation, without KVM; the module \`test/support/guest/trouble.c\` makes them
oops, warn and lock up, a file system that is frozen makes tasks hang, and a process without measure takes the memory.

${known.length} machines, ${wrong === 0 ? 'no disagreement' : `**${wrong} disagreements**`}. ${
    new Set(days).size === 1
      ? `All of it was seen on ${days[0]}.`
      : 'Not all of it was seen in one run: the last column of each table says on which day. What is predicted is what kernward predicts today of what it read then.'
  }

What counts as agreement: the machine did what stands under *predicted*, all of which is said there. Where a prediction names two ends, it names what decides between them,
and each is seen. A prediction that is left open agrees with nothing. *Stood still* is a machine that panicked, and said nothing and did nothing for 10 s.

## Kernels

Every kind of kernel for 64-bit PCs that Debian 12 and 13 and the backports to 13 have, the newest of each. The backports to 12 have an older version of what its security
updates have, \`linux-image-6.12-*\`. After a slash stands the release that the package is of.

${table(['package', 'booted', 'machines', 'disagreements'], kernels)}

## What happened to machines

*noticed*: seconds of the guest's own clock from what happened to the first word of its kernel about it; of a hung task that is no sooner than \`hung_task_timeout_secs\`,
and, from when it hangs, no later than that and one interval of the scans (\`hung_task_check_interval_secs\`, at most the timeout, and the timeout where it is 0; every row here has one that divides the timeout) and 1.5 s. On a busy
host seconds pass before a task that was started hangs, so the later bound counts from when it hangs, and the column from when it was started. *restarted*: seconds that the machine computed from the panic to the restart, since it counts down by computing, no more than 1.5 s above what was
predicted; by the clock on the wall no less, but for the half second in which its panic may have been read late.

${table(['kernel', 'what happened', 'settings', 'predicted', 'observed', 'noticed', 'restarted', 'day'], lines)}

## What machines made of their files when they were started again

Kernward looked at a machine with these files; it was started again with them, with systemd-sysctl and systemd-tmpfiles or \`sysctl --system\` of procps out of Debian, run by
a script in place of an init, and every value that was predicted is compared with what it then read. ${countText(started)}. What a
setting starts with in the kernel is not known of many: those are left open, and counted.

${table(
  TREE_HEAD,
  started.map(({ tree, one, wrong: wrongs }) =>
    treeLine(`${tree.name}<br>${treeText(tree.program, tree)}`, one, wrongs),
  ),
)}

## What Debian made of its files when it was restarted

A disk with Debian on it, systemd its first process, tuned out of Debian: the files were written there, kernward looked, \`systemctl reboot\` restarted the machine from the
same disk, and every value that was predicted is compared with what it then read, once everything had started. Who runs when is systemd's own order.
${countText(restarted)}.

${table(
  TREE_HEAD,
  restarted.map(({ tree, one, wrong: wrongs }) =>
    treeLine(
      `${tree.name}<br>${treeText(tree.profile === undefined ? 'systemd' : `systemd, tuned with ${tree.profile}`, tree)}`,
      one,
      wrongs,
    ),
  ),
)}

## What remedies made of machines

Kernward found that a machine would go down, \`kernward remediate --as sysctl.d\` wrote what is to be installed, the machine was started again with it, and then the thing
happened.

${table(REMEDY_HEAD, healedLines(REMEDIES, remedies))}

The same on the disk with Debian, restarted by systemd:

${table(REMEDY_HEAD, healedLines(REMEDY_ON_DISK, diskRemedies))}
`;
}
