import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packDeliveries } from '../../../core/fan-out/pack-deliveries.ts';
import { deliveryId } from '../../../core/id.ts';
import { decodeDeliveryMessage, encodeMessage } from '../../../core/message.ts';
import { shardOf, shardsFor } from '../../../core/shard.ts';

const event = {
  tenant: 'acme',
  id: 'evt_1',
  type: 'order.created',
  subject: null,
  time: 1,
  acceptedAt: 1,
  metadata: {},
};

test('packing loses no target, repeats none, and fills messages of up to 100 for each partition of the log', () => {
  const some = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 450 });
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 5 }), (targets, shards) => {
      const packed = packDeliveries(event, shards, targets);
      assert.deepEqual(packed.flatMap((message) => message.targets).sort(), targets.toSorted());
      const partitionOf = (target: string) => shardOf(deliveryId(event, target), shards);
      const partitions = Map.groupBy(packed, ({ targets: [first = ''] }) => partitionOf(first));
      for (const [partition, messages] of partitions) {
        for (const [i, message] of messages.entries()) {
          const full = i < messages.length - 1;
          assert.ok(message.targets.length <= 100 && (!full || message.targets.length === 100));
          assert.ok(message.targets.every((target) => partitionOf(target) === partition));
          assert.deepEqual(decodeDeliveryMessage(encodeMessage(message, '1')).header, message);
        }
      }
    }),
  );
});

test('hardly any partition of an event gets more subscriptions than fit one message', () => {
  for (const matched of [101, 200, 1_000, 8_000]) {
    const targets = Array.from({ length: matched }, (_, i) => `sub_${i}`);
    const shards = shardsFor(matched);
    const messages = packDeliveries(event, shards, targets);
    assert.ok(messages.length <= shards * 1.05, `${matched}: ${messages.length} messages for ${shards}`);
  }
});

test('no targets make no message', () => {
  assert.deepEqual(packDeliveries(event, 1, []), []);
});
