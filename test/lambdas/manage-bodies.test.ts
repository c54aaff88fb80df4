import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ManageAnswer, ManageBench } from '../support/manage-bench.ts';

const URL_OK = 'https://h.example/hook';

async function bench(): Promise<ManageBench> {
  const made = new ManageBench();
  const answer = await made.call('POST', '/v1/subscriptions', {
    id: 'sub',
    url: URL_OK,
    eventTypes: ['a.b'],
  });
  assert.equal(answer.status, 201);
  return made;
}

/** What all tenants share is not for a key of one. */
function keyFor(path: string): string {
  return /event-types|tenants|portal/.test(path) ? 'admin' : 'acme';
}

function faultsOf({ status, text, body }: ManageAnswer): readonly { pointer: string; detail: string }[] {
  assert.equal(status, 400, text);
  return (body.errors ?? []) as readonly { pointer: string; detail: string }[];
}

test('C103: eventTypes can be changed and not cleared: everything is asked for by * alone', async () => {
  const api = await bench();
  const refused = await api.call('PATCH', '/v1/subscriptions/sub', { eventTypes: null });
  assert.deepEqual(faultsOf(refused), [{ pointer: '/eventTypes', detail: 'must be an array' }]);
  assert.deepEqual((await api.call('GET', '/v1/subscriptions/sub')).body.eventTypes, ['a.b']);
  const all = await api.call('PATCH', '/v1/subscriptions/sub', { eventTypes: ['*'] });
  assert.deepEqual(all.body.eventTypes, ['*']);
});

test('C121: a member twice is refused in every body of the API, wherever it stands and however it is spelt', async () => {
  const api = await bench();
  for (const [method, path, body, pointer] of [
    ['POST', '/v1/subscriptions', `{"url":"https://a.example/","url":"https://b.example/"}`, '/url'],
    [
      'PATCH',
      '/v1/subscriptions/sub',
      `{"url":"https://a.example/","u\\u0072l":"https://b.example/"}`,
      '/url',
    ],
    ['POST', '/v1/subscriptions', `{"url":"${URL_OK}","headers":{"A":"1","A":"2"}}`, '/headers/A'],
    ['POST', '/v1/subscriptions', `{"url":"${URL_OK}","metadata":{"a/b":"1","a/b":"2"}}`, '/metadata/a~1b'],
    [
      'POST',
      '/v1/subscriptions',
      `{"url":"${URL_OK}","filter":{"data":{"x":[1],"x":[2]}}}`,
      '/filter/data/x',
    ],
    [
      'POST',
      '/v1/subscriptions',
      `{"url":"${URL_OK}","filter":{"$or":[{"type":["a"]},{"type":["a"],"type":["b"]}]}}`,
      '/filter/$or/1/type',
    ],
    ['POST', '/v1/subscriptions/sub/secret/rotate', '{"graceSeconds":1,"graceSeconds":2}', '/graceSeconds'],
    ['POST', '/v1/subscriptions/sub/test', '{"data":1,"data":2}', '/data'],
    [
      'POST',
      '/v1/subscriptions/sub/replay',
      '{"since":"2026-01-01T00:00:00Z","since":"2026-01-02T00:00:00Z"}',
      '/since',
    ],
    ['POST', '/v1/redrive', '{"dryRun":true,"dryRun":false}', '/dryRun'],
    ['PUT', '/v1/event-types/a.b', '{"description":"a","description":"b"}', '/description'],
    [
      'PUT',
      '/v1/event-types/a.b',
      '{"description":"","schema":{"type":"object","type":"array"}}',
      '/schema/type',
    ],
    ['PUT', '/v1/event-types/a.b', '{"description":"","example":{"x":1,"x":2}}', '/example/x'],
    ['PUT', '/v1/tenants/acme', '{"name":"a","name":"b"}', '/name'],
    ['POST', '/v1/keys', '{"name":"a","scopes":["admin"],"scopes":["events:read"]}', '/scopes'],
    ['POST', '/v1/portal-sessions', '{"tenant":"a","tenant":"b"}', '/tenant'],
  ] as const) {
    const answer = await api.call(method, path, body, keyFor(path));
    assert.deepEqual(
      faultsOf(answer),
      [{ pointer, detail: 'must not be repeated' }],
      `${method} ${path} ${body}`,
    );
  }
  assert.equal((await api.call('GET', '/v1/subscriptions')).text.includes('b.example'), false);
});

