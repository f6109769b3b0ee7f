import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getSign } from '../../src/doctor/checks.js';
import { CONNECT_FAILURES, type ConnectFailure } from '../../src/model/outcome.js';
import type { Report } from '../../src/model/report.js';
import { wayOut, wayOutOf } from '../../src/report/failure-help.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { parseReport } from '../../src/run/earlier/read-report.js';
import { withoutProbe } from '../../src/run/scan-host.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { parseCsv } from '../support/report/parse-csv.js';

const SENTENCES: readonly (readonly [failure: ConnectFailure, toDo: RegExp])[] = [
  [
    {
      code: 'authentication-failed',
      detail: 'a@db1:22: the host refused key K; it takes a password, too: --ask-pass asks you for one',
    },
    /^Give --ask-pass: /,
  ],
  [
    {
      code: 'authentication-failed',
      detail: 'a@db1:22: the host takes no public keys, only password (--ask-pass asks you for a password)',
    },
    /^Give --ask-pass: /,
  ],
  [
    { code: 'authentication-failed', detail: 'a@db1:22: the host refused the password' },
    /^Check user \(-u\) and password/,
  ],
  [{ code: 'authentication-failed', detail: 'a@db1:22: the host refused key K' }, /^Check user \(-u\) and key/],
  [
    { code: 'no-probe-output', detail: "x; the account's start file /root/.bashrc said: frob: not found" },
    /^Mend \/root\/\.bashrc on the host/,
  ],
  [{ code: 'refused', detail: 'db1:22: the host refused the password --ask-pass' }, /^Look whether sshd runs/],
];
for (const [failure, toDo] of SENTENCES)
  test(`the way out of ${failure.code}: ${failure.detail}`, () => assert.match(wayOut(failure).toDo, toDo));

test('doctor says of each failure what reports say', () => {
  for (const code of CONNECT_FAILURES) {
    assert.equal(getSign(code).fix, wayOutOf(code).toDo);
    assert.equal(wayOut({ code, detail: 'x' }).toDo, wayOutOf(code).toDo);
  }
});

function said(by: string): string {
  const ran = { ended: 'exited', status: 1, stdout: new Uint8Array(), stderr: Buffer.from(by, 'latin1') } as const;
  return wayOut(withoutProbe(ran, 'nothing of what came back is from the script')).means;
}
test('a Windows machine is called so, by what its shells say', () => {
  for (const by of [
    "'exec' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
    'Der Befehl "exec" ist entweder falsch geschrieben oder\r\nkonnte nicht gefunden werden.\r\n',
    "exec : The term 'exec' is not recognized as the name of a cmdlet, function, script file, or operable program.\r\n",
    '    + FullyQualifiedErrorId : CommandNotFoundException\r\n',
    'Microsoft Windows [Version 10.0.20348.2227]\r\n(c) Microsoft Corporation. All rights reserved.\r\n\r\nC:\\Users\\op>',
  ])
    assert.equal(said(by), 'it is a Windows machine', by);
  for (const by of [
    'sh: exec: not found',
    'bash: line 1: frob: command not found',
    'This account is currently not available.',
  ])
    assert.notEqual(said(by), 'it is a Windows machine', by);
});

/** Each of its hosts failed in another way, and one more takes a password. */
function failures(): Report {
  const report = CANONICAL_REPORTS['failures'] ?? assert.fail('failures');
  const hosts = [...report.hosts].map((host) =>
    host.failure?.code === 'authentication-failed'
      ? { ...host, failure: { ...host.failure, detail: 'the host takes a password, too: --ask-pass asks you for one' } }
      : host,
  );
  return { ...report, hosts };
}

test('every format that tells of hosts says the way out of each', () => {
  const report = failures();
  const options = { includePasses: false, colour: false, columns: 100_000 };
  const expected = [...report.hosts].map(({ failure }) => (failure === undefined ? '' : wayOut(failure).toDo));
  assert.equal(new Set(expected).size, expected.length);
  for (const format of FORMATS.values()) {
    if (!['table', 'html', 'json', 'jsonl', 'csv', 'csv-hosts', 'junit'].includes(format.id)) continue;
    const written = [...format.render(report, options)].join('');
    const text = format.id.startsWith('csv')
      ? parseCsv(written).flat().join('\n')
      : written
          .replaceAll('&#39;', "'")
          .replaceAll('&apos;', "'")
          .replaceAll('&quot;', '"')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&')
          .replaceAll('\\"', '"');
    const flat = text.replaceAll(/\s+/g, ' ');
    for (const toDo of expected) assert.ok(flat.includes(toDo), `${format.id}: ${toDo}`);
  }
});

test('a report that is read back is as it was written: the way out is none of its facts', () => {
  const report = failures();
  const json = FORMATS.get('json') ?? assert.fail('json');
  const written = [...json.render(report, { includePasses: true, colour: false, columns: 80 })].join('');
  const read = parseReport(written, 'r.json');
  assert.deepEqual(
    [...(read.value?.hosts ?? [])].map(({ failure }) => failure),
    [...report.hosts].map(({ failure }) => failure),
  );
});

test('a report that lacks what newer ones have is called what it is, with who wrote it', () => {
  const report = failures();
  const json = FORMATS.get('json') ?? assert.fail('json');
  const written = [...json.render(report, { includePasses: true, colour: false, columns: 80 })].join('');
  for (const [older, help] of [
    [
      written.replace('"schema":2', '"schema":0'),
      /^it was written by kernward 0\.1\.0, shape 0, which is older than this one/,
    ],
    [
      written.replace(/"gate":\{[^}]*\},/, ''),
      /^it was written by kernward 0\.1\.0, shape 2: judge the readings again/,
    ],
  ] as const) {
    const { value, diagnostics } = parseReport(older, 'r.json');
    assert.equal(value, undefined);
    assert.match(diagnostics[0]?.help ?? '', help);
  }
});
