import { defined } from '../language/defined.js';
import { fixFactId } from '../kernel/fixes/facts.js';
import type { KnownFix } from '../kernel/fixes/schema.js';
import { explainOutcome, type CauseLink } from '../kernel/outcome/index.js';
import type { CauseStep, Causes, ChainBreak, CauseEvidence, Sign } from '../model/causes.js';
import { known as isKnown, notCollected, type FactId, type Reading } from '../model/reading.js';
import type { HostReport } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { sentence } from '../text/sentence.js';
import { isStep } from './outcome-causes.js';
import { factLines } from './fact-lines.js';
import type { RuleSummaries } from './findings.js';

/** The rule whose failure means that all links of the known incident are there. */
export const INCIDENT_RULE = 'founding-incident';

/** The rules that say, at each link, whether it has begun. */
const SIGNS = {
  memory: ['oom-kills-since-boot', 'memory-pressure-now', 'compaction-stalls', 'huge-page-fallbacks'],
  khugepaged: ['khugepaged-blocked-now', 'many-tasks-blocked-now'],
  detector: ['hung-tasks-since-boot', 'hung-task-reports-taken', 'hung-task-reports-used-up'],
  dump: [
    'crash-kernel-too-small',
    'kdump-not-enabled',
    'kdump-leaves-machine-down',
    'earlier-dumps-unfinished',
    'crash-kernel-reserved-not-loaded',
    'panic-log-not-kept',
    'panic-says-little',
  ],
} as const;

/** Every rule that the chain speaks of: it needs no line of its own. */
export const TOLD: ReadonlySet<string> = new Set([
  INCIDENT_RULE,
  'hung-task-auto-reboot',
  'khugepaged-fix-missing',
  'khugepaged-not-stopped',
  ...Object.values(SIGNS).flat(),
]);

const DETECTOR_FACTS: ReadonlySet<FactId> = new Set([
  'sysctl.kernel.hung_task_timeout_secs',
  'sysctl.kernel.hung_task_check_interval_secs',
  'sysctl.kernel.tainted',
  'sysctl.kernel.hung_task_check_count',
]);
const PANIC_FACTS: ReadonlySet<FactId> = new Set([
  'sysctl.kernel.hung_task_panic',
  'sysctl.kernel.hung_task_warnings',
  'uname.release',
]);

/** What these mean is what the step itself says. */
const SAID_ABOVE: ReadonlySet<FactId> = new Set([
  'sysctl.kernel.hung_task_timeout_secs',
  'sysctl.kernel.hung_task_check_interval_secs',
  'sysctl.kernel.hung_task_panic',
]);

function numberOf(reading: Reading | undefined): number | undefined {
  return reading?.state === 'known' && typeof reading.value === 'number' ? reading.value : undefined;
}

function whenFound({ readings }: HostReport): string {
  const timeout = numberOf(readings.get('sysctl.kernel.hung_task_timeout_secs')) ?? 0;
  const interval = numberOf(readings.get('sysctl.kernel.hung_task_check_interval_secs')) ?? 0;
  const scan = interval === 0 || interval > timeout ? timeout : interval;
  return `Between ${timeout} and ${scan === timeout ? 2 * timeout : timeout + 2 * scan} s later`;
}

function signs(host: HostReport, rules: readonly string[], otherwise?: string): readonly Sign[] {
  const about = host.verdicts.filter(({ rule }) => rules.includes(rule));
  const begun = about.filter(({ result }) => result === 'fail' || result === 'informational');
  const open = about.filter(({ result }) => result === 'unknown');
  return [
    ...begun.map(({ because, rule }): Sign => ({ state: 'begun', text: sentence(because), rule })),
    ...open.map(({ because, rule }): Sign => ({ state: 'open', text: sentence(because), rule })),
    ...(otherwise === undefined || begun.length + open.length > 0 || about.length === 0
      ? []
      : [{ state: 'none' as const, text: otherwise }]),
  ];
}

function grounds(links: readonly CauseLink[], host: HostReport): readonly CauseEvidence[] {
  return links.map((link) =>
    factLines(link.fact, link.reading, host.readings, {
      ...(SAID_ABOVE.has(link.fact) ? {} : { says: link.says }),
      ...(isStep(link) ? { setBy: link.setBy } : {}),
    }),
  );
}

function known(host: HostReport, facts: readonly FactId[]): readonly CauseEvidence[] {
  return facts.flatMap((fact) => {
    const reading = host.readings.get(fact);
    return reading === undefined || reading.state === 'absent' ? [] : [factLines(fact, reading, host.readings)];
  });
}

type CrashKernel = 'loaded' | 'firmware' | 'none' | 'not-known';

function crashKernel({ readings }: HostReport): CrashKernel {
  const reading = readings.get('kexec.crash_loaded');
  if (reading === undefined || reading.state === 'unreadable') return 'not-known';
  if (reading.state === 'known' && reading.value === true) return 'loaded';
  const firmware = readings.get('panic.firmware_dumps') ?? firmwareOfOld(readings.get('uname.machine'));
  if (firmware.state !== 'known') return 'not-known';
  return firmware.value === true ? 'firmware' : 'none';
}

/** A report from before that was asked: only POWER and s390 have firmware that dumps. */
function firmwareOfOld(machine: Reading | undefined): Reading {
  return machine?.state === 'known' && !/^(?:ppc|s390)/.test(machine.raw)
    ? isKnown(false, machine.raw)
    : notCollected('panic.firmware_dumps');
}

