import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryRow } from '../../core/delivery.ts';
import { foldDeliveries, foldDelivery } from '../../core/delivery-fold.ts';
import type { DeliveryLog } from '../../core/dispatch/ports.ts';
import type { StartedDeliveries } from '../../core/fan-out/ports.ts';
import type { DeliveryReads } from '../../core/manage/delivery-reads.ts';
import { deliveryRow, ListedEvents, listedRow, successRow } from '../support/delivery-rows.ts';

type Log = DeliveryLog & StartedDeliveries & DeliveryReads;
const everything = { since: null, until: null, before: null };
const event = { tenant: 'acme', event: 'evt_1', shards: 3 };

/** An event for 250 subscriptions: most succeed, every tenth fails at first, every seventh is paused. */
function rowsOfAnEvent(): readonly DeliveryRow[] {
  return Array.from({ length: 250 }, (_, i) => {
    const subscription = `sub_${i}`;
    if (i % 10 === 0) return deliveryRow({ subscription, shards: 3 });
    if (i % 7 === 0) {
      return successRow({ subscription, shards: 3, result: null, status: 'skipped', reason: 'paused' });
    }
    return successRow({ subscription, shards: 3 });
  });
}

/**
 * The promises of a delivery log that keeps every row. `open` gives an empty one that can find events by the list it
 * is given.
 */
export function successesContract(name: string, open: (events: ListedEvents) => Promise<Log>): void {
  const opened = () => open(new ListedEvents([]));

  test(`${name}: what became of each of an event's deliveries is told, in whatever groups it was written`, async () => {
    const log = await opened();
    const rows = rowsOfAnEvent();
    for (let at = 0; at < rows.length; at += 40) await log.append(rows.slice(at, at + 40));
    const listed = (await Array.fromAsync(log.ofEvent(event, null))).flat();
    const byDelivery = new Map(listed.map((row) => [row.delivery, row]));
    assert.equal(listed.length, 250);
    for (const row of rows) {
      const bodiless = { ...row, result: row.result && { ...row.result, responseBody: null } };
      assert.deepEqual(byDelivery.get(row.delivery), bodiless);
      assert.deepEqual(await log.rowsOf(row), [listedRow(row)]);
    }
    const started = await log.startedSubscriptions(event);
    assert.deepEqual([...started].sort(), rows.map((row) => row.subscription).sort());
  });

  test(`${name}: writing successes again, together or one by one, changes nothing`, async () => {
    const log = await opened();
    const rows = rowsOfAnEvent();
    await log.append(rows);
    await log.append(rows);
    for (const row of rows.slice(0, 30)) await log.append([row]);
    const all = (await Array.fromAsync(foldDeliveries(log.ofEvent(event, null)))).flat();
    assert.equal(all.length, 250);
    assert.ok(all.every(({ attempts }) => attempts.length <= 1));
  });

  test(`${name}: deliveries are listed from any point on, whatever their rows are written as`, async () => {
    const log = await opened();
    const rows = rowsOfAnEvent();
    await log.append(rows);
    // Failures that recover, and successes that somebody sends again.
    const more = rows.filter((_, i) => i % 4 === 0).map((row) => ({ ...row, attempt: 2, run: 'run_1' }));
    await log.append(more.map((row) => ({ ...row, status: 'succeeded' as const })));
    const list = async (after: string | null) =>
      (await Array.fromAsync(foldDeliveries(log.ofEvent(event, after)))).flat();
    const all = await list(null);
    assert.equal(all.length, 250);
    assert.equal(new Set(all.map(({ id }) => id)).size, 250);
    for (const at of [0, 57, 99, 100, 180, 249]) {
      const rest = (await list(all[at]?.id ?? null)).map(({ id }) => id);
      assert.deepEqual(
        rest,
        all.slice(at + 1).map(({ id }) => id),
      );
    }
  });

  test(`${name}: what was done is found by who gets the message again, whole or in part`, async () => {
    const log = await opened();
    const rows = rowsOfAnEvent();
    await log.append(rows.slice(0, 120));
    await log.append(rows.slice(120, 200));
    for (const asked of [rows, rows.slice(190, 210), rows.slice(3, 4)]) {
      const found = await log.rowsOfEach(event, asked);
      for (const row of asked) {
        const status = found.get(row.delivery)?.map((own) => own.status);
        assert.deepEqual(status, rows.indexOf(row) < 200 ? [row.status] : undefined);
      }
    }
  });

  test(`${name}: a success stands beside the failure of another worker at the same attempt`, async () => {
    const log = await opened();
    await log.append([successRow()]);
    await log.append([deliveryRow({ at: successRow().at + 5_000 })]);
    assert.deepEqual(await log.rowsOf(successRow()), [listedRow(successRow())]);
    await log.append([deliveryRow({ attempt: 2, at: successRow().at + 5_000 })]);
    assert.equal(foldDelivery(await log.rowsOf(successRow())).status, 'succeeded');
    assert.equal((await log.rowsOf(successRow())).length, 2);
  });

  test(`${name}: a subscription's successes and failures are listed newest first, from any point on`, async () => {
    const created = successRow().createdAt;
    // Three events in each millisecond, whose ids and delivery ids sort differently.
    const rows = Array.from({ length: 120 }, (_, i) => {
      const fields = { event: `evt_${i * 7}`, createdAt: created + Math.floor(i / 3) };
      return i % 4 === 0 ? deliveryRow(fields) : successRow(fields);
    });
    const log = await open(new ListedEvents(rows));
    const others = rows.map(({ event, createdAt }) =>
      successRow({ subscription: 'sub_2', event, createdAt }),
    );
    await log.append([...rows, ...others]);
    await log.append(rows.filter((_, i) => i % 8 === 1).map((row) => ({ ...row, attempt: 2, run: 'run_1' })));
    const list = async (filter: object) => {
      const pages = log.ofSubscription('acme', 'sub_1', { ...everything, ...filter });
      return (await Array.fromAsync(foldDeliveries(pages))).flat();
    };
    const newestFirst = rows
      .map((row) => row.delivery)
      .sort()
      .reverse();
    const all = await list({});
    assert.deepEqual(
      all.map(({ id }) => id),
      newestFirst,
    );
    assert.equal(all.filter(({ attempts }) => attempts.length === 2).length, 15);
    for (const at of [0, 1, 40, 61, 119]) {
      const rest = await list({ before: newestFirst[at] });
      assert.deepEqual(
        rest.map(({ id }) => id),
        newestFirst.slice(at + 1),
      );
    }
    const bounds = { since: created + 10, until: created + 20 };
    assert.equal((await list(bounds)).length, 30);
    assert.deepEqual(await list({ since: created + 1_000 }), []);
  });
}
