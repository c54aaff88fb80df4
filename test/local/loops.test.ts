import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ENV } from '../../contract/environment.ts';
import { MANUAL_RETRY } from '../../contract/limits.ts';
import { RECEIVER_PATH } from '../../local/demo/receiver.ts';
import { listen } from '../../local/loopback.ts';
import { type InProcessRunner, startInProcess } from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
before(async () => {
  runner = await startInProcess();
});
after(() => runner.stop());

/** A name of somebody else's that leads to our API once `leadsTo` says where: a proxy, which hands on some headers. */
class OutsideProxy {
  leadsTo: string | null = null;
  readonly answers: number[] = [];
  readonly #letsThrough: (header: string) => boolean;
  readonly #server: Server = createServer((incoming, response) => void this.#answer(incoming, response));

  constructor(letsThrough: (header: string) => boolean) {
    this.#letsThrough = letsThrough;
    this.#server.unref();
  }

  async listen(): Promise<string> {
    return `http://127.0.0.1:${await listen(this.#server, 0)}/`;
  }

  close(): void {
    this.#server.close();
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part);
    if (this.leadsTo === null) {
      response.writeHead(204).end();
      return;
    }
    const headers = Object.entries(incoming.headers).filter(
      ([name]) => this.#letsThrough(name) && !['host', 'connection', 'content-length'].includes(name),
    );
    const answer = await fetch(runner.url + this.leadsTo, {
      method: 'POST',
      headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
      body: Buffer.concat(parts),
    });
    this.answers.push(answer.status);
    response.writeHead(answer.status).end(await answer.text());
  }
}

/** Makes a delivery whose subscription leads to its own retry by way of the proxy, and asks for one. */
async function setGoing(proxy: OutsideProxy, tenant: string): Promise<void> {
  const headers = { authorization: `Bearer ${runner.apiKey}` };
  await runner.subscribe(await proxy.listen(), { tenant, headers, retrySchedule: [] });
  const event = await runner.post({ type: 'a.b', data: 1, tenant });
  const list = async () =>
    (await runner.call('GET', `/v1/deliveries?tenant=${tenant}&event=${event}`)).body.data;
  await until('it is delivered', async () => (await list())[0]?.status === 'succeeded');
  proxy.leadsTo = `/v1/deliveries/${(await list())[0].id}/retry?tenant=${tenant}`;
  assert.equal((await runner.call('POST', proxy.leadsTo)).status, 202);
}

test("C095: the runner's own address is no destination in any spelling, but for its demo receiver", async () => {
  const { port } = new URL(runner.url);
  for (const place of [
    `127.0.0.1:${port}/v1/events`,
    `localhost:${port}/v1/events`,
    `LOCALHOST.:${port}/v1/events`,
    `[::1]:${port}/`,
    `[::ffff:127.0.0.1]:${port}/`,
    `0x7f.1:${port}/metrics`,
    `2130706433:${port}/v1/redrive`,
    `127.0.0.1:${port}${RECEIVER_PATH}/../../v1/events`,
    `127.0.0.1:${port}${RECEIVER_PATH}/%2e%2e/%2e%2e/v1/events`,
    `127.0.0.1:${port}${RECEIVER_PATH}/requests`,
  ]) {
    const { status, body } = await runner.call('POST', '/v1/subscriptions', { url: `http://${place}` });
    assert.deepEqual([status, body.errors?.[0]?.detail], [400, 'must not lead back to this API'], place);
  }
  for (const host of ['127.0.0.1', 'localhost'])
    await runner.subscribe(`http://${host}:${port}${RECEIVER_PATH}?status=204`);
});

