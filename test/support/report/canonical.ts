import { CONNECT_FAILURES } from '../../../src/model/outcome.js';
import type { ConnectFailureCode } from '../../../src/model/outcome.js';
import { absent, known, unreadable } from '../../../src/model/reading.js';
import type { Reading } from '../../../src/model/reading.js';
import { WAIVER_STATES } from '../../../src/model/report.js';
import type {
  Baseline,
  Gate,
  GroupRuleSummary,
  GroupVerdict,
  HostReport,
  Report,
  ReportHeader,
  RuleSummary,
  WaiverState,
  WaiverSummary,
} from '../../../src/model/report.js';
import { DRIFTS, RESULTS, SEVERITIES } from '../../../src/model/verdict.js';
import type { Drift, Result, Severity, Verdict, WaiverUse } from '../../../src/model/verdict.js';
import { hostStatus } from '../../../src/verdict/host-status.js';
import { summarise } from '../../../src/verdict/summary.js';
import type { SummaryOptions } from '../../../src/verdict/summary.js';
import { HOSTILE } from './hostile.js';

export const GATE: Gate = { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false };

function rule(id: string, severity: Severity, title: string, remediation: string): RuleSummary {
  return {
    id,
    policy: 'hung-task',
    title,
    severity,
    rationale: 'A machine that reboots while it is busy takes its work with it.',
    remediation,
    settings: 'sysctl: kernel.hung_task_panic=0',
    mayBreak: 'A cluster that relies on a reboot to fail over will wait for its own timeout.',
    references: ['https://docs.kernel.org/admin-guide/sysctl/kernel.html#hung-task-panic'],
  };
}

const RULES: readonly RuleSummary[] = [
  rule(
    'hung-task-auto-reboot',
    'critical',
    'A hung task must not reboot the machine',
    'Set kernel.hung_task_panic to 0.',
  ),
  rule(
    'kdump-not-armed',
    'high',
    'A panic must leave a dump',
    'Install kdump, reserve memory for it with crashkernel= and enable the service.',
  ),
  rule(
    'khugepaged-fix-missing',
    'high',
    'The kernel must have the khugepaged fix',
    'Install a kernel that has the fix and reboot into it.',
  ),
  rule(
    'khugepaged-running',
    'low',
    'khugepaged must not run on a kernel without the fix',
    'Set transparent huge pages to never.',
  ),
  rule(
    'thp-always',
    'medium',
    'Transparent huge pages must not be always on',
    'Set transparent huge pages to madvise.',
  ),
];

