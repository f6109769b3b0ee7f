import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { planRemedies, REMEDIATION_FORMATS } from '../../src/remediation/index.js';
import { haveTool } from '../support/debian-tool.js';
import { headerOf, hostOf, ruleOf, setting } from '../support/remediation/reports.js';
import { canBeScratch, inScratch, onScratchHost, write } from '../support/remediation/scratch-host.js';

/** Which file wins at a boot: what the heads of the files say, asked of the tools themselves. */

const ENABLED = '/sys/kernel/mm/transparent_hugepage/enabled';
const RULE = ruleOf('both', 'high', { sysctl: [setting('kernel.panic', '10')], sysfs: [setting(ENABLED, 'madvise')] });
const files = (
  REMEDIATION_FORMATS.get('sysctl.d')?.render(planRemedies(headerOf([RULE]), [hostOf('here', { both: 'fail' })]))
    .files ?? []
).filter(({ path }) => path.includes('/etc/'));

function install(folder: string): void {
  for (const { path, text } of files) write(join(folder, path.replace(/^[^/]*/, '')), text);
}

for (const other of ['20-mine', '50-thp', 'thp'])
  test(
    `tmpfiles.d: ${other}.conf names the path as well, and ours wins`,
    { skip: !haveTool(['systemd-tmpfiles', '--version'], 'systemd') },
    () =>
      inScratch((folder) => {
        install(folder);
        write(join(folder, `etc/tmpfiles.d/${other}.conf`), `w ${ENABLED} - - - - never\n`);
        write(join(folder, ENABLED), '');
        const { status, stderr } = spawnSync('systemd-tmpfiles', [`--root=${folder}`, '--create'], {
          encoding: 'utf8',
        });
        assert.equal(readFileSync(join(folder, ENABLED), 'utf8'), 'madvise', `${status}: ${stderr}`);
      }),
  );

for (const [other, wins] of [
  ['10-mine', '10'],
  ['89-mine', '10'],
  ['99-mine', '7'],
] as const)
  test(`sysctl.d: beside ${other}.conf the boot sets ${wins}`, { skip: !canBeScratch && 'no mount namespace' }, () =>
    inScratch((folder) => {
      install(folder);
      write(join(folder, `etc/sysctl.d/${other}.conf`), 'kernel.panic = 7\n');
      write(join(folder, 'proc-sys/kernel/panic'), '');
      const { status, output } = onScratchHost(folder, '/usr/lib/systemd/systemd-sysctl');
      assert.equal(readFileSync(join(folder, 'proc-sys/kernel/panic'), 'utf8').trim(), wins, `${status}: ${output}`);
    }),
  );
