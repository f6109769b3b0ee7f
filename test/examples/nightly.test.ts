/** What is shipped for "every night, tell me what changed", run as it is written, night after night. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sqliteOf } from '../../src/history/database/sqlite-binding.js';
import { haveTool } from '../support/debian-tool.js';
import { ENDS, type End, inventory, inScratch, type Scratch } from '../support/example-scratch.js';
import { withMessages, type Messages } from '../support/with-messages.js';

const example = (name: string): string => readFileSync(join(process.cwd(), 'examples', name), 'utf8');

/** As it is written, but for the folders of the system and the ports of the servers. */
function set(scratch: Scratch, { web, mail }: Messages): readonly string[] {
  const here = (text: string): string =>
    text
      .replaceAll(/\/(etc|var\/lib)\/kernward/g, scratch.folder)
      .replaceAll('/run/credentials/kernward-nightly.service', scratch.folder)
      .replaceAll('localhost:25', `localhost:${mail}`);
  scratch.write('notify.yaml', here(example('notify.yaml')));
  scratch.write('nightly.sh', here(example('nightly.sh')));
  scratch.write('slack-url', `http://127.0.0.1:${web}/slack\n`);
  const [start = ''] = /^ExecStart=(.*)$/m.exec(example('kernward-nightly.service'))?.slice(1) ?? [];
  return ['/bin/sh', ...here(start).split(' ')];
}

describe('every night, tell me what changed', { skip: sqliteOf() === undefined && 'there is no SQLite' }, () => {
  test('nights, one after the other', () =>
    withMessages((messages) =>
      inScratch('complies', (scratch) => {
        const unit = set(scratch, messages);
        const kinds = (): string =>
          messages
            .taken()
            .map(({ kind }) => kind)
            .sort()
            .join(' ');
        const night = (end: End): void => {
          scratch.write('inventory.yaml', inventory(ENDS[end].hosts));
          const ran = scratch.run(unit);
          assert.equal(ran.status, ENDS[end].exit, ran.stderr);
        };
        night('complies');
        assert.equal(kinds(), '/slack mail');
        night('complies');
        assert.equal(kinds(), '');
        night('fails');
        const told = messages.taken();
        assert.match(
          told.find(({ kind }) => kind === '/slack')?.said ?? '',
          /the gate is failing, was passing; 3 new findings/,
        );
        assert.match(told.find(({ kind }) => kind === 'mail')?.said ?? '', /kernward\.html/);
        night('fails');
        assert.equal(kinds(), '');
        assert.match(scratch.read('last-night.json'), /"baseline":/);
        for (const file of ['latest.html', 'hosts.csv', 'summary.csv', 'history.db'])
          assert.ok(scratch.has(file), file);
        // Nobody listens: the unit fails, and the next night makes up for it.
        const url = scratch.read('slack-url');
        scratch.write('slack-url', 'http://127.0.0.1:1/slack\n');
        scratch.write('inventory.yaml', inventory(ENDS['is incomplete'].hosts));
        const failed = scratch.run(unit);
        assert.equal(failed.status, 4);
        assert.match(failed.stderr, /on-call was not notified: .*ECONNREFUSED/);
        assert.equal(kinds(), 'mail');
        scratch.write('slack-url', url);
        night('is incomplete');
        assert.equal(kinds(), '/slack');
      }),
    ));

  test('the units are what systemd takes', () => {
    if (!haveTool(['/usr/bin/systemd-analyze', '--version'], 'systemd')) return;
    inScratch('complies', (scratch) => {
      const names = ['kernward-nightly.service', 'kernward-nightly.timer', 'kernward-failure@.service'];
      for (const name of names)
        scratch.write(
          name,
          example(name)
            .replaceAll('/usr/bin/kernward', join(scratch.folder, 'bin', 'kernward'))
            .replaceAll('/etc/kernward/nightly.sh', '/bin/sh'),
        );
      const verified = scratch.run([
        'systemd-analyze',
        'verify',
        '--man=no',
        '--recursive-errors=no',
        ...names.map((name) => join(scratch.folder, name)),
      ]);
      assert.deepEqual(verified, { status: 0, stdout: '', stderr: '' });
    });
  });
});
