import type {
  AttemptBody,
  CreatedKey,
  CreatedSubscription,
  DeadLetterBody,
  DeadLetterCounts,
  DeliveryBody,
  DeliverySummary,
  EventBody,
  EventSummary,
  EventTypeBody,
  HealthBody,
  KeyBody,
  KeyFields,
  MatchBody,
  PageBody,
  PortalSessionBody,
  PortalSessionFields,
  RedriveFields,
  ReplayFields,
  SecretBody,
  SubscriptionBody,
  SubscriptionFields,
  TaskBody,
  TenantBody,
} from '../contract/api.ts';
import { jsonText } from './data/json-text.ts';
import type { Answer, Query, Transport } from './data/transport.ts';

export type Raw = Readonly<Record<string, string | null>>;

/**
 * The API's operations, typed. `tenant` goes with every call that takes one; null leaves it to the key.
 * Where token-for-token text matters, the whole answer comes back, its text included.
 */
export function createApi(transport: Transport, tenant: string | null) {
  const list =
    <Item>(path: string, own: Query = { tenant }) =>
    (query: Query = {}): Promise<Answer<PageBody<Item>>> =>
      transport<PageBody<Item>>({ path, query: { ...own, ...query } });
  const read = <Body>(path: string): Promise<Answer<Body>> => transport<Body>({ path, query: { tenant } });
  const write = async <Body>(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body?: string,
    query: Query = { tenant },
  ) => (await transport<Body>({ method, path, query, ...(body === undefined ? {} : { body }) })).body;
  const remove = async (path: string, query: Query = { tenant }): Promise<void> => {
    await transport({ method: 'DELETE', path, query });
  };
  const withTenant = <Fields extends object>(fields: Fields): object =>
    tenant === null ? fields : { ...fields, tenant };

  return {
    health: () => transport<HealthBody>({ path: '/health' }),

    listSubscriptions: list<SubscriptionBody>('/subscriptions'),
    getSubscription: (id: string) => read<SubscriptionBody>(`/subscriptions/${at(id)}`),
    createSubscription: (fields: SubscriptionFields, raw: Raw) =>
      write<CreatedSubscription>('POST', '/subscriptions', jsonText(withTenant(fields), raw), {}),
    updateSubscription: (id: string, fields: SubscriptionFields, raw: Raw = {}) =>
      write<SubscriptionBody>('PATCH', `/subscriptions/${at(id)}`, jsonText(fields, raw)),
    deleteSubscription: (id: string) => remove(`/subscriptions/${at(id)}`),
    getSecret: async (id: string) => (await read<SecretBody>(`/subscriptions/${at(id)}/secret`)).body,
    rotateSecret: (id: string, graceSeconds: number) =>
      write<SecretBody>('POST', `/subscriptions/${at(id)}/secret/rotate`, jsonText({ graceSeconds })),
    testSubscription: (id: string, type: string, data: string | null) =>
      write<AttemptBody>('POST', `/subscriptions/${at(id)}/test`, jsonText({ type }, { data })),
    verifySubscription: (id: string) => write<SubscriptionBody>('POST', `/subscriptions/${at(id)}/verify`),
    replay: (id: string, fields: ReplayFields) =>
      write<TaskBody>('POST', `/subscriptions/${at(id)}/replay`, jsonText(fields)),

    listDeliveries: list<DeliverySummary>('/deliveries'),
    getDelivery: (id: string, attemptsCursor: string | null = null) =>
      transport<DeliveryBody>({ path: `/deliveries/${at(id)}`, query: { tenant, attemptsCursor } }),
    retryDelivery: (id: string) => write<unknown>('POST', `/deliveries/${at(id)}/retry`),

    listEvents: list<EventSummary>('/events'),
    getEvent: (id: string) => read<EventBody>(`/events/${at(id)}`),
    matchEvent: (id: string) => write<PageBody<MatchBody>>('POST', `/events/${at(id)}/match`),

    listEventTypes: list<EventTypeBody>('/event-types', {}),
    getEventType: (type: string) => transport<EventTypeBody>({ path: `/event-types/${at(type)}` }),

    listDeadLetters: list<DeadLetterBody>('/dead-letters'),
    summarizeDeadLetters: (query: Query = {}) =>
      transport<DeadLetterCounts>({
        path: '/dead-letters/summary',
        query: { tenant, ...query },
      }),
    redrive: (fields: RedriveFields) => write<TaskBody>('POST', '/redrive', jsonText(withTenant(fields)), {}),
    getTask: (id: string) => transport<TaskBody>({ path: `/tasks/${at(id)}` }),
    cancelTask: (id: string) => write<TaskBody>('POST', `/tasks/${at(id)}/cancel`, undefined, {}),

    listTenants: list<TenantBody>('/tenants', {}),
    putTenant: (id: string, fields: { readonly name?: string }) =>
      write<TenantBody>('PUT', `/tenants/${at(id)}`, jsonText(fields), {}),
    deleteTenant: (id: string) => remove(`/tenants/${at(id)}`, {}),
    listKeys: list<KeyBody>('/keys', {}),
    createKey: (fields: KeyFields) => write<CreatedKey>('POST', '/keys', jsonText(fields), {}),
    deleteKey: (id: string) => remove(`/keys/${at(id)}`, {}),
    createPortalSession: (fields: PortalSessionFields) =>
      write<PortalSessionBody>('POST', '/portal-sessions', jsonText(fields), {}),
    endPortalSession: () => remove('/portal-sessions/current', {}),
  };
}

export type Api = ReturnType<typeof createApi>;

function at(id: string): string {
  return encodeURIComponent(id);
}
