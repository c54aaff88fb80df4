import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { FanfareProblem, FanfareTimeout, FanfareUnreachable } from '../../client/failures.ts';
import { Fanfare } from '../../client/fanfare.ts';
import { retryAfter } from '../../client/retry-policy.ts';
import { listen } from '../../local/loopback.ts';

const NOW = Date.parse('2026-01-02T03:04:05.000Z');
const PROBLEM = { type: '/problems/unavailable', title: 'Try again', status: 503, detail: 'Busy.' };
const TASK = { id: 'tsk_1', status: 'done' };

type Step = Response | Error;

/** A client in a world that answers these in turn; `waits` are the milliseconds it waited. */
function worldOf(...steps: readonly Step[]) {
  const requests: Request[] = [];
  const waits: number[] = [];
  const left = steps.values();
  const api = new Fanfare({
    url: 'https://hooks.example/base/',
    apiKey: 'K',
    world: {
      fetch: async (url, init) => {
        requests.push(new Request(String(url), init));
        const step = left.next().value ?? new Error('one request too many');
        if (step instanceof Error) throw step;
        return step;
      },
      wait: async (ms) => void waits.push(ms),
      now: () => NOW,
      random: () => 1,
    },
  });
  return { api, requests, waits };
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ ...PROBLEM, status }, { status, headers });
}

const broken = () => new TypeError('fetch failed', { cause: new Error('other side closed') });

test('a read is repeated after what may pass, longer apart each time', async () => {
  const { api, requests, waits } = worldOf(broken(), refusal(500), refusal(502), Response.json(TASK));
  assert.deepEqual(await api.getTask('tsk_1'), TASK);
  assert.deepEqual(waits, [500, 1000, 2000]);
  assert.deepEqual(
    new Set(requests.map(({ url }) => url)),
    new Set(['https://hooks.example/base/v1/tasks/tsk_1']),
  );
});

test('it gives up after its retries, with the last failure', async () => {
  const { api, requests } = worldOf(broken(), broken(), broken(), refusal(503));
  await assert.rejects(
    api.getTask('tsk_1'),
    (error) => error instanceof FanfareProblem && error.status === 503,
  );
  assert.equal(requests.length, 4);
});

test('Retry-After is kept to, and one longer than a minute is left to the caller', async () => {
  const short = worldOf(refusal(429, { 'retry-after': '7' }), Response.json(TASK));
  await short.api.getTask('tsk_1');
  assert.deepEqual(short.waits, [7000]);
  const long = worldOf(refusal(429, { 'retry-after': '61' }));
  await assert.rejects(
    long.api.getTask('tsk_1'),
    (error) => error instanceof FanfareProblem && error.retryAfterSeconds === 61,
  );
  assert.deepEqual(long.waits, []);
});

test('Retry-After is read as seconds or as a date, and nonsense is ignored', () => {
  const read = [
    '0',
    '120',
    'Fri, 02 Jan 2026 03:04:15 GMT',
    'Fri, 02 Jan 2026 03:00:00 GMT',
    'soon',
    '-1',
    '',
    null,
  ];
  assert.deepEqual(
    read.map((text) => retryAfter(text, NOW)),
    [0, 120, 10, 0, null, null, null, null],
  );
});

test('a refusal is thrown at once, with what the server said', async () => {
  const body = {
    ...PROBLEM,
    type: '/problems/invalid-request',
    status: 400,
    errors: [{ pointer: '/url', detail: 'x' }],
  };
  const { api, requests } = worldOf(Response.json(body, { status: 400, headers: { 'x-request-id': 'r1' } }));
  await assert.rejects(api.getTask('tsk_1'), (error) => {
    assert.ok(error instanceof FanfareProblem);
    assert.deepEqual(
      [error.slug, error.requestId, error.problem, error.faults],
      ['invalid-request', 'r1', body, body.errors],
    );
    return true;
  });
  assert.equal(requests.length, 1);
});

test('what changes something twice when sent twice is sent once', async () => {
  for (const work of [
    (api: Fanfare) => api.createKey({ name: 'n', scopes: [] }),
    (api: Fanfare) => api.updateSubscription('sub_1', {}),
    (api: Fanfare) => api.startRedrive({}),
    (api: Fanfare) => api.retryDelivery('dlv_1'),
    (api: Fanfare) =>
      api.sendAll([
        { type: 'a.b', data: 1, id: 'one' },
        { type: 'a.b', data: 1 },
      ]),
    (api: Fanfare) => api.send({ type: 'a.b', data: 1 }, { idempotencyKey: null }),
  ]) {
    const { api, requests } = worldOf(broken());
    await assert.rejects(work(api), FanfareUnreachable);
    assert.equal(requests.length, 1, work.toString());
  }
});

