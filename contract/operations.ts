/**
 * Every operation of the API: method, path, the scope it needs (`any`: no more than a key, null: open to all) and the query parameters
 * it takes. Routes, permission checks and the published document are made from this one table.
 */
export interface OperationSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly scope:
    | 'events:write'
    | 'events:read'
    | 'subscriptions:write'
    | 'subscriptions:read'
    | 'secrets:read'
    | 'deliveries:write'
    | 'deliveries:read'
    | 'redrive'
    | 'admin'
    | 'any'
    | null;
  readonly query: readonly string[];
}

const PAGE = ['limit', 'cursor'] as const;

export const OPERATIONS = {
  postEvents: { method: 'POST', path: '/v1/events', scope: 'events:write', query: [] },
  listEvents: {
    method: 'GET',
    path: '/v1/events',
    scope: 'events:read',
    query: ['tenant', 'type', 'since', 'until', ...PAGE],
  },
  getEvent: { method: 'GET', path: '/v1/events/{id}', scope: 'events:read', query: ['tenant'] },
  matchEvent: {
    method: 'POST',
    path: '/v1/events/{id}/match',
    scope: 'events:read',
    query: ['tenant', ...PAGE],
  },

  createSubscription: { method: 'POST', path: '/v1/subscriptions', scope: 'subscriptions:write', query: [] },
  listSubscriptions: {
    method: 'GET',
    path: '/v1/subscriptions',
    scope: 'subscriptions:read',
    query: ['tenant', 'status', 'eventType', ...PAGE],
  },
  getSubscription: {
    method: 'GET',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:read',
    query: ['tenant'],
  },
  updateSubscription: {
    method: 'PATCH',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:write',
    query: ['tenant'],
  },
  deleteSubscription: {
    method: 'DELETE',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:write',
    query: ['tenant'],
  },
  getSubscriptionSecret: {
    method: 'GET',
    path: '/v1/subscriptions/{id}/secret',
    scope: 'secrets:read',
    query: ['tenant'],
  },
  rotateSubscriptionSecret: {
    method: 'POST',
    path: '/v1/subscriptions/{id}/secret/rotate',
    scope: 'subscriptions:write',
    query: ['tenant'],
  },

  testSubscription: {
    method: 'POST',
    path: '/v1/subscriptions/{id}/test',
    scope: 'subscriptions:write',
    query: ['tenant'],
  },
  verifySubscription: {
    method: 'POST',
    path: '/v1/subscriptions/{id}/verify',
    scope: 'subscriptions:write',
    query: ['tenant'],
  },
  replaySubscription: {
    method: 'POST',
    path: '/v1/subscriptions/{id}/replay',
    scope: 'redrive',
    query: ['tenant'],
  },

  listDeliveries: {
    method: 'GET',
    path: '/v1/deliveries',
    scope: 'deliveries:read',
    query: ['tenant', 'subscription', 'event', 'status', 'code', 'eventType', 'since', 'until', ...PAGE],
  },
  getDelivery: {
    method: 'GET',
    path: '/v1/deliveries/{id}',
    scope: 'deliveries:read',
    query: ['tenant', 'attemptsLimit', 'attemptsCursor'],
  },

  retryDelivery: {
    method: 'POST',
    path: '/v1/deliveries/{id}/retry',
    scope: 'deliveries:write',
    query: ['tenant'],
  },

  listDeadLetters: {
    method: 'GET',
    path: '/v1/dead-letters',
    scope: 'deliveries:read',
    query: ['tenant', 'subscription', 'eventType', 'since', 'until', ...PAGE],
  },
  summarizeDeadLetters: {
    method: 'GET',
    path: '/v1/dead-letters/summary',
    scope: 'deliveries:read',
    query: ['tenant', 'subscription', 'eventType', 'since', 'until'],
  },
  startRedrive: { method: 'POST', path: '/v1/redrive', scope: 'redrive', query: [] },
  getTask: { method: 'GET', path: '/v1/tasks/{id}', scope: 'redrive', query: [] },
  cancelTask: { method: 'POST', path: '/v1/tasks/{id}/cancel', scope: 'redrive', query: [] },

  putEventType: { method: 'PUT', path: '/v1/event-types/{type}', scope: 'admin', query: [] },
  listEventTypes: {
    method: 'GET',
    path: '/v1/event-types',
    scope: 'subscriptions:read',
    query: [...PAGE],
  },
  getEventType: { method: 'GET', path: '/v1/event-types/{type}', scope: 'subscriptions:read', query: [] },
  deleteEventType: { method: 'DELETE', path: '/v1/event-types/{type}', scope: 'admin', query: [] },

  putTenant: { method: 'PUT', path: '/v1/tenants/{id}', scope: 'admin', query: [] },
  listTenants: { method: 'GET', path: '/v1/tenants', scope: 'admin', query: [...PAGE] },
  getTenant: { method: 'GET', path: '/v1/tenants/{id}', scope: 'admin', query: [] },
  deleteTenant: { method: 'DELETE', path: '/v1/tenants/{id}', scope: 'admin', query: [] },

  createPortalSession: { method: 'POST', path: '/v1/portal-sessions', scope: 'admin', query: [] },
  endPortalSession: { method: 'DELETE', path: '/v1/portal-sessions/current', scope: 'any', query: [] },

  createKey: { method: 'POST', path: '/v1/keys', scope: 'admin', query: [] },
  listKeys: { method: 'GET', path: '/v1/keys', scope: 'admin', query: [...PAGE] },
  deleteKey: { method: 'DELETE', path: '/v1/keys/{id}', scope: 'admin', query: [] },

  getHealth: { method: 'GET', path: '/v1/health', scope: null, query: [] },
  getOpenApi: { method: 'GET', path: '/v1/openapi.json', scope: null, query: [] },
} as const satisfies Readonly<Record<string, OperationSpec>>;

export type OperationName = keyof typeof OPERATIONS;
