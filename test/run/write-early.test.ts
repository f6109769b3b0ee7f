import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { formatOptions, writeReport, writeReportEarly } from '../../src/cli/output/present.js';
import { inventoryOfHosts } from '../../src/inventory/inventory-of-hosts.js';
import type { Host } from '../../src/model/host.js';
import { gathered } from '../../src/run/chunks.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { openFleetReport } from '../../src/run/fleet-report.js';
import { toHeader } from '../../src/run/header.js';
import { notAsked } from '../../src/run/host-not-asked.js';
import { planScan } from '../../src/run/plan-scan.js';
import { scanFleet } from '../../src/run/scan-fleet.js';
import type { OutputPlan, ScanPlan } from '../../src/run/scan-plan.js';
import { loadShippedRules } from '../../src/run/shipped/load-shipped-rules.js';
import { encodeHost, fromText } from '../../src/run/spool/encode-host.js';
import type { World } from '../../src/run/world.js';
import type { Output } from '../../src/run/write-outputs.js';
import { hostAt } from '../support/hosts.js';
import { until } from '../support/until.js';
import { createHeldHosts } from '../support/held-hosts.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-early-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const RULE_SET = loadShippedRules();
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const hosts: readonly Host[] = NAMES.map((name) =>
  hostAt(22, { name, transport: 'recorded', recording: 'policies/hosts/debian-12.probe' }),
);

function planned(outputs: readonly Output[]): ScanPlan {
  const { value } = planScan({
    inventory: inventoryOfHosts(hosts),
    ruleSet: RULE_SET,
    startedAt: new Date('2026-03-01T12:00:00Z'),
  });
  assert.ok(value);
  return { ...value, output: { outputs, includePasses: false, csvBom: false } };
}

const fileIn = (name: string): string => join(mkdtempSync(join(folder, 'run-')), name);

