import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyRecord } from '../../core/auth/ports.ts';
import { FakeApiKeys } from '../support/fake-api-keys.ts';
import { ROOT_KEY, withOwnKeys } from '../support/own-keys.ts';

type World = ReturnType<typeof withOwnKeys>;

/** A key by id and token, made with another. */
async function made({ make }: World, as: string, fields: object = {}): Promise<{ id: string; key: string }> {
  const { status, body } = await make({ scopes: ['admin'], ...fields }, as);
  assert.equal(status, 201, String(body.detail));
  return { id: String(body.id), key: String(body.key) };
}

async function listed({ bench }: World): Promise<readonly string[]> {
  const { body } = await bench.call('GET', '/v1/keys?limit=250', undefined, ROOT_KEY);
  return (body.data as { id: string }[]).map(({ id }) => id);
}

test('deleting a key ends what was made with it: keys, keys of keys and portal sessions; nothing else', async () => {
  const world = withOwnKeys();
  const { bench, clock, session, keys } = world;
  const root = await made(world, ROOT_KEY);
  const child = await made(world, root.key, { tenant: 'acme' });
  const grandchild = await made(world, child.key);
  const sessions = [];
  for (const as of [root.key, child.key, grandchild.key])
    sessions.push(String((await session({}, as)).body.token));
  const other = await made(world, ROOT_KEY);
  const othersSession = String((await session({}, other.key)).body.token);
  const read = async (as: string) => (await bench.call('GET', '/v1/subscriptions', undefined, as)).status;
  const ended = [root.key, child.key, grandchild.key, ...sessions];
  for (const token of ended) assert.equal(await read(token), 200);

  assert.equal((await bench.call('DELETE', `/v1/keys/${root.id}`, undefined, ROOT_KEY)).status, 204);
  clock.advance(10_000);
  for (const token of ended) assert.equal(await read(token), 401);
  for (const token of [other.key, othersSession, ROOT_KEY]) assert.equal(await read(token), 200);
  assert.deepEqual(await listed(world), [other.id], 'nor is it listed');
  assert.equal(keys.sessions.length, 1, 'nor counted');
});

test('of a line of keys the lower part ends with the one deleted, and the upper lives on', async () => {
  const world = withOwnKeys();
  const { bench, clock } = world;
  const line = [await made(world, ROOT_KEY)];
  for (let i = 0; i < 5; i++) line.push(await made(world, String(line.at(-1)?.key)));
  const middle = line[3] ?? line[0];
  assert.equal((await bench.call('DELETE', `/v1/keys/${middle?.id}`, undefined, middle?.key)).status, 204);
  clock.advance(10_000);
  const answers = [];
  for (const { key } of line) answers.push((await bench.call('GET', '/v1/keys', undefined, key)).status);
  assert.deepEqual(answers, [200, 200, 200, 401, 401, 401]);
  assert.equal((await listed(world)).length, 3);
});

test('a key that was deleted a moment ago makes nothing more, although it is still let in; nor does what it made', async () => {
  const world = withOwnKeys();
  const { bench, make, session, keys } = world;
  const root = await made(world, ROOT_KEY);
  const child = await made(world, root.key);
  assert.equal((await bench.call('GET', '/v1/keys', undefined, child.key)).status, 200);
  await bench.call('DELETE', `/v1/keys/${root.id}`, undefined, ROOT_KEY);
  for (const { key } of [root, child]) {
    assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, key)).status, 200, 'within 10 s');
    for (const refused of [await make({ scopes: ['admin'] }, key), await session({}, key)]) {
      assert.deepEqual([refused.status, refused.body.type], [401, '/problems/unauthorized']);
      assert.match(String(refused.body.detail), /deleted/);
    }
  }
  assert.deepEqual([await listed(world), keys.sessions], [[], []]);
});

test('a key comes from ten others at most', async () => {
  const world = withOwnKeys();
  let last = await made(world, ROOT_KEY);
  for (let i = 0; i < 10; i++) last = await made(world, last.key);
  for (const refused of [
    await world.make({ scopes: ['admin'] }, last.key),
    await world.session({}, last.key),
  ]) {
    assert.deepEqual([refused.status, refused.body.type], [403, '/problems/forbidden']);
    assert.match(String(refused.body.detail), /from 10 others/);
  }
  assert.equal((await listed(world)).length, 11);
});

test('a delete that fails on the way has ended everything, and goes on when it is asked again', async (t) => {
  const world = withOwnKeys();
  const { bench, clock, session } = world;
  const root = await made(world, ROOT_KEY);
  const children = [];
  for (let i = 0; i < 4; i++) children.push(await made(world, root.key));
  const token = String((await session({}, children[3]?.key ?? '')).body.token);
  for (const failing of ['removeAll', 'remove'] as const) {
    const broken = t.mock.method(FakeApiKeys.prototype, failing, async () => {
      throw new Error('the table is down');
    });
    assert.equal((await bench.call('DELETE', `/v1/keys/${root.id}`, undefined, ROOT_KEY)).status, 500);
    broken.mock.restore();
    clock.advance(10_000);
    for (const as of [root.key, token, ...children.map(({ key }) => key)])
      assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, as)).status, 401);
    assert.ok((await listed(world)).includes(root.id), 'whoever looks sees that it is not done');
  }
  assert.equal((await bench.call('DELETE', `/v1/keys/${root.id}`, undefined, ROOT_KEY)).status, 204);
  assert.deepEqual([await listed(world), world.keys.sessions], [[], []]);
});

test('a delete that takes too long says so in time, and what it left is refused already', async (t) => {
  const world = withOwnKeys();
  const { bench, clock } = world;
  const root = await made(world, ROOT_KEY);
  const children = [];
  for (let i = 0; i < 5; i++) children.push(await made(world, root.key));
  const slow = t.mock.method(
    FakeApiKeys.prototype,
    'removeAll',
    async function (this: FakeApiKeys, all: readonly KeyRecord[]) {
      clock.advance(8_000);
      for (const one of all) await this.remove(one);
    },
  );
  const first = await bench.call('DELETE', `/v1/keys/${root.id}`, undefined, ROOT_KEY);
  assert.deepEqual([first.status, first.headers['retry-after']], [503, '1']);
  assert.match(String(first.body.detail), /Delete the key again/);
  for (const { key } of children)
    assert.equal((await bench.call('GET', '/v1/subscriptions', undefined, key)).status, 401);
  slow.mock.restore();
  assert.equal((await bench.call('DELETE', `/v1/keys/${root.id}`, undefined, ROOT_KEY)).status, 204);
  assert.deepEqual(await listed(world), []);
});
