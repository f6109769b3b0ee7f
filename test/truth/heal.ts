import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TESTED_KERNEL, type UnpackedKernel } from '../support/debian-kernels.js';
import { kernward } from '../support/kernward.js';
import type { VirtualMachine } from '../support/virtual-machine.js';
import { filesOf } from './boots.js';
import type { Judged, Laboratory } from './laboratory.js';
import { watch } from './observe.js';
import type { Healed, Remedied } from './remedies.js';
import type { Tree } from './trees.js';
import { TRIGGER_IN_GUEST } from './triggers.js';

function verdictOf({ reportFile }: Judged, rule: string): string {
  const report: { hosts: { verdicts?: { rule: string; result: string }[] }[] } = JSON.parse(
    readFileSync(reportFile, 'utf8'),
  );
  return report.hosts[0]?.verdicts?.find((each) => each.rule === rule)?.result ?? 'none';
}

/** The files below `out/remedy-01` that are to be installed. */
function remedyIn(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith('etc/') && name.endsWith('.conf'))
      .map((name) => [`/${name}`, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** What kernward writes for a machine that it has looked at, by the path that it is to be installed as. */
export async function remedyFor(
  laboratory: Laboratory,
  { reportFile }: Judged,
  rule: string,
): Promise<Readonly<Record<string, string>>> {
  const out = mkdtempSync(join(laboratory.folder, `remedy-of-${rule}-`));
  const options = ['--as', 'sysctl.d', '--rule', rule, '-o', join(out, 'out')];
  const written = await kernward(laboratory.folder, 'remediate', reportFile, ...options);
  assert.equal(written.status, 0, `${written.stdout}${written.stderr}`);
  return remedyIn(join(out, 'out', 'remedy-01'));
}

/** Has the thing happen to a machine that has its remedy, and says what came of both. */
export async function survived(
  machine: VirtualMachine,
  {
    remedied: { rule, trigger },
    before,
    after,
    remedy,
  }: {
    readonly remedied: Pick<Remedied, 'rule' | 'trigger'>;
    readonly before: Judged;
    readonly after: Judged;
    readonly remedy: Healed['remedy'];
  },
): Promise<Healed> {
  const prepared = await machine.asRoot(`set -e\n${TRIGGER_IN_GUEST[trigger].before ?? ''}`);
  assert.equal(prepared.status, 0, prepared.stderr);
  const { seen } = await watch(machine, { kernel: TESTED_KERNEL, trigger });
  const release = after.readings.get('uname.release');
  return {
    release: release?.state === 'known' && typeof release.value === 'string' ? release.value : '',
    verdicts: [verdictOf(before, rule), verdictOf(after, rule)],
    remedy,
    seen,
  };
}

/** Has kernward write the remedy for a machine, starts it again with that, and has the thing happen. */
export async function heal(laboratory: Laboratory, kernel: UnpackedKernel, remedied: Remedied): Promise<Healed> {
  const { rule, lines } = remedied;
  const tree: Tree = { name: rule, program: 'systemd', files: { '/etc/sysctl.d/50-a.conf': lines } };
  const sick = await laboratory.bootWith(kernel, filesOf(tree), '');
  const before = await laboratory.scan(sick);
  await sick.stop();
  const remedy = await remedyFor(laboratory, before, rule);
  const more = Object.fromEntries(Object.entries(remedy).map(([path, text]) => [path, { text }]));
  const healed = await laboratory.bootWith(kernel, { ...filesOf(tree), ...more }, '');
  try {
    const after = await laboratory.scan(healed);
    return await survived(healed, { remedied, before, after, remedy });
  } finally {
    await healed.stop();
  }
}
