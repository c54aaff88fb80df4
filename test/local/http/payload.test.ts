import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RawRequest, toEvent, toResponse } from '../../../local/http/payload.ts';

const ROUTE = { key: 'POST /v1/events', functionArn: 'arn' };
const AT = new Date('2026-03-12T19:03:58.390Z');

function eventOf(request: Partial<RawRequest>, parameters: Readonly<Record<string, string>> = {}) {
  const whole: RawRequest = {
    method: 'POST',
    target: '/v1/events',
    rawHeaders: [],
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
    protocol: 'HTTP/1.1',
    ...request,
  };
  return toEvent(whole, { route: ROUTE, parameters }, 'id=', AT);
}

// Seen on a real HTTP API; AWS documents only that binary types come in base64.
const TYPES: readonly (readonly [type: string | null, base64: boolean])[] = [
  ['application/json', false],
  ['application/json; charset=utf-8', false],
  ['APPLICATION/JSON', false],
  ['text/plain', false],
  ['application/xml', false],
  ['application/javascript', false],
  ['application/cloudevents+json; charset=utf-8', true],
  ['application/vnd.acme.event+json', true],
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', true],
  [null, true],
];

for (const [type, base64] of TYPES) {
  test(`C002: a body of type ${type ?? 'none'} comes ${base64 ? 'in base64' : 'as text'}`, () => {
    const body = Buffer.from('{"type":"order.paid","data":"中"}');
    const event = eventOf({ body, rawHeaders: type === null ? [] : ['Content-Type', type] });
    assert.equal(event.isBase64Encoded, base64);
    assert.equal(event.body, body.toString(base64 ? 'base64' : 'utf8'));
  });
}

test('no body is no body, in whatever type', () => {
  for (const type of ['application/json', 'application/octet-stream']) {
    const event = eventOf({ rawHeaders: ['content-type', type] });
    assert.equal('body' in event, false);
    assert.equal(event.isBase64Encoded, false);
  }
});

test('bytes that are not UTF-8 are replaced on the text path and kept on the base64 path', () => {
  const body = Buffer.from([0x22, 0xff, 0x22]);
  assert.equal(eventOf({ body, rawHeaders: ['content-type', 'application/json'] }).body, '"\ufffd"');
  assert.equal(eventOf({ body }).body, body.toString('base64'));
});

test('header names are lower-case, repeated headers are joined by commas, cookies stand apart', () => {
  const { headers, cookies } = eventOf({
    rawHeaders: ['X-Tag', 'a', 'x-tag', 'b, c', 'Cookie', 'k=1; l=2', 'Connection', 'keep-alive'],
  });
  assert.equal(headers['x-tag'], 'a,b, c');
  assert.deepEqual(cookies, ['k=1', 'l=2']);
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.connection, undefined);
});

test('the query comes raw, and decoded with repeated names joined by commas', () => {
  const event = eventOf({ target: '/v1/events?a=1&b=x%20y&a=2' });
  assert.equal(event.rawQueryString, 'a=1&b=x%20y&a=2');
  assert.deepEqual(event.queryStringParameters, { a: '1,2', b: 'x y' });
  assert.equal('queryStringParameters' in eventOf({}), false);
});

test('the path is decoded, and says what the placeholders stand for', () => {
  const event = eventOf({ target: '/v1/events/a%20b' }, { id: 'a b' });
  assert.equal(event.rawPath, '/v1/events/a b');
  assert.equal(event.requestContext.http.path, '/v1/events/a b');
  assert.deepEqual(event.pathParameters, { id: 'a b' });
  assert.equal(eventOf({ target: '/v1/%E0%A4%A' }).rawPath, '/v1/%E0%A4%A');
});

test('the context names route, time and caller', () => {
  const { requestContext: context, routeKey } = eventOf({
    rawHeaders: ['User-Agent', 'curl/8', 'Host', 'h:1'],
  });
  assert.equal(routeKey, 'POST /v1/events');
  assert.equal(context.requestId, 'id=');
  assert.equal(context.time, '12/Mar/2026:19:03:58 +0000');
  assert.equal(context.timeEpoch, AT.getTime());
  assert.equal(context.http.userAgent, 'curl/8');
  assert.equal(context.domainName, 'h:1');
});

test('a result with a status is taken at its word', () => {
  const answer = toResponse(
    JSON.stringify({
      statusCode: 201,
      headers: { 'X-A': 1 },
      cookies: ['a=1', 'b=2'],
      body: 'aGk=',
      isBase64Encoded: true,
    }),
  );
  assert.equal(answer?.status, 201);
  assert.deepEqual(answer?.headers, { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] });
  assert.equal(answer?.body.toString(), 'hi');
});

test('a result without a status is a 200 with the result as JSON', () => {
  assert.equal(toResponse('{"a":1}')?.body.toString(), '{"a":1}');
  assert.equal(toResponse('"text"')?.body.toString(), 'text');
  assert.equal(toResponse('{"a":1}')?.status, 200);
});

test('a result that makes no sense is no answer', () => {
  assert.equal(toResponse('{"statusCode":"no"}'), null);
  assert.equal(toResponse('{"statusCode":200,"body":{"a":1}}'), null);
});
