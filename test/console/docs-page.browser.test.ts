import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { OPERATIONS } from '../../contract/operations.ts';
import type { InProcessRunner } from '../local/runner.ts';
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

test('the API reads as a page: every operation, from this site alone, within the policy', async () => {
  const { page, troubles, close } = await visit(browser, `${runner.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  assert.equal(await page.locator('.opblock').count(), Object.keys(OPERATIONS).length + 1);
  await page.locator('#operations-Events-postEvents button').first().click();
  await page.getByText('Idempotency-Key').first().waitFor();
  assert.deepEqual(troubles, []);
  await close();
});
