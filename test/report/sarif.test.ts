import assert from 'node:assert/strict';
import test from 'node:test';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import type { HostReport, Report } from '../../src/model/report.js';
import { sarif } from '../../src/report/formats/sarif.js';
import { toUri } from '../../src/report/sarif-run.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { sarifSchema } from '../support/sarif-schema.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { SARIF_SHAPE } from '../support/report/sarif-shape.js';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation?: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number };
      };
    },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly justification: string }[];
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly [
    {
      readonly exitCode: number;
      readonly toolExecutionNotifications?: readonly {
        readonly descriptor: { readonly id: string };
        readonly message: { readonly text: string };
      }[];
    },
  ];
  readonly results: readonly Result[];
}

const ajv = new Ajv({ strict: false, validateFormats: false });
const hasShape = ajv.compile<{ readonly runs: readonly [Run] }>(SARIF_SHAPE);

/** The official schema is draft 4, of which it uses nothing that draft 7 reads otherwise but `id`; one of its patterns has a stray bracket. */
function officialSchema(text: string): object {
  const { id: _, $schema: __, ...schema } = JSON.parse(text);
  return schema;
}
const official = sarifSchema();
const isOfficial =
  official === undefined
    ? undefined
    : new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(officialSchema(official));

function runOf(report: Report): Run {
  const document: unknown = JSON.parse(
    [...sarif.render(report, { includePasses: false, colour: false, columns: 80 })].join(''),
  );
  if (isOfficial !== undefined) assert.ok(isOfficial(document), JSON.stringify(isOfficial.errors?.slice(0, 2)));
  assert.ok(hasShape(document), JSON.stringify(hasShape.errors?.slice(0, 2)));
  return document.runs[0];
}

function isUndecided(result: string): boolean {
  return result === 'error' || result === 'unknown';
}

/** How many results a host must have, by its verdicts. */
function expectedOf(host: HostReport): number {
  if (host.status === 'unreachable') return 1;
  const found = host.verdicts.filter(({ result }) => result === 'fail' || isUndecided(result)).length;
  return found + Number(host.status === 'unchecked');
}

function isRight(report: Report): void {
  const { tool, results, invocations } = runOf(report);
  assert.equal(
    results.length,
    [...report.hosts].reduce(
      (sum, host) => sum + expectedOf(host),
      (report.summary.groupVerdicts ?? []).filter(({ result }) => result === 'fail' || isUndecided(result)).length,
    ),
  );
  for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  assert.equal(
    new Set(results.map(({ partialFingerprints }) => partialFingerprints['kernward/v1'])).size,
    results.length,
    'one fingerprint a result',
  );
  assert.equal(invocations[0].exitCode, report.summary.exitCode);
}

for (const [name, report] of Object.entries(CANONICAL_REPORTS))
  test(`${name}: has the shape of SARIF 2.1.0, and nothing is lost`, () => isRight(report));

test('any report has the shape of SARIF 2.1.0', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => void runOf(report)),
    { numRuns: 60 },
  );
});

const mixed = CANONICAL_REPORTS['mixed'] ?? assert.fail();
const hostsOfMixed = [...mixed.hosts];

test('a result stands at the line of its host, and a waived one is suppressed', () => {
  const place = runOf(mixed).results[0]?.locations[0].physicalLocation;
  assert.deepEqual(place, { artifactLocation: { uri: 'fleet.yaml' }, region: { startLine: 12 } });
  const { results } = runOf(CANONICAL_REPORTS['waived'] ?? assert.fail());
  assert.deepEqual(
    results.map(({ suppressions }) => suppressions?.[0]?.justification),
    Array(2).fill('waiver KW-12 until 2027-03-31T00:00:00Z: the vendor forbids it; replaced in March'),
  );
});

