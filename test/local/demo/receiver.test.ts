import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { DemoReceiver } from '../../../local/demo/receiver.ts';
import type { RawRequest } from '../../../local/http/payload.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const BODY = '{"type":"order.created","data":{}}';

function receiver() {
  return new DemoReceiver(async () => [SECRET]);
}

/** Sends one webhook, signed by the foreign library. */
function deliver(to: DemoReceiver, query = '', { id = 'evt_1', body = BODY, secret = SECRET } = {}) {
  const at = new Date();
  return send(to, 'POST', `/demo/receiver${query}`, body, [
    ...['webhook-id', id, 'webhook-timestamp', String(Math.floor(at.getTime() / 1000))],
    ...['Webhook-Signature', new Webhook(secret).sign(id, at, BODY)],
  ]);
}

async function send(
  to: DemoReceiver,
  method: string,
  target: string,
  body = '',
  rawHeaders: readonly string[] = [],
) {
  const request: RawRequest = {
    method,
    target,
    rawHeaders,
    body: Buffer.from(body),
    sourceIp: '127.0.0.1',
    protocol: 'HTTP/1.1',
  };
  const answer = await to.answer(request, target.split('?')[0] ?? '');
  assert.ok(answer);
  return { status: answer.status, body: answer.body.length > 0 ? JSON.parse(answer.body.toString()) : null };
}

test('a webhook with the right signature is verified', async () => {
  assert.deepEqual(await deliver(receiver()), { status: 200, body: { verified: true } });
});

test('another body, another secret, or no signature is not', async () => {
  const to = receiver();
  const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
  assert.deepEqual((await deliver(to, '', { body: `${BODY} ` })).body, { verified: false });
  assert.deepEqual((await deliver(to, '', { secret: other })).body, { verified: false });
  assert.deepEqual((await send(to, 'POST', '/demo/receiver', BODY)).body, { verified: false });
});

test('it lists what it got, in order, until told to forget', async () => {
  const to = receiver();
  await deliver(to, '?status=503', { id: 'a' });
  await deliver(to, '', { id: 'b' });
  const { body } = await send(to, 'GET', '/demo/receiver/requests');
  assert.deepEqual(
    body.data.map((got: { headers: Record<string, string>; status: number; body: string }) => [
      got.headers['webhook-id'],
      got.status,
      got.body,
    ]),
    [
      ['a', 503, BODY],
      ['b', 200, BODY],
    ],
  );
  assert.equal((await send(to, 'DELETE', '/demo/receiver/requests')).status, 204);
  assert.deepEqual((await send(to, 'GET', '/demo/receiver/requests')).body, { data: [] });
});

test('it fails as often as asked, for each event, and then no more', async () => {
  const to = receiver();
  const statuses = async (id: string) => {
    const all: number[] = [];
    for (let i = 0; i < 4; i++) all.push((await deliver(to, '?failTimes=2', { id })).status);
    return all;
  };
  assert.deepEqual(await statuses('a'), [500, 500, 200, 200]);
  assert.deepEqual(await statuses('b'), [500, 500, 200, 200]);
  assert.equal((await deliver(to, '?failTimes=1&status=410', { id: 'c' })).status, 410);
});

test('it takes its time when asked', async () => {
  const began = Date.now();
  await deliver(receiver(), '?delayMs=60');
  assert.ok(Date.now() - began >= 55);
});

test('other methods are refused, and other paths are not its business', async () => {
  const to = receiver();
  assert.equal((await send(to, 'GET', '/demo/receiver')).status, 405);
  assert.equal((await send(to, 'PUT', '/demo/receiver/requests')).status, 405);
  const elsewhere = {
    method: 'GET',
    target: '/x',
    rawHeaders: [],
    body: Buffer.alloc(0),
    sourceIp: '',
    protocol: '',
  };
  assert.equal(await to.answer(elsewhere, '/x'), null);
});
