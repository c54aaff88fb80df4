import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BodyOf, FullName } from '../../client/operation-types.ts';
import { eventTypeFields } from '../../core/manage/event-type-operations.ts';
import { newKey } from '../../core/manage/key-operations.ts';
import { portalSessionRequest } from '../../core/manage/portal-operations.ts';
import { replayRequest } from '../../core/manage/replay-operation.ts';
import { testRequest } from '../../core/manage/send-operations.ts';
import { newSubscription, rotation, subscriptionChange } from '../../core/manage/subscription-input.ts';
import { redriveRequest } from '../../core/manage/task-operations.ts';
import { tenantFields } from '../../core/manage/tenant-operations.ts';

/** The schema that the server reads a body by, and the fields of the client's type, each of them or tsc fails. */
type Pair<Name extends FullName> = readonly [
  schema: { readonly shape: object },
  fields: Readonly<Record<keyof BodyOf<Name>, true>>,
];

const SUBSCRIPTION = {
  url: true,
  eventTypes: true,
  filter: true,
  description: true,
  metadata: true,
  headers: true,
  format: true,
  rateLimit: true,
  timeoutSeconds: true,
  retrySchedule: true,
  status: true,
} as const;

/** Events are read by hand, and tried out token for token elsewhere. */
const BODIES: { readonly [Name in Exclude<FullName, 'postEvents'>]: Pair<Name> } = {
  createSubscription: [newSubscription, { id: true, tenant: true, secret: true, ...SUBSCRIPTION }],
  updateSubscription: [subscriptionChange, SUBSCRIPTION],
  rotateSubscriptionSecret: [rotation, { secret: true, graceSeconds: true }],
  testSubscription: [testRequest, { type: true, data: true }],
  replaySubscription: [
    replayRequest,
    { since: true, until: true, status: true, eventTypes: true, dryRun: true },
  ],
  startRedrive: [
    redriveRequest,
    {
      tenant: true,
      subscription: true,
      eventType: true,
      since: true,
      until: true,
      limit: true,
      ratePerSecond: true,
      dryRun: true,
    },
  ],
  putEventType: [
    eventTypeFields,
    { description: true, schema: true, mode: true, example: true, deprecated: true },
  ],
  putTenant: [tenantFields, { name: true, metadata: true, retrySchedule: true }],
  createPortalSession: [portalSessionRequest, { tenant: true, expiresInSeconds: true, readOnly: true }],
  createKey: [newKey, { name: true, scopes: true, tenant: true, expiresAt: true }],
};

test('what the client can say in a body is what the server reads, no more and no less', () => {
  for (const [name, [schema, fields]] of Object.entries(BODIES)) {
    assert.deepEqual(Object.keys(fields).sort(), Object.keys(schema.shape).sort(), name);
  }
});
