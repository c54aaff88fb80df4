import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { InProcessRunner } from '../local/runner.ts';
import { startConsole, visit } from './browser.ts';

/** Bytes of all files of a first visit, each as gzip makes it. */
const MOST = 500_000;

let runner: InProcessRunner;
let browser: Browser;

before(async () => {
  [runner, browser] = await startConsole();
});
after(async () => {
  await browser.close();
  await runner.stop();
});

test('no first visit loads more than 500 KB compressed, wherever it begins', async () => {
  const { id } = await runner.subscribe('http://127.0.0.1:65001/hook', {
    tenant: 'acme',
    description: 'Shop',
  });
  const event = await runner.post({ tenant: 'acme', type: 'order.created', data: {} });
  const places: readonly (readonly [path: string, heading: string])[] = [
    ['/subscriptions', 'Subscriptions'],
    [`/subscriptions/${id}`, 'Shop'],
    [`/subscriptions/${id}?tab=secret`, 'Shop'],
    [`/events/${event}`, 'order.created'],
    ['/overview', 'Overview'],
    ['/dead-letters', 'Dead letters'],
  ];
  for (const [path, heading] of places) {
    const tenant = path.includes('?') ? '&tenant=acme' : '?tenant=acme';
    const { page, files, close } = await visit(
      browser,
      `${runner.url}${path}${tenant}#token=${runner.apiKey}`,
    );
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const bodies = await Promise.all(files.map((file) => file.body()));
    const size = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
    assert.ok(size > 100_000 && size <= MOST, `${path}: ${size} bytes in ${files.length} files`);
    await close();
  }
});
