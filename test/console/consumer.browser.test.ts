import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page, Request } from 'playwright-core';
import { type Endpoint, type InProcessRunner, startEndpoint } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { startConsole, visit } from './browser.ts';

let runner: InProcessRunner;
let browser: Browser;
/** Answers 500 below `/broken` and 204 everywhere else. */
let endpoint: Endpoint;

before(async () => {
  [runner, browser] = await startConsole();
  endpoint = await startEndpoint(({ target }) =>
    target.startsWith('/broken') ? { status: 500, body: '{"error":"no such table"}' } : {},
  );
});
after(async () => {
  await browser.close();
  await endpoint.close();
  await runner.stop();
});

/** A portal link as an application makes it for its customer, to a place within the console. */
async function link(tenant: string, path = '/', readOnly = false): Promise<string> {
  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant, readOnly });
  return String(body.url).replace('/#', `${path}#`);
}

const see = (page: Page, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();

const place = (path: string) => endpoint.url.replace('/hook', path);

test('a customer opens the link, subscribes, sees a failure, mends the URL, sends again, rotates and replays', async () => {
  await runner.call('PUT', '/v1/event-types/order.created', {
    description: 'A new order came in.',
    example: { total: 120 },
  });
  const { page, troubles, close } = await visit(browser, await link('acme'));
  const dialog = page.getByRole('dialog');
  await see(page, 'No subscriptions yet');
  assert.doesNotMatch(page.url(), /token/, 'the token leaves the address bar');

  await page.getByRole('link', { name: 'Add subscription' }).first().click();
  await page.getByLabel('URL').fill(place('/broken'));
  await page.getByLabel(/^Name/).fill('Shop');
  await page.getByPlaceholder('Find or type an event type').fill('order');
  await page.getByRole('option', { name: /order\.\*/ }).click();
  await page.getByRole('button', { name: 'Filter by content - optional' }).click();
  await page.getByLabel('Filter', { exact: true }).fill('{"data":{"total":[{"numeric":[">",200]}]}}');
  await see(page, 'This event would not be sent: the filter keeps it back');
  await page.getByLabel('Filter', { exact: true }).fill('{"data":{"total":[{"numeric":[">",100]}]}}');
  await see(page, 'This event would be sent');
  await page.getByRole('button', { name: 'Add subscription' }).click();
  await dialog.getByText(/^whsec_/).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'Send test event' }).click();
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await dialog.getByText('HTTP 500').waitFor();
  await dialog.getByText('no such table').waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();

  // No reload: what happens shows by itself.
  const event = await runner.post({ tenant: 'acme', type: 'order.created', data: { total: 310 } });
  await page.getByRole('link', { name: 'order.created' }).click();
  await see(page, 'Attempt 1: HTTP 500');
  await see(page, /Next attempt/);

  await page.getByRole('link', { name: 'Shop' }).click();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByLabel('URL').fill(place('/hook'));
  await page.getByRole('button', { name: 'Save' }).click();
  await see(page, /^Saved/);
  await page.getByRole('link', { name: 'order.created' }).click();
  await until('the new URL is in force', async () => {
    const send = page.getByRole('button', { name: 'Send again' });
    if (await send.isEnabled()) await send.click();
    return endpoint.requests.some(({ target }) => target === '/hook');
  });
  await see(page, /Delivered after \d+ attempts/);

  await page.getByRole('link', { name: 'Shop' }).click();
  await page.getByRole('tab', { name: 'Signing secret' }).click();
  await page.getByRole('button', { name: 'Rotate' }).click();
  await dialog.getByText(/one signature by the old secret and one by the new/).waitFor();
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  await dialog.getByText(/^whsec_/).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();

  await until('nothing more is under way', () => {
    const queues = [...runner.runner.stack.queues.values()];
    return queues.every(({ messages, inflightMessages }) => messages.length + inflightMessages.size === 0);
  });
  const sent = endpoint.requests.length;
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Replay…' }).click();
  await dialog.getByText('Everything, also what was delivered').click();
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await dialog.getByText('1 event matches. Nothing was sent yet.').waitFor();
  assert.equal(endpoint.requests.length, sent, 'counting sends nothing');
  await dialog.getByRole('button', { name: 'Send 1' }).click();
  await dialog.getByText('Done: 1 event sent').waitFor();
  await until('the replayed event arrives', () => endpoint.requests.length > sent);
  const last = endpoint.requests.at(-1);
  assert.equal(last?.headers['webhook-id'], event);
  assert.deepEqual(troubles, []);
  await close();
});

