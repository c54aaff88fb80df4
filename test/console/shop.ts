import { type Endpoint, type InProcessRunner, startEndpoint } from '../local/runner.ts';
import { until } from '../local/until.ts';

/** A tenant `acme` with a bit of everything: what arrives, what is retried, given up, paused, disabled. */
export interface Shop {
  readonly ids: Readonly<
    Record<'crm' | 'warehouse' | 'analytics' | 'billing' | 'legacy' | 'partner', string>
  >;
  /** Ids of two events: an order that most want, a product that nobody wants. */
  readonly order: string;
  readonly product: string;
  /** Id of a delivery that arrived at the third attempt. */
  readonly late: string;
  close(): Promise<void>;
}

const ORDER = {
  id: 9007199254740993n,
  customer: { name: 'Zoë Brönte', city: 'Kraków' },
  total: 120.5,
  items: [{ sku: 'MUG-1', quantity: 2 }],
};

const CATALOGUE = [
  ['customer.created', 'A new customer was added.', { name: 'Zoë Brönte', email: 'zoe@example.com' }],
  ['order.created', 'A new order came in.', ORDER],
  ['order.approved', 'An order was approved and can be sent out.', ORDER],
  ['product.created', 'A new product was added.', { sku: 'MUG-1', name: 'Mug', price: 9.9 }],
] as const;

/** Opens the shop: posts events and waits until each delivery stands where it should. */
export async function openShop(runner: InProcessRunner): Promise<Shop> {
  const ends: Endpoint[] = [];
  /** Answers with these in turn, and with the last of them from then on. */
  const end = async (statuses: number | readonly number[], body?: string) => {
    const list = [statuses].flat();
    const endpoint = await startEndpoint((_, number) => ({
      status: list[Math.min(number, list.length - 1)] ?? 204,
      ...(body === undefined ? {} : { body }),
    }));
    ends.push(endpoint);
    return endpoint.url;
  };
  const add = async (description: string, url: string, more: object = {}) =>
    (await runner.subscribe(url, { tenant: 'acme', description, ...more })).id;
  const ids = {
    crm: await add('CRM', await end(200, '{"ok":true}'), { eventTypes: ['customer.*', 'order.*'] }),
    warehouse: await add('Warehouse', await end(503, 'Down for maintenance'), {
      eventTypes: ['order.*'],
      retrySchedule: [],
    }),
    analytics: await add('Analytics', await end(204), {
      eventTypes: ['order.*', 'customer.*'],
      filter: { data: { total: [{ numeric: ['>=', 100] }] } },
      rateLimit: { perSecond: 20 },
      headers: { 'X-Team': 'insights' },
    }),
    billing: await add('Billing', await end([500, 502, 200], '{"invoice":"queued"}'), {
      eventTypes: ['order.approved'],
      retrySchedule: [1, 2, 300],
    }),
    partner: await add('Partner feed', await end(500, '{"error":"try later"}'), { eventTypes: ['order.*'] }),
    legacy: await add('Old shop system', await end(410), { eventTypes: ['customer.*'] }),
  };
  for (const [type, description, example] of CATALOGUE) {
    const schema = { type: 'object', required: Object.keys(example) };
    await runner.call('PUT', `/v1/event-types/${type}`, jsonOf({ description, schema, example }));
  }
  const post = (type: string, data: object) =>
    runner
      .call('POST', '/v1/events', jsonOf({ tenant: 'acme', type, subject: 'shop-berlin', data }))
      .then(({ body }) => String(body.id));
  await post('customer.created', { name: 'Zoë Brönte', email: 'zoe@example.com' });
  const product = await post('product.created', { sku: 'MUG-1', name: 'Mug', price: 9.9 });
  for (const total of [20, 99.99, 310]) await post('order.created', { ...ORDER, total });
  const order = await post('order.approved', ORDER);
  await runner.call('PATCH', `/v1/subscriptions/${ids.partner}?tenant=acme`, { status: 'paused' });
  const settled = async (subscription: string, status: string, count: number) => {
    const path = `/v1/deliveries?tenant=acme&subscription=${subscription}&status=${status}`;
    return (await runner.call('GET', path)).body.data.length === count;
  };
  await until('the shop is open', async () => {
    const all = [
      settled(ids.crm, 'succeeded', 5),
      settled(ids.warehouse, 'failed', 4),
      settled(ids.analytics, 'succeeded', 2),
      settled(ids.legacy, 'failed', 1),
      settled(ids.billing, 'succeeded', 1),
    ];
    return (await Promise.all(all)).every(Boolean);
  });
  const path = `/v1/deliveries?tenant=acme&subscription=${ids.billing}`;
  const late = String((await runner.call('GET', path)).body.data[0].id);
  return {
    ids,
    order,
    product,
    late,
    close: async () => void (await Promise.all(ends.map((one) => one.close()))),
  };
}

/** JSON with whole numbers of any length. */
function jsonOf(value: object): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(inner))
      : inner,
  );
}
