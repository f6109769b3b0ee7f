import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OUTCOMES, TRIGGERS } from '../../../src/kernel/outcome/index.js';
import { derived, UNREADABLE, word, type Facts, type Stated } from './readings.js';

/** Every row of every table of docs/reference/outcomes.md, against the model. */

const page = readFileSync(join(process.cwd(), 'docs', 'reference', 'outcomes.md'), 'utf8');

interface Table {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function cells(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const TABLES: readonly Table[] = [...page.matchAll(/<!-- table: (?<name>\w+) -->\n(?<lines>(?:\|.*\n)+)/g)].map(
  (found) => {
    const [header = '', , ...rows] = (found.groups?.['lines'] ?? '').trimEnd().split('\n');
    return { name: found.groups?.['name'] ?? '', header: cells(header), rows: rows.map(cells) };
  },
);

/** A machine that panics as each trigger does, for the table of what follows; 5 s to the reboot for the others. */
const BASE: Facts = { 'sysctl.kernel.panic': 5 };
const PANICS: Facts = { 'sysctl.vm.panic_on_oom': 1 };

function factOf(header: string): string {
  const names = [...header.matchAll(/`(?<name>[^`]+)`/g)].map((found) => found.groups?.['name'] ?? '');
  return names.at(-1) ?? header;
}

const WORDS: Readonly<Record<string, Stated>> = {
  absent: null,
  unreadable: UNREADABLE,
  true: true,
  false: false,
  set: 128,
  clear: 4096,
  none: {},
  'none there': {},
  'none active': { watchdog0: 'inactive' },
  'one active': { watchdog0: 'active' },
  'softdog active': { watchdog0: 'software' },
};

const ANY: Readonly<Record<string, readonly Stated[]>> = {
  'kexec.crash_loaded': [true, false, null, UNREADABLE],
  'module.rcupdate.rcu_cpu_stall_suppress': [true, false, UNREADABLE],
  'watchdog.devices': [null, {}, { watchdog0: 'active' }, UNREADABLE],
  cmdline: [{}, { panic_on_taint: '80' }, UNREADABLE],
  'uname.release': ['3.10.0-514.el7.x86_64', '4.9.0-19-amd64', '6.1.0-51-amd64', '6.19.1', 'weird', UNREADABLE],
};

function single(fact: string, cell: string): Stated {
  const stated = WORDS[cell];
  if (stated !== undefined) return stated;
  if (fact === 'cmdline') return { panic_on_taint: cell };
  return /^-?\d+$/.test(cell) ? Number(cell) : cell;
}

function values(fact: string, cell: string): readonly Stated[] {
  if (cell === 'any') return ANY[fact] ?? [0, 1, 3, UNREADABLE];
  const quoted = cell.split(' ').filter((part) => part.startsWith('`'));
  if (quoted.length === 0) return [single(fact, cell)];
  return cell.split(' ').map((part) => single(fact, part.replaceAll('`', '')));
}

function combinations(row: readonly (readonly [string, readonly Stated[]])[]): readonly Facts[] {
  return row.reduce<readonly Facts[]>(
    (sofar, [fact, options]) => sofar.flatMap((facts) => options.map((option) => ({ ...facts, [fact]: option }))),
    [{}],
  );
}

const EXPECTED: Readonly<Record<string, string>> = { panics: 'reboots', unknown: '?', absent: 'absent' };

void test('there is a table for what follows a panic and for each trigger', () => {
  assert.deepEqual(TABLES.map((table) => table.name).sort(), ['panic', ...TRIGGERS].sort());
});

for (const { name, header, rows } of TABLES)
  for (const row of rows)
    void test(`outcomes.md, ${name}: ${row.join(' | ')}`, () => {
      const settings = header.flatMap((title, at): (readonly [string, readonly Stated[]])[] =>
        title === 'outcome' || title === 'by' ? [] : [[factOf(title), values(factOf(title), row[at] ?? '')]],
      );
      const trigger = name === 'panic' ? 'oom' : name;
      const outcome = row[header.indexOf('outcome')] ?? '';
      assert.ok(outcome in EXPECTED || OUTCOMES.some((known) => known === outcome), outcome);
      for (const facts of combinations(settings)) {
        const all = { ...BASE, ...(name === 'panic' ? PANICS : {}), ...facts };
        assert.equal(word(derived(`${trigger}.outcome`, all)), EXPECTED[outcome] ?? outcome);
        const by = row[header.indexOf('by')];
        if (header.includes('by') && by !== undefined)
          assert.equal(word(derived(`${trigger}.reboot_by`, all)), EXPECTED[by] ?? by);
      }
    });
