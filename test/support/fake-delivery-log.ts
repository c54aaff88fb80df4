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
  readonly #rows = new Map<string, DeliveryRow>();
  /** How many rows were given out with their response bodies. */
  wholeRowsRead = 0;

  /** What is told of each attempt of each delivery, in no particular order. */
  get rows(): readonly DeliveryRow[] {
    return [...Map.groupBy(this.written, nameOf).values()].flatMap(oneOfEach);
  }

  /** Everything written, in no particular order: of an attempt that two workers made there may be two rows. */
  get written(): readonly DeliveryRow[] {
    return [...this.#rows.values()];
  }

  async append(rows: readonly DeliveryRow[]): Promise<void> {
    for (const row of rows)
      this.#rows.set(`${row.tenant}\n${row.event}\n${rowKey(row)}`, structuredClone(row));
  }

  async rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]> {
    return this.#sorted((row) => ofEvent(row, delivery) && row.delivery === delivery.delivery).map(listedRow);
  }

  async *wholeRows(
    delivery: DeliveryKey,
    first: number,
    last: number,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const rows = this.written
      .filter((row) => ofEvent(row, delivery) && row.delivery === delivery.delivery)
      .filter(({ attempt }) => attempt >= first && attempt <= last)
      .sort((a, b) => (rowKey(a) > rowKey(b) ? -1 : 1));
    for (const page of pagesOf(rows)) {
      this.wholeRowsRead += page.length;
      yield page;
    }
  }

  /** These rows expired. */
  forget(gone: (row: DeliveryRow) => boolean): void {
    for (const [key, row] of this.#rows) if (gone(row)) this.#rows.delete(key);
  }

  async rowsOfEach(
    event: EventKey,
    deliveries: readonly DeliveryOf[],
  ): Promise<ReadonlyMap<string, readonly DeliveryRow[]>> {
    const wanted = new Set(deliveries.map(({ delivery }) => delivery));
    return Map.groupBy(
      this.#sorted((row) => ofEvent(row, event) && wanted.has(row.delivery)),
      (row) => row.delivery,
    );
  }

  async startedSubscriptions(event: EventKey): Promise<ReadonlySet<string>> {
    return new Set(this.#sorted((row) => ofEvent(row, event)).map((row) => row.subscription));
  }

  async *ofEvent(event: EventKey, after: string | null): AsyncIterable<readonly DeliveryRow[]> {
    const place = (delivery: string): string => `${1000 + shardOf(delivery, event.shards)}#${delivery}`;
    const rows = this.#sorted((row) => ofEvent(row, event))
      .filter((row) => after === null || place(row.delivery) > place(after))
      .sort((a, b) => (place(a.delivery) < place(b.delivery) ? -1 : 1));
    yield* pagesOf(rows.map(listedRow));
  }

  async *ofSubscription(
    tenant: string,
    subscription: string,
    { since, until, before }: DeliveryListFilter,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const rows = this.#sorted(
      (row) =>
        row.tenant === tenant &&
        row.subscription === subscription &&
        (before === null || row.delivery < before) &&
        (since === null || row.delivery >= deliveryIdBound(since)) &&
        (until === null || row.delivery < deliveryIdBound(until)),
    ).map(listedRow);
    yield* pagesOf(rows.reverse());
  }

  #sorted(wanted: (row: DeliveryRow) => boolean): DeliveryRow[] {
    return this.rows.filter(wanted).sort((a, b) => (rowKey(a) < rowKey(b) ? -1 : 1));
  }
}

function ofEvent(row: DeliveryRow, event: EventKey): boolean {
  return row.tenant === event.tenant && row.event === event.event;
}

function nameOf(row: DeliveryRow): string {
  return `${row.tenant}\n${row.delivery}`;
}

function* pagesOf(rows: readonly DeliveryRow[]): Iterable<readonly DeliveryRow[]> {
  for (let at = 0; at < rows.length; at += PAGE_ROWS) yield rows.slice(at, at + PAGE_ROWS);
}
