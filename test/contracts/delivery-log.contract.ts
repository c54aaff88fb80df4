import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldDeliveries } from '../../core/delivery-fold.ts';
import type { DeliveryLog } from '../../core/dispatch/ports.ts';
import type { StartedDeliveries } from '../../core/fan-out/ports.ts';
import type { DeliveryReads } from '../../core/manage/delivery-reads.ts';
import { ACCEPTED_AT, attemptResult, deliveryRow, listedRow } from '../support/delivery-rows.ts';

const everything = { since: null, until: null, before: null };
const KEPT = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: 180, readMs: 1 };

/** The same promises for every delivery log, whatever it does with successes. `open` gives an empty one. */
export function deliveryLogContract(
  name: string,
  open: () => Promise<DeliveryLog & StartedDeliveries & DeliveryReads>,
): void {
  test(`${name}: rows come back as they were written, in order of attempt`, async () => {
    const log = await open();
    const rows = [
      deliveryRow({ nextAttemptAt: ACCEPTED_AT + 6_000 }),
      deliveryRow({
        attempt: 2,
        result: attemptResult({
          ...{ status: null, error: 'timeout', errorDetail: 'é', responseBody: null },
          timings: { dnsMs: 0, connectMs: 7, tlsMs: 10_000, firstByteMs: null, readMs: null },
        }),
      }),
      deliveryRow({ attempt: 3, result: null, status: 'skipped', reason: 'paused' }),
      deliveryRow({
        attempt: 4,
        run: 'run_1',
        trigger: 'manual',
        status: null,
        result: attemptResult({ responseTruncated: true, responseBody: '', timings: KEPT }),
      }),
    ];
    await log.append(rows.toReversed());
    assert.deepEqual((await Array.fromAsync(log.wholeRows(deliveryRow(), 1, 4))).flat().toReversed(), rows);
    assert.deepEqual(await log.rowsOf(deliveryRow()), rows.map(listedRow));
  });

  test(`${name}: C098: a stretch of attempts is read whole, last first, and nothing of other deliveries`, async () => {
    const log = await open();
    const rows = Array.from({ length: 30 }, (_, at) =>
      deliveryRow({ attempt: at + 1, result: attemptResult({ responseBody: `answer ${at + 1}` }) }),
    );
    await log.append([...rows, deliveryRow({ subscription: 'sub_2', attempt: 10 })]);
    const read = async (first: number, last: number) =>
      (await Array.fromAsync(log.wholeRows(deliveryRow(), first, last))).flat();
    assert.deepEqual(await read(9, 11), rows.slice(8, 11).toReversed());
    assert.deepEqual(await read(1, 30), rows.toReversed());
    assert.deepEqual(await read(31, 40), []);
  });

  test(`${name}: writing a row twice is writing it once`, async () => {
    const log = await open();
    await log.append([deliveryRow()]);
    await log.append([deliveryRow()]);
    assert.equal((await log.rowsOf(deliveryRow())).length, 1);
  });

  test(`${name}: C096: of two workers at one attempt none undoes what the other said, whoever writes last`, async () => {
    const success = deliveryRow({ attempt: 2, status: 'succeeded', result: attemptResult({ status: 200 }) });
    const said = [
      success,
      ...(['retrying', 'failed', 'skipped', 'cancelled', null] as const).map((status) =>
        deliveryRow({ attempt: 2, status, at: success.at + 15_000 }),
      ),
    ];
    for (const rows of [said, said.toReversed()]) {
      const log = await open();
      for (const row of rows) await log.append([row]);
      assert.deepEqual(await log.rowsOf(success), [listedRow(success)]);
      assert.deepEqual((await log.rowsOfEach(success, [success])).get(success.delivery)?.length, 1);
      const listed = [log.ofEvent(success, null), log.ofSubscription('acme', 'sub_1', everything)];
      for (const pages of listed) {
        const [delivery, ...others] = (await Array.fromAsync(foldDeliveries(pages))).flat();
        assert.deepEqual([delivery?.status, delivery?.attempts.length, others], ['succeeded', 1, []]);
      }
    }
  });

  test(`${name}: C123: a row says which request it was, where that is not its attempt`, async () => {
    const log = await open();
    const rows = [
      deliveryRow({ status: 'failed' }),
      deliveryRow({ attempt: 2, run: 'tsk_1', status: 'skipped', result: null }),
      deliveryRow({ attempt: 3, run: 'tsk_2', request: 2 }),
    ];
    await log.append(rows);
    assert.deepEqual(await log.rowsOf(deliveryRow()), rows.map(listedRow));
    const [listed] = (await Array.fromAsync(foldDeliveries(log.ofEvent(deliveryRow(), null)))).flat();
    assert.deepEqual([listed?.lastAttempt, listed?.lastRequest], [3, 2]);
  });

  test(`${name}: C015: deliveries of one event are kept apart by subscription`, async () => {
    const log = await open();
    await log.append(['sub_1', 'sub_2', 'sub_3'].map((subscription) => deliveryRow({ subscription })));
    await log.append([deliveryRow({ subscription: 'sub_2', attempt: 2, status: 'succeeded' })]);
    const rows = await log.rowsOf(deliveryRow({ subscription: 'sub_2' }));
    assert.deepEqual(
      rows.map((row) => row.attempt),
      [1, 2],
    );
    assert.equal((await log.rowsOf(deliveryRow({ subscription: 'sub_1' }))).length, 1);
  });

  test(`${name}: C073: many attempts in one millisecond are all kept`, async () => {
    const log = await open();
    const at = ACCEPTED_AT;
    const many = Array.from({ length: 100 }, (_, i) =>
      deliveryRow({ event: `evt_${i}`, subscription: 'busy', at }),
    );
    const three = [1, 2, 3].map((attempt) =>
      deliveryRow({ subscription: 'busy', event: 'evt_x', attempt, at }),
    );
    await log.append([...many, ...three]);
    const seen = await Array.fromAsync(log.ofSubscription('acme', 'busy', everything));
    assert.equal(seen.flat().length, 103);
  });

  for (const few of [1, 3, 40]) {
    test(`${name}: the rows of ${few} of an event's deliveries are found together`, async () => {
      const log = await open();
      const rows = Array.from({ length: 60 }, (_, i) => deliveryRow({ subscription: `sub_${i}`, shards: 2 }));
      const others = [deliveryRow({ event: 'evt_2' }), deliveryRow({ tenant: 'globex' })];
      await log.append([...rows, ...rows.map((row) => ({ ...row, attempt: 2, run: 'run_1' })), ...others]);
      const wanted = [...rows.slice(0, few), deliveryRow({ subscription: 'new' })];
      const found = await log.rowsOfEach({ tenant: 'acme', event: 'evt_1', shards: 2 }, wanted);
      assert.deepEqual(
        [...found.keys()].sort(),
        rows
          .slice(0, few)
          .map(({ delivery }) => delivery)
          .sort(),
      );
      for (const own of found.values())
        assert.deepEqual(
          own.map(({ attempt }) => attempt),
          [1, 2],
        );
    });
  }

  test(`${name}: the subscriptions an event was started for are known, over all its partitions`, async () => {
    const log = await open();
    const subscriptions = Array.from({ length: 250 }, (_, i) => `sub_${i}`);
    const rows = subscriptions.map((subscription) => deliveryRow({ subscription, shards: 3 }));
    await log.append([...rows, deliveryRow({ event: 'evt_2', subscription: 'other' })]);
    const started = await log.startedSubscriptions({ tenant: 'acme', event: 'evt_1', shards: 3 });
    assert.deepEqual([...started].sort(), subscriptions.sort());
  });

  test(`${name}: an event's deliveries are listed once each, from any point on`, async () => {
    const log = await open();
    const rows = Array.from({ length: 130 }, (_, i) => deliveryRow({ subscription: `sub_${i}`, shards: 2 }));
    await log.append([...rows, ...rows.slice(0, 60).map((row) => ({ ...row, attempt: 2 }))]);
    const event = { tenant: 'acme', event: 'evt_1', shards: 2 };
    const all = (await Array.fromAsync(foldDeliveries(log.ofEvent(event, null)))).flat();
    assert.equal(new Set(all.map((delivery) => delivery.id)).size, 130);
    assert.equal(all.length, 130);
    const rest = (await Array.fromAsync(foldDeliveries(log.ofEvent(event, all[99]?.id ?? null)))).flat();
    assert.deepEqual(
      rest.map((delivery) => delivery.id),
      all.slice(100).map((delivery) => delivery.id),
    );
  });

  test(`${name}: an event's rows come as they were written, but for response bodies and timings`, async () => {
    const log = await open();
    const row = deliveryRow({
      result: attemptResult({ errorDetail: 'é', error: 'timeout', responseTruncated: true, timings: KEPT }),
      reason: 'exhausted',
      nextAttemptAt: ACCEPTED_AT,
    });
    const skipped = deliveryRow({ attempt: 2, result: null, status: 'skipped' });
    await log.append([row, skipped]);
    const rows = (await Array.fromAsync(log.ofEvent(row, null))).flat();
    const listed = { ...row, result: { ...row.result, responseBody: null, timings: null } };
    assert.deepEqual(rows, [listed, skipped]);
    assert.deepEqual((await Array.fromAsync(log.ofSubscription('acme', 'sub_1', everything))).flat(), [
      skipped,
      listed,
    ]);
  });

  test(`${name}: a subscription's deliveries are listed newest first, within bounds, from any point on`, async () => {
    const log = await open();
    const rows = Array.from({ length: 30 }, (_, i) =>
      deliveryRow({ event: `evt_${i}`, createdAt: ACCEPTED_AT + i * 1_000 }),
    );
    await log.append([
      ...rows,
      ...rows.map((row) => ({ ...row, attempt: 2 })),
      deliveryRow({ subscription: 'sub_2' }),
    ]);
    const list = async (filter: object): Promise<string[]> => {
      const pages = log.ofSubscription('acme', 'sub_1', { ...everything, ...filter });
      return (await Array.fromAsync(foldDeliveries(pages))).flat().map((delivery) => delivery.event);
    };
    const newestFirst = rows.map((row) => row.event).reverse();
    assert.deepEqual(await list({}), newestFirst);
    assert.deepEqual(await list({ before: rows[20]?.delivery }), newestFirst.slice(10));
    assert.deepEqual(await list({ since: ACCEPTED_AT + 5_000, until: ACCEPTED_AT + 8_000 }), [
      'evt_7',
      'evt_6',
      'evt_5',
    ]);
    assert.deepEqual(await list({ since: ACCEPTED_AT + 8_000, until: ACCEPTED_AT + 8_000 }), []);
    assert.deepEqual(await list({ since: ACCEPTED_AT + 60_000, before: rows[3]?.delivery }), []);
  });

  test(`${name}: C076: another tenant's rows of the same event and subscription ids are not seen`, async () => {
    const log = await open();
    await log.append([deliveryRow({ tenant: 'globex' })]);
    assert.deepEqual(await log.rowsOf(deliveryRow()), []);
    assert.deepEqual(await Array.fromAsync(log.ofSubscription('acme', 'sub_1', everything)), []);
    assert.equal((await log.startedSubscriptions({ tenant: 'acme', event: 'evt_1', shards: 1 })).size, 0);
  });
}
