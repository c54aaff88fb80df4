import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { DISPATCH } from '../../contract/limits.ts';
import { type Endpoint, type InProcessRunner, startEndpoint } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { startConsole, visit } from './browser.ts';

const TENANT = 'attempts';
const RETRIES = 61;

let runner: InProcessRunner;
let browser: Browser;
let endpoint: Endpoint;

before(async () => {
  [runner, browser] = await startConsole();
  endpoint = await startEndpoint(() => ({
    status: 500,
    body: '\u0001'.repeat(DISPATCH.maxResponseBodyBytes),
  }));
});
after(async () => {
  await browser.close();
  await endpoint.close();
  await runner.stop();
});

test('C098: a delivery with more attempts than one answer holds shows the newest, and older ones when asked', async () => {
  await runner.subscribe(endpoint.url, { tenant: TENANT, retrySchedule: [] });
  await runner.post({ type: 'order.created', data: 1, tenant: TENANT });
  const list = `/v1/deliveries?tenant=${TENANT}`;
  const one = async () => (await runner.call('GET', list)).body.data[0];
  await until('it was tried', async () => (await one())?.attemptCount === 1);
  const { id } = await one();
  const retry = () => runner.call('POST', `/v1/deliveries/${id}/retry?tenant=${TENANT}`);
  await Promise.all(Array.from({ length: RETRIES }, retry));
  await until('all are on record', async () => (await one()).attemptCount === RETRIES + 1);

  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant: TENANT });
  const { page, troubles, close } = await visit(
    browser,
    String(body.url).replace('/#', `/deliveries/${id}#`),
    {},
  );
  const attempts = page.getByText(/^Attempt \d+: HTTP 500$/);
  const older = page.getByRole('button', { name: 'Show older attempts' });
  await older.waitFor();
  const shown = await attempts.count();
  assert.ok(shown > 10 && shown < RETRIES, String(shown));
  await page
    .getByText(String(RETRIES + 1), { exact: true })
    .first()
    .waitFor();
  await older.click();
  await until('all are shown', async () => (await attempts.count()) === RETRIES + 1);
  assert.equal(await older.count(), 0);
  assert.equal(await page.getByText('Attempt 1: HTTP 500', { exact: true }).count(), 1);
  assert.deepEqual(troubles, []);
  await close();
});
