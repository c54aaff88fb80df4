import type { Json } from './event-schema.ts';

const text: Json = { type: 'string' };

function header(name: string, description: string, schema: Json = text): Json {
  return { name, in: 'header', required: true, description, schema };
}

/** What a subscriber receives. Standard Webhooks 1.0.0. */
export const WEBHOOKS: Json = {
  delivery: {
    post: {
      operationId: 'delivery',
      summary: 'An event, sent to a subscription',
      description:
        'At least once, and in no order: `webhook-id` is the same on every attempt, redrive and replay. Redirects are not followed.',
      security: [],
      parameters: [
        header('webhook-id', 'Id of the event.'),
        header('webhook-timestamp', 'Unix seconds of this attempt.'),
        header(
          'webhook-signature',
          'One `v1,` and base64 HMAC-SHA256 over `id.timestamp.body` for each living secret, newest first, separated by spaces.',
        ),
        header('fanfare-delivery', 'Id of the delivery.'),
        header('fanfare-attempt', 'Counts from 1.', { type: 'integer', minimum: 1 }),
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['type', 'timestamp', 'data'],
              properties: { type: text, timestamp: { ...text, format: 'date-time' }, data: {} },
            },
            example: { type: 'order.created', timestamp: '2026-01-02T03:04:05.678Z', data: { id: 'ord_1' } },
          },
          'application/cloudevents+json': { schema: { $ref: '#/components/schemas/CloudEvent' } },
        },
      },
      responses: {
        '2XX': { description: 'Delivered.' },
        '410': { description: 'The subscription is disabled.' },
        default: { description: 'Retried on the schedule, not before `Retry-After`.' },
      },
    },
  },
};
