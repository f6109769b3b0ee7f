/** The manifests for Kubernetes, by the types that are made of its API's description (kubernetes-types). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Job } from 'kubernetes-types/batch/v1.js';
import { parse } from 'yaml';
import { asTyped } from '../support/typed-value.js';

const TYPES = join(process.cwd(), 'node_modules', 'kubernetes-types', 'batch', 'v1.d.ts');

const manifest = (name: string) => parse(readFileSync(join(process.cwd(), 'examples', name), 'utf8'));
const { items }: { readonly items: readonly Job[] } = manifest('kubernetes-indexed-job.yaml');
const jobs = items.map((item) => JSON.stringify(item));
const compiled = (name: string, values: readonly string[]): string => asTyped({ from: TYPES, name }, values);

test('kubernetes-indexed-job.yaml holds jobs of batch/v1', () => {
  assert.equal(jobs.length, 2);
  assert.equal(compiled('Job', jobs), '');
});

test('kubernetes-cronjob.yaml is a cron job of batch/v1', () => {
  assert.equal(compiled('CronJob', [JSON.stringify(manifest('kubernetes-cronjob.yaml'))]), '');
});

test('a property that the API does not have, or that is of another kind, is told', () => {
  const [job = ''] = jobs;
  const said = compiled('Job', [
    job.replace('"backoffLimitPerIndex"', '"backOffLimitPerIndex"'),
    job.replace('"completions":3', '"completions":"3"'),
    job.replace('"mountPath"', '"path"'),
  ]);
  assert.match(said, /backOffLimitPerIndex/);
  assert.match(said, /'string' is not assignable to type 'number'/);
  assert.match(said, /'"path"' does not exist in type 'VolumeMount'/);
});
