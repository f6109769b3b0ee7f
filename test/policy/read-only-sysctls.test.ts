import assert from 'node:assert/strict';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isReadOnlySysctl } from '../../src/policy/read-only-sysctls.js';
import { lintPolicies } from '../../src/policy/lint-policies.js';
import { CATALOGUE } from '../support/declared.js';

const SYSCTLS = '/proc/sys';

/** The files of /proc/sys, and whether the kernel lets anybody write them. */
function* sysctls(folder = ''): Generator<{ readonly path: string; readonly isWritable: boolean }> {
  for (const name of readdirSync(join(SYSCTLS, folder)).toSorted()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    // Looking at it mounts a file system.
    if (path === 'fs/binfmt_misc') continue;
    const stat = lstatSync(join(SYSCTLS, path));
    if (stat.isDirectory()) yield* sysctls(path);
    else yield { path, isWritable: (stat.mode & 0o222) !== 0 };
  }
}

test('what counts as read-only is so on the kernel that runs here', () => {
  const all = [...sysctls()];
  assert.deepEqual(
    all.filter(({ path, isWritable }) => isWritable && isReadOnlySysctl(path)),
    [],
  );
  assert.ok(all.filter(({ path }) => isReadOnlySysctl(path)).length >= 10);
});

test('who has a remedy set what the kernel only tells is told so', () => {
  const text = `policy: x
title: x
rules:
  - id: x
    title: x
    severity: low
    requires: sysctl.kernel.panic == 0
    because: x
    rationale: x
    remediation: { summary: x, sysctl: { kernel.ostype: Linux, kernel.panic: 0 }, mayBreak: x }
    references: [https://example.org/]
`;
  const told = lintPolicies([{ file: 'x.yaml', text }], CATALOGUE).filter(
    ({ code }) => code === 'policy/read-only-sysctl',
  );
  assert.deepEqual(
    told.map(({ message }) => message),
    ['x is to set kernel.ostype, which the kernel only tells'],
  );
});
