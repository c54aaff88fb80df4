import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST, LIST, SUBSCRIPTION, TENANT } from '../../contract/limits.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { ManageBench } from '../support/manage-bench.ts';
import { subscription } from '../support/subscription.ts';

/** As long as text may be, of characters that JSON writes with six bytes each, or with two where the API takes no others. */
const control = (length: number): string => '\u0001'.repeat(length);
/** As much metadata as there may be. */
const fatMetadata = Object.fromEntries(
  Array.from({ length: INGEST.maxMetadataPairs }, (_, at) => [
    String(at).padStart(2, '0') + control(INGEST.maxMetadataKeyLength - 2),
    control(INGEST.maxMetadataValueLength),
  ]),
);

/** Follows cursors to the end. The bench holds each answer to 4 MiB and what Lambda takes. */
async function walk(b: ManageBench, path: string, limit: number, method = 'GET') {
  const items: Readonly<Record<string, unknown>>[] = [];
  const pages: number[] = [];
  let cursor: unknown = null;
  do {
    const query = `limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const { status, body, text } = await b.call(method, `${path}?${query}`);
    assert.equal(status, 200, text.slice(0, 200));
    const data = body.data as typeof items;
    items.push(...data);
    pages.push(data.length);
    cursor = body.cursor;
  } while (cursor !== null);
  return { ids: items.map(({ id, type }) => String(id ?? type)), pages };
}

test('C098: events with as much metadata as there may be are listed, each once, on pages cut by bytes', async () => {
  const b = new ManageBench();
  const now = b.clock.now();
  for (let i = 0; i < 400; i++) {
    const fields = { id: `evt_${i}`, acceptedAt: now + i, time: now, metadata: fatMetadata };
    const event = { ...eventEnvelope(fields), subject: control(INGEST.maxSubjectLength) };
    await b.events.keep({ ...event, data: '1', requestId: 'r', matched: 0, shards: 1 });
  }
  b.clock.advance(60_000);
  const newestFirst = Array.from({ length: 400 }, (_, i) => `evt_${399 - i}`);
  for (const limit of [150, 250]) {
    const { ids, pages } = await walk(b, '/v1/events', limit);
    assert.deepEqual(ids, newestFirst);
    assert.ok(
      pages.length > 400 / limit && pages.every((length) => length < limit && length > 50),
      `${pages}`,
    );
  }
});

test('C098: subscriptions as fat as they may be are listed, each once, on pages cut by bytes', async () => {
  const b = new ManageBench();
  const fat = {
    url: `https://h.example/${'p'.repeat(SUBSCRIPTION.maxUrlBytes - 18)}`,
    eventTypes: Array.from({ length: SUBSCRIPTION.maxEventTypes }, (_, at) => `t${at}`.padEnd(128, 'x')),
    filter: { data: { name: ['"'.repeat(4_000)] } },
    description: control(SUBSCRIPTION.maxDescriptionLength),
    metadata: fatMetadata,
    headers: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x-${at}`.padEnd(128, 'h'), 'v'])),
    retrySchedule: Array.from({ length: SUBSCRIPTION.maxRetries }, () => 86_400),
  };
  for (let i = 0; i < 130; i++) {
    const { origin } = { origin: `https://h${i}.example` };
    const url = fat.url.replace('https://h.example', origin).slice(0, SUBSCRIPTION.maxUrlBytes);
    await b.store.create(subscription({ ...fat, url, id: `sub_${i}`, createdAt: b.clock.now() + i }));
  }
  const { ids, pages } = await walk(b, '/v1/subscriptions', 100);
  assert.deepEqual(
    ids,
    Array.from({ length: 130 }, (_, i) => `sub_${129 - i}`),
  );
  assert.ok(pages.length > 2, `${pages}`);
});

test('C098: tenants and event types as fat as they may be are listed, each once, on pages cut by bytes', async () => {
  const b = new ManageBench();
  for (let i = 0; i < 300; i++) {
    const id = `t${i}`;
    await b.tenants.ensure({
      ...{ id, name: control(TENANT.maxNameLength), metadata: fatMetadata },
      ...{ retrySchedule: null, createdAt: b.clock.now() + i },
    });
    const example = JSON.stringify('"'.repeat(12_000));
    await b.eventTypes.put({
      ...{ type: `type_${i}`, description: 'd', schema: null, mode: 'off', deprecated: false },
      ...{ example, createdAt: b.clock.now() + i },
    });
  }
  const admin = async (path: string) => {
    const seen: string[] = [];
    let cursor: unknown = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await b.call('GET', `${path}?limit=250${query}`, undefined, 'admin');
      const data = body.data as readonly { readonly id?: string; readonly type?: string }[];
      assert.ok(data.length < 250);
      seen.push(...data.map(({ id, type }) => id ?? type ?? ''));
      cursor = body.cursor;
    } while (cursor !== null);
    return seen;
  };
  const all = (prefix: string) => Array.from({ length: 300 }, (_, i) => `${prefix}${299 - i}`);
  assert.deepEqual(await admin('/v1/tenants'), all('t'));
  assert.deepEqual(await admin('/v1/event-types'), all('type_'));
});

test('C098: a large answer reaches Lambda in base64, because text grows there, and a small one as text', async () => {
  const b = new ManageBench();
  await b.events.keep({
    ...eventEnvelope({ id: 'evt_1', acceptedAt: b.clock.now() }),
    ...{ data: `"${'x'.repeat(200_000)}"`, requestId: 'r', matched: 0, shards: 1 },
  });
  assert.equal((await b.result('GET', '/v1/events/evt_1')).isBase64Encoded, undefined);
  for (let i = 0; i < 250; i++) {
    const fields = { id: `evt_${i + 2}`, acceptedAt: b.clock.now() + i, metadata: fatMetadata };
    await b.events.keep({ ...eventEnvelope(fields), data: '1', requestId: 'r', matched: 0, shards: 1 });
  }
  const large = await b.result('GET', '/v1/events?limit=250');
  assert.equal(large.isBase64Encoded, true);
  const body = Buffer.from(large.body ?? '', 'base64');
  assert.ok(body.length > LIST.maxBytes - 64 * 1024 && body.length <= LIST.maxBytes);
  assert.ok(JSON.parse(body.toString()).data.length > 50);
  const head = await b.result('HEAD', '/v1/events?limit=250');
  assert.equal(head.body ?? '', '');
});
