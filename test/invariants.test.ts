/** The seven invariants of ARCHITECTURE.md, each as a property of the whole core: shipped policies, real facts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Host } from '../src/model/host.js';
import type { HostOutcome } from '../src/model/outcome.js';
import { type Reading, type Readings, unreadable } from '../src/model/reading.js';
import { SEVERITIES } from '../src/model/verdict.js';
import { loadInventory } from '../src/inventory/load-inventory.js';
import { selectHosts } from '../src/inventory/patterns/select-hosts.js';
import { toAlternatives } from '../src/policy/alternatives.js';
import { applyRule } from '../src/policy/apply-rule.js';
import { loadPolicies } from '../src/policy/load.js';
import { packagesBody } from '../src/probe/packages-script.js';
import { rootScript } from '../src/probe/root-script.js';
import { BOOT_AWK } from '../src/probe/boot/boot-awk.js';
import { probeScript } from '../src/probe/script.js';
import { smallAwk } from '../src/probe/wire-form.js';
import { FORMATS } from '../src/report/formats/index.js';
import { openFleetReport } from '../src/run/fleet-report.js';
import { toHeader } from '../src/run/header.js';
import { summarise } from '../src/verdict/summary.js';
import { ALL_FACTS, PROFILES, recordedHost, RULE_SET, withDerived } from './support/shipped-policies.js';
import { arbitraryReport } from './support/report/arbitrary.js';

const BASE = recordedHost('debian-12') ?? assert.fail('no recorded host');
const RAW_FACTS = ALL_FACTS.filter(({ id }) => BASE.has(id));
const GATE = { failOn: 'high', minCoverage: 100, allowEmpty: false, exitZero: false } as const;

/** One fact changed to something else that it may be, or to what cannot be read. */
const change: fc.Arbitrary<readonly [string, Reading]> = fc
  .constantFrom(...RAW_FACTS)
  .chain((fact) =>
    fc
      .constantFrom(...toAlternatives(fact, []), unreadable('denied', 'no'), unreadable('timed-out', 'no'))
      .map((reading) => [fact.id, reading] as const),
  );
const machine: fc.Arbitrary<Readings> = fc
  .array(change, { maxLength: 12 })
  .map((changes) => new Map([...BASE, ...changes]));

function outcomeOf(host: string): fc.Arbitrary<HostOutcome> {
  return fc.oneof(
    { weight: 3, arbitrary: machine.map((readings): HostOutcome => ({ host, reached: true, readings, tookMs: 1 })) },
    {
      weight: 1,
      arbitrary: fc.constant<HostOutcome>({
        host,
        reached: false,
        failure: { code: 'refused', detail: 'no' },
        tookMs: 1,
      }),
    },
  );
}

function hostNamed(name: string, profile: string): Host {
  return {
    name,
    address: name,
    port: 22,
    identityFiles: [],
    profile,
    groups: ['all-of-them'],
    labels: {},
    transport: 'ssh2',
    at: { file: 'inventory.yaml', line: 1, column: 1 },
  };
}

const fleet = fc
  .array(fc.constantFrom(...PROFILES.keys()), { minLength: 1, maxLength: 4 })
  .chain((profiles) =>
    fc.tuple(
      ...profiles.map((profile, index) =>
        outcomeOf(`host${index}`).map((outcome) => ({ host: hostNamed(`host${index}`, profile), outcome })),
      ),
    ),
  );

const header = toHeader({
  version: '0',
  startedAt: '1970-01-01T00:00:00Z',
  startedMs: Date.parse('1970-01-01T00:00:00Z'),
  inventory: ['inventory.yaml'],
  limit: undefined,
  profileOverride: undefined,
  gate: GATE,
  ruleSet: RULE_SET,
});

/** The report of these hosts, taken in the order given; a host whose place is not in it was not asked. */
function reportOf(hosts: readonly { readonly host: Host; readonly outcome: HostOutcome }[], order: readonly number[]) {
  const report = openFleetReport({
    hosts: hosts.map(({ host }) => host),
    ruleSet: RULE_SET,
    profileOverride: undefined,
    gate: GATE,
  });
  for (const index of order) {
    const one = hosts[index];
    if (one !== undefined) report.take(one.host, index, one.outcome);
  }
  return report;
}

