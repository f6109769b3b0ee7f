import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBootFiles } from '../../../src/kernel/next-boot/boot-files.js';
import { defaultOfExtlinux, releaseOf } from '../../../src/kernel/next-boot/loaders/extlinux.js';
import { BOOT_AWK } from '../../../src/probe/boot/boot-awk.js';
import { inTrees, needsTrees } from '../../support/next-boot/in-trees.js';
import { needsUBoot, sysboot, type LoaderTree } from '../../support/next-boot/u-boot.js';

const NAMES = ['a', 'b', 'linux', 'old'] as const;
const KERNELS = ['vmlinuz-1.0-a', 'vmlinuz-2.0-b', 'vmlinuz-3.0-c'];

/** As people and packages write it: words of either case, blanks before and between. */
const WORD = (word: string): fc.Arbitrary<string> => fc.constantFrom(word, word.toUpperCase());
const INDENT = fc.constantFrom('', '  ', '\t');
const GAP = fc.constantFrom(' ', '  ', '\t');
const LINE = (word: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(INDENT, WORD(word), GAP, value).map((parts) => parts.join(''));

const VALUES = fc.constantFrom('panic=1', 'panic=2  oops=panic', 'quiet panic=3 panic=4', 'hung_task_panic=1');
const KERNEL = fc.constantFrom(...KERNELS);
const LABEL = fc
  .tuple(
    LINE('label', fc.constantFrom(...NAMES)),
    fc.oneof(LINE('kernel', KERNEL), LINE('linux', KERNEL)),
    fc.option(LINE('append', VALUES), { freq: 4 }),
    fc.shuffledSubarray([
      'menu default',
      '  MENU DEFAULT',
      'menu label Something else',
      '# append panic=9',
      'append panic=8',
      'linux vmlinuz-9.0-z',
    ]),
  )
  .map(([label, kernel, append, more]) => [
    label,
    kernel,
    ...(append === null ? [] : [append]),
    ...more.slice(0, 2),
    '',
  ]);
const BEFORE = fc.array(fc.oneof(LINE('default', fc.constantFrom(...NAMES))), { maxLength: 3 });
const CONF = fc
  .tuple(BEFORE, fc.array(LABEL, { minLength: 1, maxLength: 3 }), fc.option(fc.constantFrom('include more.cfg')))
  .map(([before, labels, after]) => [...before, ...labels.flat(), ...(after === null ? [] : [after])]);
const MORE = fc
  .tuple(
    BEFORE.map((lines) => lines.filter((line) => !line.startsWith('include'))),
    fc.array(LABEL, { maxLength: 2 }),
  )
  .map(([before, labels]) => [...before, ...labels.flat()]);
const TREE: fc.Arbitrary<LoaderTree> = fc.tuple(CONF, MORE).map(([conf, more]) => ({
  'extlinux.conf': `${conf.join('\n')}\n`,
  'more.cfg': `${more.join('\n')}\n`,
  ...Object.fromEntries([...KERNELS, 'vmlinuz-9.0-z'].map((name) => [name, 'no kernel\n'])),
}));

/** What the awk of the probe tells of each tree. */
function toldOf(trees: readonly LoaderTree[]): readonly (readonly string[])[] {
  const folder = '/boot/extlinux';
  return inTrees(
    ['mount -t tmpfs none /boot', `mkdir ${folder}`],
    trees.map((files) =>
      ['extlinux.conf', 'more.cfg'].map((name) => `cat >${folder}/${name} <<'END'\n${files[name] ?? ''}END`),
    ),
    `awk -v keys= -v allowed='panic oops hung_task_panic' -v tuned= '${BOOT_AWK}' ${folder}/extlinux.conf ${folder}/more.cfg </dev/null`,
  ).map((text) => text.split('\n').filter((line) => line !== '' && line !== 'end'));
}

/** Of what U-Boot says, the kernel and the parameters that it tried first. */
function tried(answer: string): { readonly release: string | undefined; readonly parameters: string } {
  if (answer.includes('Enter choice')) return { release: 'asks', parameters: '' };
  const [, first = ''] = answer.split(/^\d+:\t.*$/m);
  const file = /^Retrieving file: (.*)$/m.exec(first)?.[1];
  const append = /^append: ?(.*)$/m.exec(first)?.[1] ?? '';
  return { release: file === undefined ? undefined : releaseOf(file), parameters: ours(append) };
}

function ours(parameters: string): string {
  return parameters
    .split(' ')
    .filter((word) => /^(?:panic|oops|hung_task_panic)=/.test(word))
    .join(' ');
}

const WHAT = 'what U-Boot starts by an extlinux.conf';
const skip = needsTrees('awk', WHAT).skip || needsUBoot(WHAT).skip;

test('U-Boot of Debian starts the label that is predicted, with its parameters', { skip }, async () => {
  const trees = fc.sample(TREE, { numRuns: 300 });
  const told = toldOf(trees);
  const answers = await sysboot(trees);
  let known = 0;
  const differ = trees.flatMap((tree, index) => {
    const entry = defaultOfExtlinux(readBootFiles(told[index] ?? []));
    if (entry === undefined || 'doubt' in entry) return [];
    known += 1;
    const own = { release: releaseOf(entry.kernel), parameters: ours(entry.parameters) };
    const theirs = tried(answers[index] ?? '');
    return own.release === theirs.release && own.parameters === theirs.parameters
      ? []
      : [{ conf: tree['extlinux.conf'], more: tree['more.cfg'], own, theirs }];
  });
  console.log(`${known} of ${trees.length} trees of extlinux.conf are predicted, all as U-Boot starts them`);
  assert.deepEqual(differ.slice(0, 3), []);
  assert.ok(known > trees.length / 10, `only ${known} of ${trees.length} were predicted`);
});
