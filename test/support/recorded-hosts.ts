import { readFileSync } from 'node:fs';
import { editRecording } from '../../src/demo/edit-recording.js';
import { FACTS } from '../../src/facts/index.js';
import { EL7 } from '../../src/kernel/families/el7.js';
import type { Family } from '../../src/kernel/families/family.js';
import { familyOf } from '../../src/kernel/families/index.js';

/**
 * Machines of the families that kernward knows, as whole probe outputs: the recorded Debian 12 under another kernel and
 * distribution. They are edited, not recorded: what is theirs is the identity (releases, build strings, os-release) and the
 * knobs that their kernels lack.
 */
export interface FamilyHost {
  readonly name: string;
  readonly osRelease: string;
  readonly release: string;
  readonly version: string;
  readonly signature?: string;
  /** Knobs of 6.1 that this kernel lacks. */
  readonly lacks: readonly string[];
  readonly vendor: string;
  /** K1, the khugepaged fix: its state, or unknown. */
  readonly khugepaged: 'fixed' | 'missing' | 'unknown';
}

const K = '/proc/sys/kernel';
const SINCE_5_15 = [
  `${K}/hung_task_all_cpu_backtrace`,
  `${K}/oops_all_cpu_backtrace`,
  `${K}/max_rcu_stall_to_panic`,
  '/proc/sys/vm/compaction_proactiveness',
];
const LIMITS = [`${K}/oops_limit`, `${K}/warn_limit`, '/sys/kernel/oops_count', '/sys/kernel/warn_count'];
const SINCE_5_4 = [`${K}/hung_task_check_interval_secs`, `${K}/panic_print`, '/proc/sys/vm/watermark_boost_factor'];
const SINCE_6_1 = [`${K}/split_lock_mitigate`];
const OLD = [...SINCE_6_1, ...SINCE_5_15, ...LIMITS, ...SINCE_5_4];

export const FAMILY_HOSTS: readonly FamilyHost[] = [
  {
    name: 'debian-9',
    osRelease: 'PRETTY_NAME="Debian GNU/Linux 9 (stretch)"\nNAME="Debian GNU/Linux"\nVERSION_ID="9"\nID=debian',
    release: '4.9.0-19-amd64',
    version: '#1 SMP Debian 4.9.320-2 (2022-06-30)',
    lacks: OLD,
    vendor: 'debian',
    khugepaged: 'fixed',
  },
  {
    name: 'ubuntu-22.04',
    osRelease: 'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian',
    release: '5.15.0-122-generic',
    version: '#132-Ubuntu SMP Thu Aug 29 13:45:52 UTC 2024',
    signature: 'Ubuntu 5.15.0-122.132-generic 5.15.163',
    lacks: SINCE_6_1,
    vendor: 'ubuntu',
    khugepaged: 'fixed',
  },
  {
    name: 'rhel-7.9',
    osRelease:
      'NAME="Red Hat Enterprise Linux Server"\nVERSION_ID="7.9"\nID="rhel"\nPRETTY_NAME="Red Hat Enterprise Linux Server 7.9 (Maipo)"',
    release: '3.10.0-1160.119.1.el7.x86_64',
    version: '#1 SMP Tue Jun 4 14:43:51 UTC 2024',
    lacks: OLD,
    vendor: 'rhel',
    khugepaged: 'fixed',
  },
  {
    name: 'rhel-8.10',
    osRelease:
      'NAME="Red Hat Enterprise Linux"\nVERSION_ID="8.10"\nID="rhel"\nPRETTY_NAME="Red Hat Enterprise Linux 8.10 (Ootpa)"',
    release: '4.18.0-553.el8_10.x86_64',
    version: '#1 SMP Fri May 10 15:19:13 EDT 2024',
    lacks: [...SINCE_6_1, ...SINCE_5_15, ...LIMITS],
    vendor: 'rhel',
    khugepaged: 'fixed',
  },
  {
    name: 'rhel-9.4',
    osRelease:
      'NAME="Red Hat Enterprise Linux"\nVERSION_ID="9.4"\nID="rhel"\nPRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"',
    release: '5.14.0-427.13.1.el9_4.x86_64',
    version: '#1 SMP PREEMPT_DYNAMIC Wed Apr 10 10:29:16 EDT 2024',
    lacks: SINCE_6_1,
    vendor: 'rhel',
    khugepaged: 'fixed',
  },
  {
    name: 'sles-12.5',
    osRelease: 'NAME="SLES"\nVERSION_ID="12.5"\nID="sles"\nPRETTY_NAME="SUSE Linux Enterprise Server 12 SP5"',
    release: '4.12.14-122.216-default',
    version: '#1 SMP Mon May 27 12:00:00 UTC 2024 (0123456)',
    lacks: OLD,
    vendor: 'suse',
    khugepaged: 'unknown',
  },
  {
    name: 'sles-15.5',
    osRelease: 'NAME="SLES"\nVERSION_ID="15.5"\nID="sles"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"',
    release: '5.14.21-150500.55.52-default',
    version: '#1 SMP PREEMPT_DYNAMIC Tue Mar 5 16:53:41 UTC 2024 (a62851f)',
    lacks: SINCE_6_1,
    vendor: 'suse',
    khugepaged: 'fixed',
  },
  {
    name: 'amazon-2',
    osRelease: 'NAME="Amazon Linux"\nVERSION_ID="2"\nID="amzn"\nPRETTY_NAME="Amazon Linux 2"',
    release: '4.14.336-253.554.amzn2.x86_64',
    version: '#1 SMP Wed Feb 7 16:37:16 UTC 2024',
    lacks: OLD,
    vendor: 'amazon',
    khugepaged: 'unknown',
  },
  {
    name: 'alpine-3.20',
    osRelease: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"',
    release: '6.6.56-0-virt',
    version: '#1-Alpine SMP PREEMPT_DYNAMIC 2024-10-11 08:50:17',
    lacks: [],
    vendor: 'alpine',
    khugepaged: 'fixed',
  },
  {
    name: 'android-like',
    osRelease: 'NAME="Vendor Linux"\nID=vendor\nPRETTY_NAME="Vendor Linux"',
    release: '4.9.319-g5d3a1c0f7e21',
    version: '#1 SMP PREEMPT Thu Jan 4 11:22:33 CST 2024',
    lacks: OLD,
    vendor: 'unrecognised',
    khugepaged: 'unknown',
  },
];

