import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainHost } from '../../src/explain/explain-host.js';
import { known, type Reading } from '../../src/model/reading.js';
import type { HostReport, Report } from '../../src/model/report.js';
import { FORMATS } from '../../src/report/formats/index.js';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { toHeader } from '../../src/run/header.js';
import { loadRuleSet } from '../../src/run/rule-set.js';
import { sha256 } from '../../src/run/sha256.js';
import { createHostReport } from '../../src/verdict/host-report.js';
import { summarise } from '../../src/verdict/summary.js';
import { hostAt } from '../support/hosts.js';
import { DEBIAN, file } from '../support/next-boot/told.js';

const GATE = { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false } as const;

const MINE = `policy: mine
title: Settings of ours
facts:
  sysctl.vm.swappiness: { type: int, range: [0, 200] }
  sysfs.use_zero_page: { path: /sys/kernel/mm/transparent_hugepage/use_zero_page, type: int }
rules:
  - id: mine-swappiness
    title: Little is swapped
    severity: high
    requires: sysctl.vm.swappiness <= 10
    because: vm.swappiness is {sysctl.vm.swappiness}
  - id: mine-zero-page
    title: The zero page is huge
    severity: high
    requires: sysfs.use_zero_page == 1
    because: it is not
`;

const loaded = loadRuleSet({
  policies: [{ file: 'mine.yaml', text: MINE }],
  profiles: [{ file: 'all.yaml', text: 'profile: all\ntitle: All\ninclude: ["*"]\n' }],
  known: [],
  fixes: [],
  support: [],
});
assert.ok(loaded.value, JSON.stringify(loaded.diagnostics));
const ruleSet = loaded.value;

const TOLD = [
  ...DEBIAN,
  'asked swappiness',
  ...file('/etc/sysctl.d/50-a.conf', 'vm.swappiness = 20'),
  ...file('/etc/sysctl.d/90-b.conf', 'vm.swappiness = 30'),
  ...file('/etc/tmpfiles.d/z.conf', 'w /sys/kernel/mm/transparent_hugepage/use_zero_page - - - - 0'),
];

function report(told: readonly string[]): Report {
  const readings = new Map<string, Reading>([
    ['next_boot.files', known(told, told.join('\n'))],
    ['sysctl.vm.swappiness', known(10, '10\n')],
    ['sysfs.use_zero_page', known(1, '1\n')],
    ['cmdline', known({}, '')],
    ['uname.release', known('6.1.0-50-amd64', '6.1.0-50-amd64\n')],
    ['uname.machine', known('x86_64', 'x86_64\n')],
  ]);
  const host: HostReport = createHostReport(ruleSet, sha256, { failOn: 'high' })(
    hostAt(22, { name: 'db1' }),
    { host: 'db1', reached: true, readings, tookMs: 1 },
    'all',
  );
  const header = toHeader({
    version: '0.0.0',
    startedAt: '1970-01-01T00:00:00Z',
    startedMs: Date.parse('1970-01-01T00:00:00Z'),
    inventory: ['inventory.yaml'],
    limit: undefined,
    profileOverride: undefined,
    gate: GATE,
    ruleSet,
  });
  return { header, hosts: [host], summary: summarise([host], { gate: GATE, rules: header.rules.length, tookMs: 1 }) };
}

function explained({ header, hosts }: Report, rule: string): string {
  const [host] = hosts;
  assert.ok(host);
  return explainHost(host, header, [], { rule, columns: 120 }).join('\n');
}

const SWAPPINESS = `
Who sets it, in the order of a boot
  vm.swappiness: 10 now, 30 after the next boot
    sysctl.d                 20  /etc/sysctl.d/50-a.conf:1  (overruled)
    sysctl.d                 30  /etc/sysctl.d/90-b.conf:1  ← wins
`;
const ZERO_PAGE = `
Who sets it, in the order of a boot
  /sys/kernel/mm/transparent_hugepage/use_zero_page: 1 now, 0 after the next boot
    tmpfiles.d               0  /etc/tmpfiles.d/z.conf:1  ← wins
`;

const READ = parseAsWritten(
  [...(FORMATS.get('json')?.render(report(TOLD), { includePasses: true, colour: false, columns: 80 }) ?? [])].join(''),
  'report.json',
);

for (const [name, told] of [
  ['a fresh report', report(TOLD)],
  ['a saved report', READ.value],
] as const)
  test(`${name} tells the history of declared facts as of its own`, () => {
    assert.ok(told, JSON.stringify(READ.diagnostics));
    const [swappiness, zeroPage] = [explained(told, 'mine-swappiness'), explained(told, 'mine-zero-page')];
    assert.ok(swappiness.includes(SWAPPINESS.trimEnd()), swappiness);
    assert.ok(zeroPage.includes(ZERO_PAGE.trimEnd()), zeroPage);
  });

test('files that were not searched for it have no history', () => {
  const text = explained(report(TOLD.filter((line) => !line.startsWith('asked '))), 'mine-swappiness');
  assert.match(text, /vm\.swappiness: 10 now, after the next boot not known/);
  assert.match(text, /the files were not searched for it/);
});
