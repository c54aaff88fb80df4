import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packDeliveries } from '../../../core/fan-out/pack-deliveries.ts';
import { decodeDeliveryMessage, encodeMessage } from '../../../core/message.ts';

const event = {
  tenant: 'acme',
  id: 'evt_1',
  type: 'order.created',
  subject: null,
  time: 1,
  acceptedAt: 1,
  metadata: {},
};

test('packing loses no target, repeats none, keeps their order, and fills messages of up to 100', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 450 }), (targets) => {
      const packed = packDeliveries(event, 5, targets);
      assert.deepEqual(
        packed.flatMap((message) => message.targets),
        targets,
      );
      for (const [i, message] of packed.entries()) {
        const full = i < packed.length - 1;
        assert.ok(message.targets.length <= 100 && (!full || message.targets.length === 100));
        assert.deepEqual(decodeDeliveryMessage(encodeMessage(message, '1')).header, message);
      }
    }),
  );
});

test('no targets make no message', () => {
  assert.deepEqual(packDeliveries(event, 1, []), []);
});
