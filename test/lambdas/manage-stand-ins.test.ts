import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DynamoApiKeys } from '../../adapters/dynamo-api-keys.ts';
import { DynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { DynamoTasks } from '../../adapters/dynamo-tasks.ts';
import { KmsSealer } from '../../adapters/kms-sealer.ts';
import { systemRandom } from '../../adapters/system.ts';
import { OPERATIONS, type OperationSpec } from '../../contract/operations.ts';
import { type DynamoStandIn, startDynamo } from '../support/dynamo.ts';
import { type KmsStandIn, startKms } from '../support/kms.ts';
import { ManageBench } from '../support/manage-bench.ts';

const URL_OK = 'https://h.example/hook';
let dynamo: DynamoStandIn;
let kms: KmsStandIn;
let bench: ManageBench;

before(async () => {
  [dynamo, kms] = await Promise.all([startDynamo(), startKms()]);
});
after(() => Promise.all([dynamo.close(), kms.close()]));

beforeEach(() => {
  const { client, tables } = dynamo;
  const table = tables.subscriptions;
  const sealer = new KmsSealer({
    kms: kms.client,
    keyId: 'key',
    dynamo: client,
    table,
    random: systemRandom,
  });
  bench = new ManageBench({
    store: new DynamoSubscriptions(client, table, sealer),
    keys: new DynamoApiKeys(client, table),
    tasks: new DynamoTasks(client, tables.deliveries),
    cursorKey: () => sealer.derive('cursors'),
    random: systemRandom,
  });
});

function counted(values: readonly number[]): Readonly<Record<number, number>> {
  return Object.fromEntries(
    [...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]),
  );
}

test('C074: of twenty creates of one id at once, one is 201 and the rest are conflicts', async () => {
  const body = { url: URL_OK, id: 'raced' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => bench.call('POST', '/v1/subscriptions', body)),
  );
  assert.deepEqual(counted(answers.map(({ status }) => status)), { 201: 1, 409: 19 });
  const secret = await bench.call('GET', '/v1/subscriptions/raced/secret');
  assert.equal(secret.body.secret, answers.find(({ status }) => status === 201)?.body.secret);
});

test('twenty changes of one subscription at once are all kept', async () => {
  const { body } = await bench.call('POST', '/v1/subscriptions', { url: URL_OK });
  const path = `/v1/subscriptions/${body.id}`;
  const names = Array.from({ length: 20 }, (_, i) => `X-${i}`);
  const answers = await Promise.all(
    names.map((name) => bench.call('PATCH', path, { headers: { [name]: 'v' } })),
  );
  assert.deepEqual(counted(answers.map(({ status }) => status)), { 200: 20 });
  const found = await bench.call('GET', path);
  assert.deepEqual(Object.keys(found.body.headers as object).sort(), names.sort());
});

test('C077: an id longer than any key, or none at all, is unknown to every operation', async () => {
  const specs: readonly OperationSpec[] = Object.values(OPERATIONS);
  for (const id of ['a'.repeat(3_000), '中'.repeat(400), 'sub_1\0', 'a b', '..']) {
    for (const { method, path } of specs.filter((spec) => spec.path.includes('{id}'))) {
      const body = method === 'PATCH' ? { description: 'x' } : undefined;
      const answer = await bench.call(method, path.replace('{id}', encodeURIComponent(id)), body);
      assert.equal(answer.status, 404, `${method} ${path} ${id.slice(0, 10)}`);
      const decoded = await bench.call(method, path.replace('{id}', id), body);
      assert.equal(decoded.status, 404, `${method} ${path} ${id.slice(0, 10)}`);
    }
  }
});

test('C075: an id is not decoded a second time', async () => {
  await bench.call('POST', '/v1/subscriptions', { url: URL_OK, id: 'a@b' });
  assert.equal((await bench.call('GET', '/v1/subscriptions/a@b')).status, 200);
  assert.equal((await bench.call('GET', '/v1/subscriptions/a%40b')).status, 404);
});

test('C067: text that is not Unicode is refused, wherever it stands, not stored and not a 5xx', async () => {
  const half = '\\ud800';
  for (const fields of [
    `"description":"${half}"`,
    `"metadata":{"k":"${half}"}`,
    `"metadata":{"${half}":"v"}`,
    `"id":"${half}"`,
    `"tenant":"${half}"`,
    `"eventTypes":["${half}"]`,
    `"headers":{"X-A":"${half}"}`,
    `"headers":{"${half}":"v"}`,
    `"secret":"${half}"`,
    `"${half}":1`,
  ]) {
    const answer = await bench.call('POST', '/v1/subscriptions', `{"url":"${URL_OK}",${fields}}`);
    assert.equal(answer.status, 400, `${fields} ${answer.text}`);
  }
  const key = await bench.call('POST', '/v1/keys', `{"name":"${half}","scopes":["admin"]}`);
  assert.equal(key.status, 400, key.text);
});

test('a body nested beyond any use is refused by every operation that takes one', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const { body } = await bench.call('POST', '/v1/subscriptions', { url: URL_OK });
  for (const [method, path] of [
    ['POST', '/v1/subscriptions'],
    ['PATCH', `/v1/subscriptions/${body.id}`],
    ['POST', `/v1/subscriptions/${body.id}/test`],
    ['POST', `/v1/subscriptions/${body.id}/secret/rotate`],
    ['POST', '/v1/keys'],
    ['POST', '/v1/redrive'],
  ] as const) {
    for (const text of [deep, `{"data":${deep}}`, `{"url":"${URL_OK}","filter":${deep}}`]) {
      const answer = await bench.call(method, path, text);
      assert.equal(answer.status, 400, `${method} ${path} ${answer.text.slice(0, 200)}`);
    }
  }
});
