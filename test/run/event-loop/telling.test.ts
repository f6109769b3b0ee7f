/** Timers, signals and packets are heard while it is worked out what is to be told of ten thousand hosts, and while a page is made for a mail. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNotifier } from '../../../src/cli/setup/open-notifier.js';
import { openRecorder } from '../../../src/cli/setup/recorder.js';
import { longestTurn, MOST_MS } from '../../support/report/longest-turn.js';
import { manyHosts } from '../../support/report/many-hosts.js';

const HOSTS = 10_000;

void test(`what is new on ${HOSTS} hosts is told in turns of at most ${MOST_MS} ms of CPU`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-turns-'));
  const file = join(folder, 'notify.yaml');
  // Nobody listens there: the mail is made, and cannot be sent.
  writeFileSync(
    file,
    `targets:
  page: { mail: { server: "localhost:1", tls: none, from: a@localhost, to: [b@localhost] } }
  all: { command: { run: [/bin/true] } }
`,
  );
  try {
    const notify = await openNotifier(
      { notify: [file] },
      { recorder: await openRecorder(undefined), hasHistory: false, hasBaseline: true },
    );
    const errors: string[] = [];
    const took = await longestTurn(async () => {
      errors.push(...((await notify?.(manyHosts(HOSTS)))?.errors ?? []));
    });
    assert.match(errors[0] ?? '', /^page was not notified: .*ECONNREFUSED/);
    assert.ok(took <= MOST_MS, `one took ${took.toFixed(0)} ms`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
