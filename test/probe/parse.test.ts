import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { FACTS } from '../../src/facts/index.js';
import type { Reading, Readings } from '../../src/model/reading.js';
import type { Ended } from '../../src/probe/ended.js';
import { parseProbe } from '../../src/probe/parse.js';
import { answerWith, parseRecording, readRecording, recordingNonce } from '../../src/probe/recording.js';
import { codePoint } from '../support/code-point.js';
import { assertComputed } from '../support/computed-within.js';

const RECORDED = readFileSync('policies/hosts/debian-12.probe');
const NONCE = '0'.repeat(32);
const FULL = readRecording(RECORDED);
function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function readingsOf(output: Uint8Array, ended: Ended = 'complete'): Readings {
  const parsed = parseProbe(output, NONCE, ended);
  assert.ok(parsed.ok);
  return parsed.readings;
}

/** The recording with some text exchanged; the exchange must be possible, so that a test cannot pass by doing nothing. */
function changed(...exchanges: readonly (readonly [string, string])[]): Readings {
  let text = RECORDED.toString();
  for (const [from, to] of exchanges) {
    assert.ok(text.includes(from), `the recording has no ${from}`);
    text = text.replace(from, () => to);
  }
  return readingsOf(encode(text));
}

function outcome(reading: Reading | undefined): string | undefined {
  return reading?.state === 'unreadable'
    ? reading.cause
    : reading?.state === 'known'
      ? JSON.stringify(reading.value)
      : reading?.state;
}

test('a recorded Debian 12 gives the values of its kernel', () => {
  const expected: Readonly<Record<string, string>> = {
    'sysctl.kernel.hung_task_panic': '0',
    'sysctl.kernel.hung_task_timeout_secs': '120',
    'sysctl.kernel.hung_task_check_count': '4194304',
    'sysctl.kernel.hung_task_detect_count': 'absent',
    'sysctl.kernel.panic': '0',
    'sysctl.kernel.sysrq': '438',
    'kexec.crash_loaded': 'false',
    'thp.enabled': '"always"',
    'thp.defrag': '"madvise"',
    'thp.sizes': 'absent',
    'khugepaged.running': 'true',
    'tasks.in_d_state': '0',
    'module.rcupdate.rcu_cpu_stall_timeout': '21',
    'module.kernel.crash_kexec_post_notifiers': 'false',
    'proc.version_signature': 'absent',
    'os.id': '"debian"',
    'os.version_id': '"12"',
    cmdline: '{}',
    'kernel.livepatches': '[]',
    'virtualization.type': '"qemu"',
    'watchdog.devices': 'absent',
    'mounts.nfs_hard': '0',
    'iscsi.recovery_timeout': 'absent',
    'dm.suspended': '0',
    'oom.daemons': 'absent',
  };
  for (const [id, value] of Object.entries(expected)) assert.equal(outcome(FULL.get(id)), value, id);
  assert.deepEqual(
    [...FULL.keys()],
    FACTS.map(({ id }) => id),
  );
  assert.ok([...FULL.values()].every((reading) => reading.state !== 'unreadable'));
});

for (const [ended, cause] of [
  ['truncated', 'truncated'],
  ['timed-out', 'timed-out'],
  ['complete', 'truncated'],
] as const)
  test(`output cut at any byte (${ended}) has no wrong reading`, () => {
    // Nothing can change inside a line except at its end, so the bytes round every line's end and a step between decide.
    const cuts = new Set<number>();
    const everyByte = ended === 'truncated';
    for (let at = 0; at <= RECORDED.length; at++)
      if (everyByte || RECORDED[at] === 0x0a || RECORDED[at - 1] === 0x0a || at % 97 === 0) cuts.add(at);
    let last = new Map<string, string>();
    for (const at of cuts) {
      const parsed = parseProbe(RECORDED.subarray(0, at), NONCE, ended);
      if (!parsed.ok) {
        assert.ok(at < 60, `${at} bytes hold a frame`);
        continue;
      }
      const now = new Map<string, string>();
      for (const [id, reading] of parsed.readings) {
        const isWithheld = reading.state === 'unreadable' && reading.cause === cause;
        if (!isWithheld && last.get(id) !== 'full')
          assert.ok(isDeepStrictEqual(reading, FULL.get(id)), `${id} at ${at}: ${JSON.stringify(reading)}`);
        else if (!isWithheld) assert.equal(outcome(reading), outcome(FULL.get(id)), `${id} at ${at}`);
        now.set(id, isWithheld ? 'withheld' : 'full');
      }
      for (const [id, was] of last)
        if (was === 'full') assert.equal(now.get(id), 'full', `${id} was known with fewer bytes than ${at}`);
      last = now;
    }
    assert.ok([...last.values()].every((was) => was === 'full'));
  });

