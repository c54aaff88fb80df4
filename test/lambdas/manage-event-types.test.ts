import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TYPE } from '../../contract/limits.ts';
import { ManageBench } from '../support/manage-bench.ts';

const PATH = '/v1/event-types/order.created';

test('an event type comes back as it was put, numbers token for token', async () => {
  const api = new ManageBench();
  const put =
    '{"description":"An order","schema":{"const":9007199254740993},"mode":"warn","example":{"big":1e400,"__proto__":1}}';
  const first = await api.call('PUT', PATH, put, 'admin');
  assert.equal(first.status, 200, first.text);
  const { status, text } = await api.call('GET', PATH);
  assert.equal(status, 200);
  assert.equal(text, first.text);
  for (const token of ['9007199254740993', '1e400', '"__proto__":1']) assert.ok(text.includes(token), token);
});

test('a PUT replaces all of it; what was left out goes back to its default', async () => {
  const api = new ManageBench();
  await api.call(
    'PUT',
    PATH,
    { description: 'a', schema: true, mode: 'block', example: 1, deprecated: true },
    'admin',
  );
  const { body } = await api.call('PUT', PATH, { description: 'b' }, 'admin');
  assert.deepEqual(body, {
    type: 'order.created',
    description: 'b',
    schema: null,
    mode: 'off',
    example: null,
    deprecated: false,
  });
});

test('types are listed in pages, newest first, to keys of every tenant', async () => {
  const api = new ManageBench();
  for (const type of ['a', 'b', 'c']) {
    api.clock.advance(1_000);
    await api.call('PUT', `/v1/event-types/${type}`, { description: '' }, 'admin');
  }
  const first = await api.call('GET', '/v1/event-types?limit=2');
  const next = await api.call('GET', `/v1/event-types?limit=2&cursor=${first.body.cursor}`);
  const types = [first, next].flatMap(({ body }) =>
    (body.data as { type: string }[]).map(({ type }) => type),
  );
  assert.deepEqual(types, ['c', 'b', 'a']);
  assert.equal(next.body.cursor, null);
});

test('a deleted type is gone, and deleting it again finds nothing', async () => {
  const api = new ManageBench();
  await api.call('PUT', PATH, { description: '' }, 'admin');
  const statuses = [];
  for (const method of ['DELETE', 'GET', 'DELETE'])
    statuses.push((await api.call(method, PATH, undefined, 'admin')).status);
  assert.deepEqual(statuses, [204, 404, 404]);
});

const REFUSED: readonly (readonly [what: string, body: unknown, pointer: string])[] = [
  ['no description', {}, '/description'],
  ['a schema that is none', { description: '', schema: { type: 'nothing' } }, '/schema/type'],
  ['a schema that is text', { description: '', schema: 'x' }, '/schema'],
  [
    'a reference to elsewhere',
    { description: '', schema: { $ref: 'https://example.com/a.json' } },
    '/schema/$ref',
  ],
  [
    'a check that is asynchronous',
    { description: '', schema: { $async: true, type: 'object' } },
    '/schema/$async',
  ],
  ['a pattern that is none', { description: '', schema: { pattern: '(' } }, '/schema/pattern'],
  [
    'a long schema',
    { description: '', schema: { description: 'x'.repeat(EVENT_TYPE.maxSchemaBytes) } },
    '/schema',
  ],
  ['another mode', { description: '', mode: 'error' }, '/mode'],
  ['an unknown field', { description: '', type: 'x' }, '/type'],
];

test('a type at fault is refused by name of the field, and nothing is stored', async () => {
  const api = new ManageBench();
  for (const [what, body, pointer] of REFUSED) {
    const answer = await api.call('PUT', PATH, body, 'admin');
    assert.equal(answer.status, 400, `${what}: ${answer.text}`);
    assert.deepEqual(
      (answer.body.errors as { pointer: string }[]).map((one) => one.pointer),
      [pointer],
      what,
    );
  }
  assert.equal((await api.call('PUT', '/v1/event-types/a-b', { description: '' }, 'admin')).status, 400);
  assert.deepEqual(await api.eventTypes.all(), []);
});

test('a key of one tenant may read what all share, and not change it', async () => {
  const api = new ManageBench();
  await api.call('PUT', PATH, { description: '' }, 'admin');
  assert.equal((await api.call('PUT', PATH, { description: 'mine' }, 'acme')).status, 403);
  assert.equal((await api.call('DELETE', PATH, undefined, 'acme')).status, 403);
  assert.equal((await api.call('GET', PATH, undefined, 'acme')).body.description, '');
});
