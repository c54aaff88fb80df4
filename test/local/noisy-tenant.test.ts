import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { TEST } from '../../contract/limits.ts';
import { listen } from '../../local/loopback.ts';
import { startNeighbour } from './neighbour.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from './runner.ts';
import { until } from './until.ts';

// One tenant does its worst while another posts five events a second: nothing of the other's is lost, sent twice or
// charged an attempt. How late it comes is judged by `npm run bench -- --only isolation`.

let runner: InProcessRunner;
const closing: (() => unknown)[] = [];

before(async () => {
  runner = await startInProcess();
});
after(async () => {
  await runner.stop();
  for (const close of closing) await close();
});

const TENANT = 'noisy';

/** Runs an attack beside a neighbour, and checks that the neighbour was spared. */
async function besideNeighbour(attack: () => Promise<void>): Promise<void> {
  const neighbour = await startNeighbour(runner);
  try {
    await attack();
  } finally {
    await neighbour.stop();
  }
  await until("each of the neighbour's events arrived", () => neighbour.missing().length === 0);
  assert.deepEqual(neighbour.repeated(), []);
  for (const status of ['failed', 'retrying', 'skipped', 'cancelled']) {
    const { body } = await runner.call('GET', `/v1/deliveries?tenant=${neighbour.tenant}&status=${status}`);
    assert.deepEqual(body.data, [], status);
  }
}

async function endpoint(answer?: Parameters<typeof startEndpoint>[0]): Promise<Endpoint> {
  const started = await startEndpoint(answer);
  closing.push(() => started.close());
  return started;
}

/** A server that takes requests and says this to each, and no more. */
async function rawServer(says: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(says));
  });
  server.unref();
  const port = await listen(server, 0);
  closing.push(() => server.close());
  return `http://127.0.0.1:${port}/`;
}

const post = (data: unknown = 1, type = 'a.b') => runner.post({ type, tenant: TENANT, data });
const subscribe = (url: string, more: object = {}) => runner.subscribe(url, { tenant: TENANT, ...more });
const call = (method: string, path: string, body?: unknown) =>
  runner.call(method, `${path}?tenant=${TENANT}`, body);

/** All at once; answers how many got each status. */
async function statuses<Answer extends { readonly status: number }>(
  count: number,
  one: (i: number) => Promise<Answer>,
) {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  return Object.groupBy(answers, ({ status }) => status);
}

