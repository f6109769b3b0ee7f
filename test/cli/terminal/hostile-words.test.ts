import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startTcp } from '../../support/misbehaving.js';
import { kernwardWarm } from '../../support/warm/commands.js';
import { scratch } from '../../support/scratch.js';
import { makeKey } from '../../support/sshd.js';

/** What moves a cursor, sets a title, turns text round, and the C1 forms of the same. */
const HOSTILE = '\u001b[31m\u001b]0;title\u0007\u202eevil\u2066\u009b2J\u0085\b';
// What is left of a text where nothing of it acts on a terminal: line ends alone.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

describe('what a host, a file or an argument says moves no cursor', () => {
  const folder = scratch();
  let stop: () => Promise<void>;
  after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  before(async () => {
    const server = await startTcp((socket) => {
      socket.on('error', () => undefined);
      socket.write(`hello ${HOSTILE}\r\nSSH-2.0-${HOSTILE} x\r\n`);
      setTimeout(() => socket.end(`${HOSTILE}${'x'.repeat(200)}`), 200);
    });
    ({ stop } = server);
    const inBytes = Buffer.from(HOSTILE).toString('latin1');
    const probe = readFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), 'latin1');
    writeFileSync(
      join(folder, 'a.probe'),
      probe.replaceAll('Debian GNU/Linux', `Debian ${inBytes}`).replaceAll('#1 SMP', `#1 ${inBytes} SMP`),
      'latin1',
    );
    const { file } = makeKey(join(folder, 'key'));
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `hosts:\n  - { name: a, transport: recorded, recording: a.probe }\n${['ssh2', 'openssh']
        .map(
          (transport) =>
            `  - { name: ${transport}, address: 127.0.0.1, port: ${server.port}, transport: ${transport}, identityFile: ${file} }\n`,
        )
        .join('')}`,
    );
    writeFileSync(join(folder, 'names.yaml'), String.raw`hosts: [{ name: "a\e[31m\u202eb" }]`);
  });

  const COMMANDS: readonly (readonly [status: number, ...args: string[]])[] = [
    [3, 'doctor', '-i', 'inventory.yaml'],
    [3, 'doctor', '-i', 'inventory.yaml', '-o', 'json'],
    [0, 'explain', '-i', 'inventory.yaml', 'a'],
    [3, 'explain', '-i', 'inventory.yaml', 'ssh2'],
    [3, 'explain', '-i', 'inventory.yaml', 'openssh'],
    [2, 'explain', '-i', 'inventory.yaml', HOSTILE],
    [2, 'doctor', '-i', 'names.yaml'],
    [2, 'doctor', '-i', 'inventory.yaml', '-l', HOSTILE],
    [2, 'inventory', 'graph', '-i', 'names.yaml'],
    [2, 'report', `${HOSTILE}.json`],
    [2, 'history', 'list', '--history', `${HOSTILE}.db`],
    [2, `--${HOSTILE}`],
    [2, HOSTILE],
    [2, 'scan', '--forks', HOSTILE],
  ];
  for (const [status, ...args] of COMMANDS)
    test(JSON.stringify(args.join(' ')), async () => {
      const ended = await kernwardWarm(folder, ...args);
      const said = ended.stdout + ended.stderr;
      assert.equal(ended.status, status, said);
      assert.notEqual(said, '');
      assert.doesNotMatch(said, ACTS);
    });
});
