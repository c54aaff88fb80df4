import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Endpoint, type InProcessRunner, startEndpoint } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { startConsole, visit } from './browser.ts';

let runner: InProcessRunner;
let browser: Browser;
let endpoint: Endpoint;
let status = 503;

before(async () => {
  [runner, browser] = await startConsole();
  endpoint = await startEndpoint(() => ({ status }));
  await runner.subscribe(endpoint.url, { tenant: 'acme', description: 'Warehouse', retrySchedule: [] });
  const filter = { data: { total: [{ numeric: ['>', 100] }] } };
  await runner.subscribe(endpoint.url, { tenant: 'acme', description: 'Big orders', filter });
  await runner.subscribe(endpoint.url, { tenant: 'acme', description: 'CRM', eventTypes: ['customer.*'] });
  for (let n = 0; n < 4; n++)
    await runner.post({ tenant: 'acme', type: 'order.created', data: { total: n } });
});
after(async () => {
  await browser.close();
  await endpoint.close();
  await runner.stop();
});

const operator = (path: string) => `${runner.url}${path}#token=${runner.apiKey}`;
const see = (page: Page, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();

test('an operator sees why an event went where, sends one dead letter, redrives the rest, and none is left', async () => {
  const { page, troubles, close } = await visit(browser, operator('/events?tenant=acme'));
  const dialog = page.getByRole('dialog');
  await page.getByRole('link', { name: 'order.created' }).first().click();
  const explained = (name: string, why: string) =>
    page.getByRole('row').filter({ hasText: name }).filter({ hasText: why }).waitFor();
  await explained('Warehouse', 'Yes');
  await explained('Big orders', 'No: its filter keeps this event back');
  await explained('CRM', 'No: it did not choose this type');
  await page.getByRole('link', { name: '1 failed' }).click();
  await page.getByRole('link', { name: 'order.created' }).first().click();
  await see(page, 'Failed: retries used up');

  await page.getByRole('link', { name: 'Dead letters' }).click();
  await see(page, '4 × HTTP 503');
  const before = endpoint.requests.length;
  status = 204;
  await page
    .getByRole('checkbox', { name: /^Select dlv_/ })
    .first()
    .check();
  await page.getByRole('button', { name: 'Send 1 selected' }).click();
  await see(page, 'One delivery is sent again.');
  await see(page, '3 × HTTP 503');
  await until('it arrives', () => endpoint.requests.length === before + 1);

  await page.getByRole('button', { name: 'Redrive all…' }).click();
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await dialog.getByText('3 dead letters match. Nothing was sent yet.').waitFor();
  assert.equal(endpoint.requests.length, before + 1, 'counting sends nothing');
  await dialog.getByRole('button', { name: 'Redrive 3' }).click();
  await dialog.getByText('Done: 3 dead letters sent').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await see(page, 'No dead letters');
  await until('all four arrive', () => endpoint.requests.length === before + 4);

  await page.getByRole('link', { name: 'Tasks' }).click();
  await see(page, '3 of 3');
  await page.getByRole('link', { name: /^tsk_/ }).first().click();
  await see(page, 'Done: 3 dead letters sent');
  await page.reload();
  await see(page, 'Done: 3 dead letters sent');
  assert.deepEqual(troubles, []);
  await close();
});

test('a task that runs can be stopped, and says how far it came', async () => {
  const { page, close } = await visit(browser, operator('/tasks'));
  // Answers in place of a task that would be over before anybody could stop it.
  const task = { id: 'tsk_1', kind: 'redrive', matched: 9, sent: 2, dropped: 1, createdAt: new Date(0) };
  let status: 'running' | 'cancelled' = 'running';
  await page.route('**/v1/tasks/tsk_1**', async (route) => {
    if (route.request().method() === 'POST') status = 'cancelled';
    await route.fulfill({ json: { ...task, status, finishedAt: null } });
  });
  await page.getByLabel('Find a task').fill('tsk_1');
  await page.getByRole('button', { name: 'Show' }).click();
  await see(page, '2 of 9 dead letters sent; 1 dropped, their subscription is gone');
  await page.getByRole('button', { name: 'Stop' }).click();
  await see(page, /Stopped: 2 dead letters sent/);
  assert.equal(await page.getByRole('button', { name: 'Stop' }).count(), 0);
  await close();
});

test('an operator adds a tenant and opens its webhooks by a read-only portal link', async () => {
  const { page, troubles, close } = await visit(browser, operator('/tenants'));
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add tenant' }).click();
  await dialog.getByLabel('Id').fill('globex');
  await dialog.getByLabel(/^Name/).fill('Globex <Corp>');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await see(page, 'Globex <Corp>');
  await page.getByRole('button', { name: 'Portal link for globex' }).click();
  await dialog.getByLabel('Read only').check();
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const url = await dialog.getByRole('region', { name: 'Portal link' }).textContent();
  const customer = await visit(browser, String(url));
  await see(customer.page, 'No subscriptions yet');
  await see(customer.page, 'Webhooks · globex');
  await see(customer.page, 'Read only');
  assert.deepEqual([...troubles, ...customer.troubles], []);
  await customer.close();
  await close();
});

test('a key that an operator adds works, and stops working when it is revoked', async () => {
  const { page, close } = await visit(browser, operator('/keys'));
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add key' }).click();
  await dialog.getByLabel('Name').fill('Shop');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const key = await dialog.getByRole('region', { name: 'API key' }).textContent();
  const post = async () => {
    const event = { type: 'order.created', data: {} };
    const { status: answer } = await runner.call('POST', '/v1/events', event, {
      authorization: `Bearer ${key}`,
    });
    return answer;
  };
  assert.equal(await post(), 202);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Revoke Shop' }).click();
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke Shop' }).waitFor({ state: 'detached' });
  await until('the key is refused', async () => (await post()) === 401);
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
