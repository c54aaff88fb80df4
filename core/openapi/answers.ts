import { z } from 'zod';
import type {
  AttemptBody,
  CreatedKey,
  CreatedSubscription,
  DeadLetterBody,
  DeadLetterCounts,
  DeliveryBody,
  DeliverySummary,
  EventAccepted,
  EventBody,
  EventSummary,
  EventTypeBody,
  HealthBody,
  KeyBody,
  MatchBody,
  PageBody,
  PortalSessionBody,
  ProblemBody,
  SecretBody,
  SubscriptionBody,
  TaskBody,
  TenantBody,
} from '../../contract/api.ts';

/** What the API answers, as schemas; the types they describe are those of `contract/api.ts`, held together by tsc. */
const time = z.string().meta({ format: 'date-time' });
const count = z.int().min(0);
const pairs = z.record(z.string(), z.string());
const trigger = z.enum(['schedule', 'manual', 'redrive', 'replay', 'test']);
const deliveryStatus = z.enum(['pending', 'succeeded', 'retrying', 'failed', 'skipped', 'cancelled']);

/** A page of a list. */
export function pageOf<T>(item: z.ZodType<T>): z.ZodType<PageBody<T>> {
  return z.strictObject({
    data: z.array(item),
    cursor: z.string().nullable().meta({ description: 'Leads to the next page; null at the end.' }),
  });
}

export const fault = z.strictObject({
  pointer: z
    .string()
    .meta({ description: 'A JSON pointer into the body, or the name of a parameter or header.' }),
  detail: z.string(),
});

export const problem: z.ZodType<ProblemBody> = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(fault).optional(),
});

const accepted = {
  id: z.string(),
  tenant: z.string(),
  type: z.string(),
  acceptedAt: time,
  duplicate: z.boolean(),
};
export const eventAccepted: z.ZodType<EventAccepted> = z.strictObject(accepted);

/** One result for each event of an array. */
export const eventResults = z.strictObject({
  results: z.array(
    z.union([
      z.strictObject({ status: z.literal(202), ...accepted }),
      z.strictObject({ status: z.int().min(400), error: problem }),
    ]),
  ),
});

const summary = {
  id: z.string(),
  tenant: z.string(),
  type: z.string(),
  subject: z.string().nullable(),
  time,
  acceptedAt: time,
  metadata: pairs,
  matched: count.meta({ description: 'Subscriptions it was for when it came in.' }),
};
export const eventSummary: z.ZodType<EventSummary> = z.strictObject(summary);
export const eventBody: z.ZodType<EventBody> = z.strictObject({
  ...summary,
  traceparent: z
    .string()
    .optional()
    .meta({ description: "The producer's, handed on to subscribers; absent without one." }),
  tracestate: z.string().optional().meta({ description: 'What came with the `traceparent`; handed on too.' }),
  cloudEvent: z
    .strictObject({
      id: z.string().meta({ description: 'The id it came with, unique for its source.' }),
      contentType: z.string().optional().meta({ description: 'Absent for application/json.' }),
      time: z
        .string()
        .optional()
        .meta({ description: 'Its time as it was spelt; absent if it is spelt like that of the event.' }),
      literals: z
        .array(z.string())
        .optional()
        .meta({ description: 'Names of metadata that were numbers or booleans.' }),
    })
    .optional()
    .meta({ description: 'Of an event that came as a CloudEvent; its source and extensions are metadata.' }),
  deliveries: z.strictObject({
    succeeded: count,
    pending: count,
    retrying: count,
    failed: count,
    skipped: count,
    cancelled: count,
  }),
  deliveriesIncomplete: z.literal(true).optional().meta({
    description: 'There are more than could be counted in time: `deliveries` is of some of them.',
  }),
  data: z.unknown().meta({ description: 'Token for token as it was posted.' }),
});

export const match: z.ZodType<MatchBody> = z.strictObject({
  subscription: z.string(),
  matches: z.boolean(),
  reason: z.enum(['type', 'filter', 'filter-too-costly', 'paused', 'disabled', 'unverified']).nullable(),
});

const subscriptionShape = {
  id: z.string(),
  tenant: z.string(),
  url: z.string().meta({ description: 'Path and query are masked without the scope `subscriptions:write`.' }),
  eventTypes: z.array(z.string()),
  filter: z.record(z.string(), z.unknown()).nullable(),
  description: z.string(),
  metadata: pairs,
  headers: pairs.meta({ description: 'Values are masked.' }),
  format: z.enum(['standard', 'cloudevents']),
  rateLimit: z.strictObject({ perSecond: z.int() }).nullable(),
  timeoutSeconds: z.int(),
  retrySchedule: z.array(z.int()),
  status: z.enum(['active', 'paused', 'disabled', 'unverified']),
  statusReason: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
};
export const subscription: z.ZodType<SubscriptionBody> = z.strictObject(subscriptionShape);
export const createdSubscription: z.ZodType<CreatedSubscription> = z.strictObject({
  ...subscriptionShape,
  secret: z.string(),
});
export const secret: z.ZodType<SecretBody> = z.strictObject({ secret: z.string() });

