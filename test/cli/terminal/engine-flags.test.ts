import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PACKAGE_ROOT } from '../../../src/run/shipped/package-root.js';

const MODULE = pathToFileURL(join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'terminal', 'engine-flags.js')).href;

/** Some fifty megabytes in use, all of it replaced again and again when it is old: what hosts that are asked side by side leave behind. */
const CHURN = `
import { setEngineFlags } from ${JSON.stringify(MODULE)};
setEngineFlags({ hosts: Number(process.argv[1]) });
const kept = [];
let most = 0;
for (let index = 0; index < 4_000_000; index += 1) {
  kept[index % 500_000] = { text: 'host' + index, index };
  if (index % 2_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal);
}
console.log(Math.round(most / 1024 / 1024));
`;

function mostMiB(hosts: number): number {
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', CHURN, String(hosts)], {
    encoding: 'utf8',
  });
  return Number(said);
}

void test('a heap that was asked to stay small stays near what is in use', () => {
  const asked = mostMiB(10_000);
  const left = mostMiB(1);
  assert.ok(asked < left * 0.8, `${asked} MiB at most where it was asked to, and ${left} MiB where not`);
});

void test('this Node knows each flag that it is told', () => {
  const code = `import { setEngineFlags } from ${JSON.stringify(MODULE)}; setEngineFlags({ hosts: 10_000 });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});
