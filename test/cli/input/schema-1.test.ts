import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readReport } from '../../../src/cli/input/report-file.js';
import type { Report } from '../../../src/model/report.js';
import { parseReport } from '../../../src/run/earlier/read-report.js';
import { ReportSchema } from '../../../src/report/schema.js';
import { CANONICAL_REPORTS } from '../../support/report/canonical.js';

/** Reports that a kernward of schema 1 wrote, as they are: `test/golden/schema-1`. There any fail made a host failing. */

function whole({ hosts, ...report }: Report): unknown {
  return { ...report, hosts: [...hosts] };
}

for (const name of ['mixed', 'drifted'])
  for (const ending of ['json', 'jsonl']) {
    const file = join('test', 'golden', 'schema-1', `${name}.${ending}`);
    test(`${file} is read, and what it says of hosts goes by its gate`, () => {
      const now = CANONICAL_REPORTS[name];
      assert.ok(now);
      const { value, diagnostics } = readReport(file);
      assert.deepEqual(diagnostics, []);
      assert.ok(value);
      assert.deepEqual(whole(value), whole(now));
      // Hosts are read from the file again at each walk.
      assert.deepEqual([...value.hosts], [...value.hosts]);
      const parsed = parseReport(readFileSync(file, 'utf8'), file).value;
      assert.ok(parsed);
      assert.deepEqual(whole(parsed), whole(now));
    });
  }

test('an edited report of schema 1 is refused as one of schema 2 is', () => {
  const text = readFileSync('test/golden/schema-1/mixed.json', 'utf8');
  for (const [from, to] of [
    ['"status":"failing"', '"status":"compliant"'],
    ['"compliant":1', '"compliant":2'],
    ['"result":"fail"', '"result":"pass"'],
  ] as const) {
    assert.ok(text.includes(from), from);
    const { value, diagnostics } = parseReport(text.replace(from, to), 'edited.json');
    assert.equal(value, undefined);
    assert.match(diagnostics.map(({ code }) => code).join(), /report\/inconsistent/);
  }
});

test('what is written is of schema 2 alone, and a reader may know both', () => {
  const { enum: known } = ReportSchema.properties.header.properties.schema;
  assert.deepEqual(known, [1, 2]);
  for (const { header } of Object.values(CANONICAL_REPORTS)) assert.equal(header.schema, 2);
});