test('a host is written when its turn has come, while others are still asked', async () => {
  const held = createHeldHosts(NAMES);
  const plan = planned([]);
  const jsonl = FORMATS.get('jsonl') ?? assert.fail();
  let text = '';
  let whole = '';
  function* noted(texts: Iterable<string>): Generator<string> {
    for (const part of texts) {
      text += part;
      yield part;
    }
  }
  const run = scanFleet(plan, {
    transports: held.transports,
    writeEarly: async (grow, output) => {
      const { report, ready } = grow();
      const texts = jsonl.render(report, formatOptions({ format: 'jsonl', file: undefined }, output));
      for await (const _ of gathered(noted(texts), { ready }));
      return output;
    },
    write: async (report, left) => {
      whole = [...jsonl.render(report, formatOptions({ format: 'jsonl', file: undefined }, left))].join('');
      return [];
    },
  });
  const told = (): readonly string[] =>
    [...text.matchAll(/^\{"kind":"host","host":"(?<name>[^"]+)"/gmu)].map((line) => line.groups?.['name'] ?? '');
  held.answer('b');
  held.answer('a');
  await until(
    () => told().length === 2,
    () => `only ${told().join(' ')} is written`,
  );
  assert.deepEqual(told(), ['a', 'b']);
  held.answer('e');
  held.answer('d');
  held.answer('c');
  await run;
  assert.deepEqual(told(), NAMES);
  assert.equal(text, whole, 'and it is what would have been written at the end');
});

test('files that are written early say what is written at the end', async () => {
  const formats = ['jsonl', 'json', 'csv', 'csv-hosts'];
  const late = fileIn('page.html');
  const outputs = [...formats.map((format) => ({ format, file: fileIn(format) })), { format: 'html', file: late }];
  const held = createHeldHosts(NAMES);
  for (const name of NAMES.toReversed()) held.answer(name);
  let rest: OutputPlan | undefined;
  const expected = new Map<string, string>();
  const { unwritten } = await scanFleet(planned(outputs), {
    transports: held.transports,
    writeEarly: writeReportEarly,
    write: async (report, left) => {
      rest = left;
      for (const output of outputs) {
        const { render } = FORMATS.get(output.format) ?? assert.fail();
        expected.set(output.file, [...render(report, formatOptions(output, left))].join(''));
      }
      return writeReport(report, left);
    },
  });
  assert.deepEqual(unwritten, []);
  assert.deepEqual(rest?.outputs, [{ format: 'html', file: late }]);
  for (const [file, text] of expected) assert.equal(readFileSync(file, 'utf8'), text);
});

test('what goes to standard output, to a device or pipe, or is recorded first, waits for the whole report', async () => {
  const pipe = fileIn('pipe');
  execFileSync('mkfifo', [pipe]);
  const outputs = [
    { format: 'jsonl', file: undefined },
    { format: 'jsonl', file: '/dev/null' },
    { format: 'jsonl', file: pipe },
    { format: 'html', file: fileIn('page.html') },
    { format: 'xlsx', file: fileIn('book.xlsx') },
  ];
  let asked = 0;
  const left = await writeReportEarly(() => {
    asked += 1;
    throw new Error('what is thrown here is told nobody');
  }, planned(outputs).output);
  assert.deepEqual(left.outputs, outputs);
  assert.equal(asked, 0, 'somebody wanted to write one of them');
  const toFile = [{ format: 'jsonl', file: fileIn('report.jsonl') }];
  const kept: Pick<World, 'record' | 'notify'>[] = [
    { record: async (report) => ({ report, errors: [] }) },
    { notify: async (report) => ({ report, errors: [] }) },
  ];
  for (const first of kept) {
    const held = createHeldHosts(NAMES);
    for (const name of NAMES) held.answer(name);
    await scanFleet(planned(toFile), {
      transports: held.transports,
      ...first,
      writeEarly: () => assert.fail('it was begun before the report was recorded or told'),
      write: async (_, { outputs: all }) => {
        assert.deepEqual(all, toFile);
        return [];
      },
    });
  }
});

test('where it cannot even be begun, everything is left for the end', async () => {
  const { output } = planned([{ format: 'jsonl', file: fileIn('report.jsonl') }]);
  const left = await writeReportEarly(() => {
    throw new Error('there is no report');
  }, output);
  assert.deepEqual(left, output);
});

test('one that cannot be written is told, and keeps no other from being written', async () => {
  const held = createHeldHosts(NAMES);
  for (const name of NAMES) held.answer(name);
  const nowhere = join(fileIn('missing'), 'report.jsonl');
  const file = fileIn('report.csv');
  const { unwritten, exitCode } = await scanFleet(
    planned([
      { format: 'jsonl', file: nowhere },
      { format: 'csv', file },
    ]),
    { transports: held.transports, writeEarly: writeReportEarly, write: writeReport },
  );
  assert.equal(unwritten.length, 1);
  assert.match(unwritten[0] ?? '', /^jsonl could not be written to .*missing\/report\.jsonl: /u);
  assert.equal(exitCode, 4);
  assert.ok(readFileSync(file, 'utf8').split('\n').length > NAMES.length);
});

test('a run that breaks off leaves nothing of it', async () => {
  const held = createHeldHosts(NAMES);
  for (const name of NAMES) held.answer(name);
  const file = fileIn('report.jsonl');
  await assert.rejects(
    scanFleet(planned([{ format: 'jsonl', file }]), {
      transports: held.transports,
      progress: {
        advance: () => {
          throw new Error('the terminal is gone');
        },
        stop: () => undefined,
      },
      writeEarly: writeReportEarly,
      write: writeReport,
    }),
    /the terminal is gone/,
  );
  assert.deepEqual(readdirSync(join(file, '..')), []);
});

/** What comes between, while a report stands half-written beside its target. */
const MEANWHILE: readonly (readonly [
  what: string,
  happens: (file: string, half: string) => void,
  then?: (file: string) => void,
])[] = [
  ['nothing', () => undefined],
  ['somebody takes the half-written file away', (_, half) => rmSync(half)],
  [
    'the folder goes and comes again',
    (file) => {
      rmSync(dirname(file), { recursive: true });
      mkdirSync(dirname(file));
    },
  ],
  [
    'who may read the old one no longer may',
    (file) => chmodSync(file, 0o600),
    (file) => assert.equal(statSync(file).mode & 0o777, 0o600),
  ],
  [
    'a link is laid to another file',
    (file) => {
      renameSync(file, `${file}.real`);
      symlinkSync(`${file}.real`, file);
    },
    (file) => assert.ok(statSync(`${file}.real`).size > 10_000, 'what the link leads to was not written'),
  ],
];

for (const [what, happens, then] of MEANWHILE)
  test(`the report is whole where ${what} while it is written`, async () => {
    const held = createHeldHosts(NAMES);
    const file = fileIn('report.jsonl');
    writeFileSync(file, 'old', { mode: 0o644 });
    chmodSync(file, 0o644);
    let expected = '';
    const run = scanFleet(
      { ...planned([{ format: 'jsonl', file }]) },
      {
        transports: held.transports,
        writeEarly: writeReportEarly,
        write: (report, left) => {
          const { render } = FORMATS.get('jsonl') ?? assert.fail();
          expected = [...render(report, formatOptions({ format: 'jsonl', file }, left))].join('');
          return writeReport(report, left);
        },
      },
    );
    const halves = (): readonly string[] => readdirSync(dirname(file)).filter((name) => name.endsWith('.tmp'));
    await until(
      () => halves().length === 1,
      () => 'nothing is written while hosts are asked',
    );
    const half = join(dirname(file), halves()[0] ?? assert.fail());
    assert.equal(statSync(half).mode & 0o777, 0o600, "whoever may read the old one, half a report is its owner's");
    assert.equal(readFileSync(file, 'utf8'), 'old');
    happens(file, half);
    for (const name of NAMES) held.answer(name);
    const { unwritten } = await run;
    assert.deepEqual(unwritten, []);
    assert.equal(readFileSync(file, 'utf8'), expected);
    assert.deepEqual(halves(), []);
    then?.(file);
  });

test('many reports are written at once without a warning of Node', async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', note);
  try {
    const held = createHeldHosts(NAMES);
    for (const name of NAMES) held.answer(name);
    const outputs = Array.from({ length: 16 }, (_, at) => ({ format: 'csv-hosts', file: fileIn(`${at}.csv`) }));
    const { unwritten } = await scanFleet(planned(outputs), {
      transports: held.transports,
      writeEarly: writeReportEarly,
      write: writeReport,
    });
    assert.deepEqual(unwritten, []);
    // Node tells of it in the next turn.
    await setImmediate();
    assert.deepEqual(warnings, []);
  } finally {
    process.off('warning', note);
  }
});

