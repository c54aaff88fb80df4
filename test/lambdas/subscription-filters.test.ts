import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fanOutBench } from '../support/fan-out-bench.ts';
import { ManageBench } from '../support/manage-bench.ts';

/** Creates a subscription from a filter's JSON text, which is sent as it stands. */
async function create(bench: ManageBench, filter: string) {
  return bench.call('POST', '/v1/subscriptions', `{"url":"https://h.example/","filter":${filter}}`);
}

/** Faults of a refusal, as pointers. */
function pointers(body: Readonly<Record<string, unknown>>): readonly string[] {
  const errors = body.errors;
  assert.ok(Array.isArray(errors), JSON.stringify(body));
  return errors.map((fault: { pointer: string }) => fault.pointer);
}

test('a filter comes back as it was given, digit for digit, and decides which events are sent', async () => {
  const manage = new ManageBench();
  const filter =
    '{"data":{"id":[9007199254740993],"ip":[{"cidr":"10.0.0.0/8"}]},"subject":[{"exists":false}]}';
  const answer = await create(manage, filter);
  assert.equal(answer.status, 201, answer.text);
  const id = String(answer.body.id);
  for (const path of [`/v1/subscriptions/${id}`, '/v1/subscriptions']) {
    assert.ok((await manage.call('GET', path)).text.includes(`"filter":${filter}`), path);
  }

  const stored = await manage.store.get('acme', id);
  assert.ok(stored);
  const bench = fanOutBench();
  bench.directory.put('acme', { id, filter: stored.filter });
  const data = '{"id":9007199254740993,"ip":"10.1.2.3"}';
  await bench.fanOut(
    { id: 'wanted', data },
    { id: 'rounded', data: data.replace('993', '992') },
    { id: 'elsewhere', data: data.replace('10.', '11.') },
    { id: 'with-subject', data, subject: 's' },
    { id: 'no-object', data: '9007199254740993' },
  );
  assert.deepEqual(bench.targets(), [`wanted ${id}`]);
  assert.equal(bench.deliveries()[0]?.data, data);
  for (const unwanted of ['rounded', 'elsewhere', 'with-subject', 'no-object']) {
    assert.equal((await bench.store.get('acme', unwanted))?.matched, 0, unwanted);
  }
});

test('a bad filter is 400 with a pointer to each fault, on create and on change, and nothing is kept', async () => {
  const bench = new ManageBench();
  const good = await create(bench, '{"type":["a.b"]}');
  for (const [filter, wrong] of [
    [
      '{"source":["a"],"data":{"x/y":[{"wildcard":"**"}]}}',
      ['/filter/source', '/filter/data/x~1y/0/wildcard'],
    ],
    ['{"__proto__":{"a":[1]},"type":["a"]}', ['/filter/__proto__']],
    ['{"data":{"n":[{"numeric":[">",5,"<",1]}]}}', ['/filter/data/n/0/numeric']],
    ['[]', ['/filter']],
    ['"a"', ['/filter']],
    ['{}', ['/filter']],
    ['9007199254740993', ['/filter']],
    [`{"data":${'{"a":'.repeat(20_000)}[1]${'}'.repeat(20_001)}`, ['/filter']],
    [`{"data":["${'x'.repeat(9_000)}"]}`, ['/filter']],
  ] as const) {
    for (const answer of [
      await create(bench, filter),
      await bench.call('PATCH', `/v1/subscriptions/${String(good.body.id)}`, `{"filter":${filter}}`),
    ]) {
      assert.equal(answer.status, 400, filter.slice(0, 80));
      assert.deepEqual(pointers(answer.body), wrong, filter.slice(0, 80));
    }
  }
  const list = await bench.call('GET', '/v1/subscriptions');
  assert.deepEqual(
    list.body.data,
    [{ ...good.body, secret: undefined }].map(({ secret: _, ...shown }) => shown),
  );
});

test('null clears a filter', async () => {
  const bench = new ManageBench();
  const { body } = await create(bench, '{"type":["a.b"]}');
  const path = `/v1/subscriptions/${String(body.id)}`;
  assert.equal((await bench.call('PATCH', path, { filter: null })).body.filter, null);
});

test('filters that cannot be read match nothing; the rest of the batch goes on', async () => {
  const bench = fanOutBench();
  bench.directory.put('acme', { id: 'broken', filter: { data: { x: [{ later: 1 }] } } });
  bench.directory.put('acme', { id: 'filtered', filter: { data: { x: [1] } } });
  bench.directory.put('acme', { id: 'whole' });
  assert.deepEqual(await bench.fanOut({ id: 'e1', data: '{"x":1}' }, { id: 'e2', data: '{"x":2}' }), []);
  assert.deepEqual(bench.targets().toSorted(), ['e1 filtered', 'e1 whole', 'e2 whole']);
  assert.equal(bench.log.of('fan-out.filter-unreadable').length, 1);
});
