import * as fc from 'fast-check';

/** A host whose tuned starts at boot. */
export interface TunedTree {
  readonly nodes: readonly { readonly path: string; readonly text: string }[];
  readonly cmdline: string;
}

/** Where profiles stand in the scratch root, the first before the others. */
export const PROFILE_DIRECTORIES = ['/etc/tuned', '/usr/lib/tuned'] as const;
/** The sysctls that there are in the scratch /proc/sys, and the files of transparent huge pages. */
export const TUNED_SYSCTLS = ['kernel.panic', 'kernel.panic_on_oops', 'kernel.hung_task_panic', 'vm.panic_on_oom'];
const THP = '/sys/kernel/mm/transparent_hugepage';
export const TUNED_FILES = [`${THP}/enabled`, `${THP}/defrag`, `${THP}/khugepaged/defrag`];

const comment = fc.constantFrom('', '', '', '', '', ' # why', ' #', '#1', ' ; 2');
const value = fc.constantFrom('0', '1', '2', '10', '"3"', "'4'", 'a b', '5"', '-1', '0x10', '');
const assignment = (names: readonly string[], values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...Array<string>(28).fill(''), '#', ';', ' '),
      fc.constantFrom(...names),
      fc.constantFrom('=', '=', ' = ', '= ', ' ='),
      values,
      comment,
    )
    .map((parts) => parts.join(''));
const choice = fc.constantFrom('always', 'madvise', 'never', 'defer+madvise', 'bad', '"never"');
const sysctl = assignment(
  [...TUNED_SYSCTLS, ...TUNED_SYSCTLS, 'kernel/panic', 'kernel/panic_on_oops', 'kernel..panic', 'net.core.somaxconn'],
  fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom('>5', '<5', '${x}', '>') }),
);
const vm = assignment(
  ['transparent_hugepages', 'transparent_hugepages', 'transparent_hugepage', 'transparent_hugepage.defrag'],
  choice,
);
const sysfs = assignment(
  [...TUNED_FILES, `${THP}//enabled`, `${THP}/e*`, `${THP}/*`, `${THP}/[de]*`, '/sys/kernel/mm/ksm/run'],
  choice,
);
const unitOption = fc.constantFrom(
  'replace=1',
  'replace=true',
  'replace=0',
  'enabled=0',
  'enabled=true',
  'drop=kernel.panic',
  'drop=kernel.panic,vm.panic_on_oom',
  'priority=5',
  'uname_regex=Linux',
  'uname_regex=NoSuchKernel',
  'uname_regex=x86_64|aarch64',
  'uname_regex=^Linux .*SMP',
  'uname_regex=(x86)_64',
  'cpuinfo_regex=nothing of the kind',
  'type=sysctl',
  'devices=*',
);
const main = fc.constantFrom(
  'include=a',
  'include=b',
  'include=c',
  'include=b',
  'include=-c',
  'include=a,b',
  'include=a ; c',
  'include = c # why',
  'include=-missing',
  'include=-a, b',
  'include=a b',
  'include=a',
  'include=c',
  'include=b, c',
  'include=a',
  'include=b,c',
  'include=${x}',
  'summary=include=a',
);
const odd = fc.constantFrom('kernel.panic', '  kernel.panic_on_oops=7', '\tmore', '# kernel.panic=6', '[', 'x=1');

const part = (name: string, line: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(
        fc.oneof({ weight: 80, arbitrary: line }, { weight: 4, arbitrary: unitOption }, { weight: 1, arbitrary: odd }),
        { maxLength: 4 },
      ),
      fc.constantFrom('', '', '', ' # part'),
    )
    .map(([lines, after]) => [`[${name}]${after}`, ...lines].join('\n'));

const profile = fc
  .tuple(
    fc.option(part('main', main), { nil: undefined, freq: 1 }),
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: part('sysctl', sysctl) },
        { weight: 3, arbitrary: part('vm', vm) },
        { weight: 3, arbitrary: part('sysfs', sysfs) },
        { weight: 1, arbitrary: part('mine', sysctl).map((text) => `${text}\ntype=sysctl`) },
        { weight: 1, arbitrary: part('variables', fc.constant('x=8')) },
      ),
      { maxLength: 4 },
    ),
  )
  .map(([head, parts]) => [...(head === undefined ? [] : [head]), ...parts].join('\n') + '\n');

const profiles = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom(...PROFILE_DIRECTORIES), fc.constantFrom('a', 'a', 'b', 'c'), profile)
    .map(([directory, name, text]) => ({ path: `${directory}/${name}/tuned.conf`, text })),
  { selector: ({ path }) => path, minLength: 4, maxLength: 6 },
);

const sysctlFile = fc
  .tuple(
    fc.constantFrom('/etc/sysctl.d', '/run/sysctl.d'),
    fc.constantFrom('10-a.conf', '50-b.conf', '.x.conf', 'notes.txt'),
    fc.array(assignment([...TUNED_SYSCTLS, 'kernel/panic', '-kernel.panic', 'kernel.*', 'kernel//panic'], value), {
      maxLength: 4,
    }),
  )
  .map(([directory, name, lines]) => ({ path: `${directory}/${name}`, text: lines.join('\n') }));

const tree = fc
  .tuple(
    fc.constantFrom(
      'a',
      'a',
      'a',
      'b',
      'a b',
      'a b',
      'c\n',
      'b  a',
      'b c',
      'a',
      'b',
      'a b',
      'c',
      'a c',
      'b',
      'c b',
      'missing',
    ),
    profiles,
    fc.uniqueArray(sysctlFile, { selector: ({ path }) => path, maxLength: 2 }),
    fc.constantFrom(
      '',
      '',
      'reapply_sysctl = 1\n',
      'reapply_sysctl = 0\n',
      'reapply_sysctl=False # no\n',
      '#reapply_sysctl=0\n',
    ),
    fc.constantFrom('ro quiet', 'ro quiet', 'ro transparent_hugepage=madvise'),
  )
  .map(([active, files, more, settings, cmdline]): TunedTree => ({
    cmdline,
    nodes: [
      { path: '/etc/tuned/active_profile', text: active },
      { path: '/etc/tuned/tuned-main.conf', text: settings },
      ...files,
      ...more,
    ],
  }));

export function tunedTrees(count: number, seed: number): readonly TunedTree[] {
  return fc.sample(tree, { numRuns: count, seed });
}
