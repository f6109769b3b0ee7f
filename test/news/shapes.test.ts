import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { headline } from '../../src/news/in-words.js';
import { allNews } from '../support/report/all-news.js';
import { NewsSchema } from '../../src/news/schema.js';
import { newsJson } from '../../src/news/shapes/json.js';
import { mailText } from '../../src/news/shapes/mail.js';
import { slackMessage } from '../../src/news/shapes/slack.js';
import { teamsMessage } from '../../src/news/shapes/teams.js';
import type { HostPlan } from '../support/history/reports.js';
import { HOSTILE } from '../support/report/hostile.js';
import { night, RULES, rememberedOf, withWaivers } from '../support/told-runs.js';

/** Names and labels that each of the ways would take for something else. */
const NAMES = [
  ...Object.values(HOSTILE),
  '<!channel> <@U123> <https://evil.example|click>',
  '@channel @here &lt;',
  '[click](https://evil.example) **bold** <at>All</at>',
  'a\r\nBcc: everybody@example.com\r\n\r\nbody',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '=?utf-8?q?=0ABcc:_x?=',
];

const BAD = (host: string): HostPlan => ({ host, judged: Object.fromEntries(RULES.map((rule) => [rule, 'fail'])) });
const LOST = (host: string): HostPlan => ({ host: `lost ${host}`, judged: 'unreachable' });

const then = night(
  1,
  NAMES.map((name) => ({ ...LOST(name), judged: { 'panic-freezes': 'pass' as const } })),
);
const now = withWaivers(
  night(
    9,
    NAMES.flatMap((name) => [BAD(name), LOST(name)]),
  ),
  [{ state: 'expired', expires: '2026-11-05T00:00:00Z', id: NAMES.at(-3) ?? '', owner: NAMES.at(-6) ?? '' }],
);
const hostile = allNews(now, { ...rememberedOf(then, 'passing'), summaryAt: then.header.startedAt });
const huge = allNews(
  night(
    2,
    Array.from({ length: 5000 }, (_, index) => BAD(`${index}-${'very-long-name-'.repeat(12)}.example.com`)),
    [...RULES, ...Array.from({ length: 60 }, (_, index) => `rule-${index}`)],
  ),
  undefined,
);
const quiet = allNews(night(1, [{ host: 'a', judged: { 'panic-freezes': 'pass' } }]), undefined);
const ALL = { hostile, huge, quiet };

for (const [name, news] of Object.entries(ALL)) {
  test(`${name}: JSON is as its schema says`, () => {
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(NewsSchema);
    const text = newsJson(news);
    assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
    assert.equal(text.trimEnd().split('\n').length, 1);
  });

  test(`${name}: Slack takes it, and nothing in it is markup`, () => {
    const message = slackMessage(news);
    assert.ok(message.blocks.length <= 50);
    assert.doesNotMatch(message.text, /[<>]/);
    let characters = 0;
    for (const { type, text } of message.blocks) {
      assert.equal(text.type, 'plain_text');
      assert.ok(
        text.text.length > 0 && text.text.length <= (type === 'header' ? 150 : 3000),
        `${type} ${text.text.length}`,
      );
      characters += text.text.length;
    }
    assert.ok(characters <= 13_000, `${characters}`);
  });

  test(`${name}: Teams takes it, and reads no Markdown in it`, () => {
    const message = teamsMessage(news);
    assert.ok(Buffer.byteLength(JSON.stringify(message)) <= 28 * 1024);
    const [attachment] = message.attachments;
    assert.equal(attachment?.contentType, 'application/vnd.microsoft.card.adaptive');
    for (const block of attachment?.content.body ?? []) {
      assert.equal(block.type, 'RichTextBlock');
      for (const run of block.inlines) assert.equal(run.type, 'TextRun');
    }
    assert.ok(!JSON.stringify(message).includes('"entities"'));
  });

  test(`${name}: a mail has one line for its subject, short lines, and no tag of anybody else`, () => {
    const { subject, text, html } = mailText(news);
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    assert.doesNotMatch(subject, /[\u0000-\u001f\u007f-\u009f]/);
    assert.ok(subject.length <= 140);
    assert.ok(text.split('\n').every((line) => line.length <= 998));
    const tags = new Set([...html.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)].map(([, tag]) => tag));
    assert.deepEqual(
      [...tags].filter(
        (tag) => !['!doctype', 'html', 'head', 'meta', 'body', 'h1', 'h2', 'ul', 'li'].includes(tag ?? ''),
      ),
      [],
    );
  });
}

test('the same news give the same bytes', () => {
  assert.equal(newsJson(hostile), newsJson(structuredClone(hostile)));
});

test('a reader of the first line knows what happened', () => {
  assert.equal(
    headline(hostile),
    `kernward: the gate is failing, was passing; ${NAMES.length * 2} new findings; ${NAMES.length} hosts no longer known; 1 waiver ended; the week in short`,
  );
  assert.equal(headline(quiet), 'kernward: the gate is passing');
});

test('a mail, as it is read', () => {
  const before = night(1, [
    { host: 'web1', judged: { 'panic-freezes': 'pass' } },
    { host: 'db1', judged: { 'panic-freezes': 'pass' } },
  ]);
  const report = withWaivers(
    night(2, [
      ...['web1', 'web2', 'web3'].map((host): HostPlan => ({ host, judged: { 'panic-freezes': 'fail' } })),
      { host: 'db1', judged: 'unreachable' },
    ]),
    [{ id: 'OPS-7', state: 'expired', expires: '2026-11-02T00:00:00Z', owner: 'web team', matches: 3 }],
  );
  assert.equal(
    mailText(allNews(report, rememberedOf(before, 'passing'))).text,
    `kernward: the gate is failing, was passing; 3 new findings; 1 host no longer
known; 1 waiver ended
  exit 1: not compliant: 3 unwaived fails of severity high or above on 3
    hosts; incomplete too: 1 host was not reached
  hosts: 4: 3 failing (high or above), 1 not reached

New at the gate (high or above): 3 findings
  high panic-freezes: 3 hosts, web[1-3]

No longer known: 1 host
  connect-timed-out: it did not answer in time: 1 host, db1

Waivers that have ended: 1
  OPS-7 (thp-always on all, web team): 2026-11-02T00:00:00Z, 3 results

The run
  2026-11-02T02:15:00Z, fleet.yaml, run night-2
  what is new is new since the run of 2026-11-01T02:15:00Z
`,
  );
});