const AFTER: Readonly<Record<CrashKernel, string>> = {
  loaded:
    'The crash kernel takes over, tries to save a dump, and then normally reboots the machine; kernel.panic plays no part.',
  firmware:
    'The firmware takes over, keeps the memory for a dump and starts the machine again as it is set up to; kernel.panic plays no part.',
  none: 'No crash kernel takes over: the machine goes down, and its memory with it.',
  'not-known': 'The machine goes down; whether a crash kernel takes over is not known.',
};

const REMAINS: Readonly<Record<CrashKernel, string>> = {
  loaded: 'What remains: a dump, if the crash kernel manages to write it.',
  firmware: 'What remains: a dump, if the firmware and what starts then manage to save it.',
  none: 'What remains: no dump, and of the log what pstore, a disk, the console or another machine has of it.',
  'not-known': 'What remains: a dump, or none; it is not known whether there is a crash kernel.',
};

function step(says: string, begun: readonly Sign[], because: readonly CauseEvidence[] = []): CauseStep {
  return {
    says: sentence(says),
    signs: begun,
    grounds: because,
  };
}

function stepsOf(host: HostReport, links: readonly CauseLink[], fix: KnownFix | undefined): readonly CauseStep[] {
  const detector = links.filter(({ fact }) => DETECTOR_FACTS.has(fact));
  const panic = links.filter(({ fact, says }) => PANIC_FACTS.has(fact) && says !== '');
  const after = links.slice(0, -1).filter((link) => !detector.includes(link) && !panic.includes(link));
  const crash = crashKernel(host);
  return [
    step(
      'Memory runs short, and some process holds the lock on its own memory (mmap_sem) for minutes: in direct reclaim, or while it gives back a lot at once.',
      signs(
        host,
        SIGNS.memory,
        'No sign of it now: the rules about memory pressure pass, or do not apply to this kernel.',
      ),
    ),
    step(
      'khugepaged, which goes through every process, waits for that lock and cannot be interrupted: this kernel lacks the fix.',
      signs(host, SIGNS.khugepaged),
      known(host, ['khugepaged.running', 'thp.enabled', ...(fix === undefined ? [] : [fixFactId(fix)])]),
    ),
    step(
      `${whenFound(host)} the hung-task detector finds khugepaged hung.`,
      signs(host, SIGNS.detector),
      grounds(detector, host),
    ),
    step(
      `The report becomes a panic: ${panic.find(({ fact }) => fact === 'sysctl.kernel.hung_task_panic')?.says ?? 'kernel.hung_task_panic is set'}.`,
      [],
      grounds(panic, host),
    ),
    step(
      AFTER[crash],
      [],
      [
        ...grounds(after, host),
        ...(crash === 'not-known' ? known(host, ['sysctl.kernel.panic']) : []),
        ...(crash === 'loaded'
          ? known(host, ['kdump.target', 'kdump.path', 'kdump.final_action', 'kdump.failure_action'])
          : []),
      ],
    ),
    step(REMAINS[crash], crash === 'not-known' ? [] : signs(host, SIGNS.dump)),
  ];
}

/** What ends the chain, in the order of its cost: at once, at once with a price, with a reboot. */
const BREAKERS: readonly { readonly rule: string; readonly says: string }[] = [
  {
    rule: INCIDENT_RULE,
    says: 'Now, without a reboot: set kernel.hung_task_panic to 0, and change it where it was set. A hung task is reported then, and nothing more.',
  },
  {
    rule: 'khugepaged-not-stopped',
    says: 'Now, where that panic is wanted: stop khugepaged, by setting transparent huge pages to never. Not while khugepaged is stuck: the write waits for the thread to end, and hangs with it (kthread_stop() in kernel/kthread.c).',
  },
  {
    rule: 'khugepaged-fix-missing',
    says: 'With a reboot: boot a kernel with the fix. khugepaged then passes over a process that holds its lock.',
  },
];

function breaks(rules: RuleSummaries): readonly ChainBreak[] {
  return BREAKERS.flatMap(({ rule, says }) => {
    const summary = rules.get(rule);
    return summary === undefined ? [] : [{ says, settings: summary.settings, mayBreak: summary.mayBreak }];
  });
}

/** What somebody under pressure would try first. */
function doesNotBreak(host: HostReport): readonly string[] {
  const by = host.readings.get('hung_task.reboot_by');
  if (by?.state !== 'known' || typeof by.value !== 'string') return [];
  if (by.value === 'kdump')
    return ['kernel.panic=0 does not break it: a panic with a crash kernel does not look at it.'];
  return by.value.startsWith('kernel.panic')
    ? [
        'kernel.panic=0 does not break it: the machine would freeze where it reboots now, until somebody or a watchdog resets it.',
      ]
    : [];
}

/** The known incident as it would happen on this machine: one chain, what breaks it, what that does not cure. */
export function incidentCauses(
  host: HostReport,
  verdict: Verdict,
  rules: RuleSummaries,
  fix: KnownFix | undefined,
): Causes {
  const links = explainOutcome('hung_task', host.readings);
  const end = links.at(-1);
  return {
    heading: 'What can happen',
    summary: sentence(verdict.because),
    steps: stepsOf(host, links, fix),
    end: sentence(
      end?.reading.state === 'known'
        ? end.says
        : 'a hung task reboots this machine; whether a dump remains cannot be told',
    ),
    breaks: breaks(rules),
    doesNotBreak: [
      ...doesNotBreak(host),
      'A larger kernel.hung_task_timeout_secs does not break it: it gives a blocked task longer.',
    ],
    ...defined({ doesNotCure: fix?.doesNotCure }),
  };
}
