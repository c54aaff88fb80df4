import { randomBytes } from 'node:crypto';
import { toSubscriptionItem } from '../../adapters/aws/subscription-item.ts';
import { ENV, LOCAL_ENV } from '../../contract/environment.ts';
import { QUOTA } from '../../contract/limits.ts';
import type { EventEnvelope } from '../../contract/messages.ts';
import { KEYS } from '../../contract/tables.ts';
import { packDeliveries } from '../../core/fan-out/pack-deliveries.ts';
import { newEventId } from '../../core/id.ts';
import { encodeMessage } from '../../core/message.ts';
import { type Sealer, sealText } from '../../core/sealer.ts';
import { shardsFor } from '../../core/shard.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { AwsRecords } from '../stand-ins/aws.ts';

export const TENANT = 'acme';
/** The secret all endpoints of the benches share, so that any request can be verified. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const random = { bytes: (count: number) => randomBytes(count), number: () => Math.random() };

/** A subscription of the benches. */
export function subscription(id: string, url: string, fields: Partial<Subscription> = {}): Subscription {
  return {
    tenant: TENANT,
    id,
    url,
    eventTypes: ['order.created'],
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
    createdAt: 0,
    updatedAt: 0,
    secrets: [{ secret: SECRET, expiresAt: null }],
    revision: 1,
    endpointRevision: 1,
    ...fields,
  };
}

/** What AWS has on record for these subscriptions, their secrets sealed as the sealer of the functions wants it. */
export async function recordsOf(subscriptions: readonly Subscription[]): Promise<AwsRecords> {
  const dataKey = randomBytes(32);
  const sealer: Pick<Sealer, 'seal'> = {
    seal: async (text, place) => `0001.${sealText(dataKey, text, place, random)}`,
  };
  const items = await Promise.all(
    subscriptions.map((one) => toSubscriptionItem(one, { ...sealer, open: unused, derive: unused })),
  );
  const wrapped = { [KEYS.partition]: { S: 'DATAKEY' }, [KEYS.sort]: { S: '0001' }, wrapped: { B: 'AAAA' } };
  const version = { [KEYS.partition]: { S: `T#${TENANT}` }, [KEYS.sort]: { S: 'VERSION' }, n: { N: '1' } };
  return {
    // Binary values travel as base64; the type of the SDK knows them as bytes only.
    items: [...items, version, wrapped as unknown as (typeof items)[number]],
    dataKey: dataKey.toString('base64'),
  };
}

function unused(): never {
  throw new Error('the benches seal, and leave opening to the functions');
}

/** An event with about 1 KB of data. */
export function sampleEvent(now = Date.now()): { readonly envelope: EventEnvelope; readonly data: string } {
  const envelope = {
    tenant: TENANT,
    id: newEventId(now, random),
    type: 'order.created',
    subject: null,
    time: now,
    acceptedAt: now,
    metadata: {},
  };
  return { envelope, data: SAMPLE_DATA };
}

/** An order of about 1 KB, as JSON. */
export const SAMPLE_DATA = JSON.stringify({
  id: 'ord_01JGJ7Y2V5N8',
  customer: { id: 'cus_8841', name: 'Zoë Müller', email: 'zoe@example.com', since: '2019-04-30' },
  currency: 'EUR',
  total: 184.95,
  note: 'Please ring twice; the bell is shy. '.repeat(4).trim(),
  lines: Array.from({ length: 6 }, (_, i) => ({
    sku: `SKU-${1000 + i}`,
    name: `Article number ${i} in its usual size`,
    quantity: i + 1,
    price: 9.95 + i,
  })),
});

/** Events for dispatch as Lambda hands them over, JSON texts: ten messages, each for all these subscriptions. */
export function dispatchInvocations(
  count: number,
  targets: readonly string[],
  messages = 10,
): readonly string[] {
  return Array.from({ length: count }, () => {
    const bodies = Array.from({ length: messages }, () => {
      const { envelope, data } = sampleEvent();
      return packDeliveries(envelope, shardsFor(targets.length), targets).map((header) =>
        encodeMessage(header, data),
      );
    });
    return JSON.stringify({ Records: bodies.flat().map(recordOf) });
  });
}

/** A message as an event source mapping hands it over. */
export function recordOf(body: string, index: number): object {
  return {
    messageId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    receiptHandle: 'A'.repeat(300),
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1767323045678',
      SenderId: 'AROAEXAMPLE:function',
      ApproximateFirstReceiveTimestamp: '1767323045700',
      MessageGroupId: TENANT,
    },
    messageAttributes: {},
    md5OfBody: '0'.repeat(32),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:deliveries',
    awsRegion: 'eu-central-1',
  };
}

/** The variables of a function whose AWS is the stand-in. */
export function functionEnvironment(awsUrl: string): Record<string, string> {
  const queue = (name: string): string => `${awsUrl}/123456789012/${name}`;
  // Each of them, so that a variable that is new is asked for here.
  const own: Record<(typeof ENV)[keyof typeof ENV], string> = {
    [ENV.subscriptionsTable]: 'subscriptions',
    [ENV.eventsTable]: 'events',
    [ENV.deliveriesTable]: 'deliveries',
    [ENV.eventsQueue]: queue('events'),
    [ENV.deliveriesQueue]: queue('deliveries'),
    [ENV.slowDeliveriesQueue]: queue('slow-deliveries'),
    [ENV.tasksQueue]: queue('tasks'),
    [ENV.deadLettersQueue]: queue('dead-letters'),
    [ENV.secretsKey]: 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000',
    [ENV.adminKeySecret]: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin',
    [ENV.version]: '0.1.0',
    [ENV.deliveryLog]: 'full',
    [ENV.pipeline]: 'Fanfare/Pipeline',
    [ENV.logShare]: '1',
    [ENV.ingestRate]: '1000000',
    [ENV.ingestBurst]: '1000000',
    [ENV.manageRate]: '1000000',
    [ENV.manageBurst]: '1000000',
    [ENV.quotas]: JSON.stringify(QUOTA),
    [ENV.verifyEndpoints]: 'false',
    [ENV.consoleUrl]: 'https://console.example',
    [ENV.ownHosts]: 'api.example',
  };
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_SESSION_TOKEN: 'T'.repeat(400),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: awsUrl,
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
    AWS_LAMBDA_FUNCTION_NAME: 'function',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    ...own,
    [LOCAL_ENV.allowLoopback]: 'true',
  };
}
