import { QueueSendError, type ReceivedRecord } from '../../core/queue.ts';
import type { SimulatedQueue } from './queue.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type Faults, ServiceFault, Worker } from './worker.ts';

/** An execution environment: it does one batch at a time, keeps its caches in between, and dies with its worker. */
export interface Environment {
  /** Answers the ids of messages that must come again. */
  work(worker: Worker, records: readonly ReceivedRecord[]): Promise<ReadonlySet<string>>;
}

export interface MappingOptions {
  readonly batchSize: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/**
 * An event source mapping: hands batches to environments and deletes what they did not report as failed. A batch
 * whose worker died, ran out of time or threw comes again when its visibility is over.
 */
export class SimulatedMapping {
  readonly #time: VirtualTime;
  readonly #queue: SimulatedQueue;
  readonly #options: MappingOptions;
  readonly #faults: () => Faults;
  readonly #open: () => Environment;
  readonly #idle: Environment[] = [];
  readonly #onDeath: (queue: string) => void;
  #running = 0;

  constructor(
    time: VirtualTime,
    queue: SimulatedQueue,
    options: MappingOptions,
    faults: () => Faults,
    open: () => Environment,
    onDeath: (queue: string) => void,
  ) {
    this.#time = time;
    this.#queue = queue;
    this.#options = options;
    this.#faults = faults;
    this.#open = open;
    this.#onDeath = onDeath;
    queue.onVisible(() => this.#poll());
  }

  get idle(): boolean {
    return this.#running === 0;
  }

  #poll(): void {
    while (this.#running < this.#options.concurrency) {
      const batch = this.#queue.receive(this.#options.batchSize);
      if (batch.length === 0) return;
      this.#running++;
      const records = batch.map(({ id, body, receiveCount }) => ({ messageId: id, body, receiveCount }));
      void this.#invoke(records).then(() => {
        this.#running--;
        this.#time.after(0, () => this.#poll());
      });
    }
  }

  async #invoke(records: readonly ReceivedRecord[]): Promise<void> {
    const environment = this.#idle.pop() ?? this.#open();
    const died = Promise.withResolvers<'died'>();
    const worker = new Worker(this.#time, this.#faults(), this.#options.timeoutMs, () =>
      died.resolve('died'),
    );
    const outcome = await Promise.race([died.promise, attempt(environment, worker, records)]);
    if (outcome === 'died') {
      this.#onDeath(this.#queue.name);
      return;
    }
    worker.finish();
    this.#idle.push(environment);
    if (outcome === 'threw') return;
    this.#queue.delete(records.map((record) => record.messageId).filter((id) => !outcome.has(id)));
  }
}

async function attempt(
  environment: Environment,
  worker: Worker,
  records: readonly ReceivedRecord[],
): Promise<ReadonlySet<string> | 'threw'> {
  try {
    return await environment.work(worker, records);
  } catch (error) {
    const simulated = [ServiceFault, AggregateError, QueueSendError].some((kind) => error instanceof kind);
    if (simulated) return 'threw';
    throw error;
  }
}
