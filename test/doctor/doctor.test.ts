import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONNECT_FAILURES } from '../../src/model/outcome.js';
import { parseExamination } from '../../src/probe/doctor-script.js';
import { CHECKS, OWN_CODES, getSign } from '../../src/doctor/checks.js';
import { diagnose } from '../../src/doctor/diagnosis.js';
import { examineHost, toHostExamination, toSkew } from '../../src/doctor/examine-host.js';
import { renderDiagnosis } from '../../src/doctor/render.js';
import { retryTerms } from '../../src/run/schedule/retry.js';
import { createRecordedTransport } from '../../src/transports/recorded.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/scratch.js';
import { within } from '../support/within.js';

test('the page names each check, and under it each failure that the table puts there', () => {
  const page = readFileSync('docs/reference/doctor.md', 'utf8');
  for (const check of CHECKS) {
    const row = page.split('\n').findLast((line) => line.startsWith(`| ${check} |`)) ?? assert.fail(check);
    for (const code of [...CONNECT_FAILURES, ...OWN_CODES])
      assert.equal(row.includes(`\`${code}\``), getSign(code).check === check, `${check}: ${code}`);
  }
});

const skews: readonly (readonly [what: string, clock: number, beforeMs: number, afterMs: number, skew: number])[] = [
  ['the same', 1000, 1_000_000, 1_000_000, 0],
  ['between the two moments', 1003, 1_000_500, 1_005_000, 0],
  ['a second that had begun', 1000, 1_000_999, 1_001_500, 0],
  ['ahead', 1070, 1_000_000, 1_005_000, 65],
  ['behind', 900, 1_000_000, 1_005_000, -100],
];
for (const [what, clock, before, after, skew] of skews)
  test(`skew: ${what}`, () => assert.equal(toSkew(clock, before, after), skew));

const NONCE = 'a'.repeat(32);
const outputs: readonly (readonly [what: string, text: string, said: unknown])[] = [
  ['ours', `Welcome!\n\nkw ${NONCE} begin doctor\n1700000000\nkw ${NONCE} end doctor 0\n`, { clock: 1_700_000_000 }],
  ['no clock', `\nkw ${NONCE} begin doctor\nkw ${NONCE} end doctor 0\n`, { clock: undefined }],
  ['a clock that is none', `\nkw ${NONCE} begin doctor\nkw x\nkw ${NONCE} end doctor 0\n`, { clock: undefined }],
  ['the probe as a forced command', `\nkw ${NONCE} begin places\n`, { clock: undefined }],
  ['another run', `\nkw ${'b'.repeat(32)} begin doctor\n1700000000\nkw ${'b'.repeat(32)} end doctor 0\n`, undefined],
  ['nothing of ours', 'This account is currently not available.\n', undefined],
];
for (const [what, text, said] of outputs)
  test(`what came back: ${what}`, () => assert.deepEqual(parseExamination(Buffer.from(text), NONCE), said));

test('ten thousand hosts with the same problem are one line', () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => {
    const host = hostAt(22, { name: `h${index}` });
    if (index % 50 === 0)
      return toHostExamination(
        host,
        {
          host: host.name,
          reached: false,
          failure: { code: 'host-key-unknown', detail: `h${index} offers a key` },
          tookMs: 1,
        },
        60,
      );
    return toHostExamination(host, { host: host.name, reached: true, skew: index === 1 ? 99 : 0, tookMs: 1 }, 60);
  });
  const diagnosis = diagnose('0', [], hosts);
  assert.deepEqual(
    diagnosis.summary.problems.map(({ code, hosts: named }) => [code, named.length]),
    [
      ['host-key-unknown', 200],
      ['clock-skew', 1],
    ],
  );
  assert.deepEqual([diagnosis.summary.ready, diagnosis.summary.exitCode], [9800, 3]);
  const text = renderDiagnosis(diagnosis, { colour: false, columns: 160 });
  assert.match(text, /│ +200 │ host-key-unknown +│ h0, h50, h100 and 197 more/);
  assert.ok(text.split('\n').length < 40, text);
});

const codes: readonly (readonly [
  what: string,
  code: (typeof CONNECT_FAILURES)[number] | undefined,
  exitCode: number,
])[] = [
  ['ready', undefined, 0],
  ['refused', 'refused', 3],
  ['not asked', 'run-deadline', 3],
  ['a bug', 'internal', 4],
];
for (const [what, code, exitCode] of codes)
  test(`exit code: ${what}`, () => {
    const host = hostAt(22);
    const outcome =
      code === undefined
        ? ({ host: host.name, reached: true, skew: 999, tookMs: 1 } as const)
        : ({ host: host.name, reached: false, failure: { code, detail: 'x' }, tookMs: 1 } as const);
    assert.equal(diagnose('0', [], [toHostExamination(host, outcome, 60)]).summary.exitCode, exitCode);
  });

function examineRecording(recording: string) {
  return examineHost(hostAt(22, { transport: 'recorded', recording }), {
    transports: new Map([['recorded', createRecordedTransport()]]),
    deadlines: { probeMs: within(5000), packagesMs: within(5000), hostMs: within(5000) },
    maxBytes: 1024 * 1024,
    maxSkew: 60,
    become: false,
    retry: retryTerms(0),
    random: () => 0,
    rest: async () => undefined,
    signal: new AbortController().signal,
  });
}

test('a recording that is none is a problem of the host, and nothing of it is said', async () => {
  const folder = scratch();
  const recording = join(folder, 'credentials');
  writeFileSync(recording, 'aws_secret_access_key = hunter2\n');
  const { problems } = await examineRecording(recording);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['recording-unusable'],
  );
  assert.ok(!JSON.stringify(problems).includes('hunter2'));
  assert.deepEqual((await examineRecording('policies/hosts/debian-12.probe')).problems, []);
  rmSync(folder, { recursive: true });
});
