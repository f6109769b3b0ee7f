import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { varyRecording } from '../../../bench/vary-recording.js';
import { FACTS } from '../../../src/facts/index.js';
import { absent, type Reading } from '../../../src/model/reading.js';
import { readingChanged } from '../../../src/probe/familiar/host-before.js';
import { familiarLayouts, MOST_LAYOUTS } from '../../../src/probe/familiar/file-layouts.js';
import { sharingLines, sharingLists } from '../../../src/probe/familiar/lists.js';
import { LONGEST_SECTION } from '../../../src/probe/familiar/sections.js';
import { fileTable, type FileTable } from '../../../src/probe/output/files.js';
import { parseProbe } from '../../../src/probe/parse.js';
import { recordingNonce } from '../../../src/probe/recording.js';

const sharedList = sharingLists();
const NOTES = sharedList('sysctl', ['there 2']);
const ERRORS = sharingLines()('sysctl', '');

void test('a layout is one object for hosts that tell of the same files in the same order, and of many the latest are', () => {
  const layouts = familiarLayouts();
  const first = layouts.make(['/a', '/b'], NOTES, ERRORS, true);
  assert.equal(layouts.find(['/a', '/b'], NOTES, ERRORS), first);
  for (const paths of [['/b', '/a'], ['/a'], ['/a', '/b', '/c'], ['/a', '/b', '/b'], []])
    assert.equal(layouts.find(paths, NOTES, ERRORS), undefined);
  assert.equal(layouts.find(['/a', '/b'], sharedList('sysctl', ['there 3']), ERRORS), undefined);
  assert.equal(layouts.find(['/a', '/b'], NOTES, sharingLines()('sysctl', '')), undefined);
  for (let host = 0; host < MOST_LAYOUTS; host += 1) layouts.make([`/${host}`], NOTES, ERRORS, true);
  assert.equal(layouts.find(['/a', '/b'], NOTES, ERRORS), undefined);
});

void test('a layout of many or long paths, or of lists that no others have, is not kept', () => {
  const layouts = familiarLayouts();
  const many = Array.from({ length: 1000 }, (_, index) => `/${index}`);
  for (const [paths, notes, errors] of [
    [many, NOTES, ERRORS],
    [[`/${'x'.repeat(1000)}`], NOTES, ERRORS],
    [['/a'], ['there 1'], ERRORS],
    [['/a'], NOTES, ['']],
  ] as const) {
    assert.equal(layouts.make(paths, notes, errors, true).isKept, false);
    assert.equal(layouts.find(paths, notes, errors), undefined);
  }
});

void test('hosts that tell of a file in two places leave the layouts of others where they are', () => {
  const text = '/a:1\n/b:2\n';
  const section = { notes: NOTES, errors: ERRORS, status: 0 };
  const { layout } = fileTable({ ...section, text });
  for (let host = 0; host <= MOST_LAYOUTS; host += 1) {
    const { contents, layout: own } = fileTable({ ...section, text: `${text}/a:${host}\n` });
    assert.deepEqual(contents.paths, ['/a', '/b']);
    assert.equal(contents.get('/a'), `1\n${host}\n`);
    assert.equal(own.isKept, false);
  }
  assert.equal(fileTable({ ...section, text }).layout, layout);
});

void test('a file that is told of again and again, among few others or among many, has all its lines in their order', () => {
  const section = { notes: NOTES, errors: ERRORS, status: 0 };
  for (const [others, times] of [
    [1, 3],
    [300, 3],
    [1, 3000],
  ] as const) {
    const round = (at: number): string =>
      `/a:${at}\n${Array.from({ length: others }, (_, index) => `/b${index}:x\n`).join('')}`;
    const { contents } = fileTable({ ...section, text: Array.from({ length: times }, (_, at) => round(at)).join('') });
    assert.equal(contents.paths.length, others + 1);
    assert.equal(contents.get('/a'), Array.from({ length: times }, (_, at) => `${at}\n`).join(''));
    assert.equal(contents.get('/b0'), 'x\n'.repeat(times));
  }
  const lines = Array.from({ length: 5000 }, (_, at) => `${at} /a:\n`);
  const { contents } = fileTable({ ...section, text: `${lines.map((line) => `/a:${line}`).join('')}/b:1\n` });
  assert.equal(contents.get('/a'), lines.join(''));
  assert.equal(contents.get('/b'), '1\n');
});

