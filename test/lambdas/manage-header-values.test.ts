import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ManageAnswer, ManageBench } from '../support/manage-bench.ts';

const PATH = '/v1/subscriptions/sub';
const ELSEWHERE = 'https://attacker.example/';

async function bench(headers: object = { 'X-Api-Key': 'hush', 'X-Route': 'a' }): Promise<ManageBench> {
  const api = new ManageBench();
  await api.call('POST', '/v1/subscriptions', { id: 'sub', url: 'https://h.example/hook', headers });
  return api;
}

function pointersOf({ status, text, body }: ManageAnswer): readonly string[] {
  assert.equal(status, 400, text);
  return (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
}

test('header values do not follow a URL to another origin: they are given again, or nothing changes', async () => {
  for (const url of [ELSEWHERE, 'https://h.example:8443/hook', 'https://sub.h.example/hook']) {
    for (const [headers, pointers] of [
      [undefined, ['/headers']],
      [{}, ['/headers/X-Api-Key', '/headers/X-Route']],
      [{ 'x-api-key': 'new' }, ['/headers/X-Route']],
      [{ 'X-Api-Key': '•••', 'X-Route': '•••' }, ['/headers/X-Api-Key', '/headers/X-Route']],
      [{ 'X-Api-Key': '•••', 'x-route': null }, ['/headers/X-Api-Key']],
    ] as const) {
      const api = await bench();
      const refused = await api.call('PATCH', PATH, { url, headers });
      assert.deepEqual(pointersOf(refused), pointers, `${url} ${JSON.stringify(headers)}`);
      assert.match(String(refused.body.detail), /give the values of the headers again, or null/);
      assert.equal((await api.store.get('acme', 'sub'))?.url, 'https://h.example/hook');
      await api.call('POST', `${PATH}/test`);
      assert.equal(api.sent[0]?.url, 'https://h.example/hook');
    }
  }
});

test('headers that are given again, or dropped, go with the new URL', async () => {
  for (const [headers, kept] of [
    [{ 'x-api-key': 'new', 'X-Route': null }, { 'x-api-key': 'new' }],
    [null, {}],
  ] as const) {
    const api = await bench();
    assert.equal((await api.call('PATCH', PATH, { url: ELSEWHERE, headers })).status, 200);
    const { url, headers: stored } = (await api.store.get('acme', 'sub')) ?? {};
    assert.deepEqual([url, stored], [ELSEWHERE, kept]);
  }
  const bare = await bench({});
  assert.equal((await bare.call('PATCH', PATH, { url: ELSEWHERE })).status, 200);
});

test('on the same origin headers stay, and a mask that is sent back leaves a value as it is', async () => {
  const api = await bench();
  const moved = await api.call('PATCH', PATH, { url: 'HTTPS://H.example:443/other?x=1' });
  assert.deepEqual(moved.body.headers, { 'X-Api-Key': '•••', 'X-Route': '•••' });
  const sentBack = await api.call('PATCH', PATH, { ...pick(moved.body), description: 'x' });
  assert.equal(sentBack.status, 200, sentBack.text);
  assert.deepEqual((await api.store.get('acme', 'sub'))?.headers, { 'X-Api-Key': 'hush', 'X-Route': 'a' });
});

test('a mask is no value: not on create, and not for a header that there is not', async () => {
  const api = await bench();
  const create = await api.call('POST', '/v1/subscriptions', { url: ELSEWHERE, headers: { A: '•••' } });
  assert.deepEqual(pointersOf(create), ['/headers/A']);
  assert.deepEqual(pointersOf(await api.call('PATCH', PATH, { headers: { B: '•••' } })), ['/headers/B']);
});

test('a move that meets a change of the headers is judged by what is there when it is made', async () => {
  const api = await bench({});
  const get = api.store.get.bind(api.store);
  let reads = 0;
  api.store.get = async (tenant, id) => {
    const found = await get(tenant, id);
    // Between the move's read and its write somebody adds a header.
    if (++reads === 2) {
      api.store.get = get;
      await api.call('PATCH', PATH, { headers: { 'X-Api-Key': 'hush' } });
    }
    return found;
  };
  assert.deepEqual(pointersOf(await api.call('PATCH', PATH, { url: ELSEWHERE })), ['/headers']);
  assert.equal((await get('acme', 'sub'))?.url, 'https://h.example/hook');
});

function pick({ url, headers }: ManageAnswer['body']): object {
  return { url, headers };
}
