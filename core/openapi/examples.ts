import type { OperationName } from '../../contract/operations.ts';

/** A request body and an answer that show what an operation is for. */
interface Example {
  readonly request?: unknown;
  readonly answer?: unknown;
}

const TIME = '2026-01-02T03:04:05.678Z';
const EVENT = 'evt_t01KDX2V7QE3N4P5Q6R7S8T9VWX';
const SUBSCRIPTION = 'sub_01KDX2V7QE0A1B2C3D4E5F6G7H';
const DELIVERY = 'dlv_01KDX2V7QEJ8K9M0N1P2Q3R4ST';

const subscription = {
  id: SUBSCRIPTION,
  tenant: 'acme',
  url: 'https://hooks.example.com/fanfare',
  eventTypes: ['order.*'],
  filter: { data: { total: [{ numeric: ['>', 100] }] } },
  description: 'Orders to the ERP',
  metadata: { team: 'erp' },
  headers: { 'X-Api-Key': '•••' },
  format: 'standard',
  rateLimit: { perSecond: 10 },
  timeoutSeconds: 15,
  retrySchedule: [5, 300, 1800],
  status: 'active',
  statusReason: null,
  createdAt: TIME,
  updatedAt: TIME,
};
const summary = {
  id: EVENT,
  tenant: 'acme',
  type: 'order.created',
  subject: null,
  time: TIME,
  acceptedAt: TIME,
  metadata: {},
  matched: 2,
};
const attempt = {
  number: 1,
  at: TIME,
  url: 'https://hooks.example.com/fanfare',
  durationMs: 41,
  timings: { dnsMs: 2, connectMs: 6, tlsMs: 14, firstByteMs: 18, readMs: 1 },
  status: 500,
  error: null,
  errorDetail: null,
  responseBody: 'oops',
  responseTruncated: false,
  trigger: 'schedule',
};
const delivery = {
  id: DELIVERY,
  event: EVENT,
  eventType: 'order.created',
  subscription: SUBSCRIPTION,
  tenant: 'acme',
  status: 'retrying',
  reason: null,
  createdAt: TIME,
  nextAttemptAt: '2026-01-02T03:04:10.678Z',
};
const { timings: _timings, ...listedAttempt } = attempt;
const deliverySummary = {
  ...delivery,
  attemptCount: 1,
  lastAttempt: { ...listedAttempt, responseBody: null },
};
const task = {
  id: 'tsk_01KDX2V7QEA2B3C4D5E6F7G8HJ',
  kind: 'redrive',
  status: 'queued',
  matched: 0,
  sent: 0,
  dropped: 0,
  createdAt: TIME,
  finishedAt: null,
};
const eventType = {
  type: 'order.created',
  description: 'A new order came in.',
  mode: 'warn',
  deprecated: false,
  schema: { type: 'object', required: ['id'] },
  example: { id: 'ord_1' },
};
const tenant = {
  id: 'acme',
  name: 'Acme Ltd',
  metadata: { plan: 'gold' },
  retrySchedule: null,
  createdAt: TIME,
};
const key = {
  id: 'key_01KDX2V7QEB3C4D5E6F7G8HJKM',
  name: 'Shop',
  scopes: ['events:write'],
  tenant: 'acme',
  createdAt: TIME,
  expiresAt: null,
};
const page = (item: unknown): unknown => ({ data: [item], cursor: null });

export const EXAMPLES: Readonly<Partial<Record<OperationName, Example>>> = {
  postEvents: {
    request: {
      type: 'order.created',
      tenant: 'acme',
      id: 'order-1-created',
      data: { id: 'ord_1', total: 142 },
    },
    answer: {
      id: 'order-1-created',
      tenant: 'acme',
      type: 'order.created',
      acceptedAt: TIME,
      duplicate: false,
    },
  },
  listEvents: { answer: page(summary) },
  getEvent: {
    answer: {
      ...summary,
      deliveries: { succeeded: 1, pending: 0, retrying: 1, failed: 0, skipped: 0, cancelled: 0 },
      data: { id: 'ord_1', total: 142 },
    },
  },
  matchEvent: { answer: page({ subscription: SUBSCRIPTION, matches: false, reason: 'filter' }) },
  createSubscription: {
    request: { tenant: 'acme', url: subscription.url, eventTypes: ['order.*'] },
    answer: { ...subscription, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  },
  listSubscriptions: { answer: page(subscription) },
  getSubscription: { answer: subscription },
  updateSubscription: { request: { description: null, rateLimit: { perSecond: 5 } }, answer: subscription },
  getSubscriptionSecret: { answer: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } },
  rotateSubscriptionSecret: {
    request: { graceSeconds: 3600 },
    answer: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  },
  testSubscription: {
    request: { type: 'order.created', data: { id: 'ord_1' } },
    answer: { ...attempt, status: 204, responseBody: '', trigger: 'test' },
  },
  verifySubscription: { answer: subscription },
  replaySubscription: {
    request: { since: '2026-01-01T00:00:00Z', status: 'missing', dryRun: true },
    answer: { ...task, kind: 'replay' },
  },
  listDeliveries: { answer: page(deliverySummary) },
  getDelivery: { answer: { ...delivery, attemptCount: 1, attempts: [attempt], attemptsCursor: null } },
  retryDelivery: { answer: deliverySummary },
  listDeadLetters: {
    answer: page({
      delivery: DELIVERY,
      event: EVENT,
      eventType: 'order.created',
      subscription: SUBSCRIPTION,
      tenant: 'acme',
      reason: 'exhausted',
      attemptCount: 10,
      lastStatus: 503,
      lastError: null,
      createdAt: TIME,
      deadAt: '2026-01-05T03:04:05.678Z',
    }),
  },
  summarizeDeadLetters: {
    answer: {
      data: [{ tenant: 'acme', subscription: SUBSCRIPTION, lastStatus: 503, lastError: null, count: 12 }],
    },
  },
  startRedrive: { request: { tenant: 'acme', subscription: SUBSCRIPTION, dryRun: true }, answer: task },
  getTask: { answer: { ...task, status: 'done', matched: 12, sent: 12, finishedAt: TIME } },
  cancelTask: { answer: { ...task, status: 'cancelled', finishedAt: TIME } },
  putEventType: {
    request: { description: eventType.description, schema: eventType.schema, mode: 'warn' },
    answer: eventType,
  },
  listEventTypes: { answer: page(eventType) },
  getEventType: { answer: eventType },
  putTenant: { request: { name: 'Acme Ltd', metadata: { plan: 'gold' } }, answer: tenant },
  listTenants: { answer: page(tenant) },
  getTenant: { answer: tenant },
  createPortalSession: {
    request: { tenant: 'acme', expiresInSeconds: 3600 },
    answer: {
      id: key.id,
      url: 'https://hooks.acme.example/#token=ff_…&tenant=acme',
      token: 'ff_…',
      expiresAt: TIME,
    },
  },
  createKey: {
    request: { name: 'Shop', scopes: ['events:write'], tenant: 'acme' },
    answer: { ...key, key: 'ff_…' },
  },
  listKeys: { answer: page(key) },
  getHealth: { answer: { status: 'ok', version: '1.0.0' } },
};
