import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISPATCH, INGEST, LIST, SUBSCRIPTION, TENANT } from '../../contract/limits.ts';
import { OPERATIONS, type OperationName } from '../../contract/operations.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { attemptResult, deliveryRow } from '../support/delivery-rows.ts';
import { answer } from '../support/dispatch-world.ts';
import { ManageBench } from '../support/manage-bench.ts';

const control = (length: number): string => '\u0001'.repeat(length);
const metadata = Object.fromEntries(
  Array.from({ length: INGEST.maxMetadataPairs }, (_, at) => [
    String(at).padStart(2, '0') + control(INGEST.maxMetadataKeyLength - 2),
    control(INGEST.maxMetadataValueLength),
  ]),
);
const LONG_ID = 'i'.repeat(120);
/** All that a subscription may hold. */
const SUBSCRIPTION_BODY = {
  url: `https://h.example/${'p'.repeat(SUBSCRIPTION.maxUrlBytes - 30)}`,
  eventTypes: Array.from({ length: SUBSCRIPTION.maxEventTypes }, (_, at) => `t${at}`.padEnd(128, 'x')),
  filter: { data: { name: ['"'.repeat(4_000)] } },
  description: control(SUBSCRIPTION.maxDescriptionLength),
  headers: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x-${at}`.padEnd(128, 'h'), 'value'])),
  retrySchedule: Array.from({ length: SUBSCRIPTION.maxRetries }, () => 86_400),
  metadata,
};
const TYPE_BODY = {
  description: control(1_024),
  schema: { description: 's'.repeat(32_000) },
  example: '"'.repeat(100_000),
};

type Asked = readonly [most: number, method: string, path: string, body?: unknown];

/** The largest answer of each operation, in kB that it stays below, and how it is asked for. Pages and counts end at `LIST.maxBytes`. */
function largest(delivery: string): Readonly<Record<Exclude<OperationName, 'postEvents'>, Asked | null>> {
  const page = LIST.maxBytes / 1024;
  const one = '/v1/subscriptions/fat';
  return {
    listEvents: [page, 'GET', '/v1/events?limit=250'],
    getEvent: [320, 'GET', `/v1/events/${LONG_ID}`],
    matchEvent: [64, 'POST', `/v1/events/${LONG_ID}/match?limit=250`],
    createSubscription: [80, 'POST', '/v1/subscriptions', { ...SUBSCRIPTION_BODY, id: 'another' }],
    listSubscriptions: [page, 'GET', '/v1/subscriptions?limit=250'],
    getSubscription: [80, 'GET', one],
    updateSubscription: [80, 'PATCH', one, { description: control(SUBSCRIPTION.maxDescriptionLength) }],
    getSubscriptionSecret: [1, 'GET', `${one}/secret`],
    rotateSubscriptionSecret: [1, 'POST', `${one}/secret/rotate`],
    testSubscription: [112, 'POST', `${one}/test`],
    verifySubscription: [80, 'POST', `${one}/verify`],
    replaySubscription: [1, 'POST', `${one}/replay`, { since: '2026-01-01T00:00:00Z' }],
    listDeliveries: [page, 'GET', '/v1/deliveries?limit=250'],
    getDelivery: [page, 'GET', `/v1/deliveries/${delivery}`],
    retryDelivery: [8, 'POST', `/v1/deliveries/${delivery}/retry`],
    listDeadLetters: [page, 'GET', '/v1/dead-letters?limit=250'],
    summarizeDeadLetters: [page, 'GET', '/v1/dead-letters/summary'],
    startRedrive: [1, 'POST', '/v1/redrive'],
    getTask: [1, 'GET', '/v1/tasks/{task}'],
    cancelTask: [1, 'POST', '/v1/tasks/{task}/cancel'],
    putEventType: [256, 'PUT', '/v1/event-types/fat', TYPE_BODY],
    listEventTypes: [page, 'GET', '/v1/event-types?limit=250'],
    getEventType: [256, 'GET', '/v1/event-types/fat'],
    putTenant: [48, 'PUT', '/v1/tenants/acme', { name: control(TENANT.maxNameLength), metadata }],
    listTenants: [page, 'GET', '/v1/tenants?limit=250'],
    getTenant: [48, 'GET', '/v1/tenants/acme'],
    createPortalSession: [2, 'POST', '/v1/portal-sessions', { tenant: 'acme' }],
    createKey: [2, 'POST', '/v1/keys', { name: control(128), scopes: ['events:read'], tenant: 'acme' }],
    listKeys: [page, 'GET', '/v1/keys?limit=250'],
    getHealth: [1, 'GET', '/v1/health'],
    getOpenApi: [512, 'GET', '/v1/openapi.json'],
    // Nothing is said.
    deleteSubscription: null,
    deleteEventType: null,
    deleteTenant: null,
    endPortalSession: null,
    deleteKey: null,
  };
}

/** One of everything, as large as it may be. */
async function bench(): Promise<{ b: ManageBench; delivery: string }> {
  const b = new ManageBench();
  b.addresses = { 'h.example': ['93.184.215.14'] };
  b.respond = async () => ({ ...answer(500), body: control(DISPATCH.maxResponseBodyBytes) });
  const made = async (method: string, path: string, body: unknown) => {
    const { status, text } = await b.call(method, path, body, 'admin');
    assert.ok(status < 300, text.slice(0, 300));
  };
  await made('POST', '/v1/subscriptions', { ...SUBSCRIPTION_BODY, id: 'fat', tenant: 'acme' });
  const acceptedAt = b.clock.now() - 1_000;
  const event = { ...eventEnvelope({ id: LONG_ID, acceptedAt, metadata }), subject: control(256) };
  const data = `"${'\\u0001'.repeat(40_000)}"`;
  await b.events.keep({ ...event, data, requestId: 'r', matched: 1, shards: 1 });
  const result = attemptResult({ responseBody: control(DISPATCH.maxResponseBodyBytes) });
  const rows = Array.from({ length: 400 }, (_, at) =>
    deliveryRow({
      ...{ event: LONG_ID, createdAt: acceptedAt, subscription: 'fat', attempt: at + 1, run: `run_${at}` },
      result: { ...result, url: SUBSCRIPTION_BODY.url },
    }),
  );
  await b.deliveries.append(rows);
  return { b, delivery: rows[0]?.delivery ?? '' };
}

test('C098: the largest answer of every operation fits, with room for what Lambda puts around it', async () => {
  const { b, delivery } = await bench();
  const table = largest(delivery);
  const named = Object.keys(OPERATIONS).filter((name) => name !== 'postEvents');
  assert.deepEqual(Object.keys(table).sort(), named.sort(), 'each operation has its largest answer here');
  // What makes comes before what reads it.
  const inOrder = Object.entries(table).sort(
    ([a], [c]) => Number(c.startsWith('put')) - Number(a.startsWith('put')),
  );
  let task = '';
  for (const [name, asked] of inOrder) {
    if (asked === null) continue;
    const [most, method, path, body] = asked;
    const {
      status,
      text,
      body: told,
    } = await b.call(method, path.replace('{task}', task), body, tokenFor(name));
    assert.ok(status < 300, `${name}: ${text.slice(0, 300)}`);
    const kb = Buffer.byteLength(text) / 1024;
    assert.ok(kb <= most, `${name}: ${kb} kB, not ${most}`);
    assert.ok(most <= LIST.maxBytes / 1024);
    if (name === 'startRedrive') task = String(told.id);
  }
});

function tokenFor(name: string): string {
  return /EventType|listTenants|putTenant/.test(name) ? 'admin' : 'acme';
}

test('C098: the largest refusal of every body fits: twenty faults at most, each cut short', async () => {
  const { b } = await bench();
  const odd = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`${control(500)}${at}`, at]));
  for (const [path, method] of [
    ['/v1/subscriptions', 'POST'],
    ['/v1/subscriptions/fat', 'PATCH'],
    ['/v1/redrive', 'POST'],
    ['/v1/event-types/fat', 'PUT'],
    ['/v1/keys', 'POST'],
  ] as const) {
    const { status, text } = await b.call(method, path, odd, 'admin');
    assert.ok(status === 400 || status === 413, text.slice(0, 200));
    assert.ok(Buffer.byteLength(text) < 32 * 1024);
  }
});
