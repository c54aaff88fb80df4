import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../local/runner.ts';
import { seriousFaults } from './accessibility.ts';
import { startBrowser, visit } from './browser.ts';

let runner: InProcessRunner;
let browser: Browser;
let endpoint: Endpoint;
let status = 503;

before(async () => {
  [runner, browser] = await Promise.all([startInProcess(), startBrowser()]);
  endpoint = await startEndpoint(() => ({ status }));
  await runner.subscribe(endpoint.url, { tenant: 'acme', description: 'Warehouse', retrySchedule: [] });
  for (let n = 0; n < 3; n++) await runner.post({ tenant: 'acme', type: 'order.created', data: { n } });
});
after(async () => {
  await browser.close();
  await endpoint.close();
  await runner.stop();
});

const operator = (path: string) => `${runner.url}${path}#token=${runner.apiKey}`;
const see = (page: Page, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();

test('an operator goes from an event to its dead letter and redrives until none is left', async () => {
  const { page, troubles, close } = await visit(browser, operator('/events?tenant=acme'));
  await page.getByRole('link', { name: 'order.created' }).first().click();
  await page.getByRole('link', { name: '1 failed' }).click();
  await page.getByRole('link', { name: 'order.created' }).first().click();
  await see(page, 'Failed: retries used up');

  await page.getByRole('link', { name: 'Dead letters' }).click();
  await see(page, '3 × HTTP 503');
  status = 204;
  await page.getByRole('button', { name: 'Redrive all…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await dialog.getByText('3 dead letters match. Nothing was sent yet.').waitFor();
  assert.equal(endpoint.requests.length, 3, 'counting sends nothing');
  await dialog.getByRole('button', { name: 'Redrive 3' }).click();
  await dialog.getByText('Done: 3 dead letters sent').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await see(page, 'No dead letters');
  assert.deepEqual(troubles, []);
  await close();
});

test('a key that is not accepted is said so, and no page is shown', async () => {
  const { page, close } = await visit(browser, `${runner.url}/keys`);
  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await see(page, 'This key was not accepted');
  assert.equal(await page.getByRole('heading', { name: 'API keys' }).count(), 0);
  await close();
});

for (const dark of [false, true]) {
  test(`an operator's pages have no serious accessibility fault, ${dark ? 'dark' : 'light'}`, async () => {
    const { page, close } = await visit(browser, operator('/overview?tenant=acme'), { dark });
    await see(page, 'Deliveries by outcome');
    assert.deepEqual(await seriousFaults(page), []);
    for (const name of ['Dead letters', 'API keys', 'Tasks']) {
      await page.getByRole('link', { name }).first().click();
      await page.getByRole('heading', { name }).first().waitFor();
      assert.deepEqual(await seriousFaults(page), [], name);
    }
    await close();
  });
}