test('what changed since the baseline is said, hosts that are gone by name, and nothing of it as a result', () => {
  const { results, invocations } = runOf(CANONICAL_REPORTS['drifted'] ?? assert.fail());
  const said = invocations[0].toolExecutionNotifications?.map(
    ({ descriptor, message }) => `${descriptor.id}: ${message.text}`,
  );
  assert.deepEqual(said, [
    'since-the-baseline: 2 newly-failing, 2 still-failing, 1 resolved, 6 no-longer-known, 1 new host, 2 hosts gone, 1 fail of new rules, 3 hosts of the baseline not asked',
    'hosts-gone: 2 hosts: db9.example.com, web99.example.com',
    'waivers: 1 in-force',
  ]);
  assert.ok(!JSON.stringify(results).includes('absent'));
});

test('an older report, without lines, has its results at the first line of the inventory', () => {
  const hosts = hostsOfMixed.map((host) => {
    const { definedAt: _, ...older } = host;
    return older;
  });
  for (const { locations } of runOf({ ...mixed, hosts }).results)
    assert.deepEqual(locations[0].physicalLocation, {
      artifactLocation: { uri: 'fleet.yaml' },
      region: { startLine: 1 },
    });
});

function fingerprints(report: Report): unknown {
  return runOf(report).results.map(({ partialFingerprints }) => partialFingerprints);
}

test('the fingerprint is of the host and the rule, not of the line or the reason', () => {
  const moved = hostsOfMixed.map((host) => ({
    ...host,
    definedAt: { file: 'other.yaml', line: 99 },
    verdicts: host.verdicts.map((verdict) => ({ ...verdict, because: 'another reason' })),
  }));
  assert.deepEqual(
    fingerprints({ ...mixed, hosts: moved.reverse() }),
    fingerprints({ ...mixed, hosts: [...hostsOfMixed].reverse() }),
  );
});

test('of more than 5,000 results the most urgent are there, and how many are left out is said', () => {
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (let index = 0; index < 700; index += 1)
        for (const host of hostsOfMixed) yield { ...host, host: `${host.host}-${index}` };
    },
  };
  const { results, invocations } = runOf({ ...mixed, hosts });
  assert.equal(results.length, 5_000);
  const many = (rule: string, kind: string): number =>
    results.filter((result) => result.ruleId === rule && result.kind === kind).length;
  assert.equal(many('hung-task-auto-reboot', 'fail'), 700);
  assert.equal(many('host-not-reached', 'fail'), 700);
  assert.equal(many('khugepaged-running', 'fail'), 700);
  assert.equal(results.filter(({ kind }) => kind === 'open').length, 5_000 - 6 * 700);
  assert.match(invocations[0].toolExecutionNotifications?.[0]?.message.text ?? '', /^2700 of 7700 results left out/);
});

test('a message makes no placeholder and no link', () => {
  const hosts = hostsOfMixed.map((host) => ({
    ...host,
    verdicts: host.verdicts.map((verdict) => ({ ...verdict, because: '{0} [click](http://192.0.2.66)' })),
  }));
  const text = runOf({ ...mixed, hosts }).results[0]?.message.text ?? '';
  assert.equal(text, 'web02.example.com: {{0}} [click] (http://192.0.2.66)');
});

const paths: readonly (readonly [path: string, uri: string])[] = [
  ['fleet.yaml', 'fleet.yaml'],
  ['./inventory/a b.yaml', 'inventory/a%20b.yaml'],
  ['/etc/kernward/fleet.yaml', 'file:///etc/kernward/fleet.yaml'],
  ['//etc/x', 'file:///etc/x'],
  ['../c:d%?#.yaml', '../c%3Ad%25%3F%23.yaml'],
  ['\ud800', '%5Cud800'],
];
for (const [path, uri] of paths) test(`${JSON.stringify(path)} as a URI`, () => assert.equal(toUri(path), uri));

void test(
  'the official schema would refuse what is no SARIF',
  { skip: isOfficial === undefined ? 'the official schema could not be had' : false },
  () => {
    const document = JSON.parse(
      [
        ...sarif.render(CANONICAL_REPORTS['mixed'] ?? assert.fail('mixed'), {
          includePasses: false,
          colour: false,
          columns: 80,
        }),
      ].join(''),
    );
    assert.equal(isOfficial?.(document), true);
    document.runs[0].results[0].level = 'fatal';
    assert.equal(isOfficial?.(document), false);
  },
);