test('noise before and after changes nothing', () => {
  const noises = [
    'Welcome\n',
    'no newline',
    '\r\n\u0007',
    '/proc/sys/kernel/panic:99\n',
    `kw ${'1'.repeat(32)} begin sysctl\n/proc/sys/kernel/panic:99\nkw ${'1'.repeat(32)} end sysctl 0\n`,
    '\u0000\uffff',
  ];
  for (const noise of noises) {
    assert.deepEqual(readingsOf(Buffer.concat([encode(noise), RECORDED])), FULL, JSON.stringify(noise));
    assert.deepEqual(readingsOf(Buffer.concat([RECORDED, encode(noise)])), FULL, JSON.stringify(noise));
  }
});

function missingLine(path: string): string {
  return `kw ${NONCE} missing ${path}\n`;
}

const doubts: readonly {
  readonly name: string;
  readonly id: string;
  readonly gives: string;
  readonly exchanges: readonly (readonly [string, string])[];
}[] = [
  {
    name: 'a file that grep may not open',
    id: 'sysctl.kernel.panic',
    gives: 'denied',
    exchanges: [
      ['/proc/sys/kernel/panic:0\n', ''],
      [
        `kw ${NONCE} errors\ngrep: /proc/sys`,
        `kw ${NONCE} errors\ngrep: /proc/sys/kernel/panic: Permission denied\ngrep: /proc/sys`,
      ],
    ],
  },
  {
    name: 'a file that breaks while it is read',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [
      [
        `kw ${NONCE} errors\ngrep: /proc/sys`,
        `kw ${NONCE} errors\ngrep: /proc/sys/kernel/panic: Input/output error\ngrep: /proc/sys`,
      ],
    ],
  },
  {
    name: 'a file without content',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [['/proc/sys/kernel/panic:0\n', '']],
  },
  {
    name: 'a number too much',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [['/proc/sys/kernel/panic:0\n', '/proc/sys/kernel/panic:0\n/proc/sys/kernel/panic:5\n']],
  },
  {
    name: 'a number with a control character',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [['/proc/sys/kernel/panic:0\n', '/proc/sys/kernel/panic:0\r\n']],
  },
  {
    name: 'a number glued to noise',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [['/proc/sys/kernel/panic:0\n', 'hello/proc/sys/kernel/panic:0\n']],
  },
  {
    name: 'a section that comes twice',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [
      [`kw ${NONCE} begin sysctl\n`, `kw ${NONCE} begin sysctl\nkw ${NONCE} end sysctl 0\nkw ${NONCE} begin sysctl\n`],
    ],
  },
  {
    name: 'a section inside another',
    id: 'sysctl.kernel.panic',
    gives: 'truncated',
    exchanges: [[`kw ${NONCE} end sysctl 2\n`, '']],
  },
  {
    name: 'grep not found',
    id: 'sysctl.kernel.panic',
    gives: 'malformed',
    exchanges: [[`end sysctl 2`, 'end sysctl 127']],
  },
  {
    name: 'missing, but the shell alone says so',
    id: 'sysctl.kernel.hung_task_detect_count',
    gives: 'malformed',
    exchanges: [['grep: /proc/sys/kernel/hung_task_detect_count: No such file or directory\n', '']],
  },
  {
    name: 'missing, but grep alone says so',
    id: 'sysctl.kernel.hung_task_detect_count',
    gives: 'malformed',
    exchanges: [[missingLine('/proc/sys/kernel/hung_task_detect_count'), '']],
  },
  {
    name: 'missing to the shell, denied to grep',
    id: 'sysctl.kernel.hung_task_detect_count',
    gives: 'denied',
    exchanges: [['hung_task_detect_count: No such file or directory', 'hung_task_detect_count: Permission denied']],
  },
  {
    name: 'missing in a directory that cannot be searched',
    id: 'sysctl.kernel.hung_task_detect_count',
    gives: 'denied',
    exchanges: [[`place search /proc/sys/kernel\n`, 'place there /proc/sys/kernel\n']],
  },
  {
    name: 'missing where /proc/sys is hidden',
    id: 'sysctl.kernel.hung_task_detect_count',
    gives: 'denied',
    exchanges: [['place there /proc/sys/kernel/ostype', 'place none /proc/sys/kernel/ostype']],
  },
  {
    name: 'missing where /sys is not mounted',
    id: 'thp.sizes',
    gives: 'denied',
    exchanges: [['place search /sys/module/kernel/parameters', 'place none /sys/module/kernel/parameters']],
  },
  {
    name: 'no directory of huge pages at all',
    id: 'thp.sizes',
    gives: 'absent',
    exchanges: [
      ['place search /sys/kernel/mm/transparent_hugepage\n', 'place none /sys/kernel/mm/transparent_hugepage\n'],
    ],
  },
  {
    name: 'live patching not built in',
    id: 'kernel.livepatches',
    gives: 'absent',
    exchanges: [['place search /sys/kernel/livepatch\n', 'place none /sys/kernel/livepatch\n']],
  },
  {
    name: 'live patches that may not be seen',
    id: 'kernel.livepatches',
    gives: 'denied',
    exchanges: [['place search /sys/kernel/livepatch\n', 'place there /sys/kernel/livepatch\n']],
  },
  {
    name: 'a glob beside a file that gave nothing',
    id: 'kernel.livepatches',
    gives: 'malformed',
    exchanges: [['/sys/kernel/oops_count:0\n', '']],
  },
  {
    name: 'more processes than one command takes',
    id: 'khugepaged.running',
    gives: 'truncated',
    exchanges: [
      [
        `errors\n\nkw ${NONCE} end kthreads 0`,
        `errors\nsh: 240: grep: Argument list too long\nkw ${NONCE} end kthreads 126`,
      ],
    ],
  },
  {
    name: 'kernel threads of another name',
    id: 'khugepaged.running',
    gives: 'malformed',
    exchanges: [['(khugepaged)', '(khugepagex)']],
  },
  {
    name: 'kernel threads that cannot be seen',
    id: 'khugepaged.running',
    gives: 'denied',
    exchanges: [
      ['there 2\n/proc/2', 'there 0\n/proc/2'],
      [/\/proc\/2\/stat.*\n/.exec(RECORDED.toString())?.[0] ?? '?', ''],
      [/\/proc\/30\/stat.*\n/.exec(RECORDED.toString())?.[0] ?? '?', ''],
    ],
  },
  {
    name: 'a process called kthreadd',
    id: 'khugepaged.running',
    gives: 'denied',
    exchanges: [
      ['there 2\n/proc/2', 'there 1\n/proc/2'],
      ['/proc/2/stat:2 (kthreadd) S 0 0 0 0 -1 2129984 ', '/proc/2/stat:2 (kthreadd) S 0 0 0 0 -1 4194304 '],
      [/\/proc\/30\/stat.*\n/.exec(RECORDED.toString())?.[0] ?? '?', ''],
    ],
  },
  {
    name: 'tasks where one is hidden',
    id: 'tasks.in_d_state',
    gives: 'denied',
    exchanges: [[`begin tasks\nkw ${NONCE} there 0\n`, `begin tasks\nkw ${NONCE} there 1\nhidden /proc/77\n`]],
  },
  {
    name: 'tasks where one may not be opened',
    id: 'tasks.in_d_state',
    gives: 'denied',
    exchanges: [
      [
        `begin tasks\nkw ${NONCE} there 0\nkw ${NONCE} errors\n`,
        `begin tasks\nkw ${NONCE} there 0\nkw ${NONCE} errors\ngrep: /proc/77/status: Permission denied\n`,
      ],
    ],
  },
  {
    name: 'tasks of which one has ended',
    id: 'tasks.in_d_state',
    gives: '1',
    exchanges: [
      [
        `begin tasks\nkw ${NONCE} there 0\nkw ${NONCE} errors\n\n`,
        `begin tasks\nkw ${NONCE} there 1\n/proc/9/status\nkw ${NONCE} errors\ngrep: /proc/77/status: No such file or directory\n`,
      ],
      ['end tasks 1', 'end tasks 2'],
    ],
  },
  {
    name: 'tasks that grep failed to search without a word',
    id: 'tasks.in_d_state',
    gives: 'malformed',
    exchanges: [['end tasks 1', 'end tasks 2']],
  },
  {
    name: 'a command line that could not be opened',
    id: 'cmdline',
    gives: 'malformed',
    exchanges: [
      [
        `errors\n\nkw ${NONCE} end cmdline 0`,
        `errors\nawk: cannot open /proc/cmdline: No such file or directory\nkw ${NONCE} end cmdline 2`,
      ],
    ],
  },
  {
    name: 'a line that is lost',
    id: 'khugepaged.running',
    gives: 'malformed',
    exchanges: [[/\/proc\/30\/stat.*\n/.exec(RECORDED.toString())?.[0] ?? '?', '']],
  },
  {
    name: 'a thread whose parent ran into the next field',
    id: 'khugepaged.running',
    gives: 'malformed',
    exchanges: [['(khugepaged) S 2 0 ', '(khugepaged) S 20 ']],
  },
  {
    name: 'a thread whose flags lost a digit',
    id: 'khugepaged.running',
    gives: 'malformed',
    exchanges: [['-1 2097216 ', '-1 209721 ']],
  },
  {
    name: 'a line of ours that none of our scripts writes',
    id: 'khugepaged.running',
    gives: 'malformed',
    exchanges: [['begin kthreads\n', `begin kthreads\nkw ${NONCE} thxre 1\n`]],
  },
  {
    name: 'errors that begin twice',
    id: 'khugepaged.running',
    gives: 'malformed',
    exchanges: [[`errors\n\nkw ${NONCE} end kthreads`, `errors\n\nkw ${NONCE} errors\nkw ${NONCE} end kthreads`]],
  },
  {
    name: 'errors that never begin',
    id: 'sysctl.kernel.hung_task_panic',
    gives: 'malformed',
    exchanges: [
      [
        `kw ${NONCE} errors\ngrep: /proc/sys/kernel/hung_task_detect_count`,
        'grep: /proc/sys/kernel/hung_task_detect_count',
      ],
    ],
  },
  { name: 'no awk', id: 'cmdline', gives: 'malformed', exchanges: [['end cmdline 0', 'end cmdline 127']] },
];

