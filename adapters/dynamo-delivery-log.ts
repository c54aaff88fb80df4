import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DeliveryLogMode } from '../contract/delivery-log.ts';
import type { Clock } from '../core/clock.ts';
import type { DeliveryKey, DeliveryRow, EventKey } from '../core/delivery.ts';
import { oneOfEach } from '../core/delivery-rows.ts';
import { isUneventful, keeps, LOG_POLICIES, type LogPolicy } from '../core/dispatch/log-policy.ts';
import type { DeliveryLog, DeliveryOf } from '../core/dispatch/ports.ts';
import type { StartedDeliveries } from '../core/fan-out/ports.ts';
import type { DeliveryListFilter, DeliveryReads } from '../core/manage/delivery-reads.ts';
import type { EventReads } from '../core/manage/event-reads.ts';
import { shardOf } from '../core/shard.ts';
import { batchWrite } from './aws/batch-write.ts';
import { fromDeliveryItem, toDeliveryItem } from './aws/delivery-item.ts';
import { DeliveryQueries } from './aws/delivery-queries.ts';
import type { Item } from './aws/item.ts';
import { mergeRows } from './aws/merge-rows.ts';
import { fromPackedItem, isPacked, toPackedItems } from './aws/packed-item.ts';
import { packedOfSubscription } from './aws/packed-of-subscription.ts';

/** So many deliveries of a partition are worth a query each; more are read with one that takes in what lies between. */
const FEW = 4;

export interface DynamoDeliveryLogOptions {
  /** What is kept of what is appended. @default 'full' */
  readonly mode?: DeliveryLogMode;
  /** Leads to a subscription's packed rows, which the index does not hold. @default - its list leaves them out */
  readonly events?: Pick<EventReads, 'newest'>;
  readonly clock?: Clock;
}

/**
 * The delivery log in the deliveries table: append-only rows and packed items, see `docs/tables.md`. Reads find
 * both in every mode, because what another mode wrote stays for 30 days.
 */
export class DynamoDeliveryLog implements DeliveryLog, StartedDeliveries, DeliveryReads {
  readonly policy: LogPolicy;
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #mode: DeliveryLogMode;
  readonly #events: Pick<EventReads, 'newest'> | null;
  readonly #queries: DeliveryQueries;

  constructor(client: DynamoDBClient, table: string, options: DynamoDeliveryLogOptions = {}) {
    const { mode = 'full', events = null, clock = { now: () => Date.now() } } = options;
    this.#client = client;
    this.#table = table;
    this.#mode = mode;
    this.#events = events;
    this.#queries = new DeliveryQueries(client, table, clock);
    this.policy = LOG_POLICIES[mode];
  }

  async append(rows: readonly DeliveryRow[]): Promise<void> {
    const kept = rows.filter((row) => keeps(this.policy, row));
    const { packed = [], plain = [] } = Object.groupBy(kept, (row) =>
      this.#mode === 'packed' && isUneventful(row) ? 'packed' : 'plain',
    );
    const items = [...plain.map(toDeliveryItem), ...toPackedItems(packed)];
    if (items.length === 0) return;
    await batchWrite(
      this.#client,
      this.#table,
      items.map((put) => ({ put })),
    );
  }

  async rowsOf(delivery: DeliveryKey): Promise<readonly DeliveryRow[]> {
    const shard = shardOf(delivery.delivery, delivery.shards);
    const [packed, rows] = await Promise.all([
      this.#queries.packed(delivery, shard, { consistent: true }),
      this.#queries.ofDelivery(delivery),
    ]);
    return oneOfEach([...packed.filter((row) => row.delivery === delivery.delivery), ...rows]);
  }

  wholeRows(delivery: DeliveryKey, first: number, last: number): AsyncIterable<readonly DeliveryRow[]> {
    return this.#queries.wholeRows(delivery, first, last);
  }

  async rowsOfEach(
    event: EventKey,
    deliveries: readonly DeliveryOf[],
  ): Promise<ReadonlyMap<string, readonly DeliveryRow[]>> {
    const byShard = Map.groupBy(deliveries, ({ delivery }) => shardOf(delivery, event.shards));
    const read = ([shard, some]: [number, readonly DeliveryOf[]]) =>
      some.length > FEW ? this.#stretch(event, shard, some) : this.#each(event, shard, some);
    const rows = (await Promise.all([...byShard].map(read))).flat();
    const byDelivery = Map.groupBy(rows, (row) => row.delivery);
    return new Map([...byDelivery].map(([delivery, own]) => [delivery, oneOfEach(own)]));
  }

