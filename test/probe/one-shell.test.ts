/** Looks one after the other in a shell that reads on: none may leave anything behind that changes what the next one says. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { packagesPieces } from '../../src/probe/packages-script.js';
import { probeScript } from '../../src/probe/script.js';
import { overLine } from '../../src/probe/shell.js';
import { becomeScript } from '../../src/probe/sudo-script.js';
import { awaitedLine } from '../../src/transports/reading-on.js';
import { NONCE } from '../support/run-probe.js';
import { couldNotTest, shellsHere } from '../support/shells.js';
import { still } from '../support/still.js';
import { within } from '../support/within.js';

const { shells, missing } = shellsHere();
for (const { name } of missing) couldNotTest(`looks in one shell under ${name}, which is not installed`);

const WANTED = {
  id: 'khugepaged-trylock',
  subject: 'mm/thp: use down_read_trylock() in khugepaged to avoid long block',
};
/**
 * What a look could leave behind, besides what each sets for itself: variables, functions, and with POSIXLY_CORRECT, which each takes away, the
 * mode of bash that goes by it.
 */
const STATE = `ulimit -a; trap; umask; set -o | grep -v '^posix '; pwd\necho "${overLine(NONCE)}"\n`;
const LOOKS = [
  STATE,
  packagesPieces(NONCE, [WANTED]).join(''),
  STATE,
  probeScript(NONCE),
  STATE,
  becomeScript(NONCE),
  probeScript(NONCE),
  packagesPieces(NONCE, [WANTED]).join(''),
  STATE,
];

/** What each says, up to its last line and with what it complained of; the next is sent when that line is there. */
async function answers(argv: readonly string[], looks: readonly string[]): Promise<readonly string[]> {
  const [command = 'sh', ...args] = argv;
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], HOME: '/' },
    cwd: '/',
    timeout: within(60_000),
  });
  const said: string[] = [];
  let complained = '';
  let isEnded = false;
  child.stderr.on('data', (piece: Buffer) => (complained += piece.toString()));
  child.on('exit', () => (isEnded = true));
  try {
    for (const look of looks) {
      const pieces: Buffer[] = [];
      const isOver = awaitedLine(overLine(NONCE));
      await new Promise<void>((resolve, reject) => {
        const heard = (piece: Buffer): void => {
          pieces.push(piece);
          if (!isOver(piece)) return;
          child.stdout.off('data', heard);
          resolve();
        };
        child.stdout.on('data', heard);
        child.on('close', () => reject(new Error(`${command} has ended: ${complained}`)));
        child.stdin.write(look);
      });
      said.push(Buffer.concat(pieces).toString());
    }
    assert.equal(isEnded, false);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.end();
    assert.equal(await ended, 0);
    assert.equal(complained, '');
  } finally {
    child.kill('SIGKILL');
  }
  return said.map(still);
}

for (const { name, argv } of shells)
  test(`${name}: each look says in one shell what it says in its own`, async () => {
    const together = await answers(argv, LOOKS);
    for (const [index, look] of LOOKS.entries()) {
      const [alone] = await answers(argv, [look]);
      assert.ok(together[index]?.endsWith(`\n${overLine(NONCE)}\n`));
      assert.deepEqual(together[index]?.split('\n'), alone?.split('\n'));
    }
  });