const SYSCTLS = FACTS.filter(({ origin }) => origin.via === 'file' && origin.section === 'sysctl').slice(0, 2);
const [PANIC, OTHER] = SYSCTLS.map(({ origin }) => (origin.via === 'file' ? (origin.paths[0] ?? '') : ''));

/** A host whose two files say this. */
function tableOf(panic: string, other: string): FileTable {
  return fileTable({ notes: NOTES, text: `${PANIC}:${panic}\n${OTHER}:${other}\n`, errors: ERRORS, status: 0 });
}

void test('only the facts of files that say something else are read again, and all where the places are others', () => {
  const readChanged = readingChanged();
  const [here, there] = [{}, {}];
  const asked = (table: FileTable, places: object): readonly string[] => {
    const read: string[] = [];
    const reading = ({ id }: { readonly id: string }): Reading => {
      read.push(id);
      return absent(id);
    };
    const readings = readChanged(SYSCTLS, table, places, reading);
    assert.deepEqual(
      readings,
      SYSCTLS.map(({ id }) => absent(id)),
    );
    return read;
  };
  const [first, second] = SYSCTLS.map(({ id }) => id);
  assert.deepEqual(asked(tableOf('0', '0'), here), [first, second]);
  assert.deepEqual(asked(tableOf('0', '0'), here), []);
  assert.deepEqual(asked(tableOf('1', '0'), here), [first]);
  assert.deepEqual(asked(tableOf('1', '2'), here), [second]);
  assert.deepEqual(asked(tableOf('1', '2'), there), [first, second]);
  const long = '1'.repeat(LONGEST_SECTION);
  assert.deepEqual(asked(tableOf(long, '2'), there), [first]);
  assert.deepEqual(asked(tableOf(long, '2'), there), [first], 'what is long is not remembered');
});

const FOLDER = join('policies', 'hosts');
const RECORDINGS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.probe'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'));
const NONCE = recordingNonce(Buffer.from(RECORDINGS[0] ?? '')) ?? assert.fail('no nonce');

/** Lines of files of which some fact asks by a pattern, or with others. */
const OF_SEVERAL = new RegExp(
  `^(?:${FACTS.flatMap(({ origin }) =>
    origin.via === 'glob'
      ? origin.directories.flatMap((directory) =>
          origin.patterns.map((pattern) => `${directory}/${pattern.replaceAll('*', '[^/:]*')}:`),
        )
      : origin.via === 'files'
        ? origin.paths.map((path) => `${path}:`)
        : [],
  ).join('|')})`,
);

