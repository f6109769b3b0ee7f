import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test, { after } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { html as htmlFormat } from '../../../src/report/formats/html.js';
import { byteLength } from '../../../src/render/markdown.js';
import { CHROMIUM, startBrowser, type Look } from '../../support/browser.js';
import { isHere } from '../../support/debian-tool.js';
import { HOSTILE } from '../../support/report/hostile.js';
import { fleetOf, OPTIONS } from './fleet.js';
import { pageOf, REPORTS } from './canonical-pages.js';
import { within } from '../../support/within.js';

function reportOf(name: string): (typeof REPORTS)[string] {
  return REPORTS[name] ?? assert.fail();
}

/** On an idle machine a second; this bound is for one that is busy with other tests. */
const MAX_OPEN_MS = 20_000;
/** A page that hangs is a failure, not a wait. */
const LIMIT = { timeout: within(120_000) } as const;
const MAX_BYTES = 15_000_000;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Strings, because the page's world has names that this one has not. What is not laid out yet cannot be judged. */
const OPEN_ALL = `for (const details of document.querySelectorAll('details')) details.open = true;
  for (const article of document.querySelectorAll('article.case')) article.style.contentVisibility = 'visible';`;
const AXE = `${axe.source}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`;

const LOOKS: readonly Look[] = [
  { colorScheme: 'light' },
  { colorScheme: 'dark' },
  { colorScheme: 'light', javaScriptEnabled: false },
  { colorScheme: 'dark', javaScriptEnabled: false },
  { colorScheme: 'light', width: 390 },
];

/** Waits until the filter has counted. */
function counted(page: Page, hasText: RegExp): Promise<void> {
  return page.locator('#filter-count', { hasText }).waitFor();
}

const AXE_PAGES: readonly (readonly [name: string, looks: readonly Look[]])[] = [
  ['machines', LOOKS],
  ['drifted', LOOKS.slice(0, 2)],
  ['waived', LOOKS.slice(0, 1)],
  ['groups', LOOKS.slice(0, 1)],
  ['empty', LOOKS.slice(0, 1)],
];

function lookInWords({ colorScheme = 'light', javaScriptEnabled = true, width = 1280 }: Look): string {
  return `${colorScheme}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript, ${width} px`;
}

