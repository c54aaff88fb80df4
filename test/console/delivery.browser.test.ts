import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Endpoint, type InProcessRunner, startEndpoint, type WireRequest } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { startConsole, visit } from './browser.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const DATA = '{"id":9007199254740993,"price":1.10,"name":"Zo\\u00eb 😀","x":1,"x":2}';

let runner: InProcessRunner;
let browser: Browser;
/** Answers 500 to the first request below `/once` and 204 to everything else. */
let endpoint: Endpoint;

before(async () => {
  [runner, browser] = await startConsole();
  const failed = new Set<string>();
  endpoint = await startEndpoint(({ target }) => {
    if (!target.startsWith('/once') || failed.has(target)) return {};
    failed.add(target);
    return { status: 500, body: 'not yet' };
  });
});
after(async () => {
  await browser.close();
  await endpoint.close();
  await runner.stop();
});

const place = (path: string) => endpoint.url.replace('/hook', path);

async function visitTenant(tenant: string, path: string, width?: number) {
  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant });
  const address = String(body.url).replace('/#', `${path}#`);
  return visit(browser, address, width === undefined ? {} : { width });
}

/** Posts an event and answers its one delivery, once it has succeeded. */
async function deliver(tenant: string, headers: Record<string, string> = {}): Promise<string> {
  const event = `{"type":"order.created","tenant":"${tenant}","subject":"order 7","data":${DATA}}`;
  const posted = await runner.call('POST', '/v1/events', event, headers);
  assert.equal(posted.status, 202);
  const path = `/v1/deliveries?tenant=${tenant}&event=${posted.body.id}&status=succeeded`;
  await until('it arrives', async () => (await runner.call('GET', path)).body.data.length === 1);
  return String((await runner.call('GET', path)).body.data[0].id);
}

/** A request's head as it came over the wire, without what is secret. */
function headOf({ method, target, rawHeaders }: WireRequest, secret: readonly string[]): string {
  const lines = rawHeaders.flatMap((name, at) => {
    if (at % 2 === 1) return [];
    const value = rawHeaders[at + 1] ?? '';
    if (secret.includes(name)) return [`${name}: •••`];
    return [name === 'webhook-signature' ? `${name}: v1,•••` : `${name.toLowerCase()}: ${value}`];
  });
  return [`${method} ${place(target)}`, ...lines].join('\n');
}

const textOf = (page: Page, label: string) =>
  page.getByLabel(label, { exact: true }).locator('pre').textContent();

for (const format of ['standard', 'cloudevents'] as const) {
  test(`the request is shown as it was sent, header by header and byte for byte: ${format}`, async () => {
    const target = `/once-${format}`;
    const headers = { 'X-Team': 'SECRET1', authorization: 'SECRET2' };
    await runner.subscribe(place(target), { tenant: format, format, headers, retrySchedule: [1] });
    const delivery = await deliver(format, { traceparent: TRACE });
    const { page, troubles, close } = await visitTenant(format, `/deliveries/${delivery}`);
    await page.getByText('Attempt 2: HTTP 204').waitFor();
    const [first, second] = endpoint.requests.filter((request) => request.target === target);
    assert.ok(first && second);
    const secret = ['x-team', 'authorization'];
    for (const told of [/x-team/, /content-length: \d+\nuser-agent: Fanfare\/\d/])
      await page.getByText(told).waitFor();
    await page.getByRole('button', { name: 'As sent' }).click();
    assert.equal(await textOf(page, 'Request body'), second.body.toString());
    assert.equal(await textOf(page, 'Request headers'), headOf(second, secret));
    await page.getByRole('button', { name: /^Attempt/ }).click();
    await page.getByRole('option', { name: 'Attempt 1' }).click();
    assert.equal(await textOf(page, 'Request headers'), headOf(first, secret));
    assert.doesNotMatch(await page.content(), /SECRET/);
    assert.equal(await page.getByText('The subscription was changed since').count(), 0);

    // Headers of today may not be those of then, and the page says so.
    const { body } = await runner.call('GET', `/v1/subscriptions?tenant=${format}`);
    await runner.call('PATCH', `/v1/subscriptions/${body.data[0].id}?tenant=${format}`, { headers: null });
    await page.reload();
    await page.getByText('The subscription was changed since').waitFor();
    await runner.call('DELETE', `/v1/subscriptions/${body.data[0].id}?tenant=${format}`);
    await page.reload();
    await page.getByText('The subscription cannot be read').waitFor();
    assert.deepEqual(troubles, []);
    await close();
  });
}

