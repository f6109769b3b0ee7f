import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAMILIES } from '../../../src/kernel/families/index.js';
import { machinesOf } from '../../../src/kernel/families/family.js';
import { afterBoot } from '../../../src/kernel/next-boot/after-boot.js';
import { WITHOUT_DETECTOR } from '../../../src/kernel/next-boot/doubts/hard-detector.js';
import { known, type Reading } from '../../../src/model/reading.js';
import { bls, CONFIG, file, SYSTEMD } from '../../support/next-boot/told.js';

const BOTH = 'sysctl.kernel.watchdog';
const SOFT = 'sysctl.kernel.soft_watchdog';
const HARD = 'sysctl.kernel.nmi_watchdog';

interface Case {
  readonly name: string;
  readonly told: readonly string[];
  readonly facts?: Readonly<Record<string, Reading>>;
  /** What it is, or why that is not known; undefined: it stays. */
  readonly after: Readonly<Record<string, number | RegExp | undefined>>;
}

const PLAIN = bls('a', 'quiet');

const cases: readonly Case[] = [
  {
    name: 'both are switched off by a file',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.watchdog=0')],
    after: { [BOTH]: 0, [SOFT]: 0, [HARD]: 0 },
  },
  {
    name: 'a file that may not be read comes after it',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.watchdog=0'), 'denied /etc/sysctl.d/b.conf'],
    after: {
      [BOTH]: /b\.conf may not be read$/,
      [SOFT]: /b\.conf may not be read$/,
      [HARD]: /b\.conf may not be read$/,
    },
  },
  {
    name: 'the kernel refuses what the last file says',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.watchdog=off')],
    after: { [BOTH]: undefined, [SOFT]: undefined, [HARD]: /^what the kernel starts with is not known/ },
  },
  {
    name: 'the last file says something else than one that is overruled',
    told: [
      ...PLAIN,
      ...file('/etc/sysctl.d/a.conf', 'kernel.watchdog=0'),
      ...file('/etc/sysctl.d/b.conf', 'kernel.watchdog=1'),
    ],
    after: { [BOTH]: /^kernel\.watchdog, which switches both detectors, is set as well/ },
  },
  {
    name: 'a unit writes it, and nobody knows what',
    told: [...PLAIN, '/etc/systemd/system/a.service:3:writes watchdog'],
    after: { [BOTH]: /a\.service:3 writes it/, [SOFT]: /a\.service:3 writes it/, [HARD]: /a\.service:3 writes it/ },
  },
  {
    name: 'entries of the boot loader differ in it',
    told: [...bls('a', 'sysctl.kernel.watchdog=0'), ...bls('b', 'quiet')],
    after: { [BOTH]: /differ in sysctl\.kernel\.watchdog/, [SOFT]: /differ in sysctl\.kernel\.watchdog/ },
  },
  {
    name: 'a unit writes one of the two as well',
    told: [
      ...PLAIN,
      ...file('/etc/sysctl.d/a.conf', 'kernel.watchdog=0'),
      '/etc/systemd/system/a.service:3:writes nmi_watchdog',
    ],
    after: { [BOTH]: /^kernel\.watchdog, which switches both detectors, is set as well/ },
  },
  {
    name: 'what is refused of one of the two changes nothing',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.watchdog=0', 'kernel.soft_watchdog=off')],
    after: { [BOTH]: 0, [SOFT]: 0, [HARD]: 0 },
  },
  {
    name: 'a file asks for a hard detector, and the kernel has taken none so far',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.nmi_watchdog=1')],
    facts: { [HARD]: known(0, '0\n') },
    after: { [HARD]: /^it is 0 now, and a kernel that finds no hard lockup detector.*a\.conf:1\)$/, [BOTH]: undefined },
  },
  {
    name: 'this boot’s command line asked for it in vain',
    told: bls('a', 'nmi_watchdog=1'),
    facts: { [HARD]: known(0, '0\n'), cmdline: known({ nmi_watchdog: '1' }, '') },
    after: { [HARD]: /^it is 0 now, and a kernel that finds no hard lockup detector/ },
  },
  {
    name: 'a file switches off what runs',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.nmi_watchdog=0')],
    after: { [HARD]: 0 },
  },
  {
    name: 'where one switch is for both, 1 is taken without a hard detector',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.nmi_watchdog=1')],
    facts: { [HARD]: known(0, '0\n'), 'uname.release': known('3.10.0-1160.el7.x86_64', '') },
    after: { [HARD]: 1 },
  },
  {
    name: 'a kernel that is built without one is not asked by files',
    told: [...PLAIN, ...file('/etc/sysctl.d/a.conf', 'kernel.nmi_watchdog=1'), 'denied /etc/sysctl.d/b.conf'],
    facts: {
      [HARD]: known(0, '0\n'),
      'uname.release': known('6.1.141-165.249.amzn2023.x86_64', ''),
      'os.id': known('amzn', ''),
    },
    after: { [HARD]: undefined, [SOFT]: /b\.conf may not be read$/ },
  },
];

describe('the two lockup detectors after the next boot', () => {
  for (const { name, told, facts = {}, after } of cases)
    test(name, () => {
      const readings = new Map<string, Reading>([
        ...[BOTH, SOFT, HARD].map((id) => [id, known(1, '1\n')] as const),
        ['uname.release', known('6.1.0-50-amd64', '')],
        ['uname.machine', known('x86_64', '')],
        ['cmdline', known({}, '')],
        ['next_boot.files', known([...SYSTEMD, ...CONFIG, ...told], '')],
        ...Object.entries(facts),
      ]);
      const next = afterBoot([])((id) => readings.get(id))?.facts;
      for (const [id, value] of Object.entries(after)) {
        const reading = next?.get(id);
        const said = reading?.state === 'unreadable' ? reading.detail : undefined;
        if (value instanceof RegExp) assert.match(said ?? `known: ${JSON.stringify(reading)}`, value, id);
        else assert.equal(reading?.state === 'known' ? reading.value : reading?.state, value, id);
      }
    });
});

test('kernels without a hard detector are those of which their family says so', () => {
  const told = FAMILIES.filter(({ always }) => always !== undefined).map((family) => {
    const { title, releases, osId, always } = family;
    assert.deepEqual([always, machinesOf(family)], [{ [HARD]: 0 }, ['x86_64']]);
    return { title, releases, ...(osId === undefined ? {} : { osId }) };
  });
  assert.deepEqual(told, WITHOUT_DETECTOR);
});
