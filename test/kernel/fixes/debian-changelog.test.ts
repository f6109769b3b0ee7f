import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseDeb } from '../../../src/kernel/versions/dpkg.js';
import { isHere } from '../../support/debian-tool.js';
import { findDebianChangelog } from '../../support/kernel-packages.js';
import { shippedFixes } from '../../support/shipped-fixes.js';

function folded(text: string): string {
  return text.replace(/\s+/g, ' ');
}
function isOfSeries(version: string, series: string): boolean {
  return (parseDeb(version)?.upstream ?? '').startsWith(`${series}.`);
}

void test("the first Debian packages of the catalogue are the first that Debian's own changelog lists", (context) => {
  const place = findDebianChangelog();
  if (!isHere(place !== undefined, 'a changelog of Debian’s linux', 'linux-libc-dev') || place === undefined)
    return context.skip('no changelog');
  const uploads = gunzipSync(readFileSync(place))
    .toString('utf8')
    .split(/\n(?=linux \()/)
    .map((text) => ({ version: /^linux \(([^)]+)\)/.exec(text)?.[1] ?? '', text: folded(text) }));
  const compared = shippedFixes().flatMap(({ fix, upstream, vendors }) =>
    (vendors?.debian ?? []).flatMap(({ series, fixed }) => {
      // Newest first, so that the last is the first that lists it. Another Debian's series is in another changelog.
      const listed = uploads
        .filter(({ version, text }) => isOfSeries(version, series) && text.includes(folded(upstream.subject)))
        .at(-1);
      return uploads.some(({ version }) => version === fixed) ? [{ fix, series, fixed, listed: listed?.version }] : [];
    }),
  );
  for (const { fix, series, fixed, listed } of compared) assert.equal(fixed, listed, `${fix} in ${series}`);
  assert.ok(compared.length >= 5, `only ${compared.length} could be compared`);
  context.diagnostic(`${compared.length} entries compared with ${place}`);
});
