import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FORMATS } from '../../src/report/formats/index.js';
import { json } from '../../src/report/formats/json.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { kernwardWarm } from '../support/warm/commands.js';

const folder = mkdtempSync(join(tmpdir(), 'kernward-same-code-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A saved report, given again in these formats. */
async function givenAgain(name: string, formats: readonly string[]): Promise<void> {
  const report = CANONICAL_REPORTS[name] ?? assert.fail(name);
  const file = join(folder, `${name}.saved`);
  writeFileSync(file, [...json.render(report, { includePasses: false, colour: false, columns: 80 })].join(''));
  const outputs = formats.flatMap((id) => ['-o', `${id}:${join(folder, `${name}.${id}`)}`]);
  const { status, stderr } = await kernwardWarm(folder, 'report', file, ...outputs);
  assert.equal(status, report.summary.exitCode, stderr);
  assert.match(stderr, /^kernward: /);
}

for (const id of FORMATS.keys()) test(`${id} has the exit code of the run`, () => givenAgain('failures', [id]));

for (const name of ['clean', 'drifted', 'failures'])
  test(`all formats of ${name} have the exit code of the run`, () => givenAgain(name, [...FORMATS.keys()]));
