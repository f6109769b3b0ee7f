import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProbe } from '../support/run-probe.js';
import { couldNotTest, findProgram } from '../support/shells.js';

function stateOf(pid: number): string | undefined {
  return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}

test('a task in D state is counted', async (t) => {
  const perl = findProgram('perl');
  if (perl === undefined || process.arch !== 'x64') {
    couldNotTest('the count of tasks in D state (perl on x86_64 makes one, by vfork)');
    return t.skip();
  }
  // 58 is vfork: the parent waits in D state, killable, so that no detector minds, until its child ends (60 is _exit).
  const parent = spawn(perl, ['-e', 'if (syscall(58) == 0) { select(undef, undef, undef, 5); syscall(60, 0) }'], {
    stdio: 'ignore',
  });
  const { pid } = parent;
  assert.ok(pid);
  try {
    // Perl is in D state for a moment while it is read from disk, too: only what stays there is the vfork.
    let looks = 0;
    for (let tries = 0; looks < 5 && tries < 200; tries++) {
      looks = stateOf(pid) === 'D' ? looks + 1 : 0;
      await sleep(20);
    }
    assert.equal(stateOf(pid), 'D');
    const { readings, stdout } = runProbe(['sh', '-s']);
    assert.match(stdout.toString(), new RegExp(`^/proc/${pid}/status$`, 'm'));
    const count = readings.get('tasks.in_d_state');
    // In a container the machine's other processes are hidden, and then no number is right.
    const seesKernel = existsSync('/proc/2/stat') && readFileSync('/proc/2/stat', 'utf8').startsWith('2 (kthreadd) ');
    if (seesKernel) assert.ok(count?.state === 'known' && Number(count.value) >= 1, JSON.stringify(count));
    else assert.equal(count?.state, 'unreadable');
  } finally {
    parent.kill('SIGKILL');
  }
});
