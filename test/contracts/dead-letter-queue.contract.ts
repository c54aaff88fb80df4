import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetterQueue, ReceivedLetter } from '../../core/redrive/ports.ts';

export interface OpenDeadLetterQueue {
  readonly queue: DeadLetterQueue;
  put(body: string): Promise<void>;
}

/** The same promises for every dead-letter queue. `open` gives an empty one. */
export function deadLetterQueueContract(name: string, open: () => Promise<OpenDeadLetterQueue>): void {
  const HOLD_SECONDS = 600;

  async function opened(count: number): Promise<DeadLetterQueue> {
    const { queue, put } = await open();
    for (let i = 0; i < count; i++) await put(`letter ${i}`);
    return queue;
  }

  async function receiveAll(queue: DeadLetterQueue): Promise<readonly ReceivedLetter[]> {
    const all: ReceivedLetter[] = [];
    for (;;) {
      const letters = await queue.receive(HOLD_SECONDS);
      assert.ok(letters.length <= 10, 'at most ten at once');
      if (letters.length === 0) return all;
      all.push(...letters);
    }
  }

  const receipts = (letters: readonly ReceivedLetter[]): readonly string[] =>
    letters.map(({ receipt }) => receipt);
  const bodies = (letters: readonly ReceivedLetter[]): readonly string[] =>
    letters.map(({ body }) => body).toSorted();

  test(`${name}: every letter is received once while it is held`, async () => {
    const queue = await opened(25);
    const letters = await receiveAll(queue);
    assert.deepEqual(bodies(letters), Array.from({ length: 25 }, (_, i) => `letter ${i}`).toSorted());
    assert.deepEqual(await queue.receive(HOLD_SECONDS), []);
  });

  test(`${name}: released letters can be received again, deleted ones cannot`, async () => {
    const queue = await opened(25);
    const letters = await receiveAll(queue);
    const released = letters.slice(0, 12);
    await queue.delete(receipts(letters.slice(12)));
    await queue.release(receipts(released));
    assert.deepEqual(bodies(await receiveAll(queue)), bodies(released));
  });

  test(`${name}: no receipts, nothing to do`, async () => {
    const queue = await opened(1);
    await queue.delete([]);
    await queue.release([]);
    assert.equal((await receiveAll(queue)).length, 1);
  });
}
