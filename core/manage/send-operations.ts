import { z } from 'zod';
import { TEST } from '../../contract/limits.ts';
import type { DeliveryMessage } from '../../contract/messages.ts';
import { tenantFor } from '../api-key.ts';
import type { Clock, Random } from '../clock.ts';
import { type AttemptDeps, makeAttempt } from '../dispatch/attempt.ts';
import { bodyOf } from '../dispatch/request-body.ts';
import { type EventRecord, envelopeOf } from '../event.ts';
import { deliveryId, newEventId, newId } from '../id.ts';
import { encodeMessage } from '../message.ts';
import { Problem } from '../problem.ts';
import type { MessageQueue } from '../queue.ts';
import { scanRawJson } from '../raw-json.ts';
import { timeoutMsOf } from '../subscription.ts';
import { refuseSystemTenant } from '../system-tenant.ts';
import { parseOptionalBody } from './body.ts';
import { type DeliveryOperationsDeps, findDelivery } from './delivery-operations.ts';
import { attemptBody, deliverySummary } from './delivery-view.ts';
import { refuseUnproven } from './endpoint-proof.ts';
import { eventTypeField } from './fields.ts';
import { countRetry, type ManualRetries } from './manual-retries.ts';
import type { Operations } from './operation.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import { type TestLeaseDeps, underLease } from './test-leases.ts';

export interface SendOperationsDeps
  extends AttemptDeps,
    TestLeaseDeps,
    Pick<DeliveryOperationsDeps, 'events' | 'deliveries'> {
  readonly store: SubscriptionStore;
  /** The queue `deliveries`. */
  readonly deliveryQueue: MessageQueue;
  readonly manualRetries: ManualRetries;
  readonly clock: Clock;
  readonly random: Random;
}

/** Body of `POST /v1/subscriptions/{id}/test`. */
export const testRequest = z.strictObject({
  type: eventTypeField.optional(),
  data: z.unknown().optional(),
});

/** Sending by hand: a delivery again, or a test. */
export function sendOperations(deps: SendOperationsDeps): Operations<'retryDelivery' | 'testSubscription'> {
  return {
    retryDelivery: async ({ caller, params, query }) => {
      const tenant = tenantFor(caller, query.tenant);
      const delivery = await findDelivery(deps, tenant, params.id ?? '');
      if (delivery === null) throw new Problem('not-found', 'There is no such delivery.');
      const subscription = await deps.store.get(tenant, delivery.subscription);
      if (subscription === null) throw new Problem('conflict', 'The subscription is gone.');
      refuseUnproven(subscription);
      if (subscription.status === 'disabled') {
        throw new Problem('conflict', 'The subscription is disabled. Set its status to "active" first.');
      }
      const event = await deps.events.recordOf({
        tenant,
        id: delivery.event,
        acceptedAt: delivery.createdAt,
      });
      if (event === null) throw new Problem('conflict', 'The event is no longer on record.');
      await countRetry(deps.manualRetries, delivery, deps.clock.now());
      const message = manualAttempt(deps, event, delivery.subscription, delivery.lastAttempt + 1);
      await deps.deliveryQueue.send([{ body: encodeMessage(message, event.data), group: tenant }]);
      return { status: 202, body: deliverySummary(caller, delivery) };
    },

    testSubscription: async ({ caller, params, query, body }) => {
      const input = parseOptionalBody(testRequest, body);
      const tenant = tenantFor(caller, query.tenant);
      if (input.type !== undefined || input.data !== undefined) refuseSystemTenant(tenant);
      const subscription = await deps.store.get(tenant, params.id ?? '');
      if (subscription === null) throw new Problem('not-found', 'There is no such subscription.');
      // Whoever could test it could send it what they like.
      refuseUnproven(subscription);
      const now = deps.clock.now();
      const event = {
        tenant,
        id: newEventId(now, deps.random),
        type: input.type ?? 'fanfare.test',
        subject: null,
        time: now,
        acceptedAt: now,
        metadata: {},
        data: dataOf(body) ?? '{"message":"This is a test from Fanfare."}',
      };
      const timeoutSeconds = Math.min(TEST.maxSeconds, timeoutMsOf(subscription) / 1000);
      const parts = {
        subscription: { ...subscription, timeoutSeconds },
        eventId: event.id,
        delivery: deliveryId(event, subscription.id),
        attempt: 1,
        body: bodyOf(event)(subscription.format),
      };
      const attempt = await underLease(deps, tenant, () => makeAttempt(deps, parts));
      return { status: 200, body: attemptBody(caller, 1, attempt.startedAt, 'test', attempt.result) };
    },
  };
}

/** The member `data` of a body that was found valid, token for token; undefined without one. */
function dataOf(body: Buffer): string | undefined {
  return scanRawJson(body.toString('utf8')).parts.findLast(({ key }) => key === 'data')?.raw;
}

/** The message of one attempt outside the schedule; each has a run of its own, so each is made. */
function manualAttempt(
  { clock, random }: SendOperationsDeps,
  event: EventRecord,
  subscription: string,
  attempt: number,
): DeliveryMessage {
  return {
    v: 1,
    event: envelopeOf(event),
    shards: event.shards,
    attempt,
    step: 0,
    run: newId('run', clock, random),
    trigger: 'manual',
    targets: [subscription],
  };
}