for (const { name, id, gives, exchanges } of doubts)
  test(`${name}: ${id} is ${gives}`, () => {
    const readings = changed(...exchanges);
    assert.equal(outcome(readings.get(id)), gives, JSON.stringify(readings.get(id)));
  });

test('one broken section leaves the others as they are', () => {
  const readings = changed(['end sysctl 2', 'end sysctl 127']);
  for (const { id, origin } of FACTS)
    if (origin.via !== 'command' && origin.section !== 'sysctl') assert.deepEqual(readings.get(id), FULL.get(id));
});

test('without a frame of ours there are no readings', () => {
  for (const output of [
    '',
    'command not found\n',
    `kw ${'1'.repeat(32)} begin sysctl\n`,
    `kw ${NONCE} begin sysctl`,
    `kw ${NONCE} begin nothing\n`,
  ]) {
    const parsed = parseProbe(encode(output), NONCE, 'complete');
    assert.ok(!parsed.ok && parsed.detail.length > 0, output);
  }
});

test('whatever a host prints, there is a reading for every fact, and never a throw', () => {
  const lines = RECORDED.toString().split('\n');
  const piece = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...lines).map((line) => `${line}\n`) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('begin', 'end', 'errors', 'missing', 'there', 'place')
        .chain((word) =>
          fc
            .constantFrom('sysctl 0', 'sysfs 2', 'places 0', '/proc', '3', '')
            .map((rest) => `kw ${NONCE} ${word} ${rest}\n`),
        ),
    },
    { weight: 1, arbitrary: fc.string({ unit: codePoint, maxLength: 40 }) },
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 80 }),
      fc.constantFrom<Ended>('complete', 'timed-out', 'truncated'),
      (pieces, ended) => {
        const parsed = parseProbe(encode(`kw ${NONCE} begin places\n${pieces.join('')}`), NONCE, ended);
        assert.ok(parsed.ok);
        assert.equal(parsed.readings.size, FACTS.length);
      },
    ),
    { numRuns: 120 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => assert.ok(!parseProbe(bytes, NONCE, 'complete').ok)),
    { numRuns: 200 },
  );
});

