import type { ParkedDelivery } from '../../core/dispatch/ports.ts';
import type { DueDelivery } from '../../core/retry/ports.ts';
import { FakeParkingLot } from '../support/parking-lot.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A parking lot whose readers may be behind: the only read of the pipeline that is not a consistent one. */
export class StaleParkingLot extends FakeParkingLot {
  readonly #time: VirtualTime;
  readonly #staleMs: number;
  /** By row: when readers begin to see it. */
  readonly #seenFrom = new Map<string, number>();

  /** `staleMs`: how far a reader may be behind, at most. */
  constructor(time: VirtualTime, staleMs: number) {
    super();
    this.#time = time;
    this.#staleMs = staleMs;
  }

  override async park(parked: ParkedDelivery): Promise<void> {
    if (this.#staleMs > 0) {
      this.#seenFrom.set(rowOf(parked), this.#time.now() + this.#time.between(0, this.#staleMs));
    }
    await super.park(parked);
  }

  override async *due(minute: number, shard: number): AsyncIterable<readonly DueDelivery[]> {
    const now = this.#time.now();
    for await (const page of super.due(minute, shard)) {
      yield page.filter((row) => (this.#seenFrom.get(rowOf(row)) ?? 0) <= now);
    }
  }
}

function rowOf({ message, dueAt }: ParkedDelivery): string {
  const { event, targets, attempt, run } = message;
  return [event.tenant, event.id, targets[0], attempt, run, dueAt].join('\n');
}
