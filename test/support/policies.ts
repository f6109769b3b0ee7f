import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FactDescription, FactType, Unit } from '../../src/model/fact.js';
import { absent, known, unreadable, type Reading, type Readings, type Value } from '../../src/model/reading.js';
import { createEnvironment } from '../../src/policy/cel/environment.js';
import { compileExpression, type Expression } from '../../src/policy/cel/expression.js';

function fact(id: string, type: FactType, unit?: Unit): FactDescription {
  return {
    id,
    title: id,
    type,
    sources: ['test'],
    ...(unit === undefined ? {} : { unit }),
  };
}

/** A few facts of every type. */
export const FACTS: readonly FactDescription[] = [
  fact('sysctl.kernel.panic', { kind: 'int' }, 's'),
  fact('sysctl.kernel.hung_task_panic', { kind: 'int', min: 0, max: 1 }),
  fact('sysctl.kernel.hung_task_timeout_secs', { kind: 'int', min: 0 }, 's'),
  fact('sysctl.kernel.watchdog_cpumask', { kind: 'string' }),
  fact('thp.enabled', { kind: 'enum', values: ['always', 'madvise', 'never'] }),
  fact('thp.sizes', { kind: 'map' }),
  fact('cmdline', { kind: 'map' }),
  fact('os.id', { kind: 'string' }),
  fact('os.version_id', { kind: 'string' }),
  fact('uname.release', { kind: 'string' }),
  fact('os.id_like', { kind: 'list' }),
  fact('kexec.crash_loaded', { kind: 'bool' }),
  fact('hung_task.reboots', { kind: 'bool' }),
];

export const ENVIRONMENT = createEnvironment(FACTS);

export const STOCK: Readings = new Map<string, Reading>([
  ['sysctl.kernel.panic', known(5, '5\n')],
  ['sysctl.kernel.hung_task_panic', known(1, '1\n')],
  ['sysctl.kernel.hung_task_timeout_secs', known(120, '120\n')],
  ['sysctl.kernel.watchdog_cpumask', known('0-3', '0-3\n')],
  ['thp.enabled', known('always', '[always] madvise never\n')],
  ['thp.sizes', known({ '64kB': 'never', '2048kB': 'inherit' }, '')],
  ['cmdline', known({ panic: '5', quiet: '' }, '')],
  ['os.id', known('rhel', '')],
  ['os.version_id', known('10.0', '')],
  ['uname.release', known('5.10.0-9-amd64', '')],
  ['os.id_like', known(['fedora', 'centos'], '')],
  ['kexec.crash_loaded', known(false, '0\n')],
  ['hung_task.reboots', known(true, '')],
]);

export const GONE = absent('the directory can be searched and has no such file');
export const DENIED = unreadable('denied', 'Permission denied');
export function value(of: Value): Reading {
  return known(of, JSON.stringify(of));
}

/** The stock host with some facts changed. */
export function readingsWith(changes: Readonly<Record<string, Reading>>): Readings {
  return new Map([...STOCK, ...Object.entries(changes)]);
}

export function compiled(source: string, expected: 'bool' | 'any' = 'any'): Expression {
  const result = compileExpression(source, ENVIRONMENT, expected);
  assert.ok('expression' in result, 'problem' in result ? `${source}: ${result.problem.message}` : '');
  return result.expression;
}

/** Compares with a file under test/golden; `UPDATE_GOLDEN=1` writes it, and the diff is what a reviewer reads. */
export function matchesGolden(name: string, actual: string): void {
  const file = join(process.cwd(), 'test', 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  assert.ok(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1 and read what it writes`);
  assert.equal(actual, readFileSync(file, 'utf8'));
}
