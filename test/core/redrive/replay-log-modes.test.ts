import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryLogMode } from '../../../contract/delivery-log.ts';
import { replayable } from '../../../core/redrive/replayable.ts';
import type { ReplayRequest } from '../../../core/task.ts';
import { ACCEPTED_AT, deliveryRow, successRow } from '../../support/delivery-rows.ts';
import { fakeLogOf } from '../../support/fake-log-modes.ts';
import { redriveTask } from '../../support/redrive-task.ts';
import { subscription } from '../../support/subscription.ts';

const HOUR_MS = 3_600_000;
const event = {
  ...{
    tenant: 'acme',
    id: 'evt_1',
    type: 'order.created',
    subject: null,
    time: ACCEPTED_AT,
    acceptedAt: ACCEPTED_AT,
  },
  ...{ metadata: {}, data: '1', requestId: 'req_1', matched: 1, shards: 1 },
};

/** Whether a replay of this kind, an hour later, sends an event that ended with this row. */
async function isSent(
  mode: DeliveryLogMode,
  status: ReplayRequest['status'],
  row: ReturnType<typeof successRow>,
  createdAt = ACCEPTED_AT - HOUR_MS,
): Promise<boolean> {
  const deliveryLog = fakeLogOf(mode);
  await deliveryLog.append([row]);
  const request: ReplayRequest = {
    ...{ kind: 'replay', tenant: 'acme', subscription: 'sub_1', since: 0, until: ACCEPTED_AT + HOUR_MS },
    ...{ status, eventTypes: null, ratePerSecond: 50, dryRun: false },
  };
  const found = await replayable(
    { events: { recordOf: async () => event, newest: async function* () {} }, deliveryLog },
    request,
    redriveTask({}, { id: 'tsk_1', createdAt: ACCEPTED_AT + HOUR_MS }),
    { ...subscription({ id: 'sub_1', eventTypes: ['*'] }), createdAt },
    event,
  );
  return found !== null;
}

test('a replay of what is missing sends no success again, whatever the log keeps of it', async () => {
  for (const mode of ['full', 'packed', 'failures'] as const) {
    assert.equal(await isSent(mode, 'missing', successRow()), false, mode);
    assert.equal(await isSent(mode, 'failed', successRow()), false, mode);
    assert.equal(await isSent(mode, 'all', successRow()), true, mode);
  }
});

test('a replay sends what was skipped, what failed, and what was before the subscription, in every mode', async () => {
  const skipped = successRow({ result: null, status: 'skipped', reason: 'paused' });
  const elsewhere = successRow({ subscription: 'sub_2' });
  for (const mode of ['full', 'packed', 'failures'] as const) {
    assert.equal(await isSent(mode, 'missing', skipped), true, mode);
    assert.equal(
      await isSent(mode, 'failed', deliveryRow({ status: 'failed', reason: 'exhausted' })),
      true,
      mode,
    );
    assert.equal(await isSent(mode, 'missing', elsewhere, ACCEPTED_AT + 1), true, mode);
  }
});