/** What becomes of one line of an answer, the line being the first behind some place that is like it. */
const DAMAGES = [
  { of: /^kw \S+ (?:begin|end|errors)/, to: () => [] },
  { of: /^kw \S+ missing /, to: () => [] },
  { of: /^kw \S+ there /, to: (line: string) => [line.replace(/\d+$/, (count) => String(Number(count) + 1))] },
  { of: /^kw \S+ place /, to: () => [] },
  { of: /^kw \S+ place /, to: (line: string) => [line.replace(/ (?:search|there|none) /, ' there ')] },
  { of: /^kw \S+ end /, to: (line: string) => [line.replace(/\d+$/, '3')] },
  { of: /^grep: /, to: () => [] },
  { of: /^grep: /, to: (line: string) => [line.replace(/[^:]*$/, ' Permission denied')] },
  { of: /^\//, to: () => [] },
  { of: /^\//, to: (line: string) => [line, line] },
  { of: /^\//, to: (line: string) => [`${line}0`] },
  { of: /^\//, to: (line: string) => [line.replace(/:.*/, ':')] },
  { of: /^\//, to: (line: string) => [`/proc/nobody/asked:1`, line] },
  { of: /^\/\S+:/, to: (line: string) => [line, `kw ${NONCE} missing ${line.slice(0, line.indexOf(':'))}`] },
  { of: OF_SEVERAL, to: (line: string) => [`${line}0`] },
  { of: OF_SEVERAL, to: (line: string) => [line.replace(/:.*/, ':1')] },
  { of: /^/, to: () => [] },
  { of: /^/, to: (line: string) => [`${line} x`] },
] satisfies readonly { readonly of: RegExp; readonly to: (line: string) => readonly string[] }[];

const DAMAGE = fc.record({ damage: fc.constantFrom(...DAMAGES), place: fc.nat({ max: 999 }) });

/** An answer with a section less, the places at the end, or as it is. */
const LAID_OUT = fc.constantFrom(
  (text: string) => text,
  (text: string) => text,
  (text: string) => text.replace(/^kw \S+ begin sysfs\n[^]*?^kw \S+ end sysfs .*\n/m, ''),
  (text: string) => text.replace(/^(kw \S+ begin places\n[^]*?^kw \S+ end places .*\n)([^]*)$/m, '$2$1'),
  (text: string) => text.slice(0, text.length / 2),
);

/** How a host of the fleet differs from what was recorded. */
const HOST = fc.record({
  isOther: fc.constantFrom(false, false, true),
  index: fc.nat({ max: 40 }),
  layOut: LAID_OUT,
  damages: fc.array(DAMAGE, { maxLength: 3 }),
});
type Host = typeof HOST extends fc.Arbitrary<infer T> ? T : never;

function answerOf(recording: string, { index, layOut, damages }: Host): string {
  const lines = layOut(varyRecording(recording, index)).split('\n');
  for (const { damage, place } of damages) {
    const at = lines.findIndex((line, number) => number >= (place / 1000) * lines.length && damage.of.test(line));
    if (at >= 0) lines.splice(at, 1, ...damage.to(lines[at] ?? ''));
  }
  return lines.join('\n');
}

const RECORDED = fc.constantFrom(...RECORDINGS);

/** Hosts of a small fleet of two kinds of machines, in an order in which some come again. */
const ANSWERS = fc
  .tuple(
    RECORDED,
    RECORDED,
    fc.array(HOST, { minLength: 2, maxLength: 6 }),
    fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
  )
  .map(([one, other, hosts, order]) => {
    const answers = hosts.map((host) => answerOf(host.isOther ? other : one, host));
    return order.map((at) => answers[at % answers.length] ?? '');
  });

/** The same answer with lines of ours that are too long to be shared: nothing that is read of it is another host's. */
function alone(answer: string): string {
  const long = `/${'x'.repeat(300)}`;
  return answer
    .replace(/^kw \S+ begin places\n/gm, (begin) => `${begin}kw ${NONCE} place none ${long}\n`)
    .replace(/^kw \S+ begin (?:identity|sysctl|sysfs|locked)\n/gm, (begin) => `${begin}kw ${NONCE} missing ${long}\n`);
}

function readingsOf(answer: string): readonly (readonly [string, Reading])[] | undefined {
  const parsed = parseProbe(Buffer.from(answer), NONCE, 'complete');
  return parsed.ok ? [...parsed.readings] : undefined;
}

void test('hosts that differ in this and that, damaged or not, are read as each by itself', () => {
  fc.assert(
    fc.property(ANSWERS, (answers) => {
      for (const answer of answers) assert.deepEqual(readingsOf(answer), readingsOf(alone(answer)));
    }),
    { numRuns: 150 },
  );
});