test('C092 endpoints that hang, or answer as no webhook receiver does', () =>
  besideNeighbour(async () => {
    const silent = await rawServer('');
    const upgrading = await rawServer(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
    const informing = await rawServer('HTTP/1.1 102 Processing\r\n\r\n');
    const ids = [];
    for (const url of [silent, upgrading, informing])
      ids.push((await subscribe(url, { timeoutSeconds: 3 })).id);
    for (let i = 0; i < 20; i++) await post(i);
    for (const id of ids) {
      await until(`an attempt at ${id} is on record`, async () => {
        const { body } = await runner.call('GET', `/v1/deliveries?tenant=${TENANT}&subscription=${id}`);
        return body.data.some(({ attemptCount }: { attemptCount: number }) => attemptCount > 0);
      });
      await runner.call('DELETE', `/v1/subscriptions/${id}?tenant=${TENANT}`);
    }
  }));

test('C095 an endpoint that hands what it gets on to our own API', () =>
  besideNeighbour(async () => {
    let handedOn = 0;
    let refused = 0;
    // As a public name or a proxy of the customer's would: with all headers, and a key of the tenant.
    const { body: session } = await runner.call('POST', '/v1/portal-sessions', { tenant: TENANT });
    const loop = await endpoint((incoming) => {
      handedOn++;
      const delivery = incoming.headers['fanfare-delivery'];
      const headers = { ...incoming.headers, authorization: `Bearer ${session.token}` };
      const path = `/v1/deliveries/${delivery}/retry`;
      const again = request(`${runner.url}${path}`, { method: 'POST', headers }, (answer) => {
        if (answer.statusCode === 508) refused++;
        answer.resume();
      });
      again.end(incoming.body);
      return { status: 200 };
    });
    const { id } = await subscribe(loop.url);
    await post();
    await until('it was handed on and refused', () => refused > 0);
    assert.equal(handedOn, refused);
    assert.ok(handedOn <= 10);
    const own = await runner.call('PATCH', `/v1/subscriptions/${id}?tenant=${TENANT}`, {
      url: `${runner.url}/v1/events`,
    });
    assert.equal(own.status, 400);
    await runner.call('DELETE', `/v1/subscriptions/${id}?tenant=${TENANT}`);
  }));

test('filters that are dear, on events made for them', () =>
  besideNeighbour(async () => {
    const target = await endpoint();
    const numeric = Array.from({ length: 95 }, (_, i) => ({ numeric: ['>', 1_000_000 + i] }));
    const wildcard = Array.from({ length: 95 }, (_, i) => ({ wildcard: `*a${i}*b*c` }));
    const ids = [];
    for (const conditions of [numeric, wildcard, wildcard, wildcard])
      ids.push((await subscribe(target.url, { filter: { data: { n: conditions } } })).id);
    const raw = async (values: string): Promise<string> => {
      const body = `{"type":"a.b","tenant":"${TENANT}","data":{"n":[${values}]}}`;
      const { status, body: answer } = await runner.call('POST', '/v1/events', body);
      assert.equal(status, 202);
      return answer.id;
    };
    await raw(`${'7,'.repeat(120_000)}7`);
    const event = await raw(`${'"aaaa",'.repeat(35_000)}"aaaa"`);
    const failed = () => runner.call('GET', `/v1/deliveries?tenant=${TENANT}&event=${event}&status=failed`);
    await until('those that cost too much are given up', async () => (await failed()).body.data.length === 3);
    const reasons = (await failed()).body.data.map(({ reason }: { reason: string }) => reason);
    assert.deepEqual(new Set(reasons), new Set(['filter-too-costly']));
    assert.equal(target.requests.length, 0);
    for (const id of ids) await runner.call('DELETE', `/v1/subscriptions/${id}?tenant=${TENANT}`);
  }));

test('so many dear filters, on so many events at once, that they take turns with other events', () =>
  besideNeighbour(async () => {
    const target = await endpoint();
    const wildcard = Array.from({ length: 95 }, (_, i) => ({ wildcard: `*a${i}*b*c` }));
    const ids = [];
    for (let i = 0; i < 8; i++)
      ids.push((await subscribe(target.url, { filter: { data: { n: wildcard } } })).id);
    const { id: plain } = await subscribe(target.url);
    const data = { n: Array(30_000).fill('aaaa') };
    const events = await Promise.all(Array.from({ length: 6 }, () => post(data)));
    await until('the one without a filter has them all', () => target.requests.length === events.length);
    for (const event of events) {
      const failed = `/v1/deliveries?tenant=${TENANT}&event=${event}&status=failed`;
      const count = async () => (await runner.call('GET', failed)).body.data.length;
      await until('those that cost too much are given up', async () => (await count()) === ids.length);
    }
    assert.equal(target.requests.length, events.length);
    for (const id of [...ids, plain]) await runner.call('DELETE', `/v1/subscriptions/${id}?tenant=${TENANT}`);
  }));

test('many of the largest subscriptions, made in a moment', () =>
  besideNeighbour(async () => {
    const types = Array.from({ length: 100 }, (_, i) => `t${i}.${'x'.repeat(110)}`);
    const filter = {
      data: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, ['y'.repeat(100)]])),
    };
    for (let wave = 0; wave < 15; wave++) {
      const made = await statuses(20, (i) =>
        runner.call('POST', '/v1/subscriptions', {
          tenant: TENANT,
          url: `http://127.0.0.1:${2_000 + wave * 20 + i}/`,
          eventTypes: types,
          filter,
          metadata: { wave: String(wave) },
        }),
      );
      assert.deepEqual(Object.keys(made), ['201']);
      await post(wave, 'none.of.these');
    }
    const gone = await runner.call('DELETE', `/v1/tenants/${TENANT}`);
    assert.ok(gone.status === 204 || gone.status === 404, String(gone.status));
  }));

