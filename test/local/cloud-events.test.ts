import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HTTP } from 'cloudevents';
import {
  type Endpoint,
  type InProcessRunner,
  startEndpoint,
  startInProcess,
  type WireRequest,
} from './runner.ts';
import { until } from './until.ts';

let runner: InProcessRunner;
let endpoint: Endpoint;

before(async () => {
  runner = await startInProcess();
  endpoint = await startEndpoint();
});
after(async () => {
  await endpoint.close();
  await runner.stop();
});

const STRUCTURED = 'application/cloudevents+json';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** What the cloudevents package makes of a request. */
function read({ headers, body }: WireRequest) {
  const event = HTTP.toEvent({ headers: { ...headers }, body: body.toString() });
  assert.ok(!Array.isArray(event));
  return event;
}

async function post(event: string, headers: Record<string, string> = {}) {
  const answer = await runner.call('POST', '/v1/events', event, { 'content-type': STRUCTURED, ...headers });
  assert.equal(answer.status, 202);
  return answer.body;
}

test('C109 C111: a CloudEvent goes out with all it came in with, and the trace context too, on every attempt', async () => {
  const scope = { tenant: 'shop' };
  let failures = 1;
  const failing = await startEndpoint(() => ({ status: failures-- > 0 ? 500 : 204 }));
  const { id } = await runner.subscribe(failing.url, { ...scope, format: 'cloudevents', retrySchedule: [1] });
  const attributes = {
    ...{ specversion: '1.0', id: 'o 1/2', source: '/s', type: 'order.created', subject: 'ö' },
    ...{
      time: '2026-01-02T03:04:05.678Z',
      dataschema: 'https://s.example/1',
      datacontenttype: 'application/vnd.a+json',
    },
    ...{ partitionkey: 'p "1"', sampledrate: 5, urgent: true, tenant: 'shop' },
  };
  const data = '{"n":9007199254740993,"p":1.0}';
  const event = `${JSON.stringify(attributes).slice(0, -1)},"data":${data}}`;
  const { id: accepted } = await post(event, { traceparent: TRACE, tracestate: 'vendor=abc , other@x=1' });
  await until('it was tried twice', () => failing.requests.length === 2);
  const since = new Date(Date.now() - 3_600_000).toISOString();
  await runner.call('POST', `/v1/subscriptions/${id}/replay?tenant=shop`, { since, status: 'all' });
  await until('it was replayed from its record', () => failing.requests.length === 3);
  for (const request of failing.requests) {
    const { tenant: _tenant, ...expected } = attributes;
    const { data: _data, ...got } = JSON.parse(JSON.stringify(read(request)));
    assert.deepEqual(got, expected);
    assert.ok(request.body.toString().endsWith(`"data":${data}}`));
    assert.equal(request.headers.traceparent, TRACE);
    assert.equal(request.headers.tracestate, 'vendor=abc,other@x=1');
  }
  const { body } = await runner.call('GET', `/v1/events/${accepted}?tenant=shop`);
  assert.equal(body.tracestate, 'vendor=abc,other@x=1');
  assert.deepEqual(body.cloudEvent, {
    id: 'o 1/2',
    contentType: 'application/vnd.a+json',
    literals: ['sampledrate', 'urgent'],
  });
  await failing.close();
});

test('C093: our own output, posted back as it is, is another event and is delivered', async () => {
  const scope = { tenant: 'echo' };
  await runner.subscribe(endpoint.url, { ...scope, format: 'cloudevents' });
  const first = await runner.post({ type: 'a.one', data: 1, ...scope });
  await until('it came', () => endpoint.requests.length === 1);
  const back = endpoint.requests[0]?.body.toString() ?? '';
  const copy = await post(`${back.slice(0, -1)},"tenant":"echo"}`);
  assert.notEqual(copy.id, first);
  assert.equal(copy.duplicate, false);
  await until('the copy came as well', () => endpoint.requests.length === 2);
  const [one, two] = endpoint.requests.map(read);
  assert.deepEqual(
    [one?.id, one?.source],
    [two?.id, two?.source],
    'it says of itself what the first one said',
  );
  assert.notEqual(endpoint.requests[0]?.headers['webhook-id'], endpoint.requests[1]?.headers['webhook-id']);
});

test('C097: the gateway here decodes text as that of AWS does, and what is not UTF-8 is refused', async () => {
  const answer = await fetch(`${runner.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${runner.apiKey}`, 'content-type': 'application/json' },
    body: Buffer.from('{"type":"a.b","data":"caf\xe9"}', 'latin1'),
  });
  assert.equal(answer.status, 400);
  const kept = await runner.call('POST', '/v1/events', '{"type":"a.b","data":"\ufffd"}');
  assert.equal(kept.status, 202);
});
