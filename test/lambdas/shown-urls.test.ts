import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '../../contract/operations.ts';
import type { Caller, Scope } from '../../core/api-key.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';
import { ACCEPTED_AT, attemptResult, deliveryRow } from '../support/delivery-rows.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

const PATH = '/services/T0001/hidden-path';
const URL_HIDDEN = `https://h.example:8443${PATH}?token=hidden-query`;

/** Keys by what they may do besides reading. */
const MORE: Readonly<Record<string, readonly Scope[]>> = {
  reader: [],
  resender: ['deliveries:write', 'redrive'],
  revealer: ['secrets:read'],
  writer: ['subscriptions:write'],
  admin: ['admin'],
};

function callerOf(token: string): Caller {
  const scopes: readonly Scope[] = [
    'events:read',
    'subscriptions:read',
    'deliveries:read',
    ...(MORE[token] ?? []),
  ];
  return { keyId: token, scopes, tenant: 'acme', lineage: [], expiresAt: null };
}

async function bench() {
  const made = new ManageBench({}, { authenticate: async (token) => callerOf(token) });
  await made.store.create(subscription({ url: URL_HIDDEN, headers: {} }));
  const event = eventEnvelope({ acceptedAt: ACCEPTED_AT });
  await made.events.keep({ ...event, data: '1', requestId: 'r', matched: 1, shards: 1 });
  const result = attemptResult({
    url: `https://h.example:8443${PATH}?token=…`,
    responseBody: `Cannot POST ${PATH}`,
  });
  const row = deliveryRow({ result, status: 'failed' });
  await made.deliveries.append([row]);
  await made.deadLetters.record(deadLetter({ event }), row.delivery);
  return { made, delivery: row.delivery };
}

for (const token of ['reader', 'resender', 'revealer']) {
  test(`${token}: without subscriptions:write no answer holds more of a URL than its host`, async () => {
    const { made, delivery } = await bench();
    const texts: string[] = [];
    for (const { method, path } of Object.values(OPERATIONS)) {
      if (method === 'DELETE' || path === OPERATIONS.getOpenApi.path) continue;
      const id = path.includes('deliveries') ? delivery : path.includes('events') ? 'evt_1' : 'sub_1';
      const { text } = await made.call(
        method,
        path.replace(/\{\w+\}/, id),
        method === 'GET' ? undefined : {},
        token,
      );
      texts.push(text);
    }
    const all = texts.join('\n');
    assert.doesNotMatch(all, /hidden/);
    assert.ok(all.split('https://h.example:8443/…').length > 4, 'subscriptions and attempts were shown');
    assert.match(all, /Cannot POST \/…/);
  });
}

test('who may write a subscription sees its URL whole, and the path that was tried', async () => {
  for (const token of ['writer', 'admin']) {
    const { made, delivery } = await bench();
    assert.equal((await made.call('GET', '/v1/subscriptions/sub_1', undefined, token)).body.url, URL_HIDDEN);
    const { text } = await made.call('GET', `/v1/deliveries/${delivery}`, undefined, token);
    assert.match(text, /hidden-path\?token=…/);
    assert.match(text, /Cannot POST \/services/);
    assert.doesNotMatch(text, /hidden-query/);
  }
});

test('a URL that is a host alone looks like one', async () => {
  for (const [url, shown] of [
    ['https://h.example/', 'https://h.example/'],
    ['https://h.example/?k=v', 'https://h.example/…'],
    ['https://h.example/a', 'https://h.example/…'],
  ] as const) {
    const made = new ManageBench();
    await made.store.create(subscription({ url }));
    assert.equal((await made.call('GET', '/v1/subscriptions/sub_1', undefined, 'reader')).body.url, shown);
    const { body } = await made.call('GET', '/v1/subscriptions', undefined, 'reader');
    assert.equal((body.data as { url: string }[])[0]?.url, shown);
  }
});
