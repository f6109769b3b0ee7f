import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTS } from '../../../src/facts/index.js';
import { derive } from '../../../src/kernel/derive-facts.js';
import { NEXT_BOOT_FACTS } from '../../../src/kernel/next-boot/facts.js';
import { known, unreadable, type Reading } from '../../../src/model/reading.js';
import { file, SYSTEMD } from '../../support/next-boot/told.js';

/** What distributions bring along that a boot applies beside what everybody's does. */
interface Case {
  /** What is set now, where it is not 0. */
  readonly now?: Readonly<Record<string, number>>;
  readonly name: string;
  readonly told: readonly string[];
  readonly facts: Readonly<Record<string, Reading>>;
  /** Value and place, or why it is not known; by fact. */
  readonly is: Readonly<Record<string, readonly [value: string, place: RegExp] | RegExp>>;
  readonly contradictions?: number;
}

const TIMEOUT = 'sysctl.kernel.hung_task_timeout_secs';
const PANIC = 'sysctl.kernel.panic';
const STAGED = /^\/run\/ostree\/staged-deployment is there: what boots next takes the place of what was read$/;
const OOPS = 'sysctl.kernel.panic_on_oops';

const RELEASE = '5.14.21-150400.24.100-default';
const NEWER = '5.14.21-150400.24.111-default';
const LEAP = { 'os.id': known('opensuse-leap', ''), 'uname.release': known(RELEASE, '') };
const SUSE = [
  ...SYSTEMD,
  ...file(`/boot/config-${RELEASE}`, 'CONFIG_DEFAULT_HUNG_TASK_TIMEOUT=480', 'CONFIG_PANIC_TIMEOUT=0'),
  ...file('/etc/default/grub', 'GRUB_CMDLINE_LINUX_DEFAULT='),
];
const OF_KERNEL = file(`/boot/sysctl.conf-${RELEASE}`, 'kernel.hung_task_timeout_secs = 0');

const DEBIAN = { 'os.id': known('debian', ''), 'uname.release': known('6.1.0-50-amd64', '') };
const STOCK = [
  ...SYSTEMD,
  ...file('/boot/config-6.1.0-50-amd64', 'CONFIG_PANIC_TIMEOUT=0', '# CONFIG_PANIC_ON_OOPS is not set'),
  ...file('/etc/default/grub', 'GRUB_CMDLINE_LINUX_DEFAULT='),
];
const BY_KUBELET = {
  'sysctl.vm.overcommit_memory': 1,
  'sysctl.vm.panic_on_oom': 0,
  [PANIC]: 10,
  [OOPS]: 1,
};
const LIKE_KUBELET =
  /^it is what a kubelet sets, as are the others of its sysctls, and no file sets it: who started one was not seen$/;

const TUNED = [...STOCK, 'enabled tuned'];
const MINE = file('/etc/tuned/mine/tuned.conf', '[sysctl] kernel.panic=10');
const RECOMMENDED = /^which profile tuned recommends, which it then applies, is not known: /;

const COS = { 'os.id': known('cos', ''), 'uname.release': known('6.1.0-50-amd64', '') };
const IN_MEMORY = (path: string): RegExp =>
  new RegExp(`^what is written to /etc is kept in memory, and ${path} may be gone after the next boot$`);

const KDUMP = { 'kdump.enabled': known(true, ''), 'uname.release': known(RELEASE, '') };
const NO_OOPS = [...SUSE, ...OF_KERNEL, ...file('/etc/sysctl.d/a.conf', 'kernel.panic_on_oops = 0')];

