import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateState } from '../../src/news/gate-state.js';
import { allNews } from '../support/report/all-news.js';
import { rememberedBaseline } from '../../src/news/remembered-baseline.js';
import { indexBaseline, withDrift } from '../../src/verdict/drift.js';
import type { HostPlan } from '../support/history/reports.js';
import { night, rememberedOf, withWaivers } from '../support/told-runs.js';

const GOOD: HostPlan = { host: 'good', judged: { 'panic-freezes': 'pass', 'thp-always': 'pass' } };
const BAD: HostPlan = {
  host: 'bad',
  judged: { 'panic-freezes': 'fail', 'thp-always': { result: 'fail', severity: 'low' } },
};
const WAIVED: HostPlan = {
  host: 'bad',
  judged: { 'panic-freezes': { result: 'fail', waiver: 'W0' }, 'thp-always': 'pass' },
};
const OPEN: HostPlan = { host: 'bad', judged: { 'panic-freezes': 'unknown', 'thp-always': 'pass' } };
const LOST: HostPlan = { host: 'bad', judged: 'unreachable' };
const MENDED: HostPlan = { ...GOOD, host: 'bad' };

interface Turn {
  readonly before: readonly HostPlan[];
  readonly now: readonly HostPlan[];
  readonly occasions: readonly string[];
}

const TURNS: Readonly<Record<string, Turn>> = {
  'nothing changed': { before: [GOOD, BAD], now: [GOOD, BAD], occasions: [] },
  'nothing changed, and nothing fails': { before: [GOOD], now: [GOOD], occasions: [] },
  'it fails now': { before: [GOOD, MENDED], now: [GOOD, BAD], occasions: ['gate', 'new-findings'] },
  'a second host fails': { before: [GOOD, BAD], now: [{ ...BAD, host: 'good' }, BAD], occasions: ['new-findings'] },
  'it is mended': { before: [GOOD, BAD], now: [GOOD, MENDED], occasions: ['gate'] },
  'only a low finding is new': {
    before: [GOOD],
    now: [{ host: 'good', judged: { 'panic-freezes': 'pass', 'thp-always': { result: 'fail', severity: 'low' } } }],
    occasions: [],
  },
  'a failing host stops answering': { before: [GOOD, BAD], now: [GOOD, LOST], occasions: ['gate', 'unknown-hosts'] },
  'a fact cannot be read any more': { before: [GOOD, MENDED], now: [GOOD, OPEN], occasions: ['gate', 'unknown-hosts'] },
  'it still does not answer': { before: [GOOD, LOST], now: [GOOD, LOST], occasions: [] },
  'a new host does not answer': { before: [GOOD], now: [GOOD, LOST], occasions: ['gate'] },
  'it answers again, and passes': { before: [GOOD, LOST], now: [GOOD, MENDED], occasions: ['gate'] },
  'a waiver covers it now': { before: [GOOD, BAD], now: [GOOD, WAIVED], occasions: ['gate'] },
  'no waiver covers it now': { before: [GOOD, WAIVED], now: [GOOD, BAD], occasions: ['gate', 'new-findings'] },
};

for (const [name, { before: then, now, occasions }] of Object.entries(TURNS))
  test(`what is told when ${name}`, () => {
    const [before, after] = [night(1, then), night(2, now)];
    const { occasions: told } = allNews(after, rememberedOf(before, gateState(before.summary)));
    assert.deepEqual(told, occasions);
    // Whatever it was told, the same night again is no news.
    assert.deepEqual(allNews(after, rememberedOf(after, gateState(after.summary))).occasions, []);
  });

test('the first message says what is open, and calls nothing new', () => {
  const news = allNews(night(1, [GOOD, BAD, { ...LOST, host: 'gone' }]), undefined);
  assert.deepEqual(news.occasions, ['first']);
  assert.equal(news.newFindings.total, 0);
  assert.deepEqual(
    news.open?.findings.rules.map(({ rule, hosts }) => [rule, hosts]),
    [['panic-freezes', ['bad']]],
  );
  assert.deepEqual(news.open?.unknown.reasons, [
    { why: 'connect-timed-out: it did not answer in time', total: 1, hosts: ['gone'] },
  ]);
});

