import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { EVENT_LIST_SHARDS, KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import type { EventRecord } from '../core/event.ts';
import { timeOfEventId } from '../core/id.ts';
import {
  type EventListFilter,
  type EventReads,
  eventPosition,
  type ListedEvent,
  timePosition,
} from '../core/manage/event-reads.ts';
import { type EventData, eventKey } from '../core/retry/ports.ts';
import { batchGet } from './aws/batch-get.ts';
import { dataOfItem } from './aws/event-data.ts';
import {
  addressOf,
  claimKey,
  dataKey,
  type EventAddress,
  fromEventItem,
  fromListedItem,
  isDataBeside,
  LISTED,
  listPartition,
  ownerOf,
  recordKey,
} from './aws/event-item.ts';
import { type Item, isExpired } from './aws/item.ts';
import { mergeDescending } from './aws/merge-descending.ts';

/** Events read in one call per partition of a list: some 25 read units for the data of 1 KB that is passed over. */
const PAGE_SIZE = 50;
/** Events read in one call by a search; 1 MB is less than so many. */
const MAX_PAGE_SIZE = 10_000;

/** Event records in the events table, as they are read. */
export class DynamoEventReads implements EventReads, EventData {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async get(tenant: string, id: string): Promise<EventRecord | null> {
    const acceptedAt =
      timeOfEventId(id) ?? Number((await this.#item(claimKey(tenant, id)))?.acceptedAt?.N ?? Number.NaN);
    return Number.isNaN(acceptedAt) ? null : this.recordOf({ tenant, id, acceptedAt });
  }

  async recordOf({ tenant, id, acceptedAt }: EventAddress): Promise<EventRecord | null> {
    const item = await this.#item(recordKey({ tenant, id, acceptedAt }));
    if (item === null) return null;
    const leadsTo = item.leadsTo?.N;
    if (leadsTo !== undefined) return this.recordOf({ tenant, id, acceptedAt: Number(leadsTo) });
    if (!isDataBeside(item)) return fromEventItem(item, item);
    const data = await this.#item(dataKey({ tenant, id, acceptedAt }, ownerOf(item)));
    return data && fromEventItem(item, data);
  }

  async dataOf(events: readonly EventAddress[]): Promise<ReadonlyMap<string, string>> {
    const records = await this.#items(events.map(recordKey));
    const keyOfData = (record: Item) => dataKey(addressOf(record), ownerOf(record));
    const data = await this.#items(records.filter(isDataBeside).map(keyOfData));
    const beside = new Map(data.map((item) => [item[KEYS.partition]?.S, item]));
    const found = records.map(async (record) => {
      const item = isDataBeside(record) ? beside.get(keyOfData(record)[KEYS.partition]?.S) : record;
      return item ? [[eventKey(addressOf(record)), await dataOfItem(item)] as const] : [];
    });
    return new Map((await Promise.all(found)).flat());
  }

  async *newest(tenant: string, filter: EventListFilter): AsyncGenerator<readonly ListedEvent[], void> {
    yield* this.#newest(tenant, filter, false);
  }

  async at(tenant: string, acceptedAt: number): Promise<readonly ListedEvent[]> {
    const filter = { since: acceptedAt, until: acceptedAt + 1 };
    return (await Array.fromAsync(this.#newest(tenant, filter, true))).flat();
  }

  async *#newest(
    tenant: string,
    filter: EventListFilter,
    consistent: boolean,
  ): AsyncGenerator<readonly ListedEvent[], void> {
    const first = timePosition(filter.since ?? 0);
    const until = timePosition(filter.until ?? Number.POSITIVE_INFINITY);
    const last = filter.before && filter.before < until ? filter.before : until;
    // BETWEEN refuses bounds the wrong way round.
    if (last < first) return;
    const partitions = Array.from({ length: EVENT_LIST_SHARDS }, (_, shard) => {
      const bounds = { ':partition': { S: listPartition(tenant, shard) }, ':first': { S: first } };
      return this.#partition({ ...bounds, ':last': { S: last } }, filter.type ?? null, consistent);
    });
    for await (const events of mergeDescending(partitions, eventPosition)) {
      // BETWEEN includes its bounds; no position equals a bare time, so only `before` itself can be too much.
      const older = events.filter((event) => eventPosition(event) !== filter.before);
      if (older.length > 0) yield older;
    }
  }

  async *#partition(bounds: Item, type: string | null, consistent: boolean) {
    const query: QueryCommandInput = {
      ...LIST_QUERY,
      TableName: this.#table,
      ConsistentRead: consistent,
      ExpressionAttributeValues: { ...bounds, ...(type === null ? {} : { ':type': { S: type } }) },
      // A signpost has no type.
      FilterExpression: type === null ? 'attribute_exists(#type)' : '#type = :type',
    };
    let start: Item | undefined;
    let limit = PAGE_SIZE;
    do {
      const page: QueryCommandOutput = await this.#client.send(
        new QueryCommand({ ...query, Limit: limit, ExclusiveStartKey: start }),
      );
      yield this.#live(page.Items ?? []).map(fromListedItem);
      start = page.LastEvaluatedKey;
      // Whoever looks for a type may have far to go: each call reads as much as all before it, up to what DynamoDB gives.
      if (type !== null) limit = Math.min(2 * limit, MAX_PAGE_SIZE);
    } while (start !== undefined);
  }

  async #item(key: Item): Promise<Item | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: key, ConsistentRead: true }),
    );
    return Item && this.#live([Item]).length > 0 ? Item : null;
  }

  async #items(keys: readonly Item[]): Promise<readonly Item[]> {
    return this.#live(keys.length === 0 ? [] : await batchGet(this.#client, this.#table, keys));
  }

  #live(items: readonly Item[]): readonly Item[] {
    const now = this.#clock.now();
    return items.filter((item) => !isExpired(item, now));
  }
}

/** Attributes by placeholder, because many plain words are reserved. The data is left out, though it is paid for. */
const PROJECTED = [KEYS.partition, KEYS.sort, ...LISTED];

const LIST_QUERY = {
  KeyConditionExpression: `#${KEYS.partition} = :partition AND #${KEYS.sort} BETWEEN :first AND :last`,
  ProjectionExpression: PROJECTED.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(PROJECTED.map((name) => [`#${name}`, name])),
  ScanIndexForward: false,
} as const;