test("what goes wrong in somebody else's writer ends the run as its writing at the end would", async () => {
  const held = createHeldHosts(NAMES);
  for (const name of NAMES) held.answer(name);
  await assert.rejects(
    scanFleet(planned([]), {
      transports: held.transports,
      writeEarly: () => Promise.reject(new Error('no such writer')),
      write: async () => [],
    }),
    /no such writer/,
  );
});

test('a host that was judged in another thread is written when its turn has come, too', async () => {
  const plan = planned([]);
  const judged = openFleetReport(plan);
  const fleet = openFleetReport(plan);
  const { signal } = new AbortController();
  try {
    const header = toHeader({ ...plan, version: '0.0.0' });
    for (const [index, host] of hosts.entries()) judged.take(host, index, notAsked(host, signal));
    const [first] = judged.finish(header, signal, { gate: plan.gate, tookMs: 0 }).hosts;
    const { report, ready } = fleet.grow(header);
    const waiting = ready() ?? assert.fail('nobody has come');
    fleet.takeJudged(0, Buffer.from(encodeHost(first ?? assert.fail())), fromText);
    await waiting;
    const [walked] = report.hosts;
    assert.equal(walked?.host, 'a');
    assert.throws(() => report.summary, /before all hosts were there/);
  } finally {
    judged.close();
    fleet.close();
  }
});