test('1. conservation: verdicts == selected hosts × loaded rules, and an unreachable host has an error for every rule', () => {
  fc.assert(
    fc.property(fleet, (hosts) => {
      const making = reportOf(hosts, [...hosts.keys()]);
      const { hosts: reports, summary } = making.finish(header, AbortSignal.abort(), { gate: GATE, tookMs: 1 });
      let verdicts = 0;
      for (const report of reports) {
        assert.deepEqual(
          report.verdicts.map(({ rule }) => rule),
          RULE_SET.rules.map(({ id }) => id),
        );
        if (report.failure !== undefined) assert.ok(report.verdicts.every(({ result }) => result === 'error'));
        verdicts += report.verdicts.length;
      }
      assert.equal(verdicts, hosts.length * RULE_SET.rules.length);
      assert.equal(
        Object.values(summary.results).reduce((sum, count) => sum + count, 0),
        verdicts,
      );
      making.close();
    }),
    { numRuns: 25 },
  );
});

test('2. no pass without evidence: a pass stands whatever an unreadable fact behind it might have been', () => {
  fc.assert(
    fc.property(machine, fc.constantFrom(...RAW_FACTS), fc.constantFrom(...RULE_SET.rules), (readings, fact, rule) => {
      const blind = new Map([...readings, [fact.id, unreadable('denied', 'no')]]);
      if (applyRule(rule, withDerived(blind)).result !== 'pass') return;
      for (const alternative of toAlternatives(fact, [...rule.requires.literals])) {
        const { result, because } = applyRule(rule, withDerived(new Map([...readings, [fact.id, alternative]])));
        assert.equal(
          result,
          'pass',
          `${rule.id} passes without ${fact.id}, and with ${JSON.stringify(alternative)} does not: ${because}`,
        );
      }
    }),
    { numRuns: 150 },
  );
});

test('3. nothing checked is not compliant', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const { exitCode } = summarise(report.hosts, {
        gate: report.header.gate,
        rules: report.header.rules.length,
        tookMs: 1,
      });
      for (const host of report.hosts)
        if (host.status === 'clean' || host.status === 'lesser')
          assert.ok(
            host.verdicts.some(({ result }) => result === 'pass' || result === 'fail'),
            `${host.host} is compliant and nothing was checked`,
          );
      if (exitCode === 0 && !report.header.gate.exitZero && !report.header.gate.allowEmpty)
        assert.ok(
          report.hosts.some(({ verdicts }) => verdicts.some(({ result }) => result === 'pass' || result === 'fail')),
        );
    }),
  );
});

test('4. a run with a hole is not a run: a host that was not asked stands in the report, and the code says so', () => {
  fc.assert(
    fc.property(
      fleet.chain((hosts) => fc.tuple(fc.constant(hosts), fc.subarray([...hosts.keys()]))),
      ([hosts, asked]) => {
        const making = reportOf(hosts, asked);
        const report = making.finish(header, AbortSignal.abort(), { gate: GATE, tookMs: 1, interruptedBy: 'SIGINT' });
        const names = [...report.hosts].map(({ host, failure }) => [host, failure?.code === 'interrupted']);
        assert.deepEqual(
          names,
          hosts.map(({ host }, index) => [host.name, !asked.includes(index)]),
        );
        assert.equal(report.summary.exitCode, 130);
        making.close();
      },
    ),
    { numRuns: 25 },
  );
});

/** The word with one letter changed: never a word of the vocabulary itself. */
function misspelt(words: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...words), fc.nat(), fc.constantFrom('q', 'x', 'z'))
    .map(([word, at, letter]) => `${word.slice(0, at % word.length)}${letter}${word.slice((at % word.length) + 1)}`)
    .filter((word) => !words.includes(word));
}

function policy(requires: string, grade: string): string {
  return `policy: p\ntitle: t\nrules:\n  - { id: r, title: t, severity: ${grade}, requires: '${requires}', because: x }\n`;
}
function inventory(host: string): string {
  return `hosts:\n  - { name: a1, ${host} }\n`;
}

