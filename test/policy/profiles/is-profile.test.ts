import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProfile } from '../../../src/policy/profiles/is-profile.js';

const CASES: readonly (readonly [string, boolean])[] = [
  ['profile: mine\ntitle: x\n', true],
  ['# of the profile\ntitle: x\nprofile: mine\n', true],
  ['{"profile": "mine", "title": "x"}', true],
  ['{\n  "title": "x",\n  "profile": "mine"\n}\n', true],
  ["'profile': mine\n", true],
  ['  profile: mine\n  title: x\n', true],
  ['policy: mine\ntitle: the profile\n', false],
  ['policy: mine\nrules:\n  - id: x\n    profile: mine\n', false],
  ['{"policy": "mine", "title": "profile"}', false],
  ['policy: mine\nprofile: mine\n', false],
  ['title: a profile\n', false],
  ['profile: [\n', true],
  ['policy: [\nprofile: x\n', false],
  ['- profile: mine\n', false],
  ['', false],
];

for (const [text, is] of CASES)
  test(`${JSON.stringify(text)} is ${is ? 'a' : 'no'} profile`, () => {
    assert.equal(isProfile({ file: 'x.yaml', text }), is);
  });