test('where the time of an attempt went is told in a bar and in words, and when the connection was there already', async () => {
  const { id } = await runner.subscribe(endpoint.url, { tenant: 'times' });
  const delivery = await deliver('times');
  const { page, troubles, close } = await visitTenant('times', `/deliveries/${delivery}`, 390);
  const phases = page.getByRole('figure', { name: 'Time of attempt 1', exact: true });
  await phases.getByText(/^Waiting for the answer \d+ ms$/).waitFor();
  const words = (await phases.locator('dl > div').allTextContents()).map((text) =>
    text.replace(/ [\d.]+ m?s$/, ''),
  );
  const whole = ['Waiting for the answer', 'Reading the answer'];
  assert.ok(
    [
      ['Connecting', ...whole],
      ['Connection reused', ...whole],
    ].some((said) => said.join() === words.join()),
    words.join(),
  );
  // Whatever connection it had, the next attempt right behind it finds one.
  const reused = page.getByText('Connection reused');
  await until('a connection is reused', async () => {
    await runner.call('POST', `/v1/deliveries/${delivery}/retry?tenant=times`);
    return (await reused.count()) > 0;
  });

  await page.goto(`${runner.url}/subscriptions/${id}`);
  await page.getByRole('button', { name: 'Send test event' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await dialog.getByText(/^Waiting for the answer \d+ ms$/).waitFor();
  await close();

  const gone = await startEndpoint();
  await gone.close();
  const refused = await runner.subscribe(gone.url, { tenant: 'refused', retrySchedule: [] });
  await runner.post({ tenant: 'refused', type: 'order.created', data: {} });
  const path = '/v1/deliveries?tenant=refused&code=none';
  await until('it failed', async () => (await runner.call('GET', path)).body.data.length === 1);
  const failed = String((await runner.call('GET', path)).body.data[0].id);
  const broken = await visitTenant('refused', `/deliveries/${failed}`);
  await broken.page.getByText(/^Connecting \d+ ms, failed here$/).waitFor();
  assert.equal(await broken.page.getByText(/^Waiting for the answer/).count(), 0);
  // C108
  const reason = /^The connection was refused: nothing listens on the port\. See that the endpoint runs/;
  await broken.page.getByText(reason).waitFor();
  await broken.page.goto(`${runner.url}/subscriptions/${refused.id}`);
  await broken.page.getByRole('button', { name: 'Send test event' }).click();
  const attempt = broken.page.getByRole('dialog');
  await attempt.getByRole('button', { name: 'Send', exact: true }).click();
  await attempt.getByText(reason).waitFor();
  assert.deepEqual([...troubles, ...broken.troubles], []);
  await broken.close();
});

test('the class of the answer is looked for in the whole log, not on the page that is shown', async () => {
  const once = await runner.subscribe(place('/once-classes'), { tenant: 'classes', retrySchedule: [] });
  await runner.post({ tenant: 'classes', type: 'order.first', data: {} });
  const failed = '/v1/deliveries?tenant=classes&status=failed';
  await until('one failed', async () => (await runner.call('GET', failed)).body.data.length === 1);
  for (let n = 0; n < 30; n++) await runner.post({ tenant: 'classes', type: 'order.next', data: { n } });
  const done = `/v1/deliveries?tenant=classes&subscription=${once.id}&status=succeeded&limit=250`;
  await until('the others arrived', async () => (await runner.call('GET', done)).body.data.length === 30);

  const { page, troubles, close } = await visitTenant('classes', '/deliveries');
  await page.getByRole('link', { name: 'order.next' }).first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'order.first' }).count(), 0, 'not on the first page');
  const filter = page.getByLabel('Find deliveries');
  await filter.fill('Last answer = 5xx');
  await filter.press('Enter');
  await page.getByRole('link', { name: 'order.first' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'order.next' }).count(), 0);
  assert.match(page.url(), /code=5xx/);
  await page.goto(`${runner.url}/deliveries?code=none`);
  await page.getByText('No deliveries match').waitFor();
  await page.getByText('No answer').first().waitFor();
  assert.deepEqual(troubles, []);
  await close();
});