test('C083: why, since when and by whom it was disabled is said; what was skipped meanwhile can be sent', async () => {
  let gone = true;
  const shop = await startEndpoint(() => (gone ? { status: 410 } : {}));
  const { id } = await runner.subscribe(shop.url, { tenant: 'gone', description: 'Shop' });
  const status = async () => (await runner.call('GET', `/v1/subscriptions/${id}?tenant=gone`)).body.status;
  await runner.post({ tenant: 'gone', type: 'order.created', data: {} });
  await until('it is disabled', async () => (await status()) === 'disabled');
  const skipped = `/v1/deliveries?tenant=gone&status=skipped`;
  for (let n = 0; n < 3; n++) await runner.post({ tenant: 'gone', type: 'order.approved', data: { n } });
  await until('three are skipped', async () => (await runner.call('GET', skipped)).body.data.length === 3);

  const { page, close } = await visit(browser, await link('gone', `/subscriptions/${id}`));
  await see(page, 'Disabled by the system');
  await see(page, /answered 410 Gone.*Since \w+ \d+/);
  gone = false;
  await page.getByRole('button', { name: 'Resume' }).click();
  await see(page, 'Resumed. New events are sent again.');
  const rows = page.getByRole('row').filter({ hasText: 'Skipped' });
  await rows.first().waitFor();
  assert.equal(await rows.count(), 3);
  const send = rows.getByRole('button', { name: /^Send again/ });
  await until('each of them can be sent', async () => {
    const enabled = await Promise.all([0, 1, 2].map((n) => send.nth(n).isEnabled()));
    return enabled.every(Boolean);
  });
  await until('a skipped one is sent', async () => {
    if ((await send.count()) > 0 && (await send.first().isEnabled())) await send.first().click();
    return shop.requests.length > 1;
  });
  await page.getByRole('row').filter({ hasText: 'Delivered' }).first().waitFor();
  await close();
  await shop.close();
});

test("another tenant's link looks like one that leads nowhere", async () => {
  const { id } = await runner.subscribe(endpoint.url, { tenant: 'rich' });
  const theirs = await visit(browser, await link('other', `/subscriptions/${id}`));
  const nowhere = await visit(browser, await link('other', '/subscriptions/sub_nowhere'));
  // Each page asks again now and then, and says so meanwhile.
  const text = async (page: Page) => {
    let shown = '';
    await until('it says that nothing is here', async () => {
      shown = String(await page.getByRole('main').textContent());
      return shown.includes('There is nothing here');
    });
    return shown;
  };
  assert.equal(await text(theirs.page), await text(nowhere.page));
  await theirs.close();
  await nowhere.close();
});

test('a link that has expired says so, also in the middle of a visit, and nothing is left on the page', async () => {
  const { page, close } = await visit(browser, `${runner.url}/#token=gone&tenant=acme`);
  await page.getByRole('heading', { name: 'This link has expired' }).waitFor();
  await close();

  await runner.subscribe(endpoint.url, { tenant: 'late', description: 'Bakery' });
  const { body } = await runner.call('POST', '/v1/portal-sessions', { tenant: 'late' });
  const late = await visit(browser, body.url);
  await see(late.page, 'Bakery');
  assert.equal((await runner.call('DELETE', `/v1/keys/${body.id}`)).status, 204);
  await late.page.getByRole('heading', { name: 'This link has expired' }).waitFor();
  assert.equal(await late.page.getByText('Bakery').count(), 0);
  await late.page.reload();
  await late.page.getByLabel('API key').waitFor();
  await late.close();
});

