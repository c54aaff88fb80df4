import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetterRecords } from '../../core/dispatch/ports.ts';
import type { DeadLetterEntry, DeadLetterIndex } from '../../core/redrive/ports.ts';
import { deadLetter, eventEnvelope } from '../support/delivery-messages.ts';

/** The same promises for all dead-letter records. `open` gives empty ones. */
export function deadLettersContract(
  name: string,
  open: () => Promise<DeadLetterRecords & DeadLetterIndex>,
): void {
  const death = { tenant: 'acme', delivery: 'dlv_5', attempt: 10 };

  async function entries(
    index: DeadLetterIndex,
    tenant = 'acme',
    after: string | null = null,
  ): Promise<DeadLetterEntry[]> {
    const found: DeadLetterEntry[] = [];
    for await (const page of index.entries(tenant, after)) {
      assert.ok(page.length > 0, 'no page is empty');
      found.push(...page);
    }
    return found;
  }

  test(`${name}: a failed delivery is listed with its last attempt`, async () => {
    const letters = await open();
    const dead = { at: 5, reason: 'final', lastStatus: null, lastError: 'blocked' } as const;
    await letters.record(deadLetter({ shards: 3, targets: ['sub_9'], dead }), 'dlv_5');
    assert.deepEqual(await entries(letters), [
      {
        tenant: 'acme',
        delivery: 'dlv_5',
        event: 'evt_1',
        eventType: 'order.created',
        subscription: 'sub_9',
        shards: 3,
        createdAt: Date.UTC(2026, 0, 2),
        deadAt: 5,
        reason: 'final',
        run: '0',
        attempts: 10,
        requests: 10,
        lastStatus: null,
        lastError: 'blocked',
      },
    ]);
  });

  test(`${name}: entries come newest first, of one tenant, from after any delivery`, async () => {
    const letters = await open();
    for (const n of [3, 1, 5, 2, 4]) await letters.record(deadLetter(), `dlv_${n}`);
    await letters.record(deadLetter({ event: eventEnvelope({ tenant: 'globex' }) }), 'dlv_9');
    const ids = async (after: string | null): Promise<string[]> =>
      (await entries(letters, 'acme', after)).map((entry) => entry.delivery);
    assert.deepEqual(await ids(null), ['dlv_5', 'dlv_4', 'dlv_3', 'dlv_2', 'dlv_1']);
    assert.deepEqual(await ids('dlv_3'), ['dlv_2', 'dlv_1']);
    await letters.remove({ tenant: 'acme', delivery: 'dlv_3', attempt: 10 });
    assert.deepEqual(await ids('dlv_3'), ['dlv_2', 'dlv_1']);
    assert.deepEqual(await ids('dlv_1'), []);
  });

  test(`${name}: recording a death again, or an older one late, changes nothing`, async () => {
    const letters = await open();
    const first = deadLetter();
    await letters.record(first, 'dlv_5');
    await letters.record({ ...first, dead: { ...first.dead, at: 7 } }, 'dlv_5');
    assert.equal((await entries(letters))[0]?.deadAt, first.dead.at);
    await letters.record(deadLetter({ attempt: 20 }), 'dlv_5');
    await letters.record(first, 'dlv_5');
    assert.deepEqual(
      (await entries(letters)).map((entry) => entry.attempts),
      [20],
    );
  });

  test(`${name}: a delivery is still dead from the very attempt on record`, async () => {
    const letters = await open();
    await letters.record(deadLetter(), 'dlv_5');
    const still = await letters.stillDead([
      { ...death, attempt: 9 },
      death,
      { ...death, attempt: 11 },
      { ...death, delivery: 'dlv_6' },
      { ...death, tenant: 'globex' },
    ]);
    assert.deepEqual(still, [death]);
    assert.deepEqual(await letters.stillDead([]), []);
  });

  test(`${name}: still dead is told of more deliveries than one call can read`, async () => {
    const letters = await open();
    const deaths = Array.from({ length: 120 }, (_, n) => ({ ...death, delivery: `dlv_${n}` }));
    for (const { delivery } of deaths) await letters.record(deadLetter(), delivery);
    assert.equal((await letters.stillDead([...deaths, ...deaths])).length, 240);
  });

  test(`${name}: removing an old death leaves a newer one on record`, async () => {
    const letters = await open();
    await letters.remove(death);
    await letters.record(deadLetter({ attempt: 20 }), 'dlv_5');
    await letters.remove(death);
    assert.equal((await entries(letters)).length, 1);
    await letters.remove({ ...death, attempt: 20 });
    await letters.remove({ ...death, attempt: 20 });
    assert.deepEqual(await entries(letters), []);
  });
}
