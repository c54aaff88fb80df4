import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { VERIFY } from '../../contract/limits.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, type WireRequest } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { startConsole, visit } from './browser.ts';

let runner: InProcessRunner;
let browser: Browser;
let first: Endpoint;
let second: Endpoint;
/** Whether the endpoints answer the challenge. */
let willing = true;

before(async () => {
  [runner, browser] = await startConsole({ verifyEndpoints: true });
  [first, second] = await Promise.all([startEndpoint(answer), startEndpoint(answer)]);
});
after(async () => {
  await browser.close();
  await Promise.all([first.close(), second.close()]);
  await runner.stop();
});

function answer({ body }: WireRequest) {
  const event = JSON.parse(body.toString());
  if (event.type !== 'fanfare.verify') return {};
  return willing
    ? { status: 200, body: JSON.stringify({ challenge: event.data.challenge }) }
    : { status: 404 };
}

async function open(tenant: string, id: string) {
  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant });
  return visit(browser, String(body.url).replace('/#', `/subscriptions/${id}#`));
}

const see = (page: Page, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();

test('an endpoint that has not proven that it wants events is told of, with what to do; once it has, the notice goes', async () => {
  willing = false;
  const { id } = await runner.subscribe(first.url, { tenant: 'acme' });
  const askedBefore = Date.now();
  const { page, troubles, close } = await open('acme', id);
  await see(page, 'The endpoint is not verified');
  await see(page, 'the challenge was answered 404');
  await see(page, 'fanfare.verify');
  willing = true;
  await until('the endpoint may be asked again', () => Date.now() > askedBefore + VERIFY.pauseSeconds * 1000);
  await page.getByRole('button', { name: 'Verify again' }).click();
  await see(page, 'Verified. New events are sent.');
  await page.getByText('The endpoint is not verified').waitFor({ state: 'detached' });
  const { body } = await runner.call('GET', `/v1/subscriptions/${id}?tenant=acme`);
  assert.equal(body.status, 'active');
  assert.deepEqual(troubles, []);
  await close();
});

test('with the URL moved to another host the form asks for header values again, and takes no for no answer', async () => {
  willing = true;
  const headers = { 'X-Api-Key': 'given-for-the-first' };
  const { id } = await runner.subscribe(first.url, { tenant: 'globex', headers });
  const { page, troubles, close } = await open('globex', id);
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const warning = page.getByText(/The URL leads to another host\. Stored values are secrets/);
  const value = page.getByPlaceholder('To be given again');
  await page.getByPlaceholder('Unchanged').waitFor();
  assert.equal(await warning.count(), 0);
  await page.getByLabel('URL').fill(first.url.replace('/hook', '/other'));
  assert.equal(await warning.count(), 0, 'another path is the same host');
  await page.getByLabel('URL').fill(second.url);
  await warning.waitFor();
  await value.waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await see(page, /must be given again, or null/);
  assert.equal((await runner.call('GET', `/v1/subscriptions/${id}?tenant=globex`)).body.url, first.url);
  assert.equal(second.requests.length, 0, 'nothing goes to the other host');

  await value.fill('given-for-the-second');
  await page.getByRole('button', { name: 'Save' }).click();
  await see(page, /^Saved/);
  assert.equal((await runner.call('GET', `/v1/subscriptions/${id}?tenant=globex`)).body.url, second.url);
  await runner.post({ type: 'a.b', data: 1, tenant: 'globex' });
  await until('it arrived', () => second.requests.some(({ body }) => /"a\.b"/.test(body.toString())));
  const keys = second.requests.map((request) => request.headers['x-api-key']);
  assert.deepEqual(new Set(keys), new Set(['given-for-the-second']));
  assert.deepEqual(troubles, []);
  await close();
});