test('an event is sent again under the same id or key, and one is made up where there is none', async () => {
  const one = { id: 'evt_1', tenant: 'default', type: 'a.b', acceptedAt: '', duplicate: false };
  const { api, requests } = worldOf(broken(), Response.json(one), broken(), Response.json(one));
  await api.send({ type: 'a.b', data: 1 });
  await api.send({ type: 'a.b', data: 1, id: 'mine' });
  const keys = requests.map(({ headers }) => headers.get('idempotency-key'));
  assert.match(keys[0] ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(keys, [keys[0], keys[0], null, null]);
});

test('a removal whose answer was lost is no failure when the second try finds nothing', async () => {
  const lost = worldOf(broken(), refusal(404));
  assert.equal(await lost.api.deleteKey('key_1'), undefined);
  const unknown = worldOf(refusal(404));
  await assert.rejects(unknown.api.deleteKey('key_1'), FanfareProblem);
});

test('a time-out and an abort end a call, and say which', async () => {
  const hanging = createServer(() => {}).unref();
  const url = `http://127.0.0.1:${await listen(hanging, 0)}`;
  const api = new Fanfare({ url, apiKey: 'K', retries: 0 });
  await assert.rejects(api.getHealth({ timeoutMs: 50 }), FanfareTimeout);
  const reason = new Error('no longer needed');
  const abort = new AbortController();
  hanging.once('request', () => abort.abort(reason));
  await assert.rejects(api.getHealth({ signal: abort.signal }), reason);
  await assert.rejects(api.getHealth({ signal: abort.signal }), reason);
  hanging.closeAllConnections();
  hanging.close();
  // No program listens on this port.
  const nowhere = new Fanfare({ url: 'http://127.0.0.1:3', apiKey: 'K', retries: 0 });
  await assert.rejects(nowhere.getHealth(), (error) => {
    assert.ok(error instanceof FanfareUnreachable);
    assert.match(error.message, /^http:\/\/127\.0\.0\.1:\d+ was not reached: .*ECONNREFUSED/);
    return true;
  });
});

test('an abort ends the wait between two tries', async () => {
  const reason = new Error('no longer needed');
  const abort = new AbortController();
  const api = new Fanfare({
    url: 'https://hooks.example',
    apiKey: 'K',
    world: {
      fetch: async () => {
        setImmediate(() => abort.abort(reason));
        return refusal(503, { 'retry-after': '60' });
      },
    },
  });
  await assert.rejects(api.getHealth({ signal: abort.signal }), reason);
});

test('no redirect is followed, which would hand the key on, and no page of HTML is taken for an answer', async () => {
  const moved = worldOf(
    new Response(null, { status: 307, headers: { location: 'https://elsewhere.example/' } }),
  );
  await assert.rejects(moved.api.getHealth(), /leads elsewhere, to https:\/\/elsewhere\.example/);
  assert.equal(moved.requests[0]?.redirect, 'manual');
  const proxy = worldOf(new Response('<h1>Nope</h1>', { status: 403, statusText: 'Forbidden' }));
  await assert.rejects(proxy.api.getHealth(), (error) => {
    assert.ok(error instanceof FanfareProblem);
    assert.deepEqual(
      [error.status, error.slug, error.message],
      [403, 'about:blank', 'Forbidden: <h1>Nope</h1>'],
    );
    return true;
  });
});

test('an id cannot leave its place in the path', async () => {
  const { api, requests } = worldOf(Response.json(TASK));
  await api.getTask('../keys?x=1');
  assert.equal(requests[0]?.url, 'https://hooks.example/base/v1/tasks/..%2Fkeys%3Fx%3D1');
  for (const id of ['', '.', '..']) await assert.rejects(api.getTask(id), TypeError);
});

test('a list is read to its end, across short pages, and a cursor that leads nowhere new is an error', async () => {
  const page = (ids: readonly string[], cursor: string | null) =>
    Response.json({ data: ids.map((id) => ({ id })), cursor });
  const { api, requests } = worldOf(page(['a', 'b'], 'c1'), page([], 'c2'), page(['c'], null));
  const seen: string[] = [];
  for await (const { id } of api.each('listKeys', { limit: 2 })) seen.push(id);
  assert.deepEqual(seen, ['a', 'b', 'c']);
  assert.deepEqual(
    requests.map(({ url }) => new URL(url).search),
    ['?limit=2', '?limit=2&cursor=c1', '?limit=2&cursor=c2'],
  );
  const circle = worldOf(page(['a'], 'c1'), page(['a'], 'c1'));
  await assert.rejects(async () => {
    for await (const { id } of circle.api.each('listKeys')) seen.push(id);
  }, /same cursor/);
});

test('the API is found with and without the version in its URL', async () => {
  const fetched: string[] = [];
  const world = {
    fetch: async (url: string | URL | globalThis.Request) => {
      fetched.push(String(url));
      return Response.json({ status: 'ok' });
    },
  };
  for (const url of [
    'https://x.example',
    'https://x.example/',
    'https://x.example/v1',
    'https://x.example/v1/',
  ]) {
    await new Fanfare({ url, apiKey: 'K', world }).getHealth();
  }
  assert.deepEqual([...new Set(fetched)], ['https://x.example/v1/health']);
});

test('a URL or key that no request can be made with is refused at once', () => {
  for (const url of ['nowhere', 'ftp://x.example']) {
    assert.throws(() => new Fanfare({ url, apiKey: 'K' }), TypeError);
  }
  for (const apiKey of ['', 'a\nb', 'ä']) {
    assert.throws(() => new Fanfare({ url: 'https://x.example', apiKey }), TypeError);
  }
});
