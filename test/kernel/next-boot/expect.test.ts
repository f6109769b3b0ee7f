import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTS } from '../../../src/facts/index.js';
import { expectationsFor, NONE_DECLARED } from '../../../src/kernel/next-boot/expect.js';
import { known, type FactId, type Reading } from '../../../src/model/reading.js';
import type { ReadIfAny } from '../../../src/facts/memoize-by-readings.js';

const TOLD = known([], '');
const SYSCTLS = new Map<FactId, Reading>(
  FACTS.filter(({ id }) => id.startsWith('sysctl.')).map(({ id }) => [id, known(0, '0\n')]),
);

function machine(facts: Readonly<Record<FactId, Reading>>): ReadIfAny {
  const all = new Map([...SYSCTLS, ['next_boot.files', TOLD] as const, ...Object.entries(facts)]);
  return (id) => all.get(id);
}

const expectations = expectationsFor(NONE_DECLARED);
const MIB = 1024 ** 2;

test('machines that differ in nothing but how much memory they have are one, unless it is so little that it matters', () => {
  const of = (mib: number): object => expectations(machine({ 'memory.total': known(mib * MIB, String(mib)) }));
  assert.equal(of(8000), of(8001));
  assert.equal(of(512), of(8000));
  assert.notEqual(of(511), of(8000));
  assert.notEqual(expectations(machine({})), of(8000));
});

test('what sets a setting is told once for machines on which it is something else now', () => {
  const told = known(['file /etc/sysctl.d/99-local.conf', '1 kernel.panic = 10'], '');
  const release = known('6.1.0-50-amd64', '');
  const predictions = [known(0, '0\n'), known(5, '5\n')].map((now) => {
    const found = expectations(
      machine({ 'next_boot.files': told, 'uname.release': release, 'sysctl.kernel.panic': now }),
    );
    if ('reading' in found) return assert.fail(JSON.stringify(found));
    const panic = found.settings.find(({ setting }) => setting.fact.id === 'sysctl.kernel.panic');
    assert.equal(panic?.now, now);
    return panic.prediction;
  });
  assert.equal(predictions[0], predictions[1]);
});
