import assert from 'node:assert/strict';
import test from 'node:test';
import { painter } from '../../src/render/colour.js';
import { grid, type GridColumn } from '../../src/render/table.js';

const TITLES = [
  'host',
  'groups',
  'critical',
  'unreachable',
  'compliant',
  'failing since',
  'last asked',
  'waived',
] as const;
const COLUMNS: readonly GridColumn[] = [
  ...TITLES.map((title): GridColumn => ({ title, widest: 30 })),
  { title: 'because', widest: 'rest' },
];
const ROW = [
  'db1.example.com',
  'db',
  '1',
  '0',
  '',
  '2026-11-24 07:56',
  '2026-11-24 07:56',
  '0',
  'the kernel panics when it finds a task blocked for more than 120 s',
];

function drawn(total: number): readonly string[] {
  return grid(
    COLUMNS,
    [ROW.map((text) => ({ text })), ['web1', 'web', ...ROW.slice(2)].map((text) => ({ text }))],
    total,
    painter(false),
  ).split('\n');
}

test('a row that is told in lines begins with the name of what it is about, wherever that stands', () => {
  const columns: readonly GridColumn[] = [
    { title: 'severity', widest: 8 },
    { title: 'rule', widest: 34, narrowest: 17 },
    { title: 'host', widest: 8 },
  ];
  const cells = ['critical', 'founding-incident', 'db1'].map((text) => ({ text }));
  assert.equal(grid(columns, [cells], 30, painter(false)), 'founding-incident\n  severity critical, host db1\n');
  assert.equal(
    grid(
      [
        { title: 'waiver', widest: 24 },
        { title: 'state', widest: 8 },
      ],
      [[{ text: 'W1' }, { text: 'expired' }]],
      16,
      painter(false),
    ),
    'W1\n  state expired\n',
  );
});

test('a table stands in a frame where the terminal has room for one', () => assert.match(drawn(200)[0] ?? '', /^┌/));

test('where it has none, each row is told in lines that fit, with every cell that says something', () => {
  for (const total of [60, 80, 100]) {
    const lines = drawn(total);
    for (const line of lines) assert.ok(line.length <= total, `${total}: ${line}`);
    const told = lines.join(' ').replaceAll(/ +/g, ' ');
    for (const [at, title] of TITLES.entries())
      if (at > 0 && ROW[at] !== '') assert.ok(told.includes(`${title} ${ROW[at]}`), title);
    assert.ok(told.includes(ROW.at(-1) ?? ''), 'the sentence');
    assert.ok(lines.includes('db1.example.com') && lines.includes('web1'), 'each row begins with its name');
    assert.doesNotMatch(told, /compliant/, 'an empty cell says nothing');
  }
});
