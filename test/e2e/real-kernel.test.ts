import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import { needsRealKernel, testedKernel } from '../support/real-kernel.js';
import { scratch } from '../support/scratch.js';
import { needsSshd } from '../support/sshd.js';
import { disagreements, predictionOf } from '../truth/compare.js';
import { openLaboratory, type Judged, type Laboratory } from '../truth/laboratory.js';
import { observe } from '../truth/observe.js';
import { ROWS, settingsText, triggerText } from '../truth/rows.js';

function value({ readings, ended }: Judged, fact: string): unknown {
  const reading = readings.get(fact);
  assert.ok(reading?.state === 'known', `${fact}: ${JSON.stringify(reading)}\n${ended.stdout}${ended.stderr}`);
  return reading.value;
}

// Most of their time they wait for what a kernel finds out after seconds.
describe('a real kernel', { concurrency: 3, skip: needsSshd().skip || needsRealKernel().skip }, () => {
  let laboratory: Laboratory;

  before(() => {
    laboratory = openLaboratory(scratch());
  });
  after(async () => {
    await laboratory.stop();
    rmSync(laboratory.folder, { recursive: true, force: true });
  });

  test('what is read without root is what root reads, and the process list is never read where it would hang', async (t) => {
    const machine = await laboratory.boot(testedKernel());
    const judged = await laboratory.scan(machine);
    const settings = FACTS.flatMap(({ id, origin }) =>
      origin.via === 'file' && /^\/(?:proc\/sys\/(?!kernel\/random)|sys\/)/.test(origin.paths[0] ?? '')
        ? [{ id, path: origin.paths[0] ?? '' }]
        : [],
    );
    assert.ok(settings.length > 50);
    const root = (
      await machine.asRoot(
        settings
          .map(({ path }) => `if [ -e ${path} ]; then cat ${path} | tr '\\n' ' '; echo; else echo absent; fi\n`)
          .join(''),
      )
    ).stdout.split('\n');
    for (const [index, { id, path }] of settings.entries()) {
      const reading = judged.readings.get(id);
      const said = reading?.state === 'known' ? reading.raw.replaceAll('\n', ' ').trim() : reading?.state;
      assert.equal(said, root[index]?.trim(), `${id} (${path}): ${JSON.stringify(reading)}`);
    }
    assert.equal(value(judged, 'uname.release'), (await machine.asRoot('uname -r')).stdout.trim());
    assert.equal(value(judged, 'tasks.in_d_state'), 0);

    // The incident: a process whose mmap lock nobody will ever give back. Whoever reads its command line hangs with it.
    const stuck = await machine.asRoot(`
      mke2fs /dev/ram0 >/dev/null && mount -t ext4 /dev/ram0 /mnt && mkfifo /tmp/go
      /usr/local/bin/stuck /mnt/file </tmp/go >/tmp/said 2>&1 &
      stuck=$!
      exec 9>/tmp/go
      until grep -q ready /tmp/said; do sleep 1; done
      fsfreeze --freeze /mnt
      echo >&9
      sleep 5
      cut -d' ' -f3 /proc/$stuck/stat
      timeout 5 cat /proc/$stuck/cmdline >/dev/null; echo "cat $?"
      timeout 5 ps >/dev/null; echo "ps $?"`);
    assert.match(
      stuck.stdout,
      /^D\ncat 1(?:24|37|43)\nps 1(?:24|37|43)\n$/,
      `the process list should hang: ${stuck.stdout}${stuck.stderr}`,
    );
    const sick = await laboratory.scan(machine);
    t.diagnostic(
      `the scan took ${(judged.tookMs / 1000).toFixed(1)} s of the healthy machine and ${(sick.tookMs / 1000).toFixed(1)} s of the sick one`,
    );
    assert.equal(value(sick, 'tasks.in_d_state'), 1);
    assert.deepEqual(
      [...sick.readings].flatMap(([fact, reading]) =>
        reading.state === 'unreadable' && reading.cause === 'timed-out' ? [fact] : [],
      ),
      [],
    );
    // Nothing of ours hangs there now.
    assert.equal((await machine.asRoot("grep -l '^Uid:.*1000' /proc/[0-9]*/status")).stdout.trim(), '');
    await machine.stop();
  });

  for (const row of ROWS.filter(({ isTelling }) => isTelling))
    test(`${triggerText(row)}, ${settingsText(row)}`, async (t) => {
      const observation = await observe(laboratory, testedKernel(), row, async (machine, { seen }, judged) => {
        // The fact in the report is what the rules read.
        const { outcome } = predictionOf(row, Object.fromEntries(judged.readings));
        assert.equal(value(judged, `${row.trigger}.outcome`), outcome);
        if (seen === 'stood still') assert.equal((await laboratory.scan(machine, 3)).ended.status, 3);
        if (seen.startsWith('went on') && row.trigger === 'hung_task')
          assert.equal(value(await laboratory.scan(machine), 'tasks.in_d_state'), 1);
      });
      t.diagnostic(`it ${observation.seen}`);
      assert.deepEqual(disagreements(row, observation), []);
      assert.notEqual(predictionOf(row, observation.readings).outcome, undefined);
    });
});
