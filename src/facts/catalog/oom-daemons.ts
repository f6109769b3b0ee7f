import { known, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed, pairs } from '../parse.js';

const SLICE = '/sys/fs/cgroup/system.slice';
/** Of the slice itself: with it alone, none of the services runs. */
const PROOF = 'cgroup.events';
const DAEMONS = ['earlyoom', 'systemd-oomd'] as const;
const PATHS = DAEMONS.map((name) => `${name}.service/cgroup.events`);

/** `earlyoom.service/cgroup.events:populated 1`: processes are in it, so the service runs. */
function running(text: string): Reading {
  const lines = pairs(text);
  if (lines?.some(([path]) => path === PROOF) !== true) return malformed('lines of cgroup.events', text);
  const found = DAEMONS.filter((_, index) =>
    lines.some(([path, value]) => path === PATHS[index] && value === 'populated 1'),
  );
  return known([...found], text);
}

/** Who ends a process before the kernel's own OOM killer does. */
export const OOM_DAEMONS: readonly FactDefinition[] = [
  {
    id: 'oom.daemons',
    title: 'Programs that kill before memory has run out, and run now',
    type: { kind: 'list' },
    since: 'where systemd runs with the unified cgroup hierarchy',
    sources: [
      'https://docs.kernel.org/admin-guide/cgroup-v2.html (cgroup.events)',
      'earlyoom.service of Debian earlyoom 1.7-1, systemd-oomd.service of Debian systemd-oomd 252.39-1~deb12u2',
    ],
    origin: {
      via: 'glob',
      section: 'locked',
      directories: [SLICE],
      patterns: [PROOF, ...PATHS],
      mayBeEmpty: false,
    },
    parse: running,
    samples: [
      { text: `${PROOF}:populated 1\n${PROOF}:frozen 0\n`, known: [] },
      {
        text: `${PROOF}:populated 1\n${PROOF}:frozen 0\n${PATHS[1]}:populated 1\n${PATHS[1]}:frozen 0\n`,
        known: ['systemd-oomd'],
      },
      { text: `${PROOF}:populated 1\n${PATHS[0]}:populated 0\n`, known: [] },
      { text: '', otherwise: 'malformed' },
      { text: 'Welcome!\n', otherwise: 'malformed' },
    ],
    note: `Of ${DAEMONS.join(' and ')}, by the cgroups of their services. Absent: no system.slice in a unified cgroup hierarchy, so that services cannot be seen there. What they are set up to watch is not seen: systemd-oomd acts only where a unit asks for it.`,
  },
];