test('a read-only visitor can change nothing, and the API would not let them', async () => {
  const { id } = await runner.subscribe(endpoint.url, { tenant: 'shy', description: 'Chat' });
  await runner.post({ tenant: 'shy', type: 'order.created', data: {} });
  const { page, close } = await visit(browser, await link('shy', `/subscriptions/${id}`, true));
  await page.getByRole('link', { name: 'order.created' }).waitFor();
  await see(page, 'Read only');
  const buttons = () => page.getByRole('button', { name: /Edit|Send|Actions|Rotate|Reveal|Add/ }).count();
  assert.equal(await buttons(), 0);
  for (const tab of ['Settings', 'Verify requests']) {
    await page.getByRole('tab', { name: tab }).click();
    assert.equal(await buttons(), 0, tab);
  }
  await page.goto(`${runner.url}/subscriptions`);
  await page.getByRole('link', { name: 'Chat' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Add subscription' }).count(), 0);
  await page.goto(`${runner.url}/subscriptions/${id}/edit`);
  await see(page, 'This link is for reading only');
  await close();
});

test('a hidden tab asks for nothing; shown again, it has what came meanwhile', async () => {
  await runner.subscribe(endpoint.url, { tenant: 'quiet', description: 'Shop' });
  const { page, close } = await visit(browser, await link('quiet', '/deliveries'), { clock: true });
  const underWay = new Set<Request>();
  let asked = 0;
  page.on('request', (request) => {
    asked++;
    underWay.add(request);
  });
  const over = (request: Request) => underWay.delete(request);
  page.on('requestfinished', over).on('requestfailed', over);
  await see(page, 'Nothing was delivered yet');
  const show = (state: 'hidden' | 'visible') =>
    page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));`);
  await show('hidden');
  await until('what it had asked for has come', () => underWay.size === 0);
  const before = asked;
  await runner.post({ tenant: 'quiet', type: 'order.created', data: {} });
  await until('it is delivered', async () => {
    const { body } = await runner.call('GET', '/v1/deliveries?tenant=quiet&status=succeeded');
    return body.data.length === 1;
  });
  await page.clock.runFor('05:00');
  assert.equal(asked, before);
  await show('visible');
  await page.clock.runFor('00:31');
  await see(page, 'order.created');
  assert.ok(asked > before);
  await close();
});

test('signing out ends the link on the server; where it is not reached, the page says that the link still works', async () => {
  const tokenOf = (address: string) => String(new URLSearchParams(address.split('#')[1]).get('token'));
  const statusFor = async (token: string) =>
    (await runner.call('GET', '/v1/subscriptions', undefined, { authorization: `Bearer ${token}` })).status;
  const address = await link('leaving');
  const { page, troubles, close } = await visit(browser, address);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
  assert.equal(await page.getByText('the link that brought you works').count(), 0);
  await until('the link is refused', async () => (await statusFor(tokenOf(address))) === 401);
  assert.deepEqual(troubles, []);
  await close();

  const other = await link('leaving');
  const second = await visit(browser, other);
  await second.page.route('**/v1/portal-sessions/current', (route) => route.abort());
  await second.page.getByRole('button', { name: 'Sign out' }).click();
  await see(second.page, 'the link that brought you works until it expires');
  assert.equal(await statusFor(tokenOf(other)), 200);
  await second.close();
});

test('?embed=1 shows the pages without a frame of their own, in the colours asked for', async () => {
  const address = (await link('acme')).replace('/#', '/?embed=1&theme=dark&accent=7d2105#');
  const { page, close } = await visit(browser, address);
  await page.getByRole('navigation', { name: 'Webhooks' }).getByRole('link', { name: 'Deliveries' }).click();
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0);
  assert.equal(await page.evaluate('document.documentElement.style.colorScheme'), 'dark');
  assert.match(String(await page.evaluate('document.adoptedStyleSheets[0]?.cssRules[0]?.cssText')), /7d2105/);
  await page.reload();
  await page.getByRole('navigation', { name: 'Webhooks' }).waitFor();

  // In a frame, the page around it is told when the link has run out.
  const told = await page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data));
    const src = '/?embed=1#token=gone&tenant=acme';
    document.body.append(Object.assign(document.createElement('iframe'), { src }));
  })`);
  assert.deepEqual(told, { type: 'fanfare:session-ended' });
  await close();
});
