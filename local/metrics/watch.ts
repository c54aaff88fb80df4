import type { LambdaFunction } from '../lambda/functions.ts';
import type { SqsQueue } from '../sqs/store.ts';
import type { MetricStore } from './store.ts';

/** How often queues are looked at. */
const LOOK_EVERY_MS = 1_000;

/** Counts what AWS counts by itself, under the names that AWS has for it. */
export class Watch {
  readonly #store: MetricStore;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(store: MetricStore) {
    this.#store = store;
  }

  /** A function ran. `atOnce`: environments at work, this one included. */
  ran({ name }: LambdaFunction, durationMs: number, failed: boolean, atOnce: number): void {
    const record = (metric: string, value: number): void =>
      this.#record('AWS/Lambda', metric, { FunctionName: name }, value);
    record('Invocations', 1);
    record('Errors', failed ? 1 : 0);
    record('Duration', durationMs);
    record('ConcurrentExecutions', atOnce);
  }

  /** The API answered. */
  answered(apiId: string, status: number, durationMs: number): void {
    const record = (metric: string, value: number): void =>
      this.#record('AWS/ApiGateway', metric, { ApiId: apiId }, value);
    record('Count', 1);
    record('4xx', status >= 400 && status < 500 ? 1 : 0);
    record('5xx', status >= 500 ? 1 : 0);
    record('Latency', durationMs);
  }

  /** Looks at a queue each second, and counts what goes through it. */
  queue(queue: SqsQueue): void {
    const record = (metric: string, value: number): void =>
      this.#record('AWS/SQS', metric, { QueueName: queue.name }, value);
    const { enqueue, dequeue, deleteMessage } = queue;
    queue.enqueue = (message) => {
      record('NumberOfMessagesSent', 1);
      enqueue.call(queue, message);
    };
    queue.dequeue = (...given) => {
      const received = dequeue.apply(queue, given);
      if (received.length > 0) record('NumberOfMessagesReceived', received.length);
      return received;
    };
    queue.deleteMessage = (handle) => {
      const deleted = deleteMessage.call(queue, handle);
      if (deleted) record('NumberOfMessagesDeleted', 1);
      return deleted;
    };
    this.#timers.push(setInterval(() => look(queue, record), LOOK_EVERY_MS).unref());
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #record(
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
  ): void {
    this.#store.record({ namespace, name, dimensions }, [value], Date.now());
  }
}

/** What a queue holds now, and how old its oldest message is, in seconds. */
function look(queue: SqsQueue, record: (metric: string, value: number) => void): void {
  const held = [...queue.inflightMessages.values()].map(({ message }) => message);
  const all = [...queue.messages, ...queue.delayedMessages, ...held];
  const oldest = all.reduce((least, { sentTimestamp }) => Math.min(least, sentTimestamp), Date.now());
  record('ApproximateNumberOfMessagesVisible', queue.messages.length);
  record('ApproximateNumberOfMessagesNotVisible', held.length);
  record('ApproximateNumberOfMessagesDelayed', queue.delayedMessages.length);
  record('ApproximateAgeOfOldestMessage', Math.round((Date.now() - oldest) / 1000));
}
