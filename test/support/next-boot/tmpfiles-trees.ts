import * as fc from 'fast-check';
import type { ConfTree } from '../../../src/kernel/next-boot/conf-files.js';

/** What stands at a path of a generated tree. */
export interface TmpfilesNode {
  readonly path: string;
  readonly kind: 'file' | 'null';
  readonly text: string;
}

const THP = '/sys/kernel/mm/transparent_hugepage';
/** The files of the kernel that there are in the scratch root. */
export const TARGETS = [`${THP}/enabled`, `${THP}/defrag`, '/proc/sys/kernel/panic', '/proc/sys/kernel/panic_on_oops'];

const TYPES = 'w w w w w! w- w+ w+ w+! w!+ w= f f+ f+! F z m W w? w!- x'.split(' ');
const type = fc.constantFrom(...TYPES);
const target = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...TARGETS) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      `${THP}/e*`,
      `${THP}/*`,
      `${THP}/[de]*`,
      `${THP}/?efrag`,
      '/proc/sys/kernel/panic*',
      '/proc/sys/*/panic',
      `${THP}//enabled`,
      `/sys/./kernel/mm/transparent_hugepage/enabled`,
      `${THP}/enabled/`,
      `"${THP}/enabled"`,
      `${THP}/../transparent_hugepage/defrag`,
      `/proc/sys/kernel/{panic,panic_on_oops}`,
      `${THP}/%%enabled`,
      '/proc/sys/vm/nr_hugepages',
    ),
  },
);
const fields = fc.constantFrom(
  '- - - -',
  '- - - -',
  '- - - -',
  '0644 root root -',
  '-  -\t- -',
  '- - - 1d',
  '- - -',
  '',
);
const VALUES = ['"a"', "'b'", 'c d', '%%', '%b', '\\x31', 'e\\n', '-', '', '# no comment', '"g', 'h  '];
const argument = fc.oneof(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9'), fc.constantFrom(...VALUES));
const line = fc
  .tuple(fc.constantFrom('', '', '', '', '', '', '', ' ', '\t', '#', ' #', ';'), type, target, fields, argument)
  .map(([before, kind, path, between, value]) => `${before}${kind} ${path} ${between} ${value}`);
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.map((each) => `${each}\n`).join(''));

const node = fc
  .tuple(
    fc.constantFrom('/etc', '/run', '/usr/local/lib', '/usr/lib'),
    fc.constantFrom('10-a.conf', '50-b.conf', 'B.conf', 'b.conf', '.x.conf', 'notes.txt'),
    fc.constantFrom<TmpfilesNode['kind']>('file', 'file', 'file', 'file', 'file', 'file', 'null'),
    text,
  )
  .map(([root, name, kind, content]): TmpfilesNode => ({ path: `${root}/tmpfiles.d/${name}`, kind, text: content }));

export function tmpfilesTrees(count: number, seed: number): readonly (readonly TmpfilesNode[])[] {
  return fc.sample(fc.uniqueArray(node, { selector: ({ path }) => path, minLength: 1, maxLength: 5 }), {
    numRuns: count,
    seed,
  });
}

/** The same tree as the resolver is given it. */
export function toTmpfilesTree(nodes: readonly TmpfilesNode[]): ConfTree {
  return {
    unlisted: [],
    files: nodes
      .filter(({ path }) => path.endsWith('.conf'))
      .map(({ path, kind, text: own }) => ({
        path,
        lines: (kind === 'file' ? own : '').split('\n').map((each, index) => ({ line: index + 1, text: each })),
      })),
  };
}
