import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DynamoApiKeys } from '../../adapters/dynamo-api-keys.ts';
import { systemClock, systemRandom } from '../../adapters/system.ts';
import { ENV } from '../../contract/environment.ts';
import { hashToken, newToken } from '../../core/auth/token.ts';
import { decodeEventMessage } from '../../core/message.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { sqsRecord } from '../support/fan-out-bench.ts';
import { httpEvent, lambdaContext } from '../support/http-event.ts';
import { ROOT } from '../support/source-files.ts';
import { type SqsStandIn, startSqs } from '../support/sqs.ts';

// The exported handlers as Lambda calls them: composed from the environment, over the stand-ins.

let dynamo: DynamoStandIn;
let sqs: SqsStandIn;
before(async () => {
  [dynamo, sqs] = await Promise.all([startDynamo(), startSqs()]);
});
after(() => Promise.all([dynamo.close(), sqs.close()]));

const ENTRIES = readdirSync(join(ROOT, 'lambdas'))
  .filter((name) => name.endsWith('.ts') && name !== 'wiring.ts')
  .map((name) => `../../lambdas/${name}`);

test('importing a function reads no environment, and gives its handler', async () => {
  const read: string[] = [];
  const real = process.env;
  process.env = new Proxy(real, {
    get: (target, name) => {
      if (String(name).startsWith('FANFARE_')) read.push(String(name));
      return Reflect.get(target, name);
    },
  });
  try {
    for (const entry of ENTRIES) assert.equal(typeof (await import(entry)).handler, 'function', entry);
  } finally {
    process.env = real;
  }
  assert.deepEqual(read, []);
});

test('ingest and fan-out work as composed from their environment', async () => {
  const events = await sqs.queue('events');
  const deliveries = await sqs.queue('deliveries');
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    [ENV.subscriptionsTable]: dynamo.tables.subscriptions,
    [ENV.eventsTable]: dynamo.tables.events,
    [ENV.deliveriesTable]: dynamo.tables.deliveries,
    [ENV.eventsQueue]: events,
    [ENV.deliveriesQueue]: deliveries,
    [ENV.slowDeliveriesQueue]: deliveries,
    [ENV.adminKeySecret]: 'unused',
    [ENV.ingestRate]: '100',
    [ENV.ingestBurst]: '100',
    [ENV.pipeline]: 'Fanfare/Pipeline',
    [ENV.logShare]: '1',
  });
  const token = newToken(systemRandom);
  await new DynamoApiKeys(dynamo.client, dynamo.tables.subscriptions).create({
    id: 'key_1',
    name: 'test',
    hash: hashToken(token),
    scopes: ['events:write'],
    tenant: null,
    madeBy: [],
    createdAt: systemClock.now(),
    expiresAt: null,
  });
  const ingest = await import('../../lambdas/ingest.ts');
  const fanOut = await import('../../lambdas/fan-out.ts');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await ingest.handler(
    httpEvent({ body: '{"id":"e1","type":"a.b","data":"😀"}', headers }),
    lambdaContext(),
  );
  assert.equal(answer.statusCode, 202, answer.body);
  const [body = ''] = sqs.bodies('events');
  assert.equal(decodeEventMessage(body).data, '"😀"');
  const result = await fanOut.handler({ Records: [sqsRecord(body, 'm1')] }, lambdaContext());
  assert.deepEqual(result, { batchItemFailures: [] });
  // Nobody subscribed, but the event is on record: the same message again is no longer news.
  assert.equal(
    (
      await ingest.handler(
        httpEvent({ body: '{"id":"e1","type":"a.b","data":"😀"}', headers }),
        lambdaContext(),
      )
    ).statusCode,
    202,
  );
  assert.equal(sqs.bodies('events').length, 1);
  assert.deepEqual(sqs.bodies('deliveries'), []);
});