test('5. closed vocabularies: a word that is not in one is an error', () => {
  const facts = ALL_FACTS.map(({ id }) => id);
  fc.assert(
    fc.property(
      misspelt(facts.filter((id) => !/^cmdline$/.test(id))),
      misspelt([...SEVERITIES]),
      misspelt([...PROFILES.keys()]),
      misspelt([...FORMATS.keys()]),
      (fact, severity, profile, format) => {
        assert.equal(
          loadPolicies([{ file: 'p.yaml', text: policy('uname.sysname == "Linux"', 'high') }], ALL_FACTS).diagnostics
            .length,
          0,
        );
        assert.equal(
          loadPolicies([{ file: 'p.yaml', text: policy(`has(${fact})`, 'high') }], ALL_FACTS).value,
          undefined,
          fact,
        );
        assert.equal(
          loadPolicies([{ file: 'p.yaml', text: policy('uname.sysname == "Linux"', severity) }], ALL_FACTS).value,
          undefined,
          severity,
        );
        assert.equal(
          loadInventory([{ file: 'i.yaml', text: inventory(`profile: '${profile}'`) }], {
            profiles: [...PROFILES.keys()],
          }).value,
          undefined,
          profile,
        );
        assert.equal(
          loadInventory([{ file: 'i.yaml', text: inventory(`'${fact}': 1`) }], { profiles: [] }).value,
          undefined,
        );
        const { value } = loadInventory([{ file: 'i.yaml', text: 'hosts: [a1]' }], { profiles: [] });
        assert.ok(value !== undefined && selectHosts(value, `${profile}-is-no-host`).value === undefined);
        assert.ok(!FORMATS.has(format));
      },
    ),
    { numRuns: 60 },
  );
});

test('6. same input, same bytes: whatever the order in which hosts answered and facts were read', () => {
  fc.assert(
    fc.property(
      fleet.chain((hosts) =>
        fc.tuple(fc.constant(hosts), fc.shuffledSubarray([...hosts.keys()], { minLength: hosts.length })),
      ),
      ([hosts, order]) => {
        const turned = hosts.map(({ host, outcome }) => ({
          host,
          outcome: outcome.reached ? { ...outcome, readings: new Map([...outcome.readings].toReversed()) } : outcome,
        }));
        const one = reportOf(hosts, [...hosts.keys()]);
        const other = reportOf(turned, order);
        const options = { gate: GATE, tookMs: 1 };
        const [first, second] = [
          one.finish(header, AbortSignal.abort(), options),
          other.finish(header, AbortSignal.abort(), options),
        ];
        for (const format of FORMATS.values()) {
          const render = (report: typeof first): string =>
            [...format.render(report, { includePasses: true, colour: false, columns: 120 })].join('');
          assert.equal(render(second), render(first), format.id);
        }
        one.close();
        other.close();
      },
    ),
    { numRuns: 10 },
  );
});

/** As it is sent. */
const SENT_BOOT_AWK = smallAwk(BOOT_AWK);

test('7. read-only and discreet: whatever the nonce, the scripts name nothing that blocks on mmap_sem and write to nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const script = `${probeScript(Buffer.from(bytes).toString('hex'))}\n${packagesBody()}\n${rootScript()}`.replace(
        /^\s*#.*$/gm,
        '',
      );
      assert.doesNotMatch(
        script,
        /\/(cmdline|environ|maps|smaps|mem|stack|wchan)\b(?<!\/(?:proc|etc\/kernel)\/cmdline)/,
      );
      assert.doesNotMatch(script, /\b(ps|pgrep|pidof|top|sudo|eval)\b(?![^\n]*-v \w+=')/);
      // Output goes to descriptors and to /dev/null, never to a file.
      for (const [, target = ''] of script
        .replace(BOOT_AWK.replace(/^\s*#.*$/gm, ''), '')
        .replace(SENT_BOOT_AWK, '')
        .matchAll(/(?<![<>=$({'"\\-])>{1,2}\s*([^\s;|)}]+)/g))
        assert.match(target, /^(&\d|&-|\/dev\/null|[0-9(=])/, `writes to ${target}`);
    }),
    { numRuns: 20 },
  );
});