test('a value that the host chose never becomes two facts, and time is linear', () => {
  const started = process.cpuUsage();
  for (const line of [
    '/proc/sys/kernel/panic:0\n',
    `kw ${NONCE} missing /a\n`,
    'grep: /a: No such file or directory\n',
    `kw ${NONCE} begin sysfs\n`,
    '\n',
    ': / :',
  ]) {
    const flood = `kw ${NONCE} begin sysctl\n${line.repeat(Math.floor(1_000_000 / line.length))}\nkw ${NONCE} errors\n\nkw ${NONCE} end sysctl 0\n`;
    assert.notEqual(readingsOf(encode(flood)).get('sysctl.kernel.panic')?.state, 'known');
  }
  const { user } = process.cpuUsage(started);
  assertComputed(user / 1000, 10_000);
});

test('a recording knows its nonce and answers with another', () => {
  assert.equal(recordingNonce(RECORDED), NONCE);
  assert.equal(recordingNonce(encode('nothing')), undefined);
  assert.ok(!parseRecording(encode('nothing')).ok);
  assert.equal(readRecording(encode('nothing')).size, FACTS.length);
  const other = 'ab'.repeat(16);
  const parsed = parseProbe(answerWith(RECORDED, other), other, 'complete');
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.readings, FULL);
});

