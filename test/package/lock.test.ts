import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Locked {
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, Locked & { readonly version?: string }>> } = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
);

test('the lock file has an entry for the build of every platform, or npm ci refuses it', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name, version]) =>
          ![`${path}/node_modules/${name}`, `node_modules/${name}`].some(
            (key) => lock.packages[key]?.version === version,
          ),
      )
      .map(([name]) => `${path === '' ? 'kernward' : path} wants ${name}`),
  );
  // ssh2's optional addons are ranges, which an exact version answers.
  assert.deepEqual(
    missing.filter((line) => !line.startsWith('node_modules/ssh2 ')),
    [],
  );
});

test('every entry of the lock file has a digest', () => {
  assert.deepEqual(
    Object.entries(lock.packages).flatMap(([path, { integrity }]) =>
      path === '' || integrity?.startsWith('sha512-') === true ? [] : [path],
    ),
    [],
  );
});
