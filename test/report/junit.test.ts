import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import * as fc from 'fast-check';
import { isAtGate } from '../../src/model/verdict.js';
import type { Report } from '../../src/model/report.js';
import { junit } from '../../src/report/formats/junit.js';
import { arbitraryReport } from '../support/report/arbitrary.js';
import { CANONICAL_REPORTS } from '../support/report/canonical.js';
import { haveTool } from '../support/debian-tool.js';

function render(report: Report): string {
  return [...junit.render(report, { includePasses: false, colour: false, columns: 80 })].join('');
}

/** Python's expat reads the documents: an element is [tag, attributes, text, children]. */
const PYTHON = `
import json, sys, xml.etree.ElementTree as tree
def element(node): return [node.tag, node.attrib, node.text or '', [element(child) for child in node]]
print(json.dumps([element(tree.fromstring(text.encode('utf-8', 'surrogatepass'))) for text in json.load(sys.stdin)]))
`;
const skip = !haveTool(['python3', '-c', 'import xml.etree.ElementTree'], 'python3') && 'python3 is not installed';

type Element = readonly [
  tag: string,
  attributes: Readonly<Record<string, string>>,
  text: string,
  children: readonly Element[],
];

function readXml(documents: readonly string[]): readonly Element[] {
  const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 1 << 27,
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

function childrenOf(element: Element, tag: string): readonly Element[] {
  return element[3].filter(([each]) => each === tag);
}
function countsOf(element: Element): readonly number[] {
  return ['tests', 'failures', 'errors', 'skipped'].map((name) => Number(element[1][name]));
}

/** What stands in a suite, counted. */
function found(suite: Element): readonly number[] {
  const cases = childrenOf(suite, 'testcase');
  return [
    cases.length,
    ...['failure', 'error', 'skipped'].map((tag) => cases.filter((each) => childrenOf(each, tag).length > 0).length),
  ];
}

function isRight(report: Report, root: Element): void {
  const hosts = [...report.hosts];
  const suites = childrenOf(root, 'testsuite');
  const groups = new Set(
    (report.summary.groupVerdicts ?? [])
      .filter(({ result }) => result !== 'notselected')
      .map(({ group, label }) => JSON.stringify([group, label])),
  );
  const waivers = report.summary.waivers ?? [];
  const gone = report.header.baseline?.gone ?? [];
  assert.equal(suites.length, hosts.length + groups.size + Number(waivers.length > 0) + Number(gone.length > 0));
  for (const suite of suites) assert.deepEqual(countsOf(suite), found(suite));
  const ofGroups = suites.slice(hosts.length, hosts.length + groups.size).map(found);
  const ofRun = suites.slice(hosts.length + groups.size).map(found);
  const toSee = waivers.filter(({ state }) => state !== 'in-force').length;
  assert.deepEqual(
    ofRun,
    [
      [waivers.length, 0, 0, toSee],
      [gone.length, 0, 0, gone.length],
    ].filter(([tests]) => tests !== 0),
  );
  const { failOn } = report.header.gate;
  const ofGroupRules = report.summary.groupVerdicts ?? [];
  assert.equal(
    ofGroups.reduce((sum, [, failures]) => sum + (failures ?? 0), 0),
    ofGroupRules.filter(({ result, severity }) => result === 'fail' && isAtGate(failOn, severity)).length,
  );
  assert.equal(
    ofGroups.reduce((sum, [tests]) => sum + (tests ?? 0), 0),
    ofGroupRules.filter(({ result }) => result !== 'notselected').length,
  );
  for (const [index, host] of hosts.entries()) {
    const suite = suites[index] ?? assert.fail();
    const selected = host.verdicts.filter(({ result }) => result !== 'notselected').length;
    if (host.status === 'unreachable') assert.deepEqual(found(suite), [1, 0, 1, 0]);
    else assert.equal(found(suite)[0], 1 + selected);
    assert.equal(
      found(suite)[1],
      host.verdicts.filter(
        ({ result, severity, waiver }) => result === 'fail' && waiver === undefined && isAtGate(failOn, severity),
      ).length,
      'what fails below the gate is no failure',
    );
  }
  assert.deepEqual(
    countsOf(root),
    suites.reduce((sum, suite) => sum.map((each, index) => each + (countsOf(suite)[index] ?? 0)), [0, 0, 0, 0]),
  );
}

test(
  'an XML parser reads every canonical report, a suite a host, and the counts are those of its elements',
  { skip },
  () => {
    const reports = Object.values(CANONICAL_REPORTS);
    for (const [index, root] of readXml(reports.map(render)).entries()) isRight(reports[index] ?? assert.fail(), root);
  },
);

test('an XML parser reads any report', { skip }, () => {
  const reports = fc.sample(arbitraryReport, 120);
  for (const [index, root] of readXml(reports.map(render)).entries()) isRight(reports[index] ?? assert.fail(), root);
});

test('texts come back as they were, illegal characters as escapes', { skip }, () => {
  const { mixed } = CANONICAL_REPORTS;
  assert.ok(mixed);
  const texts: readonly (readonly [string, string])[] = [
    ['<a href="x">&amp;\'</a>', '<a href="x">&amp;\'</a>'],
    [']]> <![CDATA[', ']]> <![CDATA['],
    ['\u0000\u001b[31m\ufffe\uffff\ud800', '\\x00\\x1b[31m\\ufffe\\uffff\\ud800'],
    ['日本語 \u{1f600} \u{1fffe}', '日本語 \u{1f600} \u{1fffe}'],
  ];
  const named = texts.map(([text]) =>
    render({ ...mixed, hosts: [...mixed.hosts].slice(0, 1).map((host) => ({ ...host, host: text })) }),
  );
  for (const [index, root] of readXml(named).entries())
    assert.equal(childrenOf(root, 'testsuite')[0]?.[1]['name'], texts[index]?.[1]);
});

test('waivers that need a look and hosts that are gone are test cases, and none of them a failure', { skip }, () => {
  const { waived, drifted } = CANONICAL_REPORTS;
  assert.ok(waived && drifted);
  const [ofWaived, ofDrifted] = readXml([render(waived), render(drifted)]);
  const casesIn = (root: Element | undefined, suite: string): readonly string[] =>
    childrenOf(root ?? assert.fail(), 'testsuite')
      .filter(([, { name }]) => name === suite)
      .flatMap((found) =>
        childrenOf(found, 'testcase').map((each) =>
          [each[1]['name'], ...each[3].map(([tag, { message }]) => message ?? tag)].join(' | '),
        ),
      );
  const all = casesIn(ofWaived, 'waivers of the run');
  assert.equal(all.length, 9);
  assert.equal(all[0], 'KW-12: hung-task-* on web:&production | expired (until 2027-03-31T00:00:00Z) | system-out');
  assert.equal(all[8], 'KW-20: hung-task-* on web:&production | system-out');
  assert.deepEqual(
    casesIn(ofDrifted, 'hosts gone since the baseline'),
    ['db9.example.com', 'web99.example.com'].map(
      (host) => `${host} | gone: the baseline has this host, the inventory does not any more`,
    ),
  );
  const outputs = childrenOf(ofDrifted ?? assert.fail(), 'testsuite').flatMap((suite) =>
    childrenOf(suite, 'testcase').flatMap((each) => childrenOf(each, 'system-out').map(([, , text]) => text)),
  );
  for (const said of [
    'since the baseline: newly-failing',
    'since the baseline: still-failing\nlike this since 2026-11-01T02:00:00Z',
    'since the baseline: resolved',
    'since the baseline: 5 results no-longer-known',
  ])
    assert.ok(outputs.includes(said), said);
});

test('a waiver and its end stand in what is skipped; a host without a pass or a fail is an error', { skip }, () => {
  const { waived, mixed } = CANONICAL_REPORTS;
  assert.ok(waived && mixed);
  const [withWaivers, withUnchecked] = readXml([render(waived), render(mixed)]);
  assert.ok(withWaivers && withUnchecked);
  const messages = childrenOf(withWaivers, 'testsuite').flatMap((suite) =>
    childrenOf(suite, 'testcase').flatMap((each) => childrenOf(each, 'skipped').map(([, { message }]) => message)),
  );
  assert.equal(
    messages[0],
    'fail, waived until 2027-03-31T00:00:00Z (KW-12): the vendor forbids it; replaced in March',
  );
  const lone = childrenOf(withUnchecked, 'testsuite').find(([, { name }]) => name === 'lone');
  assert.deepEqual(lone && countsOf(lone), [6, 0, 1, 5]);
});
