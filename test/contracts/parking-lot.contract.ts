import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DUE_SHARDS } from '../../contract/tables.ts';
import type { ParkingLot } from '../../core/dispatch/ports.ts';
import { deliveryId } from '../../core/id.ts';
import type { DueDeliveries, DueDelivery } from '../../core/retry/ports.ts';
import { shardOf } from '../../core/shard.ts';
import { deliveryMessage, eventEnvelope } from '../support/delivery-messages.ts';

/** The same promises for every parking lot. `open` gives an empty one. */
export function parkingLotContract(name: string, open: () => Promise<ParkingLot & DueDeliveries>): void {
  const minute = 29_455_200;
  const dueAt = minute * 60_000 + 12_345;
  const message = deliveryMessage();
  const shard = shardOf(deliveryId(message.event, 'sub_1'), DUE_SHARDS);

  async function due(lot: DueDeliveries, at = minute, inShard = shard): Promise<DueDelivery[]> {
    const rows: DueDelivery[] = [];
    for await (const page of lot.due(at, inShard)) {
      assert.ok(page.length > 0, 'no page is empty');
      rows.push(...page);
    }
    return rows;
  }

  test(`${name}: what is parked is found in its minute, unchanged, and nowhere else`, async () => {
    const lot = await open();
    const event = eventEnvelope({ subject: 'é', metadata: { '': '' } });
    const parked = deliveryMessage({ event, run: 'tsk_1', trigger: 'redrive' });
    await lot.park({ message: parked, dueAt }, 0);
    const [found, ...others] = await due(lot);
    assert.deepEqual([found?.message, found?.dueAt, others.length], [parked, dueAt, 0]);
    assert.deepEqual(await due(lot, minute - 1), []);
    assert.deepEqual(await due(lot, minute + 1), []);
  });

  test(`${name}: parking twice is parking once; another attempt or run is another row`, async () => {
    const lot = await open();
    for (const [parkedAt, fields] of [{}, {}, { attempt: 3 }, { run: 'tsk_1' }].entries()) {
      await lot.park({ message: deliveryMessage(fields), dueAt }, parkedAt);
    }
    assert.equal((await due(lot)).length, 3);
  });

  test(`${name}: what is put back for the same minute outlives the removal of what was taken out`, async () => {
    const lot = await open();
    const held = { ...message, held: { slow: false, slotAt: null } };
    await lot.park({ message: held, dueAt }, 1);
    const taken = await due(lot);
    await lot.park({ message: held, dueAt }, 2);
    await lot.remove(
      minute,
      shard,
      taken.map(({ key }) => key),
    );
    assert.equal((await due(lot)).length, 1);
  });

  test(`${name}: removing takes the named rows only, and removing again is no error`, async () => {
    const lot = await open();
    for (let attempt = 1; attempt <= 60; attempt++) {
      await lot.park({ message: deliveryMessage({ attempt }), dueAt }, 0);
    }
    const rows = await due(lot);
    assert.equal(rows.length, 60);
    const gone = rows.filter((row) => row.message.attempt !== 7).map((row) => row.key);
    await lot.remove(minute, shard, gone);
    await lot.remove(minute, shard, gone);
    assert.deepEqual(
      (await due(lot)).map((row) => row.message.attempt),
      [7],
    );
  });

  test(`${name}: a shard has no cursor until something is parked, then one that reaches back to it`, async () => {
    const lot = await open();
    assert.equal(await lot.cursor(shard), null);
    await lot.park({ message, dueAt: dueAt + 600_000 }, 0);
    assert.equal(await lot.cursor(shard), minute + 9);
    await lot.park({ message, dueAt }, 0);
    await lot.park({ message, dueAt: dueAt + 600_000 }, 0);
    assert.equal(await lot.cursor(shard), minute - 1);
    assert.equal(await lot.cursor((shard + 1) % DUE_SHARDS), null);
  });

  test(`${name}: the cursor is moved by who knows where it is, and put back by who parks behind it`, async () => {
    const lot = await open();
    assert.equal(await lot.advance(shard, minute, minute + 1), false);
    await lot.park({ message, dueAt }, 0);
    assert.equal(await lot.advance(shard, minute - 1, minute + 9), true);
    assert.equal(await lot.cursor(shard), minute + 9);
    await lot.park({ message, dueAt }, 1);
    assert.equal(await lot.advance(shard, minute + 9, minute + 10), false, 'it would hide what was parked');
    assert.equal(await lot.cursor(shard), minute - 1);
    assert.equal(await lot.advance(shard, minute - 1, minute), true);
    await lot.park({ message, dueAt }, 2);
    assert.equal(
      await lot.advance(shard, minute, minute + 1),
      false,
      'a sweep of that minute may have missed it',
    );
  });
}
