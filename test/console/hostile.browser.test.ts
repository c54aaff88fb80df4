import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type InProcessRunner, startEndpoint } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { startConsole, visit } from './browser.ts';

let runner: InProcessRunner;
let browser: Browser;

before(async () => {
  [runner, browser] = await startConsole();
});
after(async () => {
  await browser.close();
  await runner.stop();
});

async function link(tenant: string, path: string, readOnly = false): Promise<string> {
  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant, readOnly });
  return String(body.url).replace('/#', `${path}#`);
}

/** The deliveries of a tenant, once as many as this have been tried this often. */
async function tried(tenant: string, count: number, attempts: number) {
  let found: readonly { id: string; attemptCount: number; status: string }[] = [];
  await until(`${count} deliveries of ${tenant} were tried`, async () => {
    found = (await runner.call('GET', `/v1/deliveries?tenant=${tenant}`)).body.data;
    return found.filter(({ attemptCount }) => attemptCount >= attempts).length === count;
  });
  return found;
}

test('C081: hostile text is text, in lists, details and dialogs, and nothing it asks for is loaded', async () => {
  const hostile = '"><svg/onload=alert(1)>';
  const answer = '<img src=x onerror=alert(1)>';
  const endpoint = await startEndpoint(() => ({
    status: 500,
    headers: { 'content-type': 'text/html', 'x-t': '<script>alert(1)</script>' },
    body: answer,
  }));
  const { id } = await runner.subscribe(endpoint.url, {
    ...{ tenant: 'evil', description: hostile, metadata: { [hostile]: hostile } },
  });
  await runner.post({
    ...{ tenant: 'evil', type: 'order.created', subject: hostile, metadata: { note: hostile } },
    data: { [hostile]: hostile },
  });
  await tried('evil', 1, 1);
  const { page, troubles, close } = await visit(browser, await link('evil', '/subscriptions'));
  await page.getByRole('link', { name: hostile }).click();
  await page.getByRole('heading', { name: hostile }).waitFor();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByText(hostile).first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'order.created' }).click();
  await page.getByRole('region', { name: 'Request body' }).getByText('onload').first().waitFor();
  await page.getByRole('button', { name: 'Response body' }).first().click();
  const body = page.getByRole('region', { name: 'Response body of attempt 1' });
  await body.waitFor();
  assert.equal(await body.textContent(), answer);
  await page.goto(`${runner.url}/subscriptions/${id}?tab=settings`);
  await page.getByRole('heading', { name: hostile }).waitFor();
  assert.equal(await page.locator('main svg[onload], main img, main script').count(), 0);
  assert.deepEqual(troubles, []);
  await close();
  await endpoint.close();

  const policy = (await fetch(runner.url)).headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.doesNotMatch(policy, /unsafe/);
});

test('C082: numbers are shown and copied digit by digit, indented and as sent', async () => {
  const data = '{"id":1152921506151679042,"v":1.10}';
  const event = `{"tenant":"digits","type":"big.number","data":${data}}`;
  const { body } = await runner.call('POST', '/v1/events', event);
  const { page, close } = await visit(browser, await link('digits', `/events/${body.id}`));
  const view = page.getByRole('region', { name: 'Event data' });
  const copies = async (text: string) => {
    await page.getByRole('button', { name: 'Copy event data' }).click();
    const copied = () => page.evaluate('navigator.clipboard.readText()');
    await until('it is in the clipboard', async () => (await copied()) === text);
  };
  const pretty = '{\n  "id": 1152921506151679042,\n  "v": 1.10\n}';
  await view.getByText('1152921506151679042').waitFor();
  assert.equal(await view.textContent(), pretty);
  await copies(pretty);
  await page.getByText('As sent').click();
  await until('it is shown as sent', async () => (await view.textContent()) === data);
  await copies(data);
  await close();
});

test('C084: attempts count up, each with its own time, status and duration', async () => {
  const endpoint = await startEndpoint((_, number) => (number < 3 ? { status: 500 + number } : {}));
  await runner.subscribe(endpoint.url, { tenant: 'steady', retrySchedule: [1, 1, 1] });
  await runner.post({ tenant: 'steady', type: 'order.created', data: {} });
  await tried('steady', 1, 4);
  const { page, close } = await visit(browser, await link('steady', '/deliveries'));
  await page.getByText('Delivered after 4 attempts').waitFor();
  await page.getByRole('link', { name: 'order.created' }).click();
  const steps = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem');
  await steps.nth(3).waitFor();
  const texts = await steps.allTextContents();
  assert.deepEqual(
    texts.map((text) => /^Attempt \d: HTTP \d{3}/.exec(text)?.[0]),
    ['Attempt 1: HTTP 500', 'Attempt 2: HTTP 501', 'Attempt 3: HTTP 502', 'Attempt 4: HTTP 204'],
  );
  const times = texts.map((text) => /\d{4}-\d\d-\d\d [\d:.]+ UTC/.exec(text)?.[0]);
  assert.deepEqual(times, [...times].sort());
  assert.equal(new Set(times).size, 4);
  for (const text of texts) assert.match(text, /\d m?s, by schedule/);
  await close();
  await endpoint.close();
});

test('C085: what may be a secret in a URL or header is on no page of a read-only visitor', async () => {
  const endpoint = await startEndpoint(() => ({ status: 400 }));
  const origin = new URL(endpoint.url).origin;
  const targets = [origin, origin.replace('http:', 'https:'), 'https://hooks.invalid'];
  const ids: string[] = [];
  for (const [at, target] of targets.entries()) {
    const path = `/T000/B000/SECRETPATH?token=SECRETQ`;
    const more = { tenant: 'shy', description: `Chat ${at}`, headers: { 'X-Auth': 'Bearer SECRETH' } };
    const made = await runner.call('POST', '/v1/subscriptions', { url: target + path, ...more });
    if (made.status === 201) ids.push(made.body.id);
  }
  assert.ok(ids.length >= 2);
  await runner.post({ tenant: 'shy', type: 'order.created', data: {} });
  const deliveries = await tried('shy', ids.length, 1);
  const { page, troubles, close } = await visit(browser, await link('shy', '/subscriptions', true));
  await page.getByRole('link', { name: 'Chat 0' }).waitFor();
  const places = [
    '/subscriptions',
    ...ids.map((id) => `/subscriptions/${id}?tab=settings`),
    '/deliveries',
    ...deliveries.map(({ id }) => `/deliveries/${id}`),
  ];
  for (const place of places) {
    await page.goto(runner.url + place);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    assert.doesNotMatch(await page.content(), /SECRET/, place);
  }
  assert.deepEqual(troubles, []);
  await close();
  await endpoint.close();
});
