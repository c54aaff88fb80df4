import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DELIVERY_LOG_MODES } from '../../contract/delivery-log.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { deliveryRow, successRow } from '../support/delivery-rows.ts';
import { fakeLogOf } from '../support/fake-log-modes.ts';
import { ManageBench } from '../support/manage-bench.ts';

/** What the API says of an event for five: two succeed, one of them at the second attempt, one fails, one is paused. */
async function told(mode: (typeof DELIVERY_LOG_MODES)[number]) {
  const deliveries = fakeLogOf(mode);
  const bench = new ManageBench({ deliveries });
  const now = bench.clock.now();
  const event = { ...eventEnvelope({ acceptedAt: now, time: now }), data: '1', requestId: 'r' };
  await bench.events.keep({ ...event, matched: 5, shards: 1 });
  const at = { createdAt: now };
  const first = successRow({ ...at, subscription: 'sub_1' });
  await deliveries.append([
    first,
    deliveryRow({ ...at, subscription: 'sub_2' }),
    deliveryRow({ ...at, subscription: 'sub_2', attempt: 2, status: 'succeeded' }),
    deliveryRow({ ...at, subscription: 'sub_3', status: 'failed', reason: 'exhausted' }),
    successRow({ ...at, subscription: 'sub_4', result: null, status: 'skipped', reason: 'paused' }),
  ]);
  return {
    counts: (await bench.call('GET', '/v1/events/evt_1')).body.deliveries,
    listed: ((await bench.call('GET', '/v1/deliveries?event=evt_1')).body.data as unknown[]).length,
    one: (await bench.call('GET', `/v1/deliveries/${first.delivery}`)).status,
  };
}

test('full and packed give the same answers; failures counts a first success as pending and knows no more of it', async () => {
  const rest = { retrying: 0, failed: 1, skipped: 1, cancelled: 0 };
  const exact = { counts: { succeeded: 2, pending: 1, ...rest }, listed: 4, one: 200 };
  assert.deepEqual(await told('full'), exact);
  assert.deepEqual(await told('packed'), exact);
  assert.deepEqual(await told('failures'), {
    counts: { succeeded: 1, pending: 2, ...rest },
    listed: 3,
    one: 404,
  });
});
