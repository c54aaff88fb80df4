import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../local/runner.ts';
import { seriousFaults } from './accessibility.ts';
import { startBrowser, visit } from './browser.ts';

const READ = ['subscriptions:read', 'deliveries:read', 'events:read'];
const WRITE = ['subscriptions:write', 'deliveries:write', 'secrets:read'];

let runner: InProcessRunner;
let browser: Browser;
let endpoint: Endpoint;
let status = 500;

before(async () => {
  [runner, browser] = await Promise.all([startInProcess(), startBrowser()]);
  endpoint = await startEndpoint(() => ({ status, body: '<img src=x onerror=alert(1)>' }));
});
after(async () => {
  await browser.close();
  await endpoint.close();
  await runner.stop();
});

async function link(tenant: string, path = '/', readOnly = false): Promise<string> {
  const scopes = readOnly ? READ : [...READ, ...WRITE];
  const { body } = await runner.call('POST', '/v1/keys', { name: 'portal', tenant, scopes });
  return `${runner.url}${path}#token=${body.key}&tenant=${tenant}${readOnly ? '&readOnly=1' : ''}`;
}

const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

test('a customer adds an endpoint, sees it fail, mends it, sends again and rotates the secret', async () => {
  status = 500;
  const { page, troubles, close } = await visit(browser, await link('acme'));
  await see(page, 'No subscriptions yet');
  assert.doesNotMatch(page.url(), /token/, 'the token leaves the address bar');

  await page.getByRole('link', { name: 'Add subscription' }).first().click();
  await page.getByLabel('URL').fill(endpoint.url);
  await page.getByLabel(/^Name/).fill('Shop');
  await page.getByRole('button', { name: 'Add subscription' }).click();
  await page
    .getByRole('dialog')
    .getByText(/^whsec_/)
    .waitFor();
  await page.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'Send test event' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await dialog.getByText('HTTP 500').waitFor();
  await dialog.getByText('<img src=x onerror=alert(1)>').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await runner.post({ tenant: 'acme', type: 'order.created', data: { n: 1 } });
  await page.getByRole('link', { name: 'order.created' }).click();
  await see(page, 'Attempt 1: HTTP 500');

  status = 204;
  await page.getByRole('button', { name: 'Send again' }).click();
  await see(page, 'Attempt 2: HTTP 204');
  await see(page, 'Delivered after 2 attempts');

  await page.getByRole('link', { name: 'Shop' }).click();
  await page.getByRole('tab', { name: 'Signing secret' }).click();
  await page.getByRole('button', { name: 'Rotate' }).click();
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  await dialog.getByText(/^whsec_/).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  assert.deepEqual(troubles, []);
  await close();
});

test('C082: numbers are shown and copied digit by digit', async () => {
  const data = '{"id":1152921506151679042,"v":1.10}';
  const { body } = await runner.call(
    'POST',
    '/v1/events',
    `{"tenant":"acme","type":"big.number","data":${data}}`,
  );
  const { page, close } = await visit(browser, await link('acme', `/events/${body.id}`));
  const view = page.getByRole('region', { name: 'Event data' });
  await view.getByText('1152921506151679042').waitFor();
  assert.equal(await view.textContent(), '{\n  "id": 1152921506151679042,\n  "v": 1.10\n}');
  await page.getByText('As sent').click();
  await page.getByRole('button', { name: 'Copy event data' }).click();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), data);
  await close();
});

test('C081: hostile text is text', async () => {
  const hostile = '"><svg/onload=alert(1)>';
  const { body } = await runner.call('POST', '/v1/subscriptions', {
    tenant: 'evil',
    url: endpoint.url,
    description: hostile,
  });
  await runner.post({ tenant: 'evil', type: 'order.created', data: { [hostile]: hostile } });
  const { page, troubles, close } = await visit(browser, await link('evil'));
  await page.getByText(hostile).first().click();
  await page.getByRole('heading', { name: hostile }).waitFor();
  await page.getByRole('link', { name: 'order.created' }).click();
  await page.getByRole('region', { name: 'Request body' }).getByText('onload').waitFor();
  assert.deepEqual(troubles, []);
  const policy = (await fetch(runner.url)).headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.ok(body.id);
  await close();
});

test('C085: a read-only visitor can change nothing and sees no part of a URL that may be a secret', async () => {
  const url = `${endpoint.url.replace('/hook', '/T000/SECRETPATH')}?token=SECRETQ`;
  const { body } = await runner.call('POST', '/v1/subscriptions', {
    tenant: 'shy',
    url,
    description: 'Chat',
  });
  const { page, close } = await visit(
    browser,
    await link('shy', `/subscriptions/${body.id}?tab=settings`, true),
  );
  await page.getByRole('heading', { name: 'Chat' }).waitFor();
  await page.getByText('Read only').filter({ visible: true }).first().waitFor();
  assert.doesNotMatch(await page.content(), /SECRETPATH|SECRETQ/);
  assert.equal(await page.getByRole('button', { name: /Edit|Send|Actions|Rotate/ }).count(), 0);
  await close();
});

test("another tenant's link looks like one that leads nowhere", async () => {
  const { body } = await runner.call('POST', '/v1/subscriptions', { tenant: 'acme', url: endpoint.url });
  const theirs = await visit(browser, await link('other', `/subscriptions/${body.id}`));
  await see(theirs.page, 'There is nothing here');
  const nowhere = await visit(browser, await link('other', '/subscriptions/sub_nowhere'));
  await see(nowhere.page, 'There is nothing here');
  const text = (page: Page) => page.getByRole('main').textContent();
  assert.equal(await text(theirs.page), await text(nowhere.page));
  await theirs.close();
  await nowhere.close();
});

test('an expired link says so and asks for a new one', async () => {
  const { page, close } = await visit(browser, `${runner.url}/#token=gone&tenant=acme`);
  await page.getByRole('heading', { name: 'This link has expired' }).waitFor();
  await close();
});

for (const dark of [false, true]) {
  test(`a customer's pages have no serious accessibility fault, ${dark ? 'dark' : 'light'}`, async () => {
    const { page, close } = await visit(browser, await link('acme'), { dark });
    await page.getByRole('link', { name: 'Shop' }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await page.getByRole('link', { name: 'Shop' }).click();
    await page.getByRole('link', { name: 'order.created' }).click();
    await see(page, 'Attempt 1');
    assert.deepEqual(await seriousFaults(page), []);
    await close();
  });
}

test('nothing scrolls sideways on a phone', async () => {
  const { page, close } = await visit(browser, await link('acme'), { width: 390 });
  for (const path of ['/subscriptions', '/subscriptions/new', '/deliveries', '/event-types']) {
    await page.goto(runner.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, path);
  }
  await close();
});