const phase = count.nullable();
const timings = z
  .strictObject({
    dnsMs: phase,
    connectMs: phase,
    tlsMs: phase,
    firstByteMs: phase.meta({ description: 'From the connection being there to the head of the answer.' }),
    readMs: phase.meta({ description: 'Reading the rest of the answer.' }),
  })
  .meta({
    description:
      'How long each phase took; null for one that did not take place. A connection that was kept from an earlier attempt has the last two alone. A failure ends with the phase it happened in. Absent in lists, where nothing was sent, and where the delivery log does not keep them.',
  });

export const attempt: z.ZodType<AttemptBody> = z.strictObject({
  number: z.int(),
  at: time,
  url: z.string().meta({
    description:
      'Query and credentials are masked; without the scope `subscriptions:write`, the path as well.',
  }),
  durationMs: z.number(),
  timings: timings.optional(),
  status: z.int().nullable(),
  error: z
    .enum([
      'timeout',
      'dns',
      'connect',
      'tls',
      'reset',
      'blocked',
      'response-too-large',
      'protocol',
      'no-secret',
    ])
    .nullable(),
  errorDetail: z.string().nullable().meta({
    description: 'What went wrong and what to do about it, for people to read. Null without an error.',
  }),
  responseBody: z.string().nullable(),
  responseTruncated: z.boolean().meta({
    description:
      'The answer was longer than what is kept of it, or broke off, or took too long behind its head. Its status counts all the same, so `error` is null.',
  }),
  trigger,
});

const deliveryHead = {
  id: z.string(),
  event: z.string(),
  eventType: z.string(),
  subscription: z.string(),
  tenant: z.string(),
  status: deliveryStatus,
  reason: z.string().nullable(),
  createdAt: time,
  nextAttemptAt: time.nullable(),
};
export const deliverySummary: z.ZodType<DeliverySummary> = z.strictObject({
  ...deliveryHead,
  attemptCount: count,
  lastAttempt: attempt.nullable(),
});
export const delivery: z.ZodType<DeliveryBody> = z.strictObject({
  ...deliveryHead,
  attemptCount: count.meta({ description: 'How many there are in all.' }),
  attempts: z.array(attempt).meta({
    description:
      'The newest attempts, or those before `attemptsCursor`, in order: as many as fit into 4 MiB, 250 at most.',
  }),
  attemptsCursor: z.string().nullable().meta({
    description: 'Leads to the next older attempts, as the parameter of this name; null when there are none.',
  }),
});

export const deadLetter: z.ZodType<DeadLetterBody> = z.strictObject({
  delivery: z.string(),
  event: z.string(),
  eventType: z.string(),
  subscription: z.string(),
  tenant: z.string(),
  reason: z.string(),
  attemptCount: count,
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  createdAt: time,
  deadAt: time,
});
export const deadLetterCounts: z.ZodType<DeadLetterCounts> = z.strictObject({
  data: z.array(
    z.strictObject({
      tenant: z.string(),
      subscription: z.string(),
      lastStatus: z.int().nullable(),
      lastError: z.string().nullable(),
      count,
    }),
  ),
  incomplete: z.literal(true).optional().meta({
    description:
      'There are more than could be counted in time or shown at once: the newest were counted, and the largest counts are shown.',
  }),
});

export const task: z.ZodType<TaskBody> = z.strictObject({
  id: z.string(),
  kind: z.enum(['redrive', 'replay']),
  status: z.enum(['queued', 'running', 'done', 'cancelled', 'failed']),
  matched: count,
  sent: count,
  dropped: count,
  createdAt: time,
  finishedAt: time.nullable(),
  failure: z.string().optional(),
});

export const eventType: z.ZodType<EventTypeBody> = z.strictObject({
  type: z.string(),
  description: z.string(),
  mode: z.enum(['off', 'warn', 'block']),
  deprecated: z.boolean(),
  schema: z.unknown(),
  example: z.unknown(),
});

export const tenant: z.ZodType<TenantBody> = z.strictObject({
  id: z.string(),
  name: z.string(),
  metadata: pairs,
  retrySchedule: z.array(z.int()).nullable(),
  createdAt: time,
});

const keyShape = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  tenant: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
};
export const key: z.ZodType<KeyBody> = z.strictObject(keyShape);
export const createdKey: z.ZodType<CreatedKey> = z.strictObject({ ...keyShape, key: z.string() });

export const portalSession: z.ZodType<PortalSessionBody> = z.strictObject({
  id: z.string().meta({ description: '`DELETE /v1/keys/{id}` ends the session before its time.' }),
  url: z.string(),
  token: z.string(),
  expiresAt: time,
});

export const health: z.ZodType<HealthBody> = z.strictObject({ status: z.literal('ok'), version: z.string() });

/** The document itself, as far as a reader can count on it. */
export const openApi = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.unknown()),
});
