import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { runProbe } from '../support/run-probe.js';
import { couldNotTest, findProgram, shellsHere } from '../support/shells.js';
import { within } from '../support/within.js';

const PROCESSES = 800;
/** MAX_ARG_STRLEN and the least that a command may be given (fs/exec.c: a quarter of the stack, and never less than ARG_MAX). */
const LEAST_ARG_MAX = 131_072;
/** Enough for the longest of the other commands, and too little for the files of all processes. */
const ROOM = 14_000;

/** The first process of a PID namespace has the parent 0 and the name of khugepaged, so that the look at kernel threads prints it. */
const MANY = `
  $0 = 'khugepaged';
  for (1..${PROCESSES}) { my $pid = fork; if (!defined $pid) { exit 9 } if ($pid == 0) { sleep 86400; exit } }
  system(@ARGV);
  kill 'KILL', -1;
  exit($? >> 8);
`;
const unshare = ['unshare', '-r', '--pid', '--fork', '--mount-proc'];
const perl = findProgram('perl');
const can = perl !== undefined && spawnSync(unshare[0] ?? '', [...unshare.slice(1), 'true']).status === 0;
if (!can) couldNotTest('a host with more processes than one command takes (perl, a PID namespace)');

for (const { name, argv } of shellsHere().shells)
  test(
    `${name}: more processes than one command takes`,
    { skip: !can && 'no PID namespace', timeout: within(60_000) },
    () => {
      const path = findProgram(argv[0]) ?? argv[0];
      const env = { PAD: 'x'.repeat(LEAST_ARG_MAX - ROOM - path.length) };
      const limited = ['sh', '-c', 'ulimit -s 512; exec "$@"', 'sh', path, ...argv.slice(1)];
      const { readings, stdout } = runProbe([...unshare, perl ?? '', '-e', MANY, ...limited], {
        env: { PATH: process.env['PATH'], ...env },
      });
      assert.match(stdout.toString(), /^\/proc\/1\/stat:1 \(khugepaged\) /m);
      assert.doesNotMatch(stdout.toString(), /too long/);
      // Whoever sees no kernel thread knows nothing of them; but not because there were too many.
      for (const id of ['khugepaged.running', 'tasks.in_d_state']) {
        const reading = readings.get(id);
        assert.equal(reading?.state === 'unreadable' && reading.cause, 'denied', `${id} ${JSON.stringify(reading)}`);
      }
      assert.equal(readings.get('sysctl.kernel.panic')?.state, 'known');
    },
  );