function header(rules: readonly RuleSummary[] = RULES, more: Partial<ReportHeader> = {}): ReportHeader {
  return {
    kernward: '0.1.0',
    schema: 2,
    runId: '01JDCN6R7S8T9V0W1X2Y3Z4A5B',
    startedAt: '2026-11-23T02:00:00Z',
    inventory: ['fleet.yaml'],
    gate: GATE,
    probe: { protocol: 1, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    policies: [
      {
        id: 'hung-task',
        title: 'What a hung task does to the machine',
        file: 'policies/hung-task.yaml',
        sha256: 'ab'.repeat(32),
      },
    ],
    rules,
    ...more,
  };
}

interface Judged {
  readonly result: Result;
  readonly because?: string;
  readonly waiver?: WaiverUse;
  readonly drift?: Drift;
  readonly since?: string;
}

const BECAUSE: Readonly<Record<Result, string>> = {
  pass: 'as the rule requires',
  fail: 'a task blocked for 120 s panics the kernel, and kernel.panic=5 reboots the machine after 5 s',
  error: 'the host was not reached',
  unknown: '/proc/sys/kernel/hung_task_panic could not be read: permission denied',
  notapplicable: 'this kernel has no huge pages',
  notselected: 'not in the profile of the host',
  informational: 'for information only',
};

function evidenceFor(result: Result): Verdict['evidence'] {
  if (result === 'error' || result === 'notselected') return [];
  const panic: Reading =
    result === 'unknown'
      ? unreadable('denied', '/proc/sys/kernel/hung_task_panic: permission denied')
      : known(result === 'fail' ? 1 : 0, result === 'fail' ? '1\n' : '0\n');
  return [
    { fact: 'sysctl.kernel.hung_task_panic', reading: panic },
    { fact: 'sysctl.kernel.panic', reading: known(-1, '-1\n') },
    { fact: 'thp.enabled', reading: absent('/sys/kernel/mm can be searched and has no such file') },
  ];
}

const readings: HostReport['readings'] = new Map<string, Reading>([
  ['uname.release', known('3.10.0-957.el7.x86_64', '3.10.0-957.el7.x86_64\n')],
  ['os.pretty_name', known('Red Hat Enterprise Linux 7.6', 'PRETTY_NAME="Red Hat Enterprise Linux 7.6"\n')],
  ['sysctl.kernel.panic', known(-1, '-1\n')],
  ['kexec.crash_loaded', known(false, '0\n')],
  ['kernel.livepatches', known([], '')],
  ['thp.sizes', known({ '2048kB': 'never' }, 'never\n')],
  ['khugepaged.running', unreadable('timed-out', 'no answer within 5000 ms')],
  ['ksm.run', absent('/sys/kernel/mm can be searched and has no such file')],
]);

/** A host with one judgement a rule, in the order of the rules. */
function host(
  name: string,
  judged: readonly Judged[],
  more: Partial<HostReport> = {},
  rules: readonly RuleSummary[] = RULES,
): HostReport {
  const verdicts = rules.map((each, index): Verdict => {
    const { result, because, ...more } = judged[index] ?? { result: 'pass' };
    return {
      host: name,
      rule: each.id,
      severity: each.severity,
      result,
      because: because ?? BECAUSE[result],
      evidence: evidenceFor(result),
      ...more,
    };
  });
  return {
    host: name,
    address: '192.0.2.10',
    port: 22,
    groups: ['web'],
    labels: { owner: 'team-a' },
    profile: 'stay-up',
    transport: 'ssh2',
    definedAt: { file: 'fleet.yaml', line: 12 },
    status: hostStatus(verdicts, more.failure === undefined, GATE),
    tookMs: 231,
    readings,
    verdicts,
    ...more,
  };
}

function unreached(name: string, code: ConnectFailureCode, detail: string, more: Partial<HostReport> = {}): HostReport {
  return host(
    name,
    RULES.map(() => ({ result: 'error' as const, because: `the host was not reached: ${detail}` })),
    {
      readings: new Map(),
      failure: { code, detail },
      ...more,
    },
  );
}

function report(
  hosts: readonly HostReport[],
  head: ReportHeader = header(),
  more: Partial<SummaryOptions> = {},
): Report {
  return {
    header: head,
    hosts,
    summary: summarise(hosts, {
      gate: head.gate,
      rules: head.rules.length,
      tookMs: 4321,
      ...(head.baseline === undefined ? {} : { baseline: head.baseline }),
      ...more,
    }),
  };
}

function result(word: Result): Judged {
  return { result: word };
}

const WAIVER: WaiverUse = {
  id: 'KW-12',
  justification: 'the vendor forbids it; replaced in March',
  expires: '2027-03-31T00:00:00Z',
  owner: 'dba@example.org',
  approvedBy: 'risk@example.org',
};

const USED: readonly WaiverState[] = ['expiring', 'in-force'];

/** A waiver in each state, with the counts that a run would give it. */
function waiverIn(state: WaiverState): WaiverSummary {
  return {
    ...WAIVER,
    id: `KW-${12 + WAIVER_STATES.indexOf(state)}`,
    rule: state === 'no-rule' ? 'hung-tusk-*' : 'hung-task-*',
    hosts: 'web:&production',
    starts: '2026-09-01T00:00:00Z',
    definedAt: { file: 'waivers.yaml', line: 3 },
    state,
    matches: state === 'void' || USED.includes(state) ? 2 : 0,
    uses: USED.includes(state) ? 2 : 0,
    voided: state === 'void' ? 2 : 0,
  };
}

const BASELINE: Baseline = {
  runId: '01JD9VW3K4M5N6P7Q8R9S0T1V2',
  startedAt: '2026-11-22T02:00:00Z',
  from: 'yesterday.json',
  gone: ['db9.example.com', 'web99.example.com'],
  notSelected: 3,
  newRules: ['thp-always'],
  goneRules: ['nmi-watchdog-off'],
};

const since = '2026-11-01T02:00:00Z';

/** Every drift, a new host, a host that stopped to answer, a waived fail, and a fail of a rule that is new itself. */
const drifted = [
  host('web01.example.com', [
    { result: 'fail', drift: 'newly-failing' },
    { result: 'fail', drift: 'still-failing', since },
    { result: 'pass', drift: 'resolved' },
    { result: 'unknown', drift: 'no-longer-known' },
    { result: 'fail' },
  ]),
  host('web02.example.com', [{ result: 'fail', drift: 'still-failing', since, waiver: WAIVER }]),
  host('web03.example.com', [{ result: 'fail', drift: 'newly-failing' }], { isNew: true }),
  host(
    'web04.example.com',
    RULES.map(() => ({ result: 'error' as const, drift: 'no-longer-known' as const })),
    {
      readings: new Map(),
      failure: { code: 'refused', detail: '192.0.2.14 port 22 refused the connection: is sshd running?' },
    },
  ),
];

const mixed = [
  host('web01.example.com', []),
  host('web02.example.com', [
    result('fail'),
    result('fail'),
    result('unknown'),
    result('notapplicable'),
    result('fail'),
  ]),
  host('db1', [result('pass'), result('unknown'), result('pass'), result('informational'), result('notselected')], {
    groups: ['db', 'db-primary'],
    address: '2001:db8::5',
    port: 2222,
    labels: { role: 'mongodb' },
    profile: 'fail-fast',
    transport: 'openssh',
    transportReason: 'a user certificate stands beside /home/audit/.ssh/id_ed25519',
    via: ['audit@gate.example.com:22', 'audit@10.0.0.1:2222'],
  }),
  host(
    'lone',
    RULES.map(() => result('notapplicable')),
    { groups: [], labels: {} },
  ),
  unreached('web03.example.com', 'refused', '192.0.2.13 port 22 refused the connection: is sshd running?', {
    address: '192.0.2.13',
  }),
  host('web04.example.com', [result('pass'), result('pass'), result('pass'), result('fail'), result('pass')]),
  host(
    'web05.example.com',
    RULES.map((_, index) => result(RESULTS[index] ?? 'pass')),
    { groups: ['db', 'web'] },
  ),
];

const hostileRules: readonly RuleSummary[] = SEVERITIES.slice(0, 2).map((severity, index) => ({
  id: `rule-${index}`,
  policy: HOSTILE.formula,
  title: HOSTILE.quotes,
  severity,
  rationale: HOSTILE.lines,
  remediation: HOSTILE.fullWidthFormula,
  settings: HOSTILE.formula,
  mayBreak: HOSTILE.escape,
  references: [HOSTILE.formula],
}));

function hostileReadings(text: string): readonly (readonly [string, Reading])[] {
  return [
    ['uname.release', known(text, text)],
    ['os.pretty_name', known(text, text)],
    ['__proto__', known(Object.fromEntries([['__proto__', text]]), text)],
    ['constructor', known([text], text)],
    ['denied', unreadable('denied', text)],
    ['gone', absent(text)],
  ];
}

/** Every text in every field; each fifth host was not reached. */
const hostile = Object.entries(HOSTILE).map(([name, text], index) => {
  const isReached = index % 5 !== 4;
  const more = {
    since: text,
    ...(index === 0
      ? { waiver: { id: text, justification: text, expires: text, owner: text, approvedBy: text } }
      : { drift: DRIFTS[index % DRIFTS.length] ?? 'resolved' }),
  };
  return host(
    `${text}${name}`,
    [
      { result: isReached ? 'fail' : 'error', because: text, ...more },
      { result: isReached ? 'unknown' : 'error', because: text },
    ],
    {
      address: text,
      groups: [text],
      labels: Object.fromEntries([
        ['owner', text],
        [text, text],
        ['__proto__', text],
      ]),
      profile: text,
      transport: text,
      transportReason: text,
      via: [text],
      definedAt: { file: text, line: index + 1 },
      readings: new Map(isReached ? hostileReadings(text) : []),
      ...(isReached ? {} : { failure: { code: 'handshake-failed' as const, detail: text } }),
    },
    hostileRules,
  );
});

function hostileWaiver(text: string, state: WaiverState): WaiverSummary {
  return {
    ...waiverIn(state),
    id: text,
    rule: text,
    hosts: text,
    justification: text,
    owner: text,
    approvedBy: text,
    expires: text,
    definedAt: { file: text, line: 1 },
  };
}

const GROUP_RULES: readonly GroupRuleSummary[] = [
  {
    id: 'cluster-exposed-to-hung-task',
    policy: 'groups',
    title: 'No more than a third of a cluster may reboot itself',
    severity: 'high',
    about: 'hosts that share a value of the label cluster',
    asks: 'at most 1/3 of the hosts with hung_task.reboots == true',
    rationale: 'A cluster survives the loss of a few nodes.',
    remediation: 'Set kernel.hung_task_panic to 0 on enough of them.',
    references: ['https://docs.kernel.org/admin-guide/sysctl/kernel.html#hung-task-panic'],
  },
  {
    id: 'group-of-nobody',
    policy: 'groups',
    title: 'A rule about groups that there are not',
    severity: 'low',
    about: 'the groups nobody*',
    asks: 'one value',
    rationale: '',
    remediation: '',
    references: [],
  },
];

/** Each result that a rule over groups can have, on groups and on values of a label. */
const groupVerdicts = (['fail', 'unknown', 'pass', 'notapplicable', 'notselected'] as const).flatMap((word, index) =>
  GROUP_RULES.map(({ id, severity }, at): GroupVerdict => ({
    group: index % 2 === 0 ? `cluster-${index}` : 'web',
    ...(index % 2 === 0 ? { label: 'cluster' } : {}),
    rule: id,
    severity,
    result: at === 0 ? word : 'notselected',
    because:
      at === 0 ? `${word}: 2 of the 3 machines would reboot themselves` : 'this rule is about the groups nobody*',
    hosts: 3,
    unreachable: word === 'unknown' ? 1 : 0,
    unknown: 0,
    matching: 2,
  })),
);

function falling(outcome: string): HostReport['readings'] {
  return new Map([
    ...readings,
    ['hung_task.outcome', known(outcome, '')],
    ['hung_task.reboots', known(outcome === 'reboots', '')],
  ]);
}

const grouped = [
  host('web01.example.com', [], { readings: falling('reboots'), labels: { cluster: 'cluster-0' } }),
  host('web02.example.com', [], { readings: falling('freezes'), labels: { cluster: 'cluster-0' } }),
  host('web03.example.com', [], { readings: falling('survives'), groups: ['web', 'edge'] }),
  unreached('web04.example.com', 'refused', '192.0.2.13 port 22 refused the connection: is sshd running?'),
];

function hostileGroupVerdict(text: string): GroupVerdict {
  return {
    group: text,
    label: text,
    rule: text,
    severity: 'critical',
    result: 'fail',
    because: text,
    hosts: 2,
    unreachable: 1,
    unknown: 0,
    matching: 1,
  };
}

/** Reports that between them hold every result, every status, every failure code and every string that has hurt somebody. */
export const CANONICAL_REPORTS: Readonly<Record<string, Report>> = {
  empty: report([], header(RULES, { gate: { ...GATE, allowEmpty: true }, limit: 'web:&staging' })),
  clean: report([host('web01.example.com', [])]),
  mixed: report(mixed, header(RULES, { profileOverride: 'stay-up' })),
  failures: report(
    CONNECT_FAILURES.map((code, index) =>
      unreached(
        `host${String(index + 1).padStart(2, '0')}`,
        code,
        `what happened, in words, for ${code}`,
        code === 'refused' ? { attempts: 2 } : {},
      ),
    ),
  ),
  hostile: report(
    hostile,
    header(hostileRules, {
      groupRules: Object.values(HOSTILE).map((text) => ({
        id: text,
        policy: text,
        title: text,
        severity: 'critical' as const,
        about: text,
        asks: text,
        rationale: text,
        remediation: text,
        references: [text],
      })),
      inventory: [HOSTILE.escape, HOSTILE.bidi],
      limit: HOSTILE.lines,
      baseline: {
        ...BASELINE,
        runId: HOSTILE.escape,
        startedAt: HOSTILE.formula,
        from: HOSTILE.quotes,
        gone: Object.values(HOSTILE),
        newRules: ['rule-1', HOSTILE.formula],
        goneRules: [HOSTILE.lines],
      },
    }),
    {
      groupVerdicts: Object.values(HOSTILE).map(hostileGroupVerdict),
      waivers: Object.values(HOSTILE).map((text, index) =>
        hostileWaiver(text, WAIVER_STATES[index % WAIVER_STATES.length] ?? 'void'),
      ),
    },
  ),
  groups: report(grouped, header(RULES, { groupRules: GROUP_RULES }), { groupVerdicts }),
  interrupted: report(
    [
      host('web01.example.com', [result('fail')]),
      unreached('web02.example.com', 'interrupted', 'the run was interrupted before this host answered'),
    ],
    header(),
    { interruptedBy: 'SIGINT' },
  ),
  waived: report(
    [
      host('web01.example.com', [
        { result: 'fail', waiver: WAIVER },
        { result: 'unknown', waiver: WAIVER },
      ]),
    ],
    header(),
    {
      waivers: WAIVER_STATES.map(waiverIn),
    },
  ),
  drifted: report(
    drifted,
    header(RULES, {
      baseline: BASELINE,
      gate: {
        ...GATE,
        failOnNew: true,
        maxFailing: [{ percent: 2.5 }, { rule: 'thp-always', percent: 10 }, { group: 'web', percent: 5 }],
      },
    }),
    {
      waivers: [waiverIn('in-force')],
    },
  ),
};
