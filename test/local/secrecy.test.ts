import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
let endpoint: Endpoint;
before(async () => {
  [runner, endpoint] = await Promise.all([
    startInProcess(),
    startEndpoint(() => ({ status: 400, body: 'no' })),
  ]);
});
after(async () => {
  await runner.stop();
  await endpoint.close();
});

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const SECRETS = ['SECRETPATH', 'SECRETQ', 'SECRETH', 'SECRETDATA', 'SECRETMETA', 'SECRETSUBJECT'];

/** Everything the functions printed, metrics included. */
const printed = (): string =>
  readdirSync(runner.runner.logFolder)
    .map((name) => readFileSync(join(runner.runner.logFolder, name), 'utf8'))
    .join('\n');

test('C085: tokens in URLs and headers, and what events hold, are in no log, metric, error or dead letter’s header', async () => {
  const { port } = new URL(endpoint.url);
  const tail = 'T000/B000/SECRETPATH?token=SECRETQ';
  const targets = {
    'answers 400': `http://127.0.0.1:${port}/${tail}`,
    'fails in DNS': `https://fanfare-no-such-host.invalid/${tail}`,
    'fails in TLS': `https://127.0.0.1:${port}/${tail}`,
  };
  const made = await Promise.all(
    Object.values(targets).map((url) =>
      runner.call('POST', '/v1/subscriptions', {
        url,
        headers: { Authorization: 'Bearer SECRETH' },
        retrySchedule: [],
      }),
    ),
  );
  const taken = made.filter(({ status }) => status === 201);
  assert.ok(taken.length >= 2, JSON.stringify(made.map(({ body }) => body)));
  const answer = await runner.call(
    'POST',
    '/v1/events',
    {
      type: 'order.created',
      subject: 'SECRETSUBJECT',
      metadata: { k: 'SECRETMETA' },
      data: { card: 'SECRETDATA' },
    },
    { traceparent: TRACE },
  );
  assert.equal(answer.status, 202);
  await until('every delivery failed', async () => {
    const { body } = await runner.call('GET', `/v1/deliveries?event=${answer.body.id}&status=failed`);
    return body.data.length === taken.length;
  });
  const refused = [
    await runner.call('POST', '/v1/subscriptions', { url: `http://10.0.0.1/${tail}` }),
    await runner.call('POST', '/v1/events', { type: 'not a type', data: 'SECRETDATA' }),
    ...made.filter(({ status }) => status !== 201),
  ];
  const told = ['"message":"ingest.accepted"', '"message":"fan-out.done"', '"message":"dispatch.attempted"'];
  await until('each stage told what it did, and dispatch its metrics', () =>
    [...told, '"AttemptsFailed":1'].every((part) => printed().includes(part)),
  );
  const headers = [...runner.runner.stack.queues.values()].flatMap((queue) =>
    queue.messages.map(({ body, messageAttributes }) => {
      return `${body.split('\n')[0]?.replace('SECRETSUBJECT', '').replace('SECRETMETA', '')} ${JSON.stringify(messageAttributes)}`;
    }),
  );
  const places = {
    log: printed(),
    trouble: runner.troubles.join('\n'),
    answers: JSON.stringify(refused.map(({ body }) => body)),
    queues: headers.join('\n'),
  };
  for (const [place, text] of Object.entries(places)) {
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} is in the ${place}`);
  }
  assert.match(places.log, /"AttemptsFailed":1/);
});

test('a producer’s trace context reaches the subscriber, and its id is in the lines of every stage between', () => {
  assert.deepEqual(
    [...new Set(endpoint.requests.map(({ headers }) => headers.traceparent).filter(Boolean))],
    [TRACE],
  );
  const told = printed()
    .split('\n')
    .filter((line) => line.includes('4bf92f3577b34da6a3ce929d0e0e4736'));
  const events = told.map((line) => JSON.parse(line).message);
  for (const event of ['ingest.accepted', 'fan-out.done', 'dispatch.attempted'])
    assert.ok(events.includes(event), event);
});
