import type { SqsQueue } from './store.ts';

/**
 * How often messages whose delay or visibility timeout ended are made visible. The stand-in looks every 20 ms for each
 * receiver that waits; delays are whole seconds.
 */
const LOOK_EVERY_MS = 100;

/** Makes messages visible when their time has come. The answer ends it. */
export function keepTime(queues: () => Iterable<SqsQueue>): () => void {
  const timer = setInterval(() => {
    for (const queue of queues()) {
      if (queue.delayedMessages.length > 0 || queue.inflightMessages.size > 0) queue.processTimers();
    }
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** Settles when a message became visible, or after this time. `SqsQueue.cancelWaiters` ends the wait, too. */
export function arrival(queue: SqsQueue, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const waiter = { resolve, timer: setTimeout(giveUp, withinMs) };
    function giveUp(): void {
      const place = queue.pollWaiters.indexOf(waiter);
      if (place >= 0) queue.pollWaiters.splice(place, 1);
      resolve();
    }
    queue.pollWaiters.push(waiter);
  });
}