test('a file that nobody asks for breaks what is made of several files: the path of one of them was damaged', () => {
  const recorded = readFileSync('policies/hosts/debian-13.probe');
  const before = readRecording(recorded);
  assert.equal(before.get('thp.sizes')?.state, 'known');
  const text = recorded.toString('latin1');
  const line = '/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled:';
  const at = text.indexOf(line);
  assert.ok(at > 0);
  for (let offset = 0; offset < line.length; offset += 1) {
    for (const mended of ['', '#', `${line[offset] ?? ''}#`]) {
      const damaged = text.slice(0, at + offset) + mended + text.slice(at + offset + 1);
      const reading = readRecording(Buffer.from(damaged, 'latin1')).get('thp.sizes');
      assert.equal(reading?.state, 'unreadable', `${offset} ${JSON.stringify(mended)}`);
    }
  }
});

test('a recording of old ends with what was asked for last then; one that was damaged before that is not one', () => {
  const begin = RECORDED.toString().lastIndexOf(' begin boot\n');
  const old = RECORDED.toString().slice(0, begin).split('\n').slice(0, -1).join('\n') + '\n';
  assert.equal(outcome(readRecording(encode(old)).get('next_boot.files')), 'not-collected');
  const cut = old.slice(0, old.lastIndexOf(' begin dumps\n'));
  assert.equal(outcome(readRecording(encode(cut)).get('next_boot.files')), 'truncated');
  // The nonce of the first frame is that of the recording.
  const other = RECORDED.toString().replace(/0(?= begin )/, 'a');
  assert.equal(outcome(readRecording(encode(other)).get('next_boot.files')), 'truncated');
});

test('what a recording of old was not asked for is not collected, and never absent', () => {
  const old = RECORDED.toString()
    .split('\n')
    .filter((line) => !/\/sys\/(?:class\/misc|kernel\/fadump|firmware|kernel\/kpatch|devices)/.test(line))
    .join('\n')
    // The clocks answered too.
    .replace(' there 12\n', ' there 11\n');
  const parsed = parseRecording(encode(old));
  assert.ok(parsed.ok);
  for (const id of ['watchdog.misc', 'fadump.registered', 's390.on_panic', 'kernel.kpatches'])
    assert.equal(outcome(parsed.readings.get(id)), 'not-collected', id);
  assert.equal(outcome(parsed.readings.get('virtualization.type')), '"qemu"');
  assert.equal(outcome(parsed.readings.get('kernel.livepatches')), '[]');
  // A host that answers now was asked: what it does not speak of is damage.
  assert.equal(outcome(readingsOf(encode(old)).get('watchdog.misc')), 'malformed');
});
