/** `--notify` as a user has it: real servers, a history, reports, and what stands where when something goes wrong. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { makeCertificate, type Certificate } from '../support/certificates.js';
import { type Ended, startKernward } from '../support/kernward.js';
import { scratch } from '../support/scratch.js';
import { runWarm } from '../support/warm/commands.js';
import { startWebServer, type WebServer } from '../support/web-server.js';

const RECORDED = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');
const TOKEN = 'T0KEN-that-nobody-else-reads';

describe('--notify', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  const folder = scratch();
  let server: WebServer;
  let certificate: Certificate;
  before(async () => {
    certificate = makeCertificate(folder, 'localhost');
    server = await startWebServer(certificate);
    write('url', `https://localhost:${server.port}/hooks/${TOKEN}\n`);
    write(
      'notify.yaml',
      `targets:
  ops:
    slack: { url: { file: url }, ca: localhost.pem }
  tickets:
    webhook: { url: { env: HOOK }, ca: localhost.pem, headers: { Authorization: { env: AUTH } } }
`,
    );
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    server.got.length = 0;
    server.answer = (_, response) => void response.end('ok');
    for (const name of readdirSync(folder)) if (/^h\.db|^report/.test(name)) rmSync(join(folder, name));
  });

  function write(name: string, text: string): void {
    writeFileSync(join(folder, name), text);
  }
  function inventory(profile: string): void {
    const host = `{ name: '<!channel>', transport: recorded, recording: ${JSON.stringify(RECORDED)}, profile: ${profile} }`;
    write('fleet.yaml', `hosts: [${host.replace("'<!channel>'", 'web1')}]\n`);
  }
  /** A command's first run is one of a process of its own, and what it says later one of a process that has run before. */
  const known = new Set<string | undefined>();
  function run(...args: readonly string[]): Promise<Ended> {
    const env = { HOOK: `https://localhost:${server.port}/tickets?key=${TOKEN}`, AUTH: `Bearer ${TOKEN}` };
    if (known.has(args[0])) return runWarm(folder, args, env);
    known.add(args[0]);
    return startKernward(folder, args, env).ended;
  }
  const scan = (...more: readonly string[]) =>
    run(
      'scan',
      '-i',
      'fleet.yaml',
      '--quiet',
      '--history=h.db',
      '--notify',
      'notify.yaml',
      '-o',
      'json:report.json',
      ...more,
    );
  const paths = (): readonly string[] => server.got.map(({ path }) => path.replace(TOKEN, '***')).sort();
  /** What `report` prints of a saved report that these targets are told of. */
  async function reportTold(file: string, targets: string): Promise<string> {
    server.got.length = 0;
    const { status, stdout, stderr } = await run('report', file, '--history=h.db', '--notify', targets);
    assert.deepEqual([status, stderr], [file.includes('earlier') ? 1 : 0, '']);
    return stdout.replaceAll(/\s+/g, ' ');
  }
  test('a change is told once, to each', async () => {
    inventory('stay-up');
    assert.equal((await scan()).status, 0);
    assert.deepEqual(paths(), ['/hooks/***', '/tickets?key=***']);
    assert.equal(
      server.got.find(({ path }) => path.startsWith('/tickets'))?.headers['authorization'],
      `Bearer ${TOKEN}`,
    );
    server.got.length = 0;
    inventory('fail-fast');
    assert.equal((await scan()).status, 1);
    assert.equal(server.got.length, 2);
    assert.match(server.got[0]?.body ?? '', /the gate is failing, was passing; 3 new findings/);
    server.got.length = 0;
    assert.equal((await scan()).status, 1);
    assert.deepEqual(paths(), []);
  });

  test('who could not be told is named, the report is whole, and no secret stands anywhere', async () => {
    inventory('fail-fast');
    server.answer = ({ url = '' }, response) => {
      response.writeHead(url.startsWith('/hooks') ? 500 : 200);
      // A server that says what it was sent.
      response.end(`no ${url} ${TOKEN}`);
    };
    const { status, stdout, stderr } = await scan('-o', 'table');
    assert.equal(status, 4);
    assert.match(
      stderr,
      /^kernward: ops was not notified: localhost:\d+ answered 500 Internal Server Error: no \/hooks\/\*\*\* \*\*\*; the next run tells it again$/m,
    );
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /exit 1: not compliant: .*; 1 notification could not be sent \(ops\), which exits 4/,
    );
    const report = readFileSync(join(folder, 'report.json'), 'utf8');
    assert.match(report, /1 notification could not be sent \(ops\)/);
    assert.equal((await run('report', 'report.json', '-o', 'csv')).status, 1);
    const everything = [
      stdout,
      stderr,
      report,
      ...readdirSync(folder)
        .filter((name) => name.startsWith('h.db'))
        .map((name) => readFileSync(join(folder, name), 'latin1')),
    ];
    assert.ok(everything.every((text) => !text.includes(TOKEN)));

    server.answer = (_, response) => void response.end('ok');
    server.got.length = 0;
    assert.equal((await scan()).status, 1);
    assert.deepEqual(paths(), ['/hooks/***']);
  });

  test('of runs at the same time one tells, and only it', async () => {
    inventory('fail-fast');
    write('at-once.jsonl', (await run('collect', '-i', 'fleet.yaml', '-q')).stdout);
    write(
      'at-once.yaml',
      "targets: { c: { command: { run: [sh, -c, 'cat > /dev/null; echo told >> told.log; sleep 1'] } } }\n",
    );
    const one = () =>
      startKernward(folder, ['eval', 'at-once.jsonl', '--history=h.db', '--notify', 'at-once.yaml']).ended;
    const ended = await Promise.all([one(), one(), one()]);
    assert.deepEqual(
      ended.map(({ stderr }) => stderr.includes('notified')),
      [false, false, false],
      ended.map(({ stderr }) => stderr).join(''),
    );
    assert.deepEqual(
      ended.map(({ status }) => status),
      [1, 1, 1],
      ended.map(({ stderr }) => stderr).join(''),
    );
    assert.equal(readFileSync(join(folder, 'told.log'), 'utf8'), 'told\n');
  });

  test('a saved report is told by its history, or by its baseline', async () => {
    inventory('stay-up');
    await run('scan', '-i', 'fleet.yaml', '--quiet', '--history=h.db', '-o', 'json:report-1.json');
    inventory('fail-fast');
    await run(
      'scan',
      '-i',
      'fleet.yaml',
      '--quiet',
      '--history=h.db',
      '--baseline',
      'report-1.json',
      '-o',
      'json:report-2.json',
    );
    const tell = (...more: readonly string[]) =>
      run('report', 'report-2.json', '-o', 'csv', '--notify', 'notify.yaml', ...more);
    assert.equal((await tell('--history=h.db')).status, 1);
    assert.match(server.got[0]?.body ?? '', /the gate is failing/);
    server.got.length = 0;
    assert.equal((await tell('--history=h.db')).status, 1);
    assert.deepEqual(paths(), []);
    assert.equal((await tell()).status, 1);
    assert.match(server.got[0]?.body ?? '', /3 new findings/);
    const other = await run('report', 'report-1.json', '-o', 'csv', '--notify', 'notify.yaml', '--history=other.db');
    assert.equal(other.status, 4);
    assert.match(other.stderr, /nobody was notified: what was told before is not known: it does not have the run/);
  });

  test('who was told of a later run is not told of an earlier one, and the verdict says so; a new target is', async () => {
    inventory('fail-fast');
    assert.equal((await scan()).status, 1);
    const earlier = readFileSync(join(folder, 'report.json'), 'utf8');
    write('report-earlier.json', earlier);
    inventory('stay-up');
    assert.equal((await scan()).status, 0);
    write('report-later.json', readFileSync(join(folder, 'report.json'), 'utf8'));
    const SENTENCE = /; nothing was told to ops, tickets: told of this run or a later one before hosts /;
    assert.match(await reportTold('report-earlier.json', 'notify.yaml'), SENTENCE);
    assert.deepEqual(paths(), []);
    assert.match(await reportTold('report-later.json', 'notify.yaml'), SENTENCE);
    assert.deepEqual(paths(), []);
    write(
      'notify-more.yaml',
      readFileSync(join(folder, 'notify.yaml'), 'utf8') +
        '  late:\n    slack: { url: { file: url }, ca: localhost.pem }\n',
    );
    assert.match(await reportTold('report-earlier.json', 'notify-more.yaml'), SENTENCE);
    assert.deepEqual(paths(), ['/hooks/***']);
  });

  test('what is wrong is told before a host is contacted', async () => {
    inventory('stay-up');
    const at = { status: 2, stdout: '' };
    const without = await run('scan', '-i', 'fleet.yaml', '--notify', 'notify.yaml');
    assert.deepEqual({ ...at, stderr: without.stderr }, without);
    assert.match(without.stderr, /add --history/);
    write(
      'wrong.yaml',
      `targets:
  none: {}
  two: { command: { run: [x] }, mail: { server: 'a:0', from: a, to: [b], user: u } }
  where: { slack: { url: {} } }
  clear: { teams: { url: { file: http } } }
  nothing: { webhook: { url: { env: NOT_SET } } }
  relay: { mail: { server: mail.example.com, tls: none, from: a, to: [b] } }
  typed: { mail: { server: mail.example.com, from: a, to: [b], pasword: x } }
`,
    );
    const wrong = await run('scan', '-i', 'fleet.yaml', '--history=h.db', '--notify', 'wrong.yaml');
    assert.equal(wrong.status, 2);
    write('wrong.yaml', readFileSync(join(folder, 'wrong.yaml'), 'utf8').replace(/.*typed.*\n/, ''));
    const ways = await run('scan', '-i', 'fleet.yaml', '--history=h.db', '--notify', 'wrong.yaml');
    for (const code of ['way', 'port', 'secret', 'tls'])
      assert.match(ways.stderr, new RegExp(`\\[notify/${code}\\]`), ways.stderr);
    assert.match(ways.stderr, /^ *--> wrong\.yaml:2:3$|wrong\.yaml:2/m);
    write('http', `http://hooks.example.com/${TOKEN}\n`);
    write(
      'missing.yaml',
      'targets:\n  clear: { teams: { url: { file: http } } }\n  nothing: { webhook: { url: { env: NOT_SET } } }\n  away: { webhook: { url: { file: gone } } }\n',
    );
    const missing = await run('scan', '-i', 'fleet.yaml', '--history=h.db', '--notify', 'missing.yaml');
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /would send the report to hooks\.example\.com in clear/);
    assert.match(missing.stderr, /nothing stands in \$NOT_SET/);
    assert.match(missing.stderr, /gone cannot be read/);
    assert.ok(!missing.stderr.includes(TOKEN));
    assert.equal(server.got.length, 0);
  });
});
