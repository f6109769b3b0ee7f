import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test, { after } from 'node:test';
import { CHROMIUM, startBrowser } from '../../support/browser.js';
import { isHere } from '../../support/debian-tool.js';
import { within } from '../../support/within.js';
import { pageOf, REPORTS } from './canonical-pages.js';
import { FULL_REPORT } from './full-report.js';

/** No cell of a table is ever cut off, by its neighbour or by the edge, whatever the width and however large the numbers. */

const LIMIT = { timeout: within(120_000) } as const;
const WIDTHS = [390, 768, 1024, 1280, 1600, 1920];
/** A4 without the margins of `@page`: 182 mm at 96 pixels an inch. */
const PRINT_WIDTH = 688;

const OPEN_ALL = `for (const details of document.querySelectorAll('details')) details.open = true;
  for (const article of document.querySelectorAll('article.case')) article.style.contentVisibility = 'visible';`;

/** Every number of a table has six digits then. */
const LARGE_NUMBERS = `for (const cell of document.querySelectorAll('th, td')) {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode())
      if (cell.matches('.number') || node.parentElement?.closest('.number')) node.textContent = node.textContent.replaceAll(/\\d[\\d,]*/g, '123,456');
  }`;

interface Clipped {
  readonly text: string;
  readonly why: string;
}

const CLIPPED = `(() => {
  const found = [];
  const edge = document.documentElement.clientWidth;
  for (const cell of document.querySelectorAll('th, td')) {
    const box = cell.getBoundingClientRect();
    if (box.width === 0) continue;
    const range = document.createRange();
    range.selectNodeContents(cell);
    const text = range.getBoundingClientRect();
    const frame = cell.closest('.wide')?.getBoundingClientRect();
    const right = Math.min(edge, frame?.right ?? edge);
    const why =
      cell.scrollWidth > cell.clientWidth + 1 ? 'its text is wider than it'
      : text.width > 0 && (text.right > box.right + 1 || text.left < box.left - 1) ? 'its text runs over its edge'
      : text.bottom > box.bottom + 1 ? 'its text runs over its lower edge'
      : box.right > right + 1 ? 'it stands beyond the edge'
      : undefined;
    if (why !== undefined) found.push({ text: cell.innerText, why: why + ' (' + cell.className + ' ' + [box.left, box.right, text.left, text.right, text.bottom - box.bottom].map(Math.round).join(' ') + ')' });
  }
  return found;
})()`;

function inWords(all: readonly Clipped[]): string {
  return all
    .slice(0, 5)
    .map(({ text, why }) => `${JSON.stringify(text)}: ${why}`)
    .join('\n');
}

if (isHere(existsSync(CHROMIUM), CHROMIUM, 'chromium')) {
  const browser = await startBrowser();
  after(browser.close);

  for (const [name, report] of [
    ['a full report', FULL_REPORT],
    ['hostile', REPORTS['hostile']],
    ['waived', REPORTS['waived']],
  ] as const)
    test(`no cell is clipped: ${name}`, async (t) => {
      assert.ok(report);
      // Opened once, for that is what takes long: a reader who makes the window narrower does the same.
      await browser.open(pageOf(report), {}, async ({ page }) => {
        await page.evaluate(OPEN_ALL);
        const lookAt = (width: number | 'print', what: string) =>
          t.test(`${width === 'print' ? width : `${width} px`}, ${what}`, LIMIT, async () => {
            await page.emulateMedia({ media: width === 'print' ? 'print' : 'screen' });
            await page.setViewportSize({ width: width === 'print' ? PRINT_WIDTH : width, height: 900 });
            const many = await page.evaluate<number>('document.querySelectorAll("th, td").length');
            assert.ok(many > 20, 'there are tables');
            assert.equal(await page.evaluate('innerWidth'), width === 'print' ? PRINT_WIDTH : width);
            assert.equal(inWords(await page.evaluate<readonly Clipped[]>(CLIPPED)), '');
          });
        for (const width of [...WIDTHS, 'print'] as const) await lookAt(width, 'as it is');
        await page.evaluate(LARGE_NUMBERS);
        for (const width of [...WIDTHS, 'print'] as const) await lookAt(width, 'with six digits');
      });
    });

  test('what is clipped would be seen', LIMIT, async () => {
    const page = `<!doctype html><div class="wide" style="width:200px;overflow-x:auto"><table><tr><td style="min-width:150px">a</td><td style="min-width:150px">b</td></tr></table></div>
      <table style="table-layout:fixed;width:60px"><tr><td>anunbreakableword</td></tr></table>`;
    await browser.open([page], {}, async ({ page: opened }) => {
      const found = await opened.evaluate<readonly Clipped[]>(CLIPPED);
      assert.deepEqual(
        found.map(({ text }) => text),
        ['b', 'anunbreakableword'],
      );
    });
  });
}