test('once a week all that is open is told, though nothing changed', () => {
  const monday = night(2, [BAD]);
  const told = (number: number) => allNews(night(number, [BAD]), rememberedOf(monday, 'failing')).occasions;
  assert.deepEqual(
    [3, 5, 8, 9, 10].map((number) => told(number)),
    [[], [], [], ['weekly'], ['weekly']],
  );
  // A timer that starts within half an hour is no reason to wait a night more.
  const early = { ...rememberedOf(monday, 'failing'), summaryAt: '2026-11-02T02:45:00Z' };
  assert.deepEqual(allNews(night(9, [BAD]), early).occasions, ['weekly']);
  assert.equal(allNews(night(9, [BAD]), early).open?.findings.total, 1);
});

test('a waiver that ended since, and is needed, is told', () => {
  const then = night(2, [WAIVED]);
  const of = (state: 'expired' | 'in-force', expires: string, matches: number) =>
    allNews(withWaivers(night(3, [BAD]), [{ state, expires, matches }]), rememberedOf(then, 'passing')).endedWaivers
      .length;
  assert.equal(of('expired', '2026-11-03T00:00:00Z', 2), 1);
  assert.equal(of('expired', '2026-11-03T00:00:00Z', 0), 0);
  assert.equal(of('expired', '2026-11-01T00:00:00Z', 2), 0);
  assert.equal(of('in-force', '2026-11-04T00:00:00Z', 2), 0);
});

test('another gate makes no old finding a new one', () => {
  const [then, now] = [night(1, [BAD]), night(2, [BAD])];
  const lower = { ...now, header: { ...now.header, gate: { ...now.header.gate, failOn: 'low' as const } } };
  assert.equal(allNews(lower, rememberedOf(then, 'failing')).newFindings.total, 0);
});

test('what --exit-zero lets through is failing all the same', () => {
  assert.equal(gateState({ exitCode: 0, insteadOf: 1 }), 'failing');
  assert.equal(gateState({ exitCode: 0, insteadOf: 3 }), 'incomplete');
  assert.equal(gateState({ exitCode: 0 }), 'passing');
  assert.equal(gateState({ exitCode: 143 }), 'broken');
});

test('without a history the baseline says what is new', () => {
  const [then, now] = [
    night(1, [GOOD, MENDED, { ...MENDED, host: 'c' }]),
    night(2, [GOOD, BAD, { ...LOST, host: 'c' }]),
  ];
  const past = indexBaseline(then);
  const drifted = { ...now, hosts: [...now.hosts].map((host) => withDrift(host, past)) };
  const baseline = {
    runId: 'night-1',
    startedAt: then.header.startedAt,
    from: 'x',
    gone: [],
    notSelected: 0,
    newRules: [],
    goneRules: [],
  };
  const news = allNews(drifted, rememberedBaseline({ baseline }, 'passing'));
  assert.deepEqual(news.occasions, ['gate', 'new-findings', 'unknown-hosts']);
  assert.deepEqual(news.newFindings.rules[0]?.hosts, ['bad']);
  assert.deepEqual(news.unknownHosts.reasons[0]?.hosts, ['c']);
  assert.equal(rememberedBaseline({}, 'passing'), undefined);
});

test('of many alike the first are named and all are counted', () => {
  const many = Array.from({ length: 1000 }, (_, index): HostPlan => ({ ...BAD, host: `h${index}` }));
  const { newFindings } = allNews(night(2, many), rememberedOf(night(1, []), 'passing'));
  assert.equal(newFindings.total, 1000);
  assert.equal(newFindings.rules[0]?.total, 1000);
  assert.equal(newFindings.rules[0]?.hosts.length, 50);
});
