import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { lineAgain, readIndexedLines } from '../../../src/cli/input/indexed-lines.js';
import { streamReport } from '../../../src/cli/input/stream-report.js';
import type { HostReport, Report } from '../../../src/model/report.js';
import { hostToJson } from '../../../src/report/host-json.js';
import { FORMATS } from '../../../src/report/formats/index.js';
import { summarise } from '../../../src/verdict/summary.js';
import { CANONICAL_REPORTS } from '../../support/report/canonical.js';
import { canonical, render } from '../../support/saved-report.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const folder = mkdtempSync(join(tmpdir(), 'kernward-stream-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function saved(name: string, text: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

for (const name of Object.keys(CANONICAL_REPORTS))
  test(`${name}: its hosts can be walked twice, from memory and from the file`, () => {
    const report = canonical(name);
    for (const id of ['json', 'jsonl'])
      for (const memoryBytes of [0, 3000, undefined]) {
        const read = streamReport(saved(`${name}.${id}`, render(id, report)), undefined, memoryBytes);
        assert.ok(read);
        for (let walk = 0; walk < 2; walk += 1) assert.equal(render('json', read), render('json', report));
      }
  });

test('more hosts than there is memory for are not kept', () => {
  const file = saved('most.jsonl', render('jsonl', canonical('mixed')));
  assert.throws(() => streamReport(file, undefined, undefined, 1), /it has more than 1 hosts/u);
  assert.ok(streamReport(file, undefined, undefined, [...canonical('mixed').hosts].length));
});

test('the lines of a file, whatever the chunks, and each of them again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r'), maxLength: 30 })),
      fc.integer({ min: 1, max: 20 }),
      (parts, chunk) => {
        const text = parts.join('');
        const file = openSync(saved('lines', text), 'r');
        try {
          const lines = [...readIndexedLines(file, chunk)];
          assert.deepEqual(
            lines.map((line) => line.text),
            text
              .replace(/\n$/, '')
              .split('\n')
              .slice(0, text === '' ? 0 : undefined),
          );
          for (const line of lines) assert.equal(lineAgain(file, 'lines', line.place), line.text);
        } finally {
          closeSync(file);
        }
      },
    ),
  );
});

test('a line that is longer than any of ours ends the reading, and never the report', () => {
  const file = openSync(saved('long', `ab\n${'x'.repeat(100)}\ncd\n`), 'r');
  assert.deepEqual(
    [...readIndexedLines(file, 8, 40)].map(({ text }) => text),
    ['ab', ''],
  );
  closeSync(file);
});

const CHANGES: readonly (readonly [name: string, change: (file: string, text: string) => void])[] = [
  [
    'a byte in place',
    (file, text) => {
      const handle = openSync(file, 'r+');
      writeSync(handle, 'b', text.lastIndexOf('because') + 'because":"'.length);
      closeSync(handle);
    },
  ],
  ['written anew', (file, text) => writeFileSync(file, ` ${text}`)],
  ['cut short', (file) => truncateSync(file, 100)],
];

for (const [name, change] of CHANGES)
  test(`changed between two walks (${name}): an error, never another answer`, () => {
    const text = render('json', canonical('mixed'));
    const file = saved('changed.json', text);
    const read = streamReport(file, undefined, 0);
    assert.ok(read);
    assert.equal(render('json', read), text);
    change(file, text);
    assert.throws(() => render('json', read), /changed\.json was changed while it was read/);
  });

test('replaced between two walks: the report that was read', () => {
  const text = render('json', canonical('mixed'));
  const file = saved('replaced.json', text);
  const read = streamReport(file, undefined, 0);
  assert.ok(read);
  renameSync(saved('other.json', render('json', canonical('clean'))), file);
  assert.equal(render('json', read), text);
});

test('what others have laid out anew, a folder, nothing and standard input are left to the whole reading', () => {
  const text = render('json', canonical('clean'));
  for (const other of [
    '',
    `\ufeff${text}`,
    JSON.stringify(JSON.parse(text)),
    JSON.stringify(JSON.parse(text), null, 2),
    text.replaceAll('\n', '\r\n'),
  ])
    assert.equal(streamReport(saved('other.json', other)), undefined);
  for (const none of ['-', folder, join(folder, 'no-such-file')]) assert.equal(streamReport(none), undefined);
});

/** The host that fails, so often that the text has so many bytes, counted as it is. */
function large(name: string, bytes: number): Report {
  const { header, hosts, summary } = canonical('mixed');
  const one = [...hosts].find(({ status }) => status === 'failing');
  assert.ok(one);
  const count = Math.ceil(bytes / JSON.stringify(hostToJson(one)).length);
  const many: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index += 1)
        yield {
          ...one,
          host: `${name}${index}`,
          verdicts: one.verdicts.map((verdict) => ({ ...verdict, host: `${name}${index}` })),
        };
    },
  };
  return {
    header,
    hosts: many,
    summary: summarise(many, { gate: header.gate, rules: header.rules.length, tookMs: summary.tookMs }),
  };
}

function savedInParts(name: string, report: Report): string {
  const file = saved(name, '');
  const handle = openSync(file, 'w');
  for (const part of FORMATS.get('json')?.render(report, { includePasses: false, colour: false, columns: 80 }) ?? [])
    writeSync(handle, part);
  closeSync(handle);
  return file;
}

/** As a whole it needs some three times its text, and its hosts alone twice: either is more than this heap, and a few of them less. */
const HEAP_MB = 110;
const TEXT_BYTES = 80 * 1024 * 1024;

test('a report that is larger than the memory is rendered', () => {
  const report = large('h', TEXT_BYTES);
  const big = savedInParts('big.json', report);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, MAIN, 'report', big, '-o', 'csv-hosts:/dev/null'],
    { encoding: 'utf8' },
  );
  assert.equal(status, report.summary.exitCode, stderr.slice(0, 500));
  assert.equal(stdout, '');
});

/** Runs kernward until it has begun to write, changes the file, and reads the rest. */
async function changedMeanwhile(
  args: readonly string[],
  file: string,
): Promise<{ readonly status: unknown; readonly stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child.stdout, 'readable');
  truncateSync(file, 1000);
  child.stdout.resume();
  const [status] = await once(child, 'close');
  return { status, stderr };
}

/** More than stays in memory; the hosts that are read again are its end. */
const MORE_THAN_KEPT = 36 * 1024 * 1024;

let made: string | undefined;
const moreThanKept = (): string => (made ??= savedInParts('more.json', large('h', MORE_THAN_KEPT)));

for (const command of ['report', 'diff'])
  test(`${command}: a report that is changed while it is written anew ends with 2 and a diagnostic, not as an output that failed`, async () => {
    const file = join(folder, 'meanwhile.json');
    copyFileSync(moreThanKept(), file);
    const old = saved('earlier.json', render('json', canonical('clean')));
    const { status, stderr } = await changedMeanwhile(
      [command, ...(command === 'diff' ? [old] : []), file, '-o', 'csv'],
      file,
    );
    assert.equal(status, 2, stderr.slice(0, 500));
    assert.match(stderr, /meanwhile\.json:1:1: error: the report was changed while it was read \[report\/changed\]/);
  });

test('a report that somebody writes to while it is read the first time is refused', () => {
  const text = render('json', canonical('mixed'));
  const file = saved('first.json', text);
  assert.throws(
    () => streamReport(file, () => appendFileSync(file, '\n')),
    /first\.json was changed while it was read/,
  );
});