test('a flood of test deliveries to an endpoint that hangs', () =>
  besideNeighbour(async () => {
    const silent = await rawServer('');
    const { id } = await subscribe(silent, { timeoutSeconds: 5 });
    const answers = await statuses(90, () => call('POST', `/v1/subscriptions/${id}/test`, {}));
    assert.deepEqual(Object.keys(answers).sort(), ['200', '429']);
    for (const { headers } of answers[429] ?? []) assert.match(headers.get('retry-after') ?? '', /^\d+$/);
    await runner.call('DELETE', `/v1/subscriptions/${id}?tenant=${TENANT}`);
  }));

test('while tests of two tenants hang, a third is answered, and has room for a test of its own', () =>
  besideNeighbour(async () => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      hanging.add(socket);
    });
    const hanging = new Set<Socket>();
    closing.push(() => server.close());
    const silent = `http://127.0.0.1:${await listen(server, 0)}/`;
    const pair = ['noisy-1', 'noisy-2'];
    for (const tenant of pair)
      await runner.subscribe(silent, { tenant, id: `sub_${tenant}`, timeoutSeconds: 30 });
    const target = await endpoint();
    const quiet = await runner.subscribe(target.url, { tenant: 'quiet' });
    let tested = 0;
    const tests = statuses(90, async (i) => {
      const tenant = pair[i % 2];
      const path = `/v1/subscriptions/sub_${tenant}/test?tenant=${tenant}`;
      const answer = await runner.call('POST', path, {});
      if (answer.status === 200) tested++;
      return answer;
    });
    await until('one of each hangs', () => hanging.size === 2);
    assert.equal((await runner.call('GET', '/v1/subscriptions?tenant=quiet')).status, 200);
    const own = await runner.call('POST', `/v1/subscriptions/${quiet.id}/test?tenant=quiet`, {});
    assert.deepEqual([own.status, own.body.status], [200, 204]);
    assert.equal(tested, 0, 'those that hang still do');
    for (const socket of hanging) socket.destroy();
    const { 200: made = [], 429: refused = [], ...others } = await tests;
    assert.ok(made.length >= 2 && refused.length > 0);
    assert.deepEqual(others, {});
    for (const { body, headers } of refused) {
      assert.match(body.detail, /test deliveries of this tenant under way .* is 1\..*"testsPerTenant"/);
      assert.equal(headers.get('retry-after'), String(TEST.retryAfterSeconds));
    }
  }));

test("a flood of replays: the neighbour's own task is done meanwhile", () =>
  besideNeighbour(async () => {
    const target = await endpoint();
    const { id } = await subscribe(target.url);
    await post();
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const answers = await statuses(200, () =>
      call('POST', `/v1/subscriptions/${id}/replay`, { since, dryRun: true }),
    );
    const refusals = Object.keys(answers).filter((status) => status !== '202');
    assert.ok(refusals.length > 0);
    for (const status of refusals) assert.match(status, /^4(09|29)$/);
    const { body: task } = await runner.call('POST', '/v1/redrive', { tenant: 'neighbour-0' });
    await until("the neighbour's task is done", async () => {
      const { body } = await runner.call('GET', `/v1/tasks/${task.id}`);
      return body.status === 'done';
    });
    await runner.call('DELETE', `/v1/subscriptions/${id}?tenant=${TENANT}`);
  }));

test('a flood at the doors that are open to everybody', () =>
  besideNeighbour(async () => {
    const paths = ['/v1/health', '/v1/openapi.json', '/docs', '/v1/events', '/nothing'];
    const answers = await statuses(600, async (i) => {
      const answer = await fetch(runner.url + paths[i % paths.length]);
      await answer.arrayBuffer();
      return answer;
    });
    assert.deepEqual(
      Object.keys(answers).filter((status) => !['200', '401', '404', '429'].includes(status)),
      [],
    );
  }));
