import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook as Foreign } from 'standardwebhooks';
import { verifyWebhook } from '../../client/verify-webhook.ts';

const BODY = '{"type":"a.b","timestamp":"2026-01-02T03:04:05.678Z","data":1}';

/** A request that is signed with a key of so many bytes, by a library that takes any. */
function signed(bytes: number) {
  const secret = `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  const now = new Date();
  const key = bytes === 0 ? `whsec_${Buffer.from('').toString('base64')}` : secret;
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': bytes === 0 ? 'v1,' : new Foreign(key).sign('evt_1', now, BODY),
  };
  return { secret, headers };
}

test('a secret of less than 24 bytes is refused, however well the request is signed with it', () => {
  for (const bytes of [0, 1, 16, 23]) {
    const { secret, headers } = signed(bytes);
    for (const given of [secret, secret.replace('whsec_', '')]) {
      assert.throws(
        () => verifyWebhook(given, BODY, headers),
        (error: unknown) =>
          error instanceof RangeError && error.message.startsWith(`The secret has ${bytes} bytes; `),
      );
    }
  }
});

test('a secret of 24 bytes or more is taken', () => {
  for (const bytes of [24, 32, 64]) {
    const { secret, headers } = signed(bytes);
    assert.equal(verifyWebhook(secret, BODY, headers).data, 1);
  }
});

test('an error about a secret does not hold it', () => {
  assert.throws(
    () => verifyWebhook('whsec_c2hvcnQ=', BODY, {}),
    (error: Error) => !error.message.includes('c2hvcnQ'),
  );
});
