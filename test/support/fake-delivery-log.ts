import type { DeliveryKey, DeliveryRow, EventKey } from '../../core/delivery.ts';
import { oneOfEach, rowKey } from '../../core/delivery-rows.ts';
import { LOG_POLICIES, type LogPolicy } from '../../core/dispatch/log-policy.ts';
import type { DeliveryLog, DeliveryOf } from '../../core/dispatch/ports.ts';
import type { StartedDeliveries } from '../../core/fan-out/ports.ts';
import { deliveryIdBound } from '../../core/id.ts';
import type { DeliveryListFilter, DeliveryReads } from '../../core/manage/delivery-reads.ts';
import { shardOf } from '../../core/shard.ts';
import { listedRow } from './delivery-rows.ts';

const PAGE_ROWS = 7;

/** The delivery log in memory. */
export class FakeDeliveryLog implements DeliveryLog, StartedDeliveries, DeliveryReads {
  readonly policy: LogPolicy = LOG_POLICIES.full;
  readonly #events = new Map<string, EventRows>();
  /** How many rows were given out with their response bodies. */
  wholeRowsRead = 0;

  /** What is told of each attempt of each delivery, in no particular order. */
  get rows(): readonly DeliveryRow[] {
    return [...this.#events.values()].flatMap((event) => event.told);
  }

  /** Everything written, in no particular order: of an attempt that two workers made there may be two rows. */
  get written(): readonly DeliveryRow[] {
    return [...this.#events.values()].flatMap((event) => event.written);
  }

  async append(rows: readonly DeliveryRow[]): Promise<void> {
    for (const row of rows) this.put(row, rowKey(row), [structuredClone(row)]);
  }

  /** Writes an item of an event, in place of the one with its key. */
  protected put(event: EventKey, key: string, rows: readonly DeliveryRow[]): void {
    const name = nameOf(event);
    const there = this.#events.get(name) ?? new EventRows();
    this.#events.set(name, there);
    there.put(key, rows);
  }

  async rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]> {
    return this.#ofEvent(delivery)
      .filter((row) => row.delivery === delivery.delivery)
      .map(listedRow);
  }

  async *wholeRows(
    delivery: DeliveryKey,
    first: number,
    last: number,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const rows = (this.#events.get(nameOf(delivery))?.written ?? [])
      .filter((row) => row.delivery === delivery.delivery)
      .filter(({ attempt }) => attempt >= first && attempt <= last)
      .sort((a, b) => byRowKey(b, a));
    for (const page of pagesOf(rows)) {
      this.wholeRowsRead += page.length;
      yield page;
    }
  }

  /** These rows expired. */
  forget(gone: (row: DeliveryRow) => boolean): void {
    for (const event of this.#events.values()) event.forget(gone);
  }

  async rowsOfEach(
    event: EventKey,
    deliveries: readonly DeliveryOf[],
  ): Promise<ReadonlyMap<string, readonly DeliveryRow[]>> {
    const wanted = new Set(deliveries.map(({ delivery }) => delivery));
    return Map.groupBy(
      this.#ofEvent(event).filter((row) => wanted.has(row.delivery)),
      (row) => row.delivery,
    );
  }

  async startedSubscriptions(event: EventKey): Promise<ReadonlySet<string>> {
    return new Set(this.#ofEvent(event).map((row) => row.subscription));
  }

  async *ofEvent(event: EventKey, after: string | null): AsyncIterable<readonly DeliveryRow[]> {
    const place = (delivery: string): string => `${1000 + shardOf(delivery, event.shards)}#${delivery}`;
    const rows = this.#ofEvent(event)
      .filter((row) => after === null || place(row.delivery) > place(after))
      .sort((a, b) => (place(a.delivery) < place(b.delivery) ? -1 : 1));
    yield* pagesOf(rows.map(listedRow));
  }

  async *ofSubscription(
    tenant: string,
    subscription: string,
    { since, until, before }: DeliveryListFilter,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const rows = this.rows.filter(
      (row) =>
        row.tenant === tenant &&
        row.subscription === subscription &&
        (before === null || row.delivery < before) &&
        (since === null || row.delivery >= deliveryIdBound(since)) &&
        (until === null || row.delivery < deliveryIdBound(until)),
    );
    yield* pagesOf(rows.sort(byRowKey).map(listedRow).reverse());
  }

  #ofEvent(event: EventKey): readonly DeliveryRow[] {
    return this.#events.get(nameOf(event))?.told ?? [];
  }
}

/** The rows of one event, by the key of the item that holds them. */
class EventRows {
  readonly #items = new Map<string, readonly DeliveryRow[]>();
  #told: readonly DeliveryRow[] | null = null;

  put(key: string, rows: readonly DeliveryRow[]): void {
    this.#items.set(key, rows);
    this.#told = null;
  }

  forget(gone: (row: DeliveryRow) => boolean): void {
    for (const [key, rows] of this.#items) {
      const left = rows.filter((row) => !gone(row));
      if (left.length === 0) this.#items.delete(key);
      else this.#items.set(key, left);
    }
    this.#told = null;
  }

  get written(): readonly DeliveryRow[] {
    return [...this.#items.values()].flat();
  }

  /** What is told of each attempt, in order of keys; worked out again only when something was written. */
  get told(): readonly DeliveryRow[] {
    this.#told ??= [...Map.groupBy(this.written, ({ delivery }) => delivery).values()]
      .flatMap(oneOfEach)
      .sort(byRowKey);
    return this.#told;
  }
}

function byRowKey(a: DeliveryRow, b: DeliveryRow): number {
  return rowKey(a) < rowKey(b) ? -1 : 1;
}

function nameOf({ tenant, event }: EventKey): string {
  return `${tenant}\n${event}`;
}

function* pagesOf(rows: readonly DeliveryRow[]): Iterable<readonly DeliveryRow[]> {
  for (let at = 0; at < rows.length; at += PAGE_ROWS) yield rows.slice(at, at + PAGE_ROWS);
}
