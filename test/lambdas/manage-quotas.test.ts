import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TYPE, QUOTA, type Quotas, TASK } from '../../contract/limits.ts';
import { readQuotas } from '../../core/manage/quotas.ts';
import { type ManageAnswer, ManageBench } from '../support/manage-bench.ts';

function bench(quotas: Partial<Quotas>): ManageBench {
  return new ManageBench({ quotas: { ...QUOTA, ...quotas } });
}

/** A refusal that names the quota and what to do about it. */
function assertRefused(answer: ManageAnswer, name: keyof Quotas, most: number): void {
  assert.equal(answer.status, 409, answer.text);
  assert.equal(answer.body.type, '/problems/quota-exceeded');
  assert.match(String(answer.body.detail), new RegExp(`There are ${most} .* "${name}" \\(prop "quotas"\\)`));
}

test('C074: a tenant that has as many subscriptions as it may is told so, and makes another after a delete', async () => {
  const api = bench({ subscriptionsPerTenant: 2 });
  const create = (host: string, tenant = 'acme') =>
    api.call('POST', '/v1/subscriptions', { url: `https://${host}.example/`, tenant }, 'admin');
  const { body } = await create('a');
  await create('b');
  assertRefused(await create('c'), 'subscriptionsPerTenant', 2);
  assert.equal((await create('c', 'globex')).status, 201);
  assert.equal((await api.call('PATCH', `/v1/subscriptions/${body.id}`, { description: 'x' })).status, 200);
  assert.equal((await api.call('DELETE', `/v1/subscriptions/${body.id}`)).status, 204);
  assert.equal((await create('c')).status, 201);
});

test('a tenant has no more subscriptions at one origin than it may, by create or by change, however the URL is spelt', async () => {
  const api = bench({ subscriptionsPerOrigin: 2 });
  const create = (url: string) => api.call('POST', '/v1/subscriptions', { url });
  await create('https://victim.example/one');
  await create('HTTPS://Victim.Example:443/two?x=1');
  for (const url of ['https://victim.example/', 'https://VICTIM.example./three']) {
    const refused = await create(url);
    assertRefused(refused, 'subscriptionsPerOrigin', 2);
    assert.equal((refused.body.errors as { pointer: string }[])[0]?.pointer, '/url');
  }
  const other = await create('https://victim.example:8443/');
  assert.equal(other.status, 201);
  const path = `/v1/subscriptions/${other.body.id}`;
  assertRefused(
    await api.call('PATCH', path, { url: 'https://victim.example/x' }),
    'subscriptionsPerOrigin',
    2,
  );
  assert.equal((await api.call('GET', path)).body.url, 'https://victim.example:8443/');
});

test('keys and portal sessions have quotas of their own, and a session that ends makes room', async () => {
  const api = bench({ keysPerTenant: 1, portalSessionsPerTenant: 1 });
  const key = () => api.call('POST', '/v1/keys', { name: 'k', scopes: ['events:read'] });
  const session = () => api.call('POST', '/v1/portal-sessions', { tenant: 'acme', expiresInSeconds: 60 });
  assert.equal((await key()).status, 201);
  assertRefused(await key(), 'keysPerTenant', 1);
  assert.equal((await session()).status, 201);
  const refused = await session();
  assertRefused(refused, 'portalSessionsPerTenant', 1);
  assert.equal(refused.headers['retry-after'], '60');
  api.clock.advance(60_000);
  assert.equal((await session()).status, 201);
});

test("a tenant's open tasks are bounded, dry runs among them, and one that is cancelled makes room", async () => {
  const api = bench({ openTasksPerTenant: 2 });
  const redrive = (token: string) => api.call('POST', '/v1/redrive', { dryRun: true }, token);
  const { body } = await redrive('acme');
  await redrive('acme');
  const refused = await redrive('acme');
  assert.equal(refused.status, 429);
  assert.equal(refused.body.type, '/problems/rate-limited');
  assert.match(
    String(refused.body.detail),
    new RegExp(`open tasks of this tenant .* is 2.*cancel one of .*${body.id}.*"openTasksPerTenant"`),
  );
  assert.equal(refused.headers['retry-after'], String(TASK.retryAfterSeconds));
  assert.equal((await redrive('globex')).status, 202);
  assert.equal(api.taskQueue.sent.length, 3);
  assert.deepEqual(new Set(api.taskQueue.sent.map(({ group }) => group)), new Set(['acme', 'globex']));
  assert.equal((await api.call('POST', `/v1/tasks/${body.id}/cancel`)).status, 200);
  assert.equal((await redrive('acme')).status, 202);
});

test('a task that could not be queued keeps no place', async () => {
  const api = bench({ openTasksPerTenant: 1 });
  api.taskQueue.refuses = () => true;
  assert.equal((await api.call('POST', '/v1/redrive')).status, 500);
  api.taskQueue.refuses = () => false;
  assert.equal((await api.call('POST', '/v1/redrive')).status, 202);
});

test('a subscription that is being replayed is not replayed a second time at once; the answer names the task', async () => {
  const api = bench({});
  await api.call('POST', '/v1/subscriptions', { id: 'sub', url: 'https://h.example/' });
  const since = new Date(api.clock.now() - 60_000).toISOString();
  const replay = (fields: object = {}) =>
    api.call('POST', '/v1/subscriptions/sub/replay', { since, status: 'all', ...fields });
  const { body } = await replay();
  const refused = await replay({ status: 'failed' });
  assert.equal(refused.status, 409);
  assert.match(String(refused.body.detail), new RegExp(`${body.id}.*POST /v1/tasks/${body.id}/cancel`));
  assert.equal((await replay({ dryRun: true })).status, 202);
  assert.equal((await replay({ dryRun: true })).status, 409);
  await api.call('POST', `/v1/tasks/${body.id}/cancel`);
  assert.equal((await replay()).status, 202);
});

test('there are no more event types than there may be; those there are can be changed', async () => {
  const api = new ManageBench();
  const put = (type: string) => api.call('PUT', `/v1/event-types/${type}`, { description: '' }, 'admin');
  for (let i = 0; i < EVENT_TYPE.maxTypes; i++) await put(`t${i}`);
  const refused = await put('one.more');
  assert.equal(refused.status, 409);
  assert.equal(refused.body.type, '/problems/quota-exceeded');
  assert.equal((await put('t1')).status, 200);
  await api.call('DELETE', '/v1/event-types/t2', undefined, 'admin');
  assert.equal((await put('one.more')).status, 200);
});

test('quotas that a function could not hold are refused when it starts', () => {
  assert.deepEqual(readQuotas(JSON.stringify(QUOTA)), QUOTA);
  for (const wrong of [
    {},
    { ...QUOTA, keysPerTenant: 0 },
    { ...QUOTA, keysPerTenant: '9' },
    { ...QUOTA, x: 1 },
  ]) {
    assert.throws(() => readQuotas(JSON.stringify(wrong)));
  }
});
