import type { Runner } from '../runner.ts';

const text = { type: 'string', minLength: 1 } as const;

/** The first event types of a catalogue: what shops and CRMs tell each other. */
const STARTERS = [
  {
    type: 'customer.created',
    description: 'A new customer was added.',
    properties: { id: text, name: text, email: { type: 'string', format: 'email' } },
    example: { id: 'cus_1', name: 'Ada Lovelace', email: 'ada@example.com' },
  },
  {
    type: 'order.created',
    description: 'A new order came in.',
    properties: { id: text, customer: text, total: { type: 'string', pattern: '^\\d+\\.\\d{2}$' } },
    example: { id: 'ord_1', customer: 'cus_1', total: '42.00' },
  },
  {
    type: 'product.created',
    description: 'A new product was added.',
    properties: { id: text, name: text },
    example: { id: 'prd_1', name: 'Analytical Engine' },
  },
  {
    type: 'order.approved',
    description: 'An order was approved and can be fulfilled.',
    properties: { id: text },
    example: { id: 'ord_1' },
  },
] as const;

/** Puts the starter event types on record, as far as they are not there: what a user changed stays. */
export async function seedEventTypes({ url, apiKey }: Pick<Runner, 'url' | 'apiKey'>): Promise<void> {
  // One after the other: at once they would have more environments started, for these few calls.
  for (const { type, description, properties, example } of STARTERS) {
    const path = `${url}/v1/event-types/${type}`;
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const known = await fetch(path, { headers });
    await known.arrayBuffer();
    if (known.ok) continue;
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    const schema = { $schema, type: 'object', required: ['id'], properties };
    const body = JSON.stringify({ description, schema, mode: 'off', example });
    const answer = await fetch(path, { method: 'PUT', headers, body });
    if (!answer.ok) throw new Error(`PUT /v1/event-types/${type} answered ${answer.status}`);
  }
}