test('C095: a row from before that leads to us is blocked when it is dialled', async () => {
  const tenant = 'stored';
  const { id } = await runner.subscribe(`${runner.url}${RECEIVER_PATH}`, { tenant });
  const { functions, dynamo } = runner.runner.stack;
  const table = functions.flatMap(({ variables }) => variables[ENV.subscriptionsTable] ?? [])[0];
  await dynamo.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: `T#${tenant}` }, sk: { S: `SUB#${id}` } },
      UpdateExpression: 'SET #url = :url',
      ExpressionAttributeNames: { '#url': 'url' },
      ExpressionAttributeValues: { ':url': { S: `${runner.url}/v1/redrive` } },
      ConditionExpression: 'attribute_exists(#url)',
    }),
  );
  const event = await runner.post({ type: 'a.b', data: 1, tenant });
  const last = async () =>
    (await runner.call('GET', `/v1/deliveries?tenant=${tenant}&event=${event}`)).body.data[0]?.lastAttempt;
  await until('an attempt is made', async () => (await last()) !== undefined);
  assert.equal((await last()).error, 'blocked');
});

test('C095: by a name that is not known to be ours, a request of ours comes back once and is refused', async () => {
  const proxy = new OutsideProxy(() => true);
  await setGoing(proxy, 'marked');
  await until('it came back', () => proxy.answers.length > 0);
  assert.deepEqual(proxy.answers, [508]);
  proxy.close();
});

test('C095: a proxy that takes the mark away gets a bounded number of rounds, and is told to wait', async () => {
  const proxy = new OutsideProxy((name) => !/^(fanfare|webhook)-/.test(name));
  await setGoing(proxy, 'unmarked');
  await until('it is told to wait', () => proxy.answers.includes(429));
  // Twice as many where ten minutes of the clock end in between.
  assert.ok(proxy.answers.length <= 2 * MANUAL_RETRY.perWindow, String(proxy.answers));
  assert.deepEqual(new Set(proxy.answers), new Set([202, 429]));
  assert.equal(proxy.answers.filter((status) => status === 429).length, 1);
  proxy.close();
});

/** Where else such a proxy may lead, and what it is answered there, in turn. */
const ELSEWHERE: readonly {
  readonly path: string;
  readonly format?: 'cloudevents';
  readonly answers: readonly number[];
}[] = [
  { path: '/v1/events', answers: [400] },
  // It becomes one further event, under an id made of both; that one goes out as it came in, and is known for a repeat.
  { path: '/v1/events', format: 'cloudevents', answers: [202, 202] },
  { path: '/v1/redrive', answers: [400] },
  { path: '/v1/subscriptions/sub/replay', answers: [400] },
  { path: '/v1/subscriptions/sub/test', answers: [400] },
  { path: '/v1/subscriptions/sub/test', format: 'cloudevents', answers: [400] },
  { path: '/v1/subscriptions/sub/secret/rotate', answers: [400] },
  { path: '/v1/keys', answers: [400] },
  { path: '/v1/tasks/tsk_1/cancel', answers: [404] },
];

for (const [i, { path, format = 'standard', answers }] of ELSEWHERE.entries()) {
  test(`C095: without the mark, a ${format} webhook to ${path} ends after ${answers.length}`, async () => {
    const tenant = `elsewhere-${i}`;
    const proxy = new OutsideProxy((name) => !/^(fanfare|webhook)-/.test(name));
    const { body: key } = await runner.call('POST', '/v1/keys', { name: 'k', scopes: ['admin'], tenant });
    const headers = { authorization: `Bearer ${key.key}` };
    const fields = { id: 'sub', tenant, format, headers, retrySchedule: [], eventTypes: ['a.*'] };
    await runner.subscribe(await proxy.listen(), fields);
    proxy.leadsTo = path;
    await runner.post({ id: 'chosen', type: 'a.b', data: 1, tenant });
    await until('it came back', () => proxy.answers.length >= answers.length);
    // What would have gone round had its time: another event went the whole way.
    await runner.subscribe(`${runner.url}${RECEIVER_PATH}`, { tenant, eventTypes: ['z.*'] });
    const after = await runner.post({ type: 'z.z', data: 1, tenant });
    const list = `/v1/deliveries?tenant=${tenant}&status=succeeded&event=${after}`;
    await until('another is delivered', async () => (await runner.call('GET', list)).body.data.length === 1);
    assert.deepEqual(proxy.answers, answers);
    proxy.close();
  });
}