  async startedSubscriptions(event: EventKey): Promise<ReadonlySet<string>> {
    const shards = Array.from({ length: event.shards }, (_, shard) => shard);
    const found = await Promise.all(shards.map((shard) => this.#queries.subscriptions(event, shard)));
    return new Set(found.flat());
  }

  async *ofEvent(event: EventKey, after: string | null): AsyncIterable<readonly DeliveryRow[]> {
    const first = after === null ? 0 : shardOf(after, event.shards);
    for (let shard = first; shard < event.shards; shard++) {
      yield* after !== null && shard === first
        ? this.#restOfPartition(event, shard, after)
        : this.#partition(event, shard);
    }
  }

  ofSubscription(
    tenant: string,
    subscription: string,
    filter: DeliveryListFilter,
  ): AsyncIterable<readonly DeliveryRow[]> {
    const rows = this.#queries.ofSubscription(tenant, subscription, filter);
    if (this.#events === null) return rows;
    const packed = packedOfSubscription(this.#events, tenant, subscription, filter, (event, shard) =>
      this.#queries.packed(event, shard, { only: new Set([subscription]), consistent: false }),
    );
    return mergeRows(rows, packed, 'descending');
  }

  /** All rows of a partition, by delivery. Packed items come first, so they are all known before the first row is. */
  #partition(event: EventKey, shard: number): AsyncIterable<readonly DeliveryRow[]> {
    const packed: DeliveryRow[] = [];
    const pages = this.#queries.partition(event, shard);
    return mergeRows(unpacked(pages, event, packed), pageOf(packed), 'ascending');
  }

  async *#restOfPartition(event: EventKey, shard: number, after: string) {
    const packed = await this.#queries.packed(event, shard, { consistent: true });
    const left = packed.filter((row) => row.delivery > after);
    yield* mergeRows(this.#queries.rowsAfter(event, shard, after), pageOf(left), 'ascending');
  }

  /** The rows of many deliveries of a partition, with one query. */
  async #stretch(event: EventKey, shard: number, deliveries: readonly DeliveryOf[]) {
    const wanted = new Set(deliveries.map(({ delivery }) => delivery));
    const only = new Set(deliveries.map(({ subscription }) => subscription));
    const last = [...wanted].sort().at(-1);
    const items = (await Array.fromAsync(this.#queries.partition(event, shard, last))).flat();
    return items.flatMap((item) =>
      isPacked(item)
        ? fromPackedItem(item, event, only)
        : [fromDeliveryItem(item)].filter((row) => wanted.has(row.delivery)),
    );
  }

  /** The rows of a few deliveries of a partition. A log that packs nothing saves itself the look at packed items. */
  async #each(event: EventKey, shard: number, deliveries: readonly DeliveryOf[]) {
    const only = new Set(deliveries.map(({ subscription }) => subscription));
    const found = await Promise.all([
      this.#mode === 'packed' ? this.#queries.packed(event, shard, { only, consistent: true }) : [],
      ...deliveries.map(({ delivery }) => this.#queries.ofDelivery({ ...event, delivery })),
    ]);
    return found.flat();
  }
}

/** The rows among these items, in pages that are never empty; what packed items hold goes to `packed`. */
async function* unpacked(
  pages: AsyncIterable<readonly Item[]>,
  event: EventKey,
  packed: DeliveryRow[],
): AsyncIterable<readonly DeliveryRow[]> {
  for await (const items of pages) {
    packed.push(...items.filter(isPacked).flatMap((item) => fromPackedItem(item, event)));
    const rows = items.filter((item) => !isPacked(item)).map(fromDeliveryItem);
    if (rows.length > 0) yield rows;
  }
}

/** These rows as one page, by delivery; they may still be added to until it is read. */
async function* pageOf(rows: readonly DeliveryRow[]): AsyncIterable<readonly DeliveryRow[]> {
  if (rows.length > 0) yield rows.toSorted((a, b) => (a.delivery < b.delivery ? -1 : 1));
}
