import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, type Readings } from '../../src/model/reading.js';
import type { Verdict } from '../../src/model/verdict.js';
import { allRules } from '../../src/policy/policy.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { POLICIES, PROFILES, recordedHost, withDerived } from '../support/shipped-policies.js';

function verdicts(name: string): { readonly readings: Readings; readonly of: (rule: string) => Verdict | undefined } {
  const host = recordedHost(name);
  const profile = PROFILES.get('stay-up');
  assert.ok(host !== undefined && profile !== undefined);
  const readings = withDerived(new Map([...host, ['support.today', known('2026-03-01', '')]]));
  const all = judgeHost({ host: name, reached: true, readings, tookMs: 0 }, allRules(POLICIES), profile).verdicts;
  return { readings, of: (rule) => all.find((each) => each.rule === rule) };
}

test('a fresh Debian 12 stays as it is', () => {
  const { readings, of } = verdicts('debian-12');
  assert.deepEqual(readings.get('next_boot.kernel'), {
    state: 'known',
    value: '6.1.0-56-amd64',
    raw: '/boot, which holds no other kernel (/boot/grub/grub.cfg may not be read)',
  });
  const state = readings.get('next_boot.state');
  assert.equal(state?.state === 'known' && state.value, 'same', JSON.stringify(state));
  assert.equal(of('settings-change-at-next-boot')?.result, 'pass');
});

test('a recording that holds nothing of its boot is not known after it, and never “stays so”', () => {
  const { readings, of } = verdicts('debian-11');
  const state = readings.get('next_boot.state');
  assert.equal(state?.state === 'known' && state.value, 'open', JSON.stringify(state));
  assert.equal(readings.get('next_boot.kernel')?.state, 'unreadable');
  assert.equal(of('settings-change-at-next-boot')?.result, 'notapplicable');
});
