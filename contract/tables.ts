/**
 * Names in the three tables that infrastructure and adapters must agree on. Which item lives under which
 * key is the adapters' business and is described in `docs/tables.md`.
 */
export const KEYS = { partition: 'pk', sort: 'sk', expiresAt: 'ttl' } as const;

/** Indexes: name, the attributes that make up their keys, and those they hold besides (all, where none are named). */
export const INDEXES = {
  /** Subscriptions table, local index: a tenant's subscriptions, newest first, consistent reads. */
  subscriptionsByCreation: { name: 'by-creation', partition: 'pk', sort: 'createdKey' },
  /** Deliveries table: a subscription's deliveries, newest first. */
  deliveriesBySubscription: {
    name: 'by-subscription',
    partition: 'subscriptionKey',
    sort: 'deliveryKey',
    /** All but response body and timings, which lists do not show, and `ttl`: an index may name 20 at most. */
    attributes: [
      ...['tenant', 'event', 'eventType', 'subscription', 'delivery', 'shards', 'createdAt'],
      ...['attempt', 'run', 'trigger', 'at', 'status', 'reason', 'nextAttemptAt'],
      ...['url', 'durationMs', 'httpStatus', 'error', 'errorDetail', 'responseTruncated'],
    ],
  },
} as const;

/** Partitions that a tenant's events are spread over, so that one tenant is not held to 1,000 writes a second. */
export const EVENT_LIST_SHARDS = 4;

/** Partitions that one minute's parked deliveries are spread over. */
export const DUE_SHARDS = 8;