/** The files of the knobs that the release's family lacks, where a family is known by it. */
function lackedByFamily(family: Family | undefined): readonly string[] {
  const lacks = new Set(family?.lacks);
  return FACTS.flatMap(({ id, origin }) =>
    lacks.has(id) && origin.via === 'file' ? origin.paths.filter((path) => !path.includes('redhat')) : [],
  );
}

/** What the release's family boots with, and the recorded Debian 12 may not. */
function bootsOfFamily(family: Family | undefined): Readonly<Record<string, string>> {
  const boots = new Map(Object.entries(family?.boots ?? {}));
  return Object.fromEntries(
    FACTS.flatMap(({ id, origin }) => {
      const value = boots.get(id);
      return value === undefined || origin.via !== 'file'
        ? []
        : origin.paths.slice(0, 1).map((path) => [path, String(value)]);
    }),
  );
}

/** What RHEL 7 has and the recorded Debian 12 lacks, or says otherwise. */
const OF_EL7 = {
  '/proc/sys/kernel/panic_on_stackoverflow': '0',
  '/proc/sys/debug/panic_on_rcu_stall': '0',
  '/proc/sys/kernel/nmi_watchdog': '1',
};

const RECORDING = readFileSync('policies/hosts/debian-12.probe', 'utf8');

/** The whole output of the probe on such a machine. */
export function probeOutputOf({ osRelease, release, version, signature, lacks }: FamilyHost): Buffer {
  const family = familyOf(release, /^ID=(\S+)$/m.exec(osRelease)?.[1]);
  return Buffer.from(
    editRecording(RECORDING, {
      set: {
        '/etc/os-release': osRelease,
        '/usr/lib/os-release': osRelease,
        '/proc/sys/kernel/osrelease': release,
        '/proc/sys/kernel/version': version,
        '/proc/version': `Linux version ${release} (builder@host) (gcc) ${version}`,
        ...(signature === undefined ? {} : { '/proc/version_signature': signature }),
        ...bootsOfFamily(family),
        ...(family === EL7 ? OF_EL7 : {}),
      },
      without: [...new Set([...lacks, ...lackedByFamily(family)])],
    }),
  );
}