test('what is handed on token for token may repeat what it likes, and equal names in different objects are no repetition', async () => {
  const api = await bench();
  const sent = await api.call('POST', '/v1/subscriptions/sub/test', '{"data":{"a":{"b":1,"b":2}}}');
  assert.equal(sent.status, 200, sent.text);
  assert.match(api.sent[0]?.body.toString() ?? '', /"data":\{"a":\{"b":1,"b":2\}\}/);
  const filter = '{"data":{"a":[{"exists":true}],"b":{"a":[1]}},"$or":[{"type":["a"]},{"type":["b"]}]}';
  const made = await api.call('POST', '/v1/subscriptions', `{"url":"${URL_OK}","filter":${filter}}`);
  assert.equal(made.status, 201, made.text);
});

test('C105: a member called __proto__ is refused where it would get lost, and kept where it is passed through', async () => {
  const api = await bench();
  const others = '"constructor":"x","toString":"y"';
  for (const [method, path, body, pointer] of [
    ['POST', '/v1/subscriptions', `{"url":"${URL_OK}","metadata":{"__proto__":"x"}}`, '/metadata/__proto__'],
    ['PATCH', '/v1/subscriptions/sub', '{"metadata":{"__proto__":"x"}}', '/metadata/__proto__'],
    ['POST', '/v1/subscriptions', `{"url":"${URL_OK}","headers":{"__proto__":"x"}}`, '/headers/__proto__'],
    ['POST', '/v1/subscriptions', `{"url":"${URL_OK}","__proto__":{"url":"x"}}`, '/__proto__'],
    ['PUT', '/v1/tenants/acme', '{"metadata":{"__proto__":"x"}}', '/metadata/__proto__'],
    ['PUT', '/v1/event-types/a.b', '{"description":"","schema":{"__proto__":{}}}', '/schema/__proto__'],
  ] as const) {
    const answer = await api.call(method, path, body, keyFor(path));
    assert.deepEqual(faultsOf(answer), [{ pointer, detail: 'must have another name' }], body);
  }
  const kept = await api.call(
    'PATCH',
    '/v1/subscriptions/sub',
    `{"metadata":{${others}},"filter":{"data":{"__proto__":["x"]}}}`,
  );
  assert.equal(kept.status, 200, kept.text);
  assert.match(kept.text, new RegExp(`"metadata":\\{${others}\\}`));
  assert.match(kept.text, /"filter":\{"data":\{"__proto__":\["x"\]\}\}/);
});

test('C117: a refusal names the field and the rule', async () => {
  const api = await bench();
  const create = (fields: string) => api.call('POST', '/v1/subscriptions', `{"url":"${URL_OK}",${fields}}`);
  assert.deepEqual(faultsOf(await create('"headers":{"webhook-id":"x"}')), [
    { pointer: '/headers/webhook-id', detail: 'is a header that Fanfare sets itself' },
  ]);
  const [long] = faultsOf(await create(`"metadata":{"${'k'.repeat(65)}":"v"}`));
  assert.match(long?.detail ?? '', /at most 64 characters/);
  assert.equal(long?.pointer, `/metadata/${'k'.repeat(65)}`);
  const marked = await api.call('POST', '/v1/subscriptions', `\uFEFF{"url":"${URL_OK}"}`);
  faultsOf(marked);
  assert.match(String(marked.body.detail), /starts with a byte order mark/);
});

test('C116: a time that is the wrong way round is refused by every list, by redrive and by replay', async () => {
  const api = await bench();
  const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'];
  for (const [since, until] of [
    [late, early],
    [early, early],
  ]) {
    for (const list of ['events', 'deliveries', 'dead-letters', 'dead-letters/summary']) {
      const answer = await api.call('GET', `/v1/${list}?since=${since}&until=${until}`);
      assert.deepEqual(faultsOf(answer), [{ pointer: 'since', detail: 'must be before "until"' }], list);
    }
    for (const path of ['/v1/redrive', '/v1/subscriptions/sub/replay']) {
      const [fault] = faultsOf(await api.call('POST', path, { since, until }));
      assert.equal(fault?.pointer, '/since', path);
      assert.match(fault?.detail ?? '', /must be before "until"/);
    }
  }
  assert.equal(api.tasks.all.length, 0);
  assert.equal((await api.call('GET', `/v1/events?since=${early}&until=${late}`)).status, 200);
  assert.equal((await api.call('POST', '/v1/redrive', { since: early, until: late })).status, 202);
});
