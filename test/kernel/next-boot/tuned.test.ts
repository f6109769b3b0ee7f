import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { historyOfTuned, planTuned } from '../../../src/kernel/next-boot/tuned.js';
import { applyTuned, hasTuned } from '../../support/next-boot/tuned-oracle.js';
import { TUNED_FILES, TUNED_SYSCTLS, tunedTrees } from '../../support/next-boot/tuned-trees.js';

/** KERNWARD_DIFFERENTIAL=10000 node scripts/test.mjs next-boot/tuned compares so many, from a new seed. */
const asked = process.env['KERNWARD_DIFFERENTIAL'];
const TREES = Number(asked ?? 600);

type Predicted = Readonly<Record<string, string | { readonly doubt: string }>>;

/** What is predicted of the files of the kernel; nothing where tuned leaves one alone. */
function predicted(told: readonly string[], hasThpParameter: boolean): Predicted {
  const files = readBootFiles(['systemd', 'program systemd-sysctl', 'enabled tuned', ...told]);
  const plan = planTuned(files);
  if (plan === undefined) return {};
  const settings = [
    ...TUNED_SYSCTLS.map((sysctl) => ({ sysctl, path: `/proc/sys/${sysctl.replaceAll('.', '/')}` })),
    ...TUNED_FILES.map((path) => ({ sysctl: undefined, path })),
  ];
  return Object.fromEntries(
    settings.flatMap(({ sysctl, path }): readonly (readonly [string, Predicted[string]])[] => {
      const { writes, doubt } = historyOfTuned(plan, files, sysctl, path, hasThpParameter);
      const last = writes.at(-1);
      if (doubt !== undefined) return [[path, { doubt }]];
      return last === undefined ? [] : [[path, last.value]];
    }),
  );
}

describe('tuned, against tuned', { skip: hasTuned ? false : 'no tuned in a scratch root' }, () => {
  test(`it agrees on ${TREES} generated trees of profiles`, () => {
    const trees = tunedTrees(
      TREES,
      Number(process.env['KERNWARD_SEED'] ?? (asked === undefined ? 20_261_128 : Date.now() % 2 ** 31)),
    );
    const answers = applyTuned(trees);
    assert.equal(answers.length, trees.length);
    let [known, open] = [0, 0];
    const wrong = trees.flatMap((tree, index) => {
      const answer = answers[index];
      if (answer === undefined) return [];
      const told = answer.told.filter((line) => line !== '' && line !== 'end');
      const ours = predicted(told, tree.cmdline.includes('transparent_hugepage='));
      const paths = [...new Set([...Object.keys(answer.values), ...Object.keys(ours)])];
      return paths.flatMap((path) => {
        const one = ours[path];
        if (typeof one === 'object') {
          open += 1;
          return [];
        }
        known += 1;
        return one === answer.values[path]
          ? []
          : [{ path, ours: one, real: answer.values[path], failed: answer.failed, tree }];
      });
    });
    assert.equal(wrong.length, 0, `${wrong.length} of ${known}: ${JSON.stringify(wrong.slice(0, 3), undefined, 1)}`);
    assert.ok(known > TREES, `${known} values were compared and ${open} left open: the trees try nothing`);
  });
});
