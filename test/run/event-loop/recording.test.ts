/** Timers, signals and packets are heard while ten thousand hosts are sent to the process that records, however fast it takes them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openApart } from '../../../src/cli/setup/record-apart.js';
import { longestTurn, MOST_MS } from '../../support/report/longest-turn.js';
import { manyHosts } from '../../support/report/many-hosts.js';

const HOSTS = 10_000;

/** Takes everything at once, and records nothing. */
const RECORDER = `
process.stdout.write('{"kind":"opened"}\\n');
let last = '';
process.stdin.setEncoding('latin1').on('data', (text) => {
  last = (last + text).slice(-100);
  if (last.endsWith('{"kind":"end"}\\n')) process.stdout.write('{"kind":"noted","trend":[]}\\n');
});
`;

void test(`${HOSTS} hosts are sent to be recorded in turns of at most ${MOST_MS} ms of CPU`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-turns-'));
  const program = join(folder, 'recorder.mjs');
  writeFileSync(program, RECORDER);
  try {
    const opened = await openApart(join(folder, 'history.db'), { queryMs: 120_000, wholeMs: 900_000 }, program);
    if (!('history' in opened)) assert.fail('it was not opened');
    const { record, close } = opened.history;
    const took = await longestTurn(async () => {
      await record(manyHosts(HOSTS));
    });
    close();
    assert.ok(took <= MOST_MS, `one took ${took.toFixed(0)} ms`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