const cases: readonly Case[] = [
  {
    name: 'files of an /etc that is made anew at each boot are in doubt, and what no file sets is not',
    told: ['volatile /etc', ...STOCK, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5')],
    facts: COS,
    is: { [PANIC]: IN_MEMORY('/etc/sysctl\\.d/a\\.conf'), [OOPS]: ['0', /config/] },
  },
  {
    name: 'so is what a file there hides',
    told: [
      'volatile /etc',
      ...STOCK,
      'null /etc/sysctl.d/a.conf',
      ...file('/usr/lib/sysctl.d/a.conf', 'kernel.panic = 5'),
      ...file('/usr/lib/sysctl.d/b.conf', 'kernel.panic_on_oops = 1'),
    ],
    facts: COS,
    is: { [PANIC]: IN_MEMORY('/etc/sysctl\\.d/a\\.conf'), [OOPS]: ['1', /^\/usr\/lib\/sysctl\.d\/b\.conf:1$/] },
  },
  {
    name: 'what is the same without it is not, and one among several is',
    told: [
      'volatile /etc',
      ...STOCK,
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 0', 'kernel.panic_on_oops = 1'),
      ...file('/etc/sysctl.d/b.conf', 'kernel.panic_on_oops = 0'),
    ],
    facts: COS,
    is: { [PANIC]: ['0', /config/], [OOPS]: IN_MEMORY('/etc/sysctl\\.d/b\\.conf') },
  },
  {
    name: 'a root file system in memory: all is made anew',
    told: ['volatile /', ...STOCK, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5')],
    facts: COS,
    is: {
      [PANIC]: /^\/ is kept in memory, or what is written to it is: what boots next takes the place of what was read$/,
    },
  },
  {
    name: 'the profile that tuned loads after all others',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'mine'),
      ...file('/etc/tuned/post_loaded_profile', 'last'),
      ...MINE,
      ...file('/etc/tuned/last/tuned.conf', '[sysctl] kernel.panic=20'),
    ],
    facts: DEBIAN,
    is: { [PANIC]: ['20', /^\/etc\/tuned\/last\/tuned\.conf:1$/] },
  },
  {
    name: 'that one alone, where no profile is active and none is to be recommended',
    told: [
      ...TUNED,
      ...file('/etc/tuned/profile_mode', 'manual'),
      ...file('/etc/tuned/post_loaded_profile', 'mine'),
      ...MINE,
    ],
    facts: DEBIAN,
    is: { [PANIC]: ['10', /^\/etc\/tuned\/mine\/tuned\.conf:1$/] },
  },
  {
    name: 'two profiles to be loaded after all others, with which tuned loads none',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'mine'),
      ...file('/etc/tuned/post_loaded_profile', 'last mine'),
      ...MINE,
    ],
    facts: DEBIAN,
    is: { [PANIC]: /^\/etc\/tuned\/post_loaded_profile names several profiles, with which tuned loads none$/ },
  },
  ...[
    { name: 'no active profile', told: [], why: 'no profile is active' },
    { name: 'an empty one', told: file('/etc/tuned/active_profile', ''), why: 'no profile is active' },
    {
      name: 'one that another wrote after tuned had chosen its own',
      told: [
        ...file('/etc/tuned/active_profile', 'mine'),
        ...MINE,
        ...file('/etc/tuned/profile_mode', 'auto'),
        'newer /etc/tuned/active_profile',
      ],
      why: '/etc/tuned/profile_mode says auto, and /etc/tuned/active_profile was written after it',
    },
  ].map(({ name, told, why }) => ({
    name: `tuned takes the profile that it recommends: ${name}`,
    told: [...TUNED, ...told],
    facts: DEBIAN,
    is: { [PANIC]: new RegExp(RECOMMENDED.source + why.replaceAll('/', '\\/') + '$') },
  })),
  {
    name: 'no active profile, and none is to be recommended',
    told: [...TUNED, ...file('/etc/tuned/profile_mode', 'manual')],
    facts: DEBIAN,
    is: { [PANIC]: ['0', /config/] },
  },
  {
    name: 'a mode of tuned that is none, with which it does not start',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'mine'),
      ...MINE,
      ...file('/etc/tuned/profile_mode', 'automatic'),
    ],
    facts: DEBIAN,
    is: { [PANIC]: /^\/etc\/tuned\/profile_mode says automatic, with which tuned does not start$/ },
  },
  {
    name: 'what tuned recommended when it started last',
    told: [...TUNED, ...file('/etc/tuned/active_profile', 'mine'), ...MINE, ...file('/etc/tuned/profile_mode', 'auto')],
    facts: DEBIAN,
    is: { [PANIC]: ['10', /^\/etc\/tuned\/mine\/tuned\.conf:1$/] },
  },
  {
    name: 'a profile that runs a program',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'mine'),
      ...MINE,
      '/etc/tuned/mine/tuned.conf:2:[script] script=a.sh',
    ],
    facts: DEBIAN,
    is: { [PANIC]: /^\/etc\/tuned\/mine\/tuned\.conf runs a program, which is not executed to see what it sets$/ },
  },
  {
    name: 'a program that runs before a part of a profile',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'mine'),
      ...MINE,
      '/etc/tuned/mine/tuned.conf:2:[disk] script_pre=a.sh',
    ],
    facts: DEBIAN,
    is: { [PANIC]: /^\/etc\/tuned\/mine\/tuned\.conf runs a program/ },
  },
  {
    name: 'one that is switched off',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'mine'),
      ...MINE,
      '/etc/tuned/mine/tuned.conf:2:[run] type=script',
      '/etc/tuned/mine/tuned.conf:3:[run] script=a.sh',
      '/etc/tuned/mine/tuned.conf:4:[run] enabled=false',
    ],
    facts: DEBIAN,
    is: { [PANIC]: ['10', /mine\/tuned\.conf:1$/] },
  },
  {
    name: 'a program of a profile of tuned’s own, which was read',
    told: [
      ...TUNED,
      ...file('/etc/tuned/active_profile', 'powersave'),
      ...file(
        '/usr/lib/tuned/powersave/tuned.conf',
        '[script] script=${i:PROFILE_DIR}/script.sh',
        '[sysctl] kernel.panic=10',
      ),
    ],
    facts: DEBIAN,
    is: { [PANIC]: ['10', /powersave\/tuned\.conf:2$/] },
  },
  ...['k3s', 'k3s-agent', 'rke2-server', 'rke2-agent', 'k0sworker', 'snap.microk8s.daemon-kubelite', 'microshift'].map(
    (unit) => ({
      name: `the kubelet that ${unit} starts`,
      told: [...STOCK, `enabled ${unit}`, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5')],
      facts: DEBIAN,
      is: {
        [PANIC]: new RegExp(
          `^the kubelet sets it to 10 when it starts \\(setupKernelTunables, in ${unit}\\.service\\), or does not`,
        ),
        [OOPS]: /^the kubelet sets it to 1 when it starts/,
      },
      contradictions: 1,
    }),
  ),
  {
    name: 'k0scontroller, which may start a kubelet or not',
    told: [
      ...STOCK,
      'enabled k0scontroller',
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5', 'kernel.panic_on_oops = 1'),
    ],
    facts: DEBIAN,
    is: { [PANIC]: /^the kubelet sets it to 10/, [OOPS]: ['1', /a\.conf:2$/] },
  },
  {
    name: 'all that a kubelet sets is set, by nobody that was seen',
    told: STOCK,
    facts: DEBIAN,
    now: BY_KUBELET,
    is: {
      [PANIC]: LIKE_KUBELET,
      [OOPS]: LIKE_KUBELET,
      'sysctl.vm.overcommit_memory': LIKE_KUBELET,
      'sysctl.vm.panic_on_oom': ['0', /oom_kill/],
    },
  },
  {
    name: 'the same where a file sets one of them',
    told: [...STOCK, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 10')],
    facts: DEBIAN,
    now: BY_KUBELET,
    is: { [PANIC]: ['10', /a\.conf:1$/], [OOPS]: LIKE_KUBELET },
  },
  {
    name: 'some of what a kubelet sets',
    told: STOCK,
    facts: DEBIAN,
    now: { ...BY_KUBELET, [PANIC]: 5 },
    is: { [PANIC]: ['0', /config/], [OOPS]: ['0', /config/] },
  },
  {
    name: 'an update that is staged and takes the place of /usr at shutdown leaves all open',
    told: [
      ...SUSE,
      ...OF_KERNEL,
      ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 3'),
      'staged /run/ostree/staged-deployment',
    ],
    facts: LEAP,
    is: { [PANIC]: STAGED, [TIMEOUT]: STAGED, 'sysctl.kernel.panic_on_warn': STAGED },
  },
  {
    name: 'SUSE’s kdump sets panic_on_oops as it loads the crash kernel',
    told: NO_OOPS,
    facts: { ...LEAP, ...KDUMP },
    is: { [OOPS]: /^kdump of SUSE sets it to 1 when it loads the crash kernel$/ },
    contradictions: 1,
  },
  {
    name: 'that of a distribution made from SUSE’s',
    told: NO_OOPS,
    facts: { ...KDUMP, 'os.id': known('somebody', ''), 'os.id_like': known(['suse'], '') },
    is: { [OOPS]: /^kdump of SUSE sets it to 1/ },
    contradictions: 1,
  },
  {
    name: 'kdump-tools of a distribution made from Debian',
    told: NO_OOPS,
    facts: { ...KDUMP, 'os.id': known('linuxmint', ''), 'os.id_like': known(['ubuntu', 'debian'], '') },
    is: { [OOPS]: /^kdump-config sets it to 1 when it loads the crash kernel$/ },
    contradictions: 1,
  },
  {
    name: 'kdump of others sets nothing',
    told: NO_OOPS,
    facts: { ...KDUMP, 'os.id': known('rocky', ''), 'os.id_like': known(['rhel', 'centos', 'fedora'], '') },
    is: { [OOPS]: ['0', /^\/etc\/sysctl\.d\/a\.conf:1$/] },
  },
  {
    name: 'kdump where it is not known which distribution this is',
    told: NO_OOPS,
    facts: { ...KDUMP, 'os.id': unreadable('denied', 'may not be read'), 'uname.release': known('6.1.0-50-amd64', '') },
    is: {
      [OOPS]:
        /^kdump of Debian, Ubuntu and SUSE sets it to 1, and which distribution this is is not known: may not be read$/,
    },
  },
  {
    name: 'the sysctl file of SUSE’s kernel, in /boot',
    told: [...SUSE, ...OF_KERNEL],
    facts: LEAP,
    is: {
      [TIMEOUT]: ['0', /^\/boot\/sysctl\.conf-5\.14\.21-150400\.24\.100-default:1$/],
      [PANIC]: ['0', /^\/boot\/config-/],
    },
  },
  {
    name: 'the one beside its modules goes before',
    told: [
      ...SUSE,
      ...OF_KERNEL,
      ...file(`/usr/lib/modules/${RELEASE}/sysctl.conf`, 'vm.panic_on_oom = 1', 'kernel.hung_task_*_secs = 60'),
    ],
    facts: LEAP,
    is: { [TIMEOUT]: ['60', /^\/usr\/lib\/modules\/.*:2, by the pattern kernel/] },
  },
  {
    name: 'sysctl.d comes after it, and it is the same tool',
    told: [...SUSE, ...OF_KERNEL, ...file('/etc/sysctl.d/a.conf', 'kernel.hung_task_timeout_secs = 120')],
    facts: LEAP,
    is: { [TIMEOUT]: ['120', /^\/etc\/sysctl\.d\/a\.conf:1$/] },
  },
  {
    name: 'it is that of the next kernel, not of the one that runs',
    told: [
      ...SUSE,
      ...OF_KERNEL,
      ...file(`/boot/sysctl.conf-${NEWER}`, 'kernel.panic = 7'),
      ...file('/boot/loader/entries/a.conf', `version ${NEWER}`, 'options '),
    ],
    facts: LEAP,
    is: { [PANIC]: ['7', /^\/boot\/sysctl\.conf-5\.14\.21-150400\.24\.111-default:1$/] },
  },
  {
    name: 'where it was not seen, what nothing else sets is open',
    told: [...SUSE, ...file('/etc/sysctl.d/a.conf', 'kernel.panic = 5')],
    facts: {
      'os.id': known('somebody', ''),
      'os.id_like': known(['suse', 'opensuse'], ''),
      'uname.release': known(RELEASE, ''),
    },
    is: {
      [PANIC]: ['5', /^\/etc\/sysctl\.d\/a\.conf:1$/],
      [TIMEOUT]:
        /^the sysctl file of SUSE's kernel \(\/boot\/sysctl\.conf-5\.14\.21-150400\.24\.100-default, or sysctl\.conf in \/usr\/lib\/modules\) was not seen$/,
    },
  },
  {
    name: 'where it may not be read',
    told: [...SUSE, `denied /boot/sysctl.conf-${RELEASE}`],
    facts: LEAP,
    is: { [TIMEOUT]: /^\/boot\/sysctl\.conf-5\.14\.21-150400\.24\.100-default may not be read$/ },
  },
  {
    name: 'where one of the units that apply it is another’s, or is masked',
    told: [...SUSE, ...OF_KERNEL, 'null /etc/systemd/system/boot-sysctl.service'],
    facts: LEAP,
    is: {
      [TIMEOUT]:
        /^\/etc\/systemd\/system\/boot-sysctl\.service stands in the place of the unit that applies \/boot\/sysctl\.conf-/,
    },
  },
  {
    name: 'nobody reads it elsewhere',
    told: [...SUSE, ...OF_KERNEL],
    facts: { 'os.id': known('debian', ''), 'uname.release': known(RELEASE, '') },
    is: { [TIMEOUT]: ['480', /^\/boot\/config-/] },
  },
  {
    name: 'an os-release that may not be read, and a kernel of SUSE',
    told: SUSE,
    facts: { 'os.id': unreadable('denied', 'may not be read'), 'uname.release': known(RELEASE, '') },
    is: { [TIMEOUT]: /^the sysctl file of SUSE's kernel .* was not seen$/ },
  },
];

function entriesOf(reading: Reading | undefined): Readonly<Record<string, string>> {
  assert.equal(reading?.state, 'known');
  const value = reading?.state === 'known' ? reading.value : undefined;
  return Object.fromEntries(Object.entries(Object(value)).map(([key, each]) => [key, String(each)]));
}

for (const { name, told, facts, is, now = {}, contradictions = 0 } of cases)
  void test(name, () => {
    const readings = derive(
      new Map<string, Reading>([
        ...FACTS.filter(({ id }) => id.startsWith('sysctl.')).map(({ id }) => [id, known(now[id] ?? 0, '')] as const),
        ['memory.total', known(8 * 1024 ** 3, '')],
        ['kdump.enabled', known(false, '')],
        ['cmdline', known({}, '')],
        ['next_boot.files', known(told, told.join('\n'))],
        ...Object.entries(facts),
      ]),
      NEXT_BOOT_FACTS,
    );
    const [values, places, open, said] = ['values', 'places', 'open', 'contradictions'].map((each) =>
      entriesOf(readings.get(`next_boot.${each}`)),
    );
    for (const [id, expected] of Object.entries(is))
      if (expected instanceof RegExp) assert.match(open?.[id] ?? `it is ${values?.[id]}`, expected);
      else {
        assert.equal(values?.[id], expected[0], `${id}: ${open?.[id]}`);
        assert.match(places?.[id] ?? '', expected[1]);
      }
    assert.equal(Object.keys(said ?? {}).length, contradictions, JSON.stringify(said));
  });
