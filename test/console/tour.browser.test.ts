import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { InProcessRunner } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { ROOT } from '../support/source-files.ts';
import { seriousFaults } from './accessibility.ts';
import { startConsole, visit } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

/** `UPDATE_DOCS=1` renews the pictures that the documentation shows. */
const PICTURES = process.env.UPDATE_DOCS === '1' ? join(ROOT, 'docs', 'images') : null;

/** The pictures there are: to add one, put an empty file of its name there. */
const SHOWN: readonly string[] = readdirSync(join(ROOT, 'docs', 'images'));

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

let runner: InProcessRunner;
let browser: Browser;
let shop: Shop;

before(async () => {
  [runner, browser] = await startConsole();
  shop = await openShop(runner);
});
after(async () => {
  await browser.close();
  await shop.close();
  await runner.stop();
});

interface Stop {
  /** Of the picture. */
  readonly name: string;
  path(): string;
  /** What shows that the page is complete. */
  readonly shows: string | RegExp;
  /** Judged in dark too; pages made of the same parts need it once. */
  readonly dark?: boolean;
}

const CONSUMER: readonly Stop[] = [
  { dark: true, name: 'subscriptions', path: () => '/subscriptions', shows: 'Last 5 delivered' },
  { name: 'subscription', path: () => `/subscriptions/${shop.ids.crm}`, shows: 'order.approved' },
  {
    dark: true,
    name: 'disabled',
    path: () => `/subscriptions/${shop.ids.legacy}`,
    shows: 'Disabled by the system',
  },
  {
    name: 'settings',
    path: () => `/subscriptions/${shop.ids.analytics}?tab=settings`,
    shows: '20 per second',
  },
  {
    dark: true,
    name: 'secret',
    path: () => `/subscriptions/${shop.ids.crm}?tab=secret`,
    shows: 'standardwebhooks',
  },
  {
    name: 'edit',
    path: () => `/subscriptions/${shop.ids.analytics}/edit`,
    shows: /This event would/,
  },
  { dark: true, name: 'delivery', path: () => `/deliveries/${shop.late}`, shows: 'Attempt 3: HTTP 200' },
  { name: 'deliveries', path: () => '/deliveries', shows: 'HTTP 503' },
  { name: 'event-types', path: () => '/event-types', shows: 'A new order came in.' },
  { name: 'event-type', path: () => '/event-types/order.created', shows: '9007199254740993' },
];
const OPERATOR: readonly Stop[] = [
  { dark: true, name: 'overview', path: () => '/overview?span=15m', shows: 'Deliveries by outcome' },
  { name: 'events', path: () => '/events', shows: 'Nobody wanted it' },
  { dark: true, name: 'event', path: () => `/events/${shop.order}`, shows: 'No: it is paused' },
  { dark: true, name: 'dead-letters', path: () => '/dead-letters', shows: '4 × HTTP 503' },
  { name: 'tenants', path: () => '/tenants', shows: 'Portal link…' },
  { name: 'keys', path: () => '/keys', shows: 'API keys' },
  { name: 'tasks', path: () => '/tasks', shows: 'No tasks were started here' },
];

/** Looks at each page in light and dark, and as wide as a phone. */
async function tour(page: Page, stops: readonly Stop[]): Promise<void> {
  for (const { name, path, shows, dark = false } of stops) {
    const place = path();
    await page.goto(`${runner.url}${place}${place.includes('?') ? '&' : '?'}tenant=acme`);
    await complete(page, shows);
    await fits(page, name, DESKTOP);
    if (dark) await paint(page, 'dark');
    assert.deepEqual(await seriousFaults(page), [], name);
    if (dark) {
      await paint(page, 'light');
      assert.deepEqual(await seriousFaults(page), [], name);
    }
    await picture(page, `${name}.png`);
    await page.setViewportSize(PHONE);
    await complete(page, shows);
    await fits(page, name, PHONE);
    await picture(page, `${name}-phone.png`);
    await page.setViewportSize(DESKTOP);
  }
}

async function complete(page: Page, shows: Stop['shows']): Promise<void> {
  await page.getByText(shows).filter({ visible: true }).first().waitFor();
  await page.waitForLoadState('networkidle');
}

async function fits(page: Page, name: string, { width }: typeof PHONE): Promise<void> {
  // Tables and navigation settle into a new width by observers of their own.
  const needed = () => page.evaluate('document.documentElement.scrollWidth');
  await until(`${name} does not scroll sideways at ${width}`, async () => (await needed()) === width);
}

async function paint(page: Page, colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  const shown = () => page.evaluate('document.documentElement.style.colorScheme');
  await until(`the page is ${colorScheme}`, async () => (await shown()) === colorScheme);
}

async function picture(page: Page, file: string): Promise<void> {
  if (PICTURES === null || !SHOWN.includes(file)) return;
  const size = page.viewportSize() ?? DESKTOP;
  if (size.width === DESKTOP.width) {
    const whole = Number(await page.evaluate('document.documentElement.scrollHeight'));
    await page.setViewportSize({ ...DESKTOP, height: Math.max(whole, DESKTOP.height) });
  }
  await page.screenshot({ path: join(PICTURES, file) });
  await page.setViewportSize(size);
}

test("a customer's pages fit a desktop and a phone, without a serious accessibility fault", async () => {
  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant: 'acme' });
  const { page, troubles, close } = await visit(browser, body.url);
  await tour(page, CONSUMER);
  assert.deepEqual(troubles, []);
  await close();
});

test("an operator's pages fit a desktop and a phone, without a serious accessibility fault", async () => {
  const { page, troubles, close } = await visit(browser, `${runner.url}/#token=${runner.apiKey}`);
  await tour(page, OPERATOR);
  assert.deepEqual(troubles, []);
  await close();
});
