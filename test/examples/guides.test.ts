/**
 * The guides of docs/guides/, walked as they are written, each in a folder of its own. A block of a guide says in its first line
 * what it is:
 *
 *     ```yaml FILE         a file that the reader writes
 *     ```sh                commands, typed one after the other; `sh exit=1` where they end with another code than 0
 *     ```text              after it: lines of what they print, in this order; … stands for what is left out, of a line too
 *
 * Hosts are recordings of machines in place of SSH; the web server and the mail server are on this machine.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { inScratch, type Ran, type Scratch } from '../support/example-scratch.js';
import { withMessages, type Messages } from '../support/with-messages.js';

const GUIDES = join('docs', 'guides');
/** What one machine cannot walk: a clone of kernward, and several machines. The examples of the latter are run by tests of their own. */
const ELSEWHERE = new Set(['add-a-kernel-fix.md', 'beyond-one-machine.md']);

interface Block {
  readonly kind: string;
  readonly rest: string;
  readonly body: string;
  readonly line: number;
}

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(?<kind>\w+)(?: (?<rest>.*))?\n(?<body>[^]*?)^```$/gm)].map(({ groups, index }) => ({
    kind: groups?.['kind'] ?? '',
    rest: groups?.['rest'] ?? '',
    body: groups?.['body'] ?? '',
    line: text.slice(0, index).split('\n').length,
  }));
}

/** What stands for a fleet and for servers of somebody else. */
function here(text: string, scratch: Scratch, { web, mail }: Messages): string {
  const recording = JSON.stringify(join(scratch.folder, 'debian-12.probe'));
  return text
    .replaceAll('{ user: audit }', `{ transport: recorded, recording: ${recording} }`)
    .replaceAll(/\/(?:etc|var\/lib)\/kernward/g, scratch.folder)
    .replaceAll('https://hooks.slack.com', `http://127.0.0.1:${web}`)
    .replaceAll('localhost:25', `localhost:${mail}`);
}

const steady = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?/g, 'DATE')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Whether a line holds all that is wanted of it, with anything in place of `…`. */
function holds(line: string, wanted: string): boolean {
  let at = 0;
  return wanted.split('…').every((part) => {
    const found = line.indexOf(part.trim(), at);
    at = found + part.trim().length;
    return found >= 0;
  });
}

/** Each line stands in what was printed, after the one before it. */
function printed(block: Block, ran: Ran, guide: string): void {
  const lines = `${ran.stdout}\n${ran.stderr}`.split('\n').map(steady);
  let at = 0;
  for (const line of block.body.trimEnd().split('\n')) {
    const wanted = steady(line);
    if (wanted === '…' || wanted === '') continue;
    const found = lines.findIndex((each, index) => index >= at && holds(each, wanted));
    assert.ok(found >= 0, `${guide}:${block.line}: no line ${JSON.stringify(wanted)} in\n${ran.stdout}${ran.stderr}`);
    at = found + 1;
  }
}

function walk(guide: string, scratch: Scratch, messages: Messages): void {
  const text = readFileSync(join(GUIDES, guide), 'utf8');
  let ran: Ran | undefined;
  for (const block of blocksOf(text)) {
    const { kind, rest, line } = block;
    const body = here(block.body, scratch, messages);
    if (kind === 'sh') {
      const exit = Number(/^exit=(\d+)$/.exec(rest)?.[1] ?? 0);
      ran = scratch.sh(body);
      assert.equal(ran.status, exit, `${guide}:${line}: ${ran.stdout}${ran.stderr}`);
    } else if (kind === 'text') {
      assert.ok(ran !== undefined, `${guide}:${line}: nothing was run before it`);
      printed(block, ran, guide);
    } else {
      assert.match(rest, /^[\w./-]+$/, `${guide}:${line}: a block says the name of its file, or is sh or text`);
      const file = join(scratch.folder, rest);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, body);
    }
  }
}

const guides = readdirSync(GUIDES).filter((name) => name.endsWith('.md') && !ELSEWHERE.has(name));

test('there are four users', () =>
  assert.deepEqual(guides.toSorted(), [
    'gate-before-deployment.md',
    'management.md',
    'nightly-audit.md',
    'own-rules.md',
  ]));

describe('guides', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  for (const guide of guides)
    test(`${guide} goes as it says`, () =>
      withMessages((messages) =>
        inScratch(
          'complies',
          (scratch) => {
            for (const name of ['inventory.yaml', 'waivers.yaml', 'baseline.json', 'known_hosts'])
              scratch.run(['rm', '-f', name]);
            cpSync('examples', join(scratch.folder, 'examples'), { recursive: true });
            for (const name of ['nightly.sh', 'gate.sh']) {
              const file = join(scratch.folder, 'examples', name);
              writeFileSync(file, here(readFileSync(file, 'utf8'), scratch, messages));
            }
            walk(guide, scratch, messages);
          },
          'warm',
        ),
      ));
});
