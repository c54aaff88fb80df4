import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardOf, shardsFor } from '../../core/shard.ts';

test('an event gets one partition up to a hundred subscriptions, then one for each eighty, at most a hundred', () => {
  for (const [matched, shards] of [
    [0, 1],
    [1, 1],
    [100, 1],
    [101, 2],
    [160, 2],
    [250, 4],
    [8_000, 100],
    [1_000_000, 100],
  ] as const) {
    assert.equal(shardsFor(matched), shards, `${matched} subscriptions`);
  }
});

test('ids spread over all partitions, none holding twice its share', () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 10_000; i++) {
    const shard = shardOf(`dlv_${i}`, 10);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  assert.deepEqual(
    [...counts.keys()].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  for (const [shard, count] of counts) assert.ok(count < 2_000, `partition ${shard} holds ${count}`);
});
