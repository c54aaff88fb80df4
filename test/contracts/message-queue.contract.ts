import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MessageQueue, type OutgoingMessage, QueueSendError } from '../../core/queue.ts';

/** A queue under test, empty, and a look at all that is on it (delayed messages too), in no order. */
export interface QueueUnderTest {
  readonly queue: MessageQueue;
  onQueue(): Promise<readonly string[]>;
}

const refusing = (...positions: readonly number[]) => {
  return (error: unknown): boolean => {
    assert.ok(error instanceof QueueSendError, String(error));
    assert.deepEqual(error.failed, positions);
    return true;
  };
};

/** What every `MessageQueue` keeps to. */
export function messageQueueContract(name: string, make: () => Promise<QueueUnderTest>): void {
  const holds = (promise: string, check: (under: QueueUnderTest) => Promise<void>): void => {
    test(`${name}: ${promise}`, async () => check(await make()));
  };

  holds('C017: 250 messages arrive, one of each', async ({ queue, onQueue }) => {
    const bodies = Array.from({ length: 250 }, (_, i) => `message ${i}`);
    await queue.send(bodies.map((body) => ({ body, group: 'acme' })));
    assert.deepEqual([...(await onQueue())].sort(), [...bodies].sort());
  });

  holds('C018: messages that are legal alone arrive though their sum is over 1 MiB', async (under) => {
    const bodies = Array.from({ length: 10 }, (_, i) => String(i).repeat(150 * 1024));
    await under.queue.send(bodies.map((body) => ({ body })));
    assert.deepEqual([...(await under.onQueue())].sort(), bodies);
  });

  holds('C006: 1 MiB of bytes is taken, one byte more is refused by position', async (under) => {
    const largest = 'a'.repeat(1024 * 1024);
    const wide = '中'.repeat(349_526);
    const messages: OutgoingMessage[] = [{ body: 'a' }, { body: `${largest}b` }, { body: largest }];
    await assert.rejects(under.queue.send([...messages, { body: wide }]), refusing(1, 3));
    assert.deepEqual(
      (await under.onQueue()).map((body) => body.length).sort((a, b) => a - b),
      [1, 1024 * 1024],
    );
  });

  holds('C005: emoji, tabs and line breaks arrive as sent', async ({ queue, onQueue }) => {
    await queue.send([{ body: 'a\t\r\n😀é中\u007f' }]);
    assert.deepEqual(await onQueue(), ['a\t\r\n😀é中\u007f']);
  });

  holds('a body SQS refuses fails alone, by position', async ({ queue, onQueue }) => {
    await assert.rejects(queue.send([{ body: 'a' }, { body: 'b\u0000' }, { body: 'c' }]), refusing(1));
    assert.deepEqual([...(await onQueue())].sort(), ['a', 'c']);
  });

  holds('a delay of 900 s is taken, a longer one refused by position', async ({ queue, onQueue }) => {
    const messages = [
      { body: 'now', delaySeconds: 0 },
      { body: 'late', delaySeconds: 900 },
      { body: 'too late', delaySeconds: 901 },
    ];
    await assert.rejects(queue.send(messages), refusing(2));
    assert.deepEqual([...(await onQueue())].sort(), ['late', 'now']);
  });

  holds('sending nothing is fine', async ({ queue, onQueue }) => {
    await queue.send([]);
    assert.deepEqual(await onQueue(), []);
  });
}
