import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const folder = mkdtempSync(join(tmpdir(), 'kernward-saved-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const env = { PATH: `${folder}:${process.env['PATH']}`, HOME: folder };

test('the command of inventory.example.yaml saves what the transport recorded reads', () => {
  writeFileSync(join(folder, 'kernward'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(join(folder, 'kernward'), 0o755);
  const documented = /^ *# +(?<command>\{ echo .*) > FILE$/m.exec(readFileSync('inventory.example.yaml', 'utf8'))
    ?.groups?.['command'];
  assert.ok(documented);
  const saved = spawnSync('sh', ['-c', `${documented.replace('ssh HOST', '')} > saved.probe`], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  assert.equal(saved.stderr, '');
  writeFileSync(
    join(folder, 'inventory.yaml'),
    'hosts:\n  - { name: saved, transport: recorded, recording: saved.probe }\n',
  );
  const { stdout } = spawnSync('kernward', ['scan', '-i', 'inventory.yaml', '-o', 'csv-hosts'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  assert.match(stdout, /saved,22,.*,(?:failing|undecided|lesser|clean),,[0-9]/);
});
