import { byHandText, hostsFile } from '../by-hand.js';
import { commented, formatHostNames, originLines, rulesLines, settingLines } from '../phrases.js';
import { toFileName } from '../shell-safe.js';
import type { Assignment, Plan, Remedy } from '../remedy.js';
import { getFolder, type RemediationFormat } from './format.js';

const THP_ENABLED = '/sys/kernel/mm/transparent_hugepage/enabled';

interface Section {
  readonly name: string;
  readonly holds: (assignment: Assignment) => boolean;
  readonly line: (assignment: Assignment) => string;
}

/** The plug-ins that serve each kind of key; the first that holds a key has it. */
const SECTIONS: readonly Section[] = [
  { name: 'sysctl', holds: ({ kind }) => kind === 'sysctl', line: ({ name, value }) => `${name}=${value}\n` },
  { name: 'vm', holds: ({ name }) => name === THP_ENABLED, line: ({ value }) => `transparent_hugepages=${value}\n` },
  {
    name: 'sysfs',
    holds: ({ kind, name }) => kind === 'sysfs' && name !== THP_ENABLED,
    line: ({ name, value }) => `${name}=${value}\n`,
  },
];

function howOf({ kind, name, value }: Assignment) {
  return {
    source: toFileName(kind, name),
    write: (before: string) => (kind === 'sysctl' ? `sysctl -w '${name}=${before}'` : `echo '${before}' > ${name}`),
    show: kind === 'sysctl' ? `sysctl -n ${name} gives ${value}` : `cat ${name} shows ${value}`,
  };
}

function sectionText(remedy: Remedy, { name, holds, line }: Section): string {
  const mine = remedy.assignments.filter(holds);
  if (mine.length === 0) return '';
  return `\n[${name}]\n${mine.map((assignment) => `${commented(settingLines(assignment, remedy, howOf(assignment)))}${line(assignment)}`).join('')}`;
}

/** From 2.23 on tuned looks for an administrator's profiles in a folder of their own, and no longer beside it (CFG_DEF_PROFILE_DIRS in tuned/consts.py). */
function placeOf(name: string): string {
  return `/etc/tuned/profiles/${name}/tuned.conf (before tuned 2.23: /etc/tuned/${name}/tuned.conf)`;
}

/** It goes on from the profile that is active, or takes its place: which, nobody but the host knows. */
function includeLine({ hosts, tunedProfiles }: Remedy): string {
  const [only, ...others] = [...tunedProfiles];
  return only !== undefined && others.length === 0 && only[1].length === hosts.length
    ? `include=${only[0].replaceAll(' ', ',')}`
    : '#include=';
}

function activeLines(remedy: Remedy): readonly string[] {
  return includeLine(remedy) === '#include='
    ? [...remedy.tunedProfiles].map(([profile, hosts]) => `Active now: ${profile} on ${formatHostNames(hosts)}`)
    : [];
}

function profileText(plan: Plan, remedy: Remedy, name: string): string {
  const head = [
    ...originLines(plan, remedy, `profile ${name} of tuned`),
    '',
    includeLine(remedy) === '#include='
      ? `Install: as ${placeOf(name)}; put the profile that tuned-adm active names into include= below, or it is no longer in force; then tuned-adm profile ${name}`
      : `Install: as ${placeOf(name)}, which goes on from the profile that is active now; then tuned-adm profile ${name}`,
    ...activeLines(remedy),
    'Revert: tuned-adm profile with the name that was active before; tuned sets back what it changed.',
    'Order: by default (reapply_sysctl=1 in tuned-main.conf) tuned applies the sysctls of /etc/sysctl.d, /run/sysctl.d and /etc/sysctl.conf again',
    'after its own, so a file there that sets a key below beats this profile; transparent_hugepage= on the kernel command line beats [vm].',
    'Verify: tuned-adm verify',
    ...rulesLines(plan, remedy, remedy.assignments),
  ];
  return `${commented(head)}\n[main]\nsummary=What kernward found failing: ${name}\n${includeLine(remedy)}\n${SECTIONS.map((section) => sectionText(remedy, section)).join('')}`;
}

/** A profile a remedy. */
export const tuned: RemediationFormat = {
  mayBeJoined: true,
  render: (plan) => ({
    files: plan.remedies.flatMap((remedy, index) => {
      const folder = getFolder(index);
      const name = `kernward-${folder}`;
      const profile = { path: `${folder}/etc/tuned/${name}/tuned.conf`, text: profileText(plan, remedy, name) };
      return [
        ...(remedy.assignments.length === 0 ? [] : [profile]),
        { path: `${folder}/BY-HAND.txt`, text: byHandText(plan, remedy) },
        hostsFile(folder, remedy),
      ];
    }),
    leftOut: [],
  }),
};
