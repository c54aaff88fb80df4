import type { Subscription } from '../../core/subscription.ts';

/** A subscription that wants everything; name only what matters to the test. */
export function subscription(fields: Partial<Subscription> = {}): Subscription {
  return {
    tenant: 'acme',
    id: 'sub_1',
    url: 'https://h.example/hook',
    eventTypes: ['*'],
    filter: null,
    description: '',
    metadata: {},
    headers: {},
    format: 'standard',
    rateLimit: null,
    timeoutSeconds: null,
    retrySchedule: null,
    status: 'active',
    statusReason: null,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: Date.UTC(2026, 0, 1),
    secrets: [{ secret: SECRET, expiresAt: null }],
    revision: 1,
    endpointRevision: 1,
    ...fields,
  };
}

/** The secret of the Standard Webhooks specification's own examples. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
