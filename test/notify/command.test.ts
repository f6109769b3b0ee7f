import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { allNews } from '../support/report/all-news.js';
import { newsJson } from '../../src/news/shapes/json.js';
import { commandSender } from '../../src/notify/senders/command.js';
import type { Message } from '../../src/notify/sender.js';
import { scratch } from '../support/scratch.js';
import { night } from '../support/told-runs.js';
import { within } from '../support/within.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));

const MESSAGE: Message = {
  news: allNews(
    night(
      1,
      Array.from({ length: 300 }, (_, index) => ({ host: `h${index}`, judged: {} })),
    ),
    undefined,
  ),
  page: async () => ({ html: '' }),
};
function run(
  command: readonly [string, ...string[]],
  timeoutMs = within(20_000),
  signal = new AbortController().signal,
) {
  return commandSender(command, timeoutMs).send(MESSAGE, signal);
}

test('a command gets its arguments as they are, and the message on its standard input', async () => {
  const file = join(folder, 'got');
  await run([
    '/bin/sh',
    '-c',
    'for each; do printf "%s\\n" "$each"; done > "$0"; cat >> "$0"',
    file,
    '$(id)',
    '; rm -rf /',
    '*',
  ]);
  assert.equal(readFileSync(file, 'utf8'), `$(id)\n; rm -rf /\n*\n${newsJson(MESSAGE.news)}`);
});

test('a command need not read what it is given', async () => {
  await run(['/bin/true']);
});

test('what does not exit 0 has told nobody', async () => {
  await assert.rejects(run(['/bin/sh', '-c', 'echo first >&2; echo "no pager\u001b[2J" >&2; exit 3']), {
    message: '/bin/sh ended with 3: no pager\\x1b[2J',
  });
  await assert.rejects(run(['/bin/sh', '-c', 'kill -TERM $$']), { message: '/bin/sh ended with SIGTERM' });
  await assert.rejects(run(['/no/such/program']), /^Error: \/no\/such\/program could not be started: /);
  await assert.rejects(run(['/bin/sh', '-c', 'exec cat /dev/zero']), /wrote more than 65536 bytes/);
});

test('a command that does not end is ended, with all that it started', async () => {
  await assert.rejects(run(['/bin/sh', '-c', 'sleep 1000 & sleep 1000'], 300), /did not end within 0\.3 s/);
  const stop = new AbortController();
  const waiting = run(['/bin/sh', '-c', 'sleep 1000'], within(20_000), stop.signal);
  stop.abort();
  await assert.rejects(waiting, /the run was interrupted meanwhile/);
});
