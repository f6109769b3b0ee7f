import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const OXLINT = join(process.cwd(), 'node_modules', 'oxlint', 'bin', 'oxlint');
const folder = mkdtempSync(join(tmpdir(), 'kernward-rooms-'));
after(() => rmSync(folder, { recursive: true, force: true }));
copyFileSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));

function uses(from: string): string {
  return `import { thing } from '${from}';\nexport const it = thing;\n`;
}

const ROOMS = [
  'language',
  'model',
  'text',
  'facts',
  'inventory',
  'probe',
  'kernel',
  'plan',
  'policy',
  'verdict',
  'render',
  'report',
  'transports',
  'run',
  'doctor',
  'history',
  'explain',
  'remediation',
  'news',
  'notify',
  'exchange',
  'demo',
  'cli',
] as const;
type Room = (typeof ROOMS)[number];

/** What a run is composed of. */
const BELOW_RUN: readonly Room[] = ROOMS.slice(0, ROOMS.indexOf('run'));

const ALLOWED: Readonly<Record<Room, readonly Room[]>> = {
  language: [],
  model: ['language'],
  text: ['language', 'model'],
  facts: ['language', 'model'],
  inventory: ['language', 'model', 'text', 'facts'],
  probe: ['language', 'model', 'text', 'facts'],
  kernel: ['language', 'model', 'text', 'facts'],
  plan: ['language', 'model', 'text'],
  policy: ['language', 'model', 'text', 'facts', 'probe', 'kernel', 'inventory'],
  verdict: ['language', 'model', 'text', 'facts', 'probe', 'kernel', 'inventory', 'policy'],
  render: ['language', 'model', 'text'],
  report: ['language', 'model', 'text', 'render'],
  transports: ['language', 'model', 'text'],
  run: BELOW_RUN,
  doctor: [...BELOW_RUN, 'run'],
  history: ['language', 'model', 'text', 'render', 'report'],
  explain: ['language', 'model', 'text', 'facts', 'kernel', 'render', 'report'],
  remediation: ['language', 'model', 'text', 'facts', 'kernel'],
  news: ['language', 'model', 'text', 'render', 'report'],
  notify: ['language', 'model', 'text', 'transports', 'news'],
  exchange: ['language', 'model', 'text', 'plan'],
  demo: ROOMS.filter((room) => room !== 'cli'),
  cli: ROOMS,
};

const PURE: readonly Room[] = [
  'language',
  'model',
  'text',
  'facts',
  'inventory',
  'probe',
  'kernel',
  'plan',
  'policy',
  'verdict',
  'render',
  'report',
  'explain',
  'remediation',
  'news',
];

const WORLD = {
  node: uses('node:fs'),
  clock: 'export const now = (): number => Date.now();\n',
  luck: 'export const luck = (): number => Math.random();\n',
  process: 'export const here = process.pid;\n',
};

interface Planted {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly allowed: boolean;
}

const planted: readonly Planted[] = ROOMS.flatMap((from) => [
  ...ROOMS.filter((to) => to !== from).map((to) => {
    const allowed = ALLOWED[from].includes(to);
    return {
      name: `${from} ${allowed ? 'may' : 'may not'} import ${to}`,
      path: `src/${from}/imports-${to}.ts`,
      text: uses(`../${to}/thing.js`),
      allowed,
    };
  }),
  ...Object.entries(WORLD).map(([what, text]) => {
    const allowed = !PURE.includes(from);
    return {
      name: `${from} ${allowed ? 'may' : 'may not'} touch the world: ${what}`,
      path: `src/${from}/world-${what}.ts`,
      text,
      allowed,
    };
  }),
]);

for (const { path, text } of planted) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const { stdout, stderr } = spawnSync(process.execPath, [OXLINT, '--deny-warnings', '--format=json', 'src'], {
  cwd: folder,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
});
const { diagnostics }: { diagnostics: { filename: string; code: string; help?: string }[] } = JSON.parse(stdout);

test('the linter ran', () => assert.equal(stderr, ''));

for (const { name, path, allowed } of planted) {
  test(name, () => {
    const refused = diagnostics.filter(
      ({ filename, code }) => filename === path && /no-restricted-(imports|globals|properties)/.test(code),
    );
    assert.equal(refused.length === 0, allowed);
    for (const { help } of refused) assert.match(help ?? '', /\w+ /, 'the message gives the reason');
  });
}

/** The rooms that a cell of ARCHITECTURE's table names: one by one, as another room, or all but some. */
function roomsIn(cell: string): readonly Room[] {
  const named = ROOMS.filter((room) => cell.includes(`\`${room}\``));
  if (cell.includes('everything')) return ROOMS.filter((room) => !named.includes(room));
  if (cell.includes('nothing')) return [];
  const like = ROOMS.find((room) => cell.includes(`as \`${room}\``));
  return like === undefined
    ? named
    : [...ALLOWED[like], ...named.filter((room) => room !== like || cell.includes(`and \`${room}\``))];
}

test("ARCHITECTURE's table says of each room what it may import", () => {
  const rows = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^\| (`[^|]*) \| ([^|]*) \|$/gm)];
  const told = new Map(
    rows.flatMap(([, rooms = '', cell = '']) =>
      ROOMS.filter((room) => rooms.includes(`\`${room}\``)).map(
        (room) => [room, new Set([...roomsIn(cell), ...(room === 'language' ? [] : ['language'])])] as const,
      ),
    ),
  );
  for (const room of ROOMS)
    assert.deepEqual([...(told.get(room) ?? ['not told'])].toSorted(), [...ALLOWED[room]].toSorted(), room);
});
