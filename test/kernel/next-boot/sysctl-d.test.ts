import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { historyOfSysctl, planSysctls, type SysctlProgram } from '../../../src/kernel/next-boot/sysctl-d.js';
import { applySysctls, canBoot } from '../../support/next-boot/scratch-boot.js';
import { KEYS, sysctlTrees, toConfTree, type Node } from '../../support/next-boot/sysctl-trees.js';

const PROGRAMS: readonly SysctlProgram[] = ['systemd-sysctl', 'procps'];

/** KERNWARD_DIFFERENTIAL=10000 node scripts/test.mjs next-boot/sysctl-d compares so many, from a new seed. */
const asked = process.env['KERNWARD_DIFFERENTIAL'];
const TREES = Number(asked ?? 300);

function predicted(program: SysctlProgram, nodes: readonly Node[]): Readonly<Record<string, string>> {
  const plan = planSysctls(program, toConfTree(nodes));
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const last = historyOfSysctl(plan, key).writes.at(-1);
      return last === undefined ? [] : [[key, last.value]];
    }),
  );
}

describe('sysctl.d, against the programs that apply it', { skip: canBoot ? false : 'no scratch root' }, () => {
  test(`systemd-sysctl and sysctl --system agree on ${TREES} generated trees`, () => {
    const trees = sysctlTrees(
      TREES,
      Number(process.env['KERNWARD_SEED'] ?? (asked === undefined ? 20_261_128 : Date.now() % 2 ** 31)),
    );
    const answers = applySysctls(trees);
    assert.equal(answers.length, trees.length);
    const wrong = trees.flatMap((nodes, index) =>
      PROGRAMS.flatMap((program, which) => {
        const real = answers[index]?.[which];
        const ours = predicted(program, nodes);
        return JSON.stringify(real) === JSON.stringify(ours) ? [] : [{ program, nodes, real, ours }];
      }),
    );
    assert.equal(wrong.length, 0, JSON.stringify(wrong.slice(0, 2), undefined, 1));
    const written = answers.flat().filter((values) => Object.keys(values).length > 0).length;
    assert.ok(written > trees.length, `only ${written} runs wrote anything: the trees try nothing`);
  });
});
