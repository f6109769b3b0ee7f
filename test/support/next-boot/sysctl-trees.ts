import * as fc from 'fast-check';
import type { ConfTree } from '../../../src/kernel/next-boot/conf-files.js';

/** What stands at a path of a generated tree; `link` leads to /etc/sysctl.conf. */
export interface Node {
  readonly path: string;
  readonly kind: 'file' | 'null' | 'dangling' | 'directory' | 'link';
  readonly text: string;
}

/** The sysctls that there are in the scratch /proc/sys. */
export const KEYS = [
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/hung_task_panic',
  'vm/panic_on_oom',
  'vm/overcommit_memory',
  'net/ipv4/conf/eth0.5/rp_filter',
  'net/ipv4/conf/all/rp_filter',
];

const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'];

const dotted = (key: string): string => key.replace(/[./]/g, (each) => (each === '.' ? '/' : '.'));

const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...KEYS.map(dotted), ...KEYS) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'kernel.panic*',
      'kernel/panic*',
      'kernel.*',
      'vm.?anic_on_oom',
      'vm.[a-p]*',
      'vm.[!o]*',
      'kernel.{panic,hung_task}*',
      'kernel.{panic,hung_task_panic}',
      'net.ipv4.conf.*.rp_filter',
      'net.ipv4.conf.eth0/5.*',
      'net/ipv4/conf/*/rp_filter',
      'kernel.[[:alpha:]]*',
      'kernel.panic[_]*',
      'kernel.*[',
      'k*.panic',
      '*/*',
      'kernel.panic\\*',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'kernel//panic',
      'kernel..panic',
      '/kernel/panic',
      'kernel/./panic',
      'kernel/../vm/panic_on_oom',
      'kernel.panic/',
      'no.such.key',
      '/proc/sys/kernel/panic',
      '',
    ),
  },
);

const line = fc
  .tuple(
    fc.constantFrom('', '', '', '', ' ', '\t', '-', '-', '- ', '--', ' -', '#', ';', '\f'),
    key,
    fc.constantFrom('=', ' = ', ' =', '= ', '\t=\t', '', '', '=='),
    fc.constantFrom('0', '1', '2', '10', '-1', 'a b', '0x10', '', '1 # no comment', '5 ', '7;', '3\r'),
  )
  .map(([before, name, equals, value]) => `${before}${name}${equals}${equals === '' ? '' : value}`);

const text = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.boolean())
  .map(([lines, isEnded]) => lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : ''));

const node = fc
  .tuple(
    fc.constantFrom(...FOLDERS),
    fc.constantFrom(
      '10-a.conf',
      '50-b.conf',
      '60-C.conf',
      '60-c.conf',
      '99-sysctl.conf',
      '.x.conf',
      '9-z.conf',
      'notes.txt',
    ),
    fc.constantFrom<Node['kind']>(
      'file',
      'file',
      'file',
      'file',
      'file',
      'file',
      'null',
      'dangling',
      'directory',
      'link',
    ),
    text,
  )
  .map(([folder, name, kind, content]): Node => ({ path: `${folder}/${name}`, kind, text: content }));

const tree = fc
  .tuple(fc.uniqueArray(node, { selector: ({ path }) => path, maxLength: 8 }), fc.option(text, { nil: undefined }))
  .map(([nodes, conf]): readonly Node[] =>
    conf === undefined ? nodes : [...nodes, { path: '/etc/sysctl.conf', kind: 'file', text: conf }],
  );

export function sysctlTrees(count: number, seed: number): readonly (readonly Node[])[] {
  return fc.sample(tree, { numRuns: count, seed });
}

/** The same tree as the resolver is given it. */
export function toConfTree(nodes: readonly Node[]): ConfTree {
  const conf = nodes.find(({ path }) => path === '/etc/sysctl.conf')?.text ?? '';
  return {
    unlisted: [],
    files: nodes
      .filter(({ path }) => path.endsWith('.conf'))
      .map(({ path, kind, text: own }) => {
        const content = kind === 'file' ? own : kind === 'link' ? conf : '';
        return {
          path,
          lines: content.split('\n').map((each, index) => ({ line: index + 1, text: each })),
          ...(kind === 'dangling' || kind === 'directory' ? { isOdd: true as const } : {}),
        };
      }),
  };
}
