import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import * as fc from 'fast-check';
import { explainHost } from '../../../src/explain/explain-host.js';
import type { HostReport } from '../../../src/model/report.js';
import { html } from '../../../src/report/formats/html.js';
import { byteLength } from '../../../src/render/markdown.js';
import { FIXES, HEADER, machine } from '../../support/judged-machines.js';
import { arbitraryReport } from '../../support/report/arbitrary.js';
import { fleetOf, hostNumber, OPTIONS } from './fleet.js';
import { matchesGolden } from '../../support/golden.js';
import { pageOf, REPORTS } from './canonical-pages.js';

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
function plain(page: string): string {
  return page.replaceAll(/<[^>]*>/g, '').replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? '');
}

function words(text: string): string {
  return text.replaceAll(/[\s.]+/g, ' ');
}

function named(host: HostReport, name: string, because?: string): HostReport {
  return {
    ...host,
    host: name,
    verdicts: host.verdicts.map((verdict) => ({
      ...verdict,
      host: name,
      ...(because !== undefined && verdict.rule === 'thp-always' ? { because } : {}),
    })),
  };
}

const VOID = new Set(['meta', 'input', 'rect', 'line', 'circle', 'polyline']);

/** Every tag is closed by its own, and every attribute stands in quotes; throws where not. */
function checkTags(page: string): void {
  const body = page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<script>.*?<\/script>/s, '')
    .replace('<!doctype html>', '');
  const open: string[] = [];
  for (const [tag, close = '', name = '', attributes = ''] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<]*")?)*)\s*\/?>|</gi,
  )) {
    assert.notEqual(name, '', `a < that opens no tag: ${tag}`);
    assert.doesNotMatch(attributes, /^ on| on[a-z]+=|javascript:/i);
    if (close === '/') assert.equal(open.pop(), name);
    else if (!VOID.has(name) || body.includes(`</${name}>`)) open.push(name);
  }
  assert.deepEqual(open, []);
}

test('whatever a report says, the page stays a page: tags are ours, and no control character is left', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const page = pageOf(report);
      checkTags(page);
      assert.doesNotMatch(page.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      assert.equal([...page.matchAll(/<script/g)].length, 1);
      assert.equal(
        [...page.matchAll(/<li class="host">/g)].length,
        report.hosts.length +
          report.hosts.filter(({ status, failure }) => status !== 'unreachable' && failure !== undefined).length,
      );
    }),
    { numRuns: 60 },
  );
});

for (const [name, report] of Object.entries(REPORTS))
  test(`${name}: every tag is closed and every attribute quoted`, () => checkTags(pageOf(report)));

test('the policy allows the style and the script that are there, by their digests, and nothing else', () => {
  const page = pageOf(REPORTS['mixed'] ?? assert.fail());
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
  const script = /<script>(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  assert.ok(
    page.includes(
      `content="default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; base-uri 'none'; form-action 'none'"`,
    ),
  );
});

test('the chain of causes is told in the words of kernward explain', () => {
  const host = machine('db1');
  const page = plain(pageOf(REPORTS['machines'] ?? assert.fail()));
  const explained = explainHost(host, HEADER, FIXES, { columns: 120 }).filter((line) => /^ *\d\. /.test(line));
  assert.ok(explained.length >= 9);
  for (const line of explained) assert.ok(words(page).includes(words(line.replace(/^ *\d\. /, '').slice(0, 60))), line);
});

test('hosts of which the same is told stand in one place, with what differs at each', () => {
  const host = machine('db1');
  const hosts = [named(host, 'a'), named(host, 'b'), named(host, 'c', 'because of the moon')];
  const page = pageOf({ ...(REPORTS['machines'] ?? assert.fail()), hosts });
  assert.equal([...page.matchAll(/<article class="case" data-status="failing"/g)].length, 1);
  assert.equal([...page.matchAll(/<div class="variant">/g)].length, 2);
  assert.match(plain(page), /c.*thp-always: because of the moon/s);
});

test('a report of 10,000 hosts that all say something else stays below 15 MB, leaves no host out and says what it cut', () => {
  const count = 10_000;
  const hosts = {
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index += 1) {
        const host = hostNumber(index);
        yield {
          ...host,
          verdicts: host.verdicts.map((verdict) => ({
            ...verdict,
            because: `${verdict.because} ${`on ${host.host} `.repeat(10)}`,
          })),
        };
      }
    },
  };
  let bytes = 0;
  let found = 0;
  let cut = 0;
  for (const chunk of html.render({ ...fleetOf(1), hosts }, OPTIONS)) {
    bytes += byteLength(chunk);
    found += [...chunk.matchAll(/<li class="host">/g)].length;
    cut += [...chunk.matchAll(/class="cut"/g)].length;
  }
  assert.ok(bytes < 15_000_000, `${bytes} bytes`);
  assert.equal(found, count);
  assert.ok(cut > 1);
});

test('exit 0 with findings is not called compliant', () => {
  const { header, hosts, summary } = REPORTS['machines'] ?? assert.fail();
  const page = pageOf({
    header: { ...header, gate: { ...header.gate, exitZero: true } },
    hosts,
    summary: { ...summary, exitCode: 0 },
  });
  assert.match(page, /<h1 class="exit-0">Passed, with findings<\/h1>/);
});

test('real machines with their chains of causes', () => {
  const hosts = /<section id="hosts".*?<\/section>\n/s.exec(pageOf(REPORTS['machines'] ?? assert.fail()))?.[0] ?? '';
  matchesGolden('test/golden/machines.html', hosts);
});
