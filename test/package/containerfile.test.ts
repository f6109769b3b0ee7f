/** The rules of hadolint and of Docker's own linter that concern packaging/Containerfile, and what depends on it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function instructions(): readonly Instruction[] {
  return readFileSync(join('packaging', 'Containerfile'), 'utf8')
    .replaceAll(/^#.*\n/gmu, '')
    .replaceAll(/\\\n\s*/gu, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1).trim() }));
}

const all = instructions();
function every(name: string): readonly string[] {
  return all.filter((each) => each.name === name).map(({ rest }) => rest);
}

test('instructions are those that there are, in capitals (DL3000s)', () => {
  const known = new Set(['ARG', 'FROM', 'RUN', 'ENV', 'WORKDIR', 'USER', 'ENTRYPOINT', 'CMD']);
  assert.deepEqual(
    all.filter(({ name }) => !known.has(name)),
    [],
  );
});

test('the base is of one release, and can be named by its digest (DL3006, DL3007)', () => {
  assert.deepEqual(every('FROM'), ['${BASE}']);
  const [base = ''] = every('ARG').filter((rest) => rest.startsWith('BASE='));
  assert.match(base, /^BASE=docker\.io\/library\/debian:\d+\.\d+-slim$/u);
});

test('it ends as an account that is not root, by its number, as the CronJob has it (DL3002)', () => {
  assert.deepEqual(every('USER'), ['10001:10001']);
  assert.ok(all.findIndex(({ name }) => name === 'USER') > all.findLastIndex(({ name }) => name === 'RUN'));
  const job = readFileSync(join('examples', 'kubernetes-cronjob.yaml'), 'utf8');
  for (const key of ['runAsUser', 'runAsGroup', 'fsGroup']) assert.match(job, new RegExp(`${key}: 10001\\b`, 'u'));
});

test('apt leaves nothing behind, asks nothing, and takes nothing that was not asked for (DL3009, DL3014, DL3015, DL3027)', () => {
  const steps = every('RUN').filter((rest) => rest.includes('apt'));
  assert.ok(steps.length > 0);
  for (const step of steps) {
    assert.match(step, /apt-get update\s+&& apt-get install --yes --no-install-recommends /u);
    assert.match(step, /&& rm -rf \/var\/lib\/apt\/lists\/\*/u);
    assert.doesNotMatch(step, /\b(?:apt (?:install|update)|dist-upgrade|sudo|curl|wget)\b/u);
  }
});

test('no step hides that a command of it failed, and nothing secret stands in it (DL4006, SecretsUsedInArgOrEnv)', () => {
  for (const step of every('RUN')) assert.doesNotMatch(step, /[^|]\|[^|]|;\s|\bcd /u);
  for (const rest of [...every('ARG'), ...every('ENV')]) assert.doesNotMatch(rest, /token|secret|password|key/iu);
});

test('what is run gets its signals itself, and paths are whole (DL3025, DL3000)', () => {
  assert.deepEqual(every('ENTRYPOINT'), ['["/usr/bin/kernward"]']);
  assert.deepEqual(every('CMD'), ['["--help"]']);
  for (const path of every('WORKDIR')) assert.match(path, /^\//u);
});
