import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** The examples of a page that somebody may copy as a whole: a policy with cases. */
function policiesOf(page: string): readonly string[] {
  return [...readFileSync(`docs/reference/${page}.md`, 'utf8').matchAll(/^```yaml\n(?<text>[\s\S]*?)^```$/gmu)].flatMap(
    ({ groups }) => {
      const text = groups?.['text'] ?? '';
      return /^policy:/mu.test(text) && /^ {4}cases:/mu.test(text) ? [text] : [];
    },
  );
}

for (const page of ['policies', 'groups', 'declared-facts'])
  test(`the policies that ${page}.md shows have no mistake, and their cases pass`, () => {
    const texts = policiesOf(page);
    assert.notEqual(texts.length, 0);
    const folder = mkdtempSync(join(tmpdir(), 'kernward-documented-'));
    try {
      for (const text of texts) {
        const file = join(folder, 'policy.yaml');
        writeFileSync(file, text);
        for (const verb of [['lint', '--strict'], ['test']]) {
          const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ['dist/kernward.js', 'policy', ...verb, file],
            {
              encoding: 'utf8',
            },
          );
          assert.equal(status, 0, `${verb.join(' ')}: ${stdout}${stderr}`);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
