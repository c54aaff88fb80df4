import { DUE_SHARDS } from '../../contract/tables.ts';
import type { ParkedDelivery, ParkingLot } from '../../core/dispatch/ports.ts';
import { deliveryId } from '../../core/id.ts';
import type { DueDeliveries, DueDelivery } from '../../core/retry/ports.ts';
import { shardOf } from '../../core/shard.ts';

/** Parked deliveries in memory. */
export class FakeParkingLot implements ParkingLot, DueDeliveries {
  readonly #rows = new Map<string, Map<string, ParkedDelivery>>();
  readonly #cursors = new Map<number, number>();

  async park(parked: ParkedDelivery, parkedAt: number): Promise<void> {
    const delivery = deliveryId(parked.message.event, parked.message.targets[0] ?? '');
    const minute = Math.floor(parked.dueAt / 60_000);
    const shard = shardOf(delivery, DUE_SHARDS);
    const rows = this.#rows.get(`${minute}#${shard}`) ?? new Map();
    const { attempt, run, held } = parked.message;
    const key = `${delivery}#${attempt}#${run}${held === undefined ? '' : `#${parkedAt}`}`;
    rows.set(key, structuredClone(parked));
    this.#rows.set(`${minute}#${shard}`, rows);
    const cursor = this.#cursors.get(shard);
    if (cursor === undefined || cursor >= minute) this.#cursors.set(shard, minute - 1);
  }

  async *due(minute: number, shard: number): AsyncIterable<readonly DueDelivery[]> {
    const rows = [...(this.#rows.get(`${minute}#${shard}`) ?? [])];
    for (let at = 0; at < rows.length; at += 3) {
      yield rows.slice(at, at + 3).map(([key, parked]) => ({ key, ...parked }));
    }
  }

  async remove(minute: number, shard: number, keys: readonly string[]): Promise<void> {
    const place = `${minute}#${shard}`;
    const rows = this.#rows.get(place);
    for (const key of keys) rows?.delete(key);
    if (rows?.size === 0) this.#rows.delete(place);
  }

  async cursor(shard: number): Promise<number | null> {
    return this.#cursors.get(shard) ?? null;
  }

  async advance(shard: number, from: number, to: number): Promise<boolean> {
    if (this.#cursors.get(shard) !== from) return false;
    this.#cursors.set(shard, to);
    return true;
  }

  /** The first minute that something is parked for; infinite if nothing is. */
  get firstMinute(): number {
    return Math.min(...[...this.#rows.keys()].map((place) => Number.parseInt(place, 10)));
  }

  /** How many are parked. */
  get size(): number {
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows.size, 0);
  }
}
