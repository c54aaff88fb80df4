import type { EventEnvelope } from '../../contract/messages.ts';
import type { ParkedDelivery } from '../dispatch/ports.ts';

/** A parked delivery with the key to delete it by. */
export interface DueDelivery extends ParkedDelivery {
  readonly key: string;
}

export interface DueDeliveries {
  /** Parked deliveries of one minute (epoch minutes) and shard, in pages; consistent. */
  due(minute: number, shard: number): AsyncIterable<readonly DueDelivery[]>;
  /** Removes rows of one minute and shard; those already gone are no error. Throws if some are left. */
  remove(minute: number, shard: number, keys: readonly string[]): Promise<void>;
  /**
   * The first minute of a shard that may hold rows not yet swept; null while nothing was ever parked there.
   * Whoever parks sees to it that it is not behind his row; so a first sweep knows how far back to look.
   */
  cursor(shard: number): Promise<number | null>;
  /**
   * Moves a shard's cursor from one minute to another. False if it is not where it was any more: somebody parked behind
   * it, or sweeps as well.
   */
  advance(shard: number, from: number, to: number): Promise<boolean>;
}

export interface EventData {
  /** The data of the events that are still on record, by `eventKey`. */
  dataOf(
    events: readonly Pick<EventEnvelope, 'tenant' | 'id' | 'acceptedAt'>[],
  ): Promise<ReadonlyMap<string, string>>;
}

/** Names an event across tenants. Neither part can hold a line break. */
export function eventKey(event: Pick<EventEnvelope, 'tenant' | 'id'>): string {
  return `${event.tenant}\n${event.id}`;
}
