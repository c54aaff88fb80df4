import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManageBench } from '../support/manage-bench.ts';
import { SECRET } from '../support/subscription.ts';

const URL_OK = 'https://h.example/hook';

async function made(fields: object = {}) {
  const bench = new ManageBench();
  const answer = await bench.call('POST', '/v1/subscriptions', { url: URL_OK, ...fields });
  assert.equal(answer.status, 201, answer.text);
  return { bench, id: String(answer.body.id), answer };
}

test('C055: a secret that is none is refused', async () => {
  const bench = new ManageBench();
  for (const secret of [
    '',
    'whsec_',
    null,
    5,
    'whsec_AAAA',
    SECRET.slice(6),
    `${SECRET}\n`,
    `whsec_${'A'.repeat(88)}`,
  ]) {
    const answer = await bench.call('POST', '/v1/subscriptions', { url: URL_OK, secret });
    assert.equal(answer.status, 400, JSON.stringify(secret));
    assert.deepEqual((answer.body.errors as { pointer: string }[])[0]?.pointer, '/secret');
  }
});

test('C035, C036: headers that would break, smuggle or replace something are refused by name', async () => {
  const { bench, id } = await made();
  for (const headers of [
    { 'X-A': 'ok\r\nX-Evil: 1' },
    { 'X-A': 'a\nb' },
    { 'X A': 'v' },
    { 'X-A': 5 },
    { 'X-A': 'é\u0000' },
    { 'X-A': '' },
    { '': 'v' },
    { 'webhook-signature': 'v1,AAAA' },
    { 'Webhook-Id': 'x' },
    { 'fanfare-attempt': '9' },
    { Host: 'x' },
    { 'Content-Type': 'text/plain' },
    { Connection: 'close' },
    { 'User-Agent': 'x' },
    { 'Transfer-Encoding': 'chunked' },
    { a: '1', A: '2' },
  ]) {
    assert.equal(
      (await bench.call('POST', '/v1/subscriptions', { url: URL_OK, headers })).status,
      400,
      JSON.stringify(headers),
    );
    assert.equal(
      (await bench.call('PATCH', `/v1/subscriptions/${id}`, { headers })).status,
      400,
      JSON.stringify(headers),
    );
  }
  assert.deepEqual((await bench.store.get('acme', id))?.headers, {});
});

test('C057, C058, C065: a URL that leads nowhere public is refused, and nothing is stored', async () => {
  const bench = new ManageBench();
  for (const url of [
    'https://169.254.169.254/',
    'https://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
    'https://10.0.0.5/',
    'https://2130706433/',
    'https://[::1]/',
    'https://localhost/',
    'http://h.example/',
    'ftp://h.example/',
    'https://u:p@h.example/',
    'https://h.example:22/',
    'https://h.example/#f',
    'nonsense',
  ]) {
    const answer = await bench.call('POST', '/v1/subscriptions', { url });
    assert.deepEqual([answer.status, answer.body.type], [400, '/problems/invalid-url'], url);
  }
  const stored = await Array.fromAsync(bench.store.interests('acme', null));
  assert.deepEqual(
    stored.flatMap(({ interests }) => interests),
    [],
  );
  const good = await bench.call('POST', '/v1/subscriptions', { url: 'HTTPS://H.example/hook' });
  assert.equal(good.body.url, URL_OK);
});

test('C066: a name that resolves inside gets the same answer as an address, a name that does not resolve is taken', async () => {
  const bench = new ManageBench();
  bench.addresses = { 'inside.example': ['93.184.216.34', '10.0.0.1'] };
  const literal = await bench.call('POST', '/v1/subscriptions', { url: 'https://10.0.0.1/' });
  const named = await bench.call('POST', '/v1/subscriptions', { url: 'https://inside.example/' });
  assert.equal(named.text, literal.text);
  assert.equal(
    (await bench.call('POST', '/v1/subscriptions', { url: 'https://nowhere.example/' })).status,
    201,
  );
});

test('C064: a change is judged like a creation, and a refused one changes nothing', async () => {
  const { bench, id } = await made();
  const before = await bench.store.get('acme', id);
  for (const change of [
    { url: 'https://10.0.0.1/' },
    { url: null },
    { eventTypes: [] },
    { eventTypes: [''] },
    { timeoutSeconds: 31 },
    { retrySchedule: [0] },
    { status: 'disabled' },
    { id: 'x' },
    { tenant: 'globex' },
    { createdAt: 'x' },
    { filter: { nonsense: [1] } },
    { rateLimit: { perSecond: 0 } },
    { format: 'xml' },
  ]) {
    assert.equal(
      (await bench.call('PATCH', `/v1/subscriptions/${id}`, change)).status,
      400,
      JSON.stringify(change),
    );
  }
  assert.deepEqual(await bench.store.get('acme', id), before);
});

test('C067, C077: empty, oversized and unknown fields are refused by pointer, all at once', async () => {
  const bench = new ManageBench();
  const answer = await bench.call('POST', '/v1/subscriptions', {
    url: '',
    eventTypes: [''],
    description: 'x'.repeat(513),
    nope: 1,
    id: 'a.b',
    retrySchedule: Array(21).fill(1),
    timeoutSeconds: 'a',
  });
  const pointers = (answer.body.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort();
  assert.deepEqual(pointers, [
    '/description',
    '/eventTypes/0',
    '/id',
    '/nope',
    '/retrySchedule',
    '/timeoutSeconds',
    '/url',
  ]);
  for (const body of ['', '[]', 'null', '"x"', '{', '{"url":', '\u0000']) {
    assert.equal((await bench.call('POST', '/v1/subscriptions', body)).status, 400, body);
  }
  for (const fields of [
    { eventTypes: Array(1_000).fill('a.b') },
    { id: 'a'.repeat(3_000) },
    { id: '中'.repeat(400) },
    { tenant: '' },
  ]) {
    assert.equal(
      (await bench.call('POST', '/v1/subscriptions', { url: URL_OK, ...fields }, 'admin')).status,
      400,
    );
  }
  assert.equal(
    (await bench.call('POST', '/v1/subscriptions', { url: URL_OK, id: 'a'.repeat(64) })).status,
    201,
  );
});
