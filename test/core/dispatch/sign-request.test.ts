import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { bodyOf } from '../../../core/dispatch/request-body.ts';
import { signRequest } from '../../../core/dispatch/sign-request.ts';
import type { Subscription } from '../../../core/subscription.ts';
import { eventEnvelope } from '../../support/delivery-messages.ts';
import { SECRET, subscription } from '../../support/subscription.ts';

const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function signed(fields: Partial<Subscription> = {}, data = '{"n":1}', now = Date.now(), attempt = 1) {
  const target = subscription(fields);
  const body = bodyOf({ ...eventEnvelope(), data })(target.format);
  const parts = { subscription: target, eventId: 'evt_1', delivery: 'dlv_1', attempt, body };
  return signRequest(parts, now, '1.2.3');
}

test('C051, C054: stock libraries accept the request with the secret as it is shown', () => {
  const data = '{"name":"Zoë 😊 中文 …","q":"\\u2028<>&\\/"}';
  const request = signed({}, data);
  assert.ok(request);
  const text = request.body.toString('utf8');
  for (const library of [new StandardWebhook(SECRET), new SvixWebhook(SECRET)]) {
    assert.doesNotThrow(() => library.verify(text, { ...request.headers }));
    assert.throws(() => library.verify(`${text} `, { ...request.headers }));
  }
  assert.equal(request.headers['content-length'], String(Buffer.byteLength(text)));
});

test('C001, C056: the data is in the body token for token, whitespace included', () => {
  const data = '{ "id": 9007199254740993,\r\n  "big": 1e400, "p": 1.0, "a":1, "a":2 }';
  assert.ok(signed({}, data)?.body.toString().endsWith(`,"data":${data}}`));
});

test('whatever the data, the signature is the HMAC of exactly the bytes that are sent', () => {
  fc.assert(
    fc.property(fc.json(), (data) => {
      const request = signed({}, data, 1_767_323_045_678);
      assert.ok(request);
      const key = Buffer.from(SECRET.replace('whsec_', ''), 'base64');
      const content = Buffer.concat([Buffer.from('evt_1.1767323045.'), request.body]);
      const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
      assert.equal(request.headers['webhook-signature'], expected);
    }),
  );
});

test('C052: another attempt has another timestamp and the same id and body', () => {
  const first = signed({}, '1', 1_767_323_045_678);
  const second = signed({}, '1', 1_767_323_345_678, 2);
  assert.deepEqual(first?.body, second?.body);
  assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
  assert.deepEqual(
    [first?.headers['webhook-timestamp'], second?.headers['webhook-timestamp']],
    ['1767323045', '1767323345'],
  );
  assert.deepEqual([first?.headers['fanfare-attempt'], second?.headers['fanfare-attempt']], ['1', '2']);
});

test('C053: until the grace ends both secrets sign, newest first, then only the new one', () => {
  const now = Date.now();
  const secrets = [
    { secret: OTHER, expiresAt: null },
    { secret: SECRET, expiresAt: now + 1_000 },
  ];
  const during = signed({ secrets }, '1', now);
  assert.ok(during);
  const signatures = during.headers['webhook-signature']?.split(' ') ?? [];
  assert.equal(signatures.length, 2);
  for (const secret of [OTHER, SECRET]) {
    assert.ok(new StandardWebhook(secret).verify(during.body.toString(), { ...during.headers }));
  }
  const newest = { ...during.headers, 'webhook-signature': signatures[0] ?? '' };
  assert.ok(new StandardWebhook(OTHER).verify(during.body.toString(), newest));
  const after = signed({ secrets }, '1', now + 1_000);
  assert.equal(after?.headers['webhook-signature']?.split(' ').length, 1);
});

test('C055: without a usable secret there is no request', () => {
  for (const secret of ['', 'whsec_', 'whsec_AAAA', 'whsec_!!!!', Buffer.alloc(32).toString('base64')]) {
    assert.equal(signed({ secrets: [{ secret, expiresAt: null }] }), null, secret);
  }
  assert.equal(signed({ secrets: [] }), null);
  assert.equal(signed({ secrets: [{ secret: SECRET, expiresAt: 1 }] }), null);
});

test('C036: custom headers are sent and can replace none of ours', () => {
  const request = signed({
    headers: {
      'X-Api-Key': 'k',
      'Webhook-Signature': 'v1,AAAA',
      'webhook-id': 'x',
      'Content-Type': 'text/plain',
      HOST: 'evil',
    },
  });
  assert.equal(request?.headers['x-api-key'], 'k');
  assert.equal(request?.headers['webhook-id'], 'evt_1');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.match(request?.headers['webhook-signature'] ?? '', /^v1,[A-Za-z0-9+/]{43}=$/);
  assert.equal(request?.headers.host, undefined);
  assert.equal(request?.headers['user-agent'], 'Fanfare/1.2.3');
});