if (isHere(existsSync(CHROMIUM), CHROMIUM, 'chromium')) {
  const browser = await startBrowser();
  after(browser.close);

  test('hostile texts open nothing, run nothing and ask for nothing', LIMIT, async () => {
    await browser.open(pageOf(reportOf('hostile')), {}, async ({ page, requests, troubles }) => {
      assert.deepEqual(requests, []);
      assert.deepEqual(troubles, []);
      const seen = await page.evaluate<{
        readonly foreign: readonly string[];
        readonly scripts: number;
        readonly handlers: number;
        readonly links: readonly string[];
      }>(`({
        foreign: [...document.querySelectorAll('img, iframe, object, embed, link, base, video, audio, template, foreignObject, math')].map((element) => element.outerHTML),
        scripts: document.scripts.length,
        handlers: [...document.querySelectorAll('*')].filter((element) => [...element.attributes].some(({ name }) => name.startsWith('on') || name === 'style')).length,
        links: [...document.links].map((link) => link.protocol),
      })`);
      assert.deepEqual(seen.foreign, []);
      assert.deepEqual([seen.scripts, seen.handlers], [1, 0]);
      assert.deepEqual(
        seen.links.filter((protocol) => !['file:', 'https:', 'http:'].includes(protocol)),
        [],
      );
      const text = await page.evaluate<string>(`${OPEN_ALL} document.body.innerText`);
      for (const each of [HOSTILE.formula, HOSTILE.quotes, '\\u202etxt.exe', '\\x1b[2J', '日本語'])
        assert.ok(text.includes(each), each);
    });
  });

  test('the page would be seen to ask for something, to run something, and to be refused', LIMIT, async () => {
    const page =
      '<!doctype html><meta http-equiv="Content-Security-Policy" content="script-src \'none\'"><img src="http://127.0.0.1:9/x"><script>alert(1)</script>';
    await browser.open([page], {}, async ({ requests, troubles }) => {
      assert.deepEqual(requests, ['http://127.0.0.1:9/x']);
      assert.ok(troubles.some((text) => text.includes('Content Security Policy')));
    });
  });

  for (const [name, looks] of AXE_PAGES)
    for (const look of looks)
      test(`axe finds nothing to complain of: ${name}, ${lookInWords(look)}`, LIMIT, async () => {
        // axe is JavaScript itself: what it is to judge without is the page with its own script taken out.
        const html =
          look.javaScriptEnabled === false
            ? pageOf(reportOf(name)).replace(/<script>.*?<\/script>/s, '')
            : pageOf(reportOf(name));
        await browser.open(html, { ...look, javaScriptEnabled: true }, async ({ page, requests, troubles }) => {
          await page.evaluate(OPEN_ALL);
          const violations = await page.evaluate<readonly Violation[]>(AXE);
          assert.deepEqual(
            violations.map(
              ({ id, nodes }) =>
                `${id}: ${nodes
                  .map((node) => `${node.html} ${node.failureSummary ?? ''}`)
                  .slice(0, 3)
                  .join(' | ')}`,
            ),
            [],
          );
          assert.deepEqual([requests, troubles], [[], []]);
          const overflow = await page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          assert.equal(overflow, 0, 'nothing is wider than the window');
        });
      });

  test(
    'hosts are searched and filtered; without JavaScript nobody is offered that, and all of it opens',
    LIMIT,
    async () => {
      await browser.open(pageOf(fleetOf(120)), {}, async ({ page }) => {
        const count = page.locator('#filter-count');
        await page.locator('#filter-text').fill('host00007');
        await counted(page, /^1 of/);
        assert.equal(await page.locator('li.host:visible').count(), 1);
        await page.locator('#filter-text').fill('');
        await page.locator('#filter-status').selectOption('unreachable');
        await counted(page, /^10 of/);
        assert.equal(await count.textContent(), '10 of 120 hosts');
        await page.locator('#filter-status').selectOption('');
        await page.locator('#filter-text').fill('rack-1 founding-incident');
        await counted(page, /^\d of 120/);
        for (const article of await page.locator('article.case:visible').all())
          assert.match((await article.textContent()) ?? '', /founding-incident/);
      });
      await browser.open(pageOf(fleetOf(120)), { javaScriptEnabled: false }, async ({ page }) => {
        assert.equal(await page.locator('#filter').isVisible(), false);
        const list = page.locator('details.list').first();
        assert.equal(await list.locator('li.host').first().isVisible(), false);
        await list.locator('> summary').click();
        assert.equal(await list.locator('li.host').first().isVisible(), true);
      });
    },
  );

  test('the keyboard leads past the contents, and opens what is closed', LIMIT, async () => {
    await browser.open(pageOf(reportOf('machines')), {}, async ({ page }) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
      const chain = page.locator('details.chain').first();
      await chain.locator('> summary').focus();
      await page.keyboard.press('Enter');
      assert.equal(await chain.locator('.steps').isVisible(), true);
      await page.evaluate(`document.querySelector('a[href="#rule-founding-incident"]').click()`);
      await page.locator('#rule-founding-incident').waitFor({ state: 'visible' });
    });
  });

  test('it prints on A4, what is closed too, without JavaScript as well', LIMIT, async () => {
    for (const javaScriptEnabled of [true, false])
      await browser.open(pageOf(reportOf('machines')), { javaScriptEnabled, colorScheme: 'dark' }, async ({ page }) => {
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        const sizes = new Set(
          [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(
            ([, width, height]) => `${Math.round(Number(width))} x ${Math.round(Number(height))}`,
          ),
        );
        assert.deepEqual([...sizes], ['595 x 842']);
        await page.emulateMedia({ media: 'print' });
        assert.ok(((await page.locator('details.chain .steps li').first().boundingBox())?.height ?? 0) > 10);
        assert.equal(await page.locator('nav.contents').isVisible(), false);
      });
  });

  test('10,000 hosts open quickly, and in less than 15 MB', LIMIT, async () => {
    const page = [...htmlFormat.render(fleetOf(10_000), OPTIONS)];
    const bytes = page.reduce((sum, chunk) => sum + byteLength(chunk), 0);
    assert.ok(bytes < MAX_BYTES, `${bytes} bytes`);
    await browser.open(page, {}, async ({ page: opened, troubles }) => {
      const ms = await opened.evaluate<number>(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))',
      );
      assert.equal(await opened.locator('li.host').count(), 10_000);
      assert.deepEqual(troubles, []);
      assert.ok(ms < MAX_OPEN_MS, `${Math.round(ms)} ms`);
      console.log(`10,000 hosts: ${(bytes / 1e6).toFixed(1)} MB, open after ${Math.round(ms)} ms`);
    });
  });
}
