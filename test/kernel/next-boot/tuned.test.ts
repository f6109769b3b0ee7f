import assert from 'node:assert/strict';
import { hostname, machine, release, version } from 'node:os';
import { describe, test } from 'node:test';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { planTuned } from '../../../src/kernel/next-boot/tuned.js';
import { historyOfTuned } from '../../../src/kernel/next-boot/tuned-writes.js';
import { applyTuned, hasTuned, shippedProfiles, type TunedAnswer } from '../../support/next-boot/tuned-oracle.js';
import { TUNED_FILES, TUNED_SYSCTLS, type TunedTree, tunedTrees } from '../../support/next-boot/tuned-trees.js';

/** KERNWARD_DIFFERENTIAL=10000 node scripts/test.mjs next-boot/tuned compares so many, from a new seed. */
const asked = process.env['KERNWARD_DIFFERENTIAL'];
const TREES = Number(asked ?? 600);

/** tuned asks the machine that the test runs on. */
const HERE = { machine: machine(), release: release(), running: release(), version: version() };

type Predicted = Readonly<Record<string, string | { readonly doubt: string }>>;

/** What is predicted of the files of the kernel; nothing where tuned leaves one alone. */
function predicted(told: readonly string[], hasThpParameter: boolean): Predicted {
  const files = readBootFiles(['systemd', 'program systemd-sysctl', 'enabled tuned', `node ${hostname()}`, ...told]);
  const plan = planTuned(files, HERE);
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

interface Compared {
  readonly known: number;
  readonly open: number;
  readonly wrong: readonly object[];
  /** The settings that were left open, by the place of the tree. */
  readonly openOf: readonly (readonly string[])[];
}

function compared(trees: readonly TunedTree[], answers: readonly TunedAnswer[]): Compared {
  let [known, open] = [0, 0];
  const openOf = trees.map((): string[] => []);
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
        openOf[index]?.push(path);
        return [];
      }
      known += 1;
      return one === answer.values[path]
        ? []
        : [{ path, ours: one, real: answer.values[path], failed: answer.failed, tree }];
    });
  });
  return { known, open, wrong, openOf };
}

describe('tuned, against tuned', { skip: hasTuned ? false : 'no tuned in a scratch root' }, () => {
  test(`it agrees on ${TREES} generated trees of profiles`, () => {
    const trees = tunedTrees(
      TREES,
      Number(process.env['KERNWARD_SEED'] ?? (asked === undefined ? 20_261_128 : Date.now() % 2 ** 31)),
    );
    const answers = applyTuned(trees);
    assert.equal(answers.length, trees.length);
    const { known, open, wrong } = compared(trees, answers);
    assert.equal(wrong.length, 0, `${wrong.length} of ${known}: ${JSON.stringify(wrong.slice(0, 3), undefined, 1)}`);
    assert.ok(known > TREES, `${known} values were compared and ${open} left open: the trees try nothing`);
  });

  test('it agrees on every profile that tuned comes with, and leaves out what a part for machines of another kind writes', () => {
    const shipped = shippedProfiles();
    // What tuned writes there is what is compared: of the settings that kernward asks for they name few.
    const own = { path: '/etc/sysctl.d/50-own.conf', text: 'kernel.panic = 10\nkernel.hung_task_panic = 1\n' };
    const trees = shipped.map(({ name }) => ({
      nodes: [
        ...shipped.map((each) => ({ path: `/usr/lib/tuned/${each.name}/tuned.conf`, text: each.text })),
        { path: '/etc/tuned/active_profile', text: `${name}\n` },
        { path: '/etc/tuned/tuned-main.conf', text: 'reapply_sysctl = 1\n' },
        own,
      ],
      cmdline: '',
    }));
    const { known, wrong, openOf } = compared(trees, applyTuned(trees));
    assert.equal(wrong.length, 0, JSON.stringify(wrong.slice(0, 3), ['path', 'ours', 'real', 'failed']));
    assert.ok(shipped.length > 20 && known > shipped.length, `${known} values of ${shipped.length} profiles`);
    const openOfNamed = new Map(shipped.map(({ name }, index) => [name, openOf[index]]));
    for (const name of ['throughput-performance', 'virtual-guest'])
      assert.deepEqual(
        openOfNamed.get(name),
        machine() === 'aarch64' ? ['/sys/kernel/mm/transparent_hugepage/enabled'] : [],
        name,
      );
  });
});
