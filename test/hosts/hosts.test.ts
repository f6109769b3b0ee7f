import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTS } from '../../src/facts/index.js';
import { derive } from '../../src/kernel/derive-facts.js';
import { kernelOfHost } from '../../src/kernel/fixes/facts.js';
import { notCollected } from '../../src/model/reading.js';
import { parseRecording } from '../../src/probe/recording.js';
import { judgeHost } from '../../src/verdict/judge-host.js';
import { allRules } from '../../src/policy/policy.js';
import { DERIVED, POLICIES, PROFILES } from '../support/shipped-policies.js';
import { FAMILY_HOSTS, probeOutputOf } from '../support/recorded-hosts.js';

for (const host of FAMILY_HOSTS)
  test(`${host.name}: read whole, placed with ${host.vendor}, khugepaged fix ${host.khugepaged}`, () => {
    const parsed = parseRecording(probeOutputOf(host));
    assert.ok(parsed.ok);
    for (const { id } of FACTS) {
      const reading = parsed.readings.get(id);
      assert.ok(
        reading !== undefined &&
          (reading.state !== 'unreadable' || reading.cause === 'undetermined' || reading.cause === 'not-collected'),
        `${id}: ${JSON.stringify(reading)}`,
      );
    }
    const readings = derive(parsed.readings, DERIVED);
    const kernel = kernelOfHost((id) => readings.get(id) ?? notCollected(id));
    assert.equal('vendor' in kernel ? kernel.vendor.id : kernel.unreadable, host.vendor);
    const fix = readings.get('fix.khugepaged_trylock');
    assert.equal(
      fix?.state === 'known' ? fix.value : fix?.state === 'unreadable' ? 'unknown' : 'absent',
      host.khugepaged,
    );
    for (const profile of PROFILES.values()) {
      const judged = judgeHost({ host: host.name, reached: true, readings, tookMs: 0 }, allRules(POLICIES), profile);
      assert.equal(judged.bug, undefined);
      assert.equal(judged.verdicts.length, allRules(POLICIES).length, 'a verdict for every rule');
    }
    // Nobody's fix counts as missing without proof, and what is unknown never passes.
    const stayUp = PROFILES.get('stay-up');
    assert.ok(stayUp);
    const verdict = judgeHost(
      { host: host.name, reached: true, readings, tookMs: 0 },
      allRules(POLICIES),
      stayUp,
    ).verdicts.find(({ rule }) => rule === 'khugepaged-fix-missing');
    assert.equal(verdict?.result, { fixed: 'pass', missing: 'fail', unknown: 'unknown' }[host.khugepaged]);
  });
