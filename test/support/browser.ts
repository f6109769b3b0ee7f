import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
  readonly width?: number;
}

/** What a page did that a page of ours must not do. */
export interface Watched {
  readonly page: Page;
  /** Addresses asked for, the page's own left out. */
  readonly requests: readonly string[];
  /** Console messages, errors, dialogs, and refusals by the content security policy. */
  readonly troubles: readonly string[];
}

async function watch(context: BrowserContext, address: string): Promise<Watched> {
  const page = await context.newPage();
  const requests: string[] = [];
  const troubles: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  page.on('console', (message) => troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address, { waitUntil: 'load' });
  return { page, requests, troubles };
}

export interface RealBrowser {
  /** Opens a page from a file, in a context of its own, and hands it to `use`. */
  readonly open: (html: Iterable<string>, look: Look, use: (watched: Watched) => Promise<void>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Chromium with a new, empty profile. */
export async function startBrowser(): Promise<RealBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-page-'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  let files = 0;
  return {
    open: async (html, { colorScheme = 'light', javaScriptEnabled = true, width = 1280 }, use) => {
      files += 1;
      const file = join(folder, `${files}.html`);
      writeFileSync(file, [...html].join(''));
      const context = await browser.newContext({ colorScheme, javaScriptEnabled, viewport: { width, height: 900 } });
      try {
        await use(await watch(context, pathToFileURL(file).href));
      } finally {
        await context.close();
      }
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
