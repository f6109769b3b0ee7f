// How a run of the tests is told: a line a file while it goes, then what the machine lacks, the slowest, what failed, what
// was skipped and the counts: a log that is cut keeps its end. For `node --test --test-reporter`; the last lines are those of
// node's own reporters.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { lacksAsText } from './lacks.mjs';
import { sourcePlace, withSourcePlaces } from './source-places.mjs';
import { filesOf } from './test-groups.mjs';

const SLOWEST = 20;
const COUNTED = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms'];

/** An error of the kind of the web's is empty once it came from one process to another. */
const LOST = 'what was thrown lost its words on the way here, as a DOMException does: `AbortSignal.throwIfAborted()`?';

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const nameOf = (file) => relative(process.cwd(), file).replace(/^dist\/(.*)\.js$/u, '$1.ts');
const indented = (text) => text.replaceAll(/^(?=.)/gmu, '    ');

/** A test that failed because of what failed inside says nothing that is not told there. */
const isEcho = ({ details }) => details.error?.failureType === 'subtestsFailed';

/** Of the events about a test file rather than a test. */
const isWhole = ({ name, file }) => name === file;
const hasFailed = ({ details }) => details.error !== undefined || details.passed === false;

function troubleOf({ details: { error } }) {
  const cause = error?.cause ?? error;
  if (typeof cause === 'string') return cause;
  const text = inspect(cause, { colors: false });
  return text === '{}' ? LOST : text;
}

/** What each process of the run has computed, with the programs that it started (test/support/tell-cpu.ts). */
function cpuOfFiles() {
  const told = process.env.KERNWARD_TEST_CPU;
  const lines = told !== undefined && existsSync(told) ? readFileSync(told, 'utf8').trimEnd().split('\n') : [];
  return new Map(
    lines.map((line) => {
      const [secs] = line.split(' ', 1);
      return [line.slice(secs.length + 1), Number(secs) * 1000];
    }),
  );
}

export default async function* report(source) {
  const files = new Map();
  const fileOf = (path) => {
    const found = files.get(path) ?? { said: [], words: [] };
    files.set(path, found);
    return found;
  };
  const failures = [];
  const skips = [];
  const timed = [];
  const counts = new Map();
  /** Of the tests of a file, by its name. */
  const sums = new Map();
  const notes = [];
  const begun = performance.now();
  for await (const { type, data } of source) {
    const file = data.file === undefined ? undefined : fileOf(data.file);
    if (type === 'test:start') {
      // Files are told beside each other.
      file?.words.splice(data.nesting, Number.POSITIVE_INFINITY, data.name);
    } else if (type === 'test:pass' || type === 'test:fail') {
      const above = (file?.words ?? []).slice(0, data.nesting);
      const words = [...above, isWhole(data) ? 'the file as a whole' : data.name].join(' › ');
      if (type === 'test:fail' && !isEcho(data)) failures.push({ words, ...data });
      if (data.skip !== undefined) skips.push({ words, ...data });
      if (data.details.type !== 'suite') timed.push({ words, file: data.file, ms: data.details.duration_ms });
      if (data.nesting === 0 && !isWhole(data))
        sums.set(nameOf(data.file), (sums.get(nameOf(data.file)) ?? 0) + data.details.duration_ms);
    } else if (type === 'test:complete' && isWhole(data)) {
      fileOf(data.file).ms = data.details.duration_ms;
      const held = filesOf(data.file).length;
      const more = held > 1 ? ` (${held} files)` : '';
      yield `${hasFailed(data) ? 'FAIL' : 'ok  '} ${seconds(data.details.duration_ms).padStart(8)}  ${nameOf(data.file)}${more}\n`;
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      file?.said.push(data.message);
    } else if (type === 'test:diagnostic' && file === undefined) {
      const [word = '', count = ''] = data.message.split(' ');
      if (COUNTED.includes(word)) counts.set(word, (counts.get(word) ?? 0) + Number(count));
      else notes.push(data.message);
    }
  }

  // That of each run says nothing of those before and beside it.
  counts.set('duration_ms', performance.now() - begun);

  const lacks = lacksAsText();
  if (lacks !== '') yield `\n${lacks}\n`;

  yield `\nThe slowest ${SLOWEST} tests\n`;
  for (const { ms, words, file } of timed.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST))
    yield `${seconds(ms).padStart(10)}  ${nameOf(file)}: ${words}\n`;
  yield `\nThe slowest ${SLOWEST} files\n`;
  const told = [...files].filter(([, { ms }]) => ms !== undefined);
  const times = told.flatMap(([file, { ms }]) => {
    const held = filesOf(file);
    // That of a file that had a process has what Node took to begin, too.
    return held.length > 1 ? held.map((one) => [nameOf(one), sums.get(nameOf(one)) ?? 0]) : [[nameOf(file), ms]];
  });
  for (const [name, ms] of times.toSorted(([, a], [, b]) => b - a).slice(0, SLOWEST))
    yield `${seconds(ms).padStart(10)}  ${name}\n`;
  const cpu = [...cpuOfFiles()].filter(([file]) => files.has(file)).toSorted(([, a], [, b]) => b - a);
  if (cpu.length > 0) {
    const all = cpu.reduce((sum, [, ms]) => sum + ms, 0);
    yield `\nThe ${SLOWEST} files that compute most, of ${seconds(all)} of CPU\n`;
    for (const [file, ms] of cpu.slice(0, SLOWEST)) yield `${seconds(ms).padStart(10)}  ${nameOf(file)}\n`;
  }

  if (failures.length > 0) yield '\nFailures\n';
  for (const [index, failure] of failures.entries()) {
    const { words, file, line, column, details } = failure;
    const at = line === undefined ? '' : `:${sourcePlace(file, line, column).line}`;
    const place = file === undefined ? '' : ` (${nameOf(file)}${at})`;
    const trouble = withSourcePlaces(troubleOf(failure));
    yield `\n${index + 1}. ${words}${place}, after ${seconds(details.duration_ms)}\n${indented(trouble)}\n`;
  }
  for (const file of new Set(failures.map((failure) => failure.file))) {
    const said = file === undefined ? '' : fileOf(file).said.join('').trim();
    if (said !== '') yield `\nWhat ${nameOf(file)} printed\n${indented(withSourcePlaces(said.slice(-4000)))}\n`;
  }
  if (skips.length > 0) yield '\nSkipped\n';
  for (const { words, file, skip } of skips)
    yield `  ${nameOf(file)}: ${words}: ${skip === true ? 'no reason' : skip}\n`;
  for (const note of notes) yield `# ${note}\n`;

  const count = (word) => counts.get(word) ?? 0;
  yield `\n${count('pass')} passed, ${count('fail') + count('cancelled')} failed, ${count('skipped') + count('todo')} skipped\n\n`;
  for (const word of COUNTED) if (counts.has(word)) yield `# ${word} ${counts.get(word)}\n`;
}
